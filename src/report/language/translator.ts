/** One language as the faces speak it. */
import type { Fact, Phrase, Text } from '../../pipeline/core/phrase.ts';
import { LABELS } from './label-texts.ts';
import { fill, type LabelKey } from './labels.ts';
import type { Language } from './language.ts';

export type Values = Readonly<Record<string, Fact>>;

export interface Translator {
  readonly language: Language;
  /** A sentence or heading, its `{names}` filled in. */
  readonly t: (key: LabelKey, values?: Values) => string;
  /** What the pipeline has to say. */
  readonly translate: (text: Text) => string;
}

/** Of a list, the first few, and how many more there are. */
const MOST = 3;

export function translatorFor(language: Language): Translator {
  const labels = LABELS[language];
  const translate = (text: Text) => (typeof text === 'string' ? text : t(text.key, factsOf(text)));
  const listed = (items: readonly Text[]) => {
    // Sentences have commas of their own.
    const between = items.every((item) => typeof item === 'string') ? 'list.between' : 'list.sentences';
    const names = items.slice(0, MOST).map(translate).join(labels[between]);
    return items.length <= MOST ? names : t('list.and-more', { names, more: items.length - MOST });
  };
  const written = (value: Fact) => {
    if (typeof value === 'number') return value;
    return typeof value === 'string' || 'key' in value ? translate(value) : listed(value);
  };
  const t = (key: LabelKey, values: Values = {}): string => {
    const texts = Object.entries(values).map(([name, value]) => [name, written(value)] as const);
    return fill(labels[key], Object.fromEntries(texts));
  };
  return { language, t, translate };
}

/** What is filled in, by name. */
function factsOf({ key: _, ...facts }: Phrase): Values {
  return facts;
}

function isPhrase(value: unknown): value is Phrase {
  return typeof value === 'object' && value !== null && 'key' in value && typeof value.key === 'string';
}

/** As `JSON.stringify`, with every sentence in English: what programs read has one language. */
export function jsonText(value: unknown): string {
  const { translate } = translatorFor('en');
  return JSON.stringify(value, (_, part: unknown) => (isPhrase(part) ? translate(part) : part));
}
