/** The compiler derives a phrase's facts from the placeholders of its English text. */
import { expect, it } from 'vitest';
import type { Phrase } from '../../../../src/pipeline/core/phrase.ts';
import { translatorFor } from '../../../../src/report/language/translator.ts';

it('takes the facts that its text names', () => {
  const phrases: readonly Phrase[] = [
    { key: 'cause.forced' },
    { key: 'cause.missing', what: 'ccenv' },
    { key: 'leftover.volumes', count: 2 },
  ];
  const { translate } = translatorFor('en');
  expect(phrases.map(translate).filter((text) => text.includes('{'))).toEqual([]);
});

it('does not compile with another fact, without one, or with a text as a count', () => {
  const wrong: readonly Phrase[] = [
    // @ts-expect-error: no such phrase
    { key: 'cause.unheard-of' },
    // @ts-expect-error: the text has no placeholder
    { key: 'cause.forced', what: 'ccenv' },
    // @ts-expect-error: {what} is missing
    { key: 'cause.missing' },
    // @ts-expect-error: a plural form needs a number
    { key: 'leftover.volumes', count: 'two' },
  ];
  expect(wrong).toHaveLength(4);
});
