/** Translates labels and phrases into one language. */
import type { Fact, Phrase, Text } from '../../pipeline/core/phrase.ts';
import { labelsOf } from './label-texts.ts';
import { fill, type LabelKey } from './labels.ts';
import type { Language } from './language.ts';

export type Values = Readonly<Record<string, Fact>>;

export interface Translator {
  readonly language: Language;
  /** Returns a label with its placeholders filled in. */
  readonly t: (key: LabelKey, values?: Values) => string;
  /** Returns the text of a phrase of the pipeline. */
  readonly translate: (text: Text) => string;
}

/** Number of list items that are printed; the rest is counted. */
const MOST_ITEMS = 3;

export function translatorFor(language: Language): Translator {
  const labels = labelsOf(language);
  const translate = (text: Text) => (typeof text === 'string' ? text : t(text.key, factsOf(text)));
  const joined = (items: readonly Text[]) => {
    // Phrases may contain commas.
    const separator = items.every((item) => typeof item === 'string') ? 'list.between' : 'list.sentences';
    const names = items.slice(0, MOST_ITEMS).map(translate).join(labels[separator]);
    return items.length <= MOST_ITEMS
      ? names
      : t('list.and-more', { names, more: items.length - MOST_ITEMS });
  };
  const textOf = (value: Fact) => {
    if (typeof value === 'number') return value;
    return typeof value === 'string' || 'key' in value ? translate(value) : joined(value);
  };
  const t = (key: LabelKey, values: Values = {}): string => {
    const texts = Object.entries(values).map(([name, value]) => [name, textOf(value)] as const);
    return fill(labels[key], Object.fromEntries(texts));
  };
  return { language, t, translate };
}

/** Returns the values of a phrase's placeholders. */
function factsOf({ key: _, ...facts }: Phrase): Values {
  return facts;
}

/** Other objects have a `key`, too, e.g. one of core.yaml. */
function isPhrase(value: unknown): value is Phrase {
  return (
    typeof value === 'object' &&
    value !== null &&
    'key' in value &&
    typeof value.key === 'string' &&
    Object.hasOwn(labelsOf('en'), value.key)
  );
}

/** Returns JSON with every phrase in English, so that programs can rely on it. */
export function jsonText(value: unknown): string {
  const { translate } = translatorFor('en');
  const text = JSON.stringify(value, (_, part: unknown) => (isPhrase(part) ? translate(part) : part));
  // JSON allows these control characters as they are; a terminal obeys them.
  return text.replace(/[\u007f-\u009f]/g, (each) => `\\u00${each.charCodeAt(0).toString(16)}`);
}
