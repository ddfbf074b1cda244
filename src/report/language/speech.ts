/** One language as the faces speak it. */
import type { Fact, Phrase, Text } from '../../pipeline/run/phrase.ts';
import { LABELS } from './label-texts.ts';
import { fill, type LabelKey } from './labels.ts';
import type { Language } from './language.ts';

export type Values = Readonly<Record<string, Fact>>;

export interface Speech {
  readonly language: Language;
  /** A sentence or heading, its `{names}` filled in. */
  readonly say: (key: LabelKey, values?: Values) => string;
  /** What the pipeline has to say. */
  readonly tell: (text: Text) => string;
}

/** Of a list, the first few, and how many more there are. */
const MOST = 3;

export function speechOf(language: Language): Speech {
  const labels = LABELS[language];
  const tell = (text: Text) => (typeof text === 'string' ? text : say(text.say, factsOf(text)));
  const listed = (items: readonly Text[]) => {
    // Sentences have commas of their own.
    const between = items.every((item) => typeof item === 'string') ? 'list.between' : 'list.sentences';
    const names = items.slice(0, MOST).map(tell).join(labels[between]);
    return items.length <= MOST ? names : say('list.and-more', { names, more: items.length - MOST });
  };
  const written = (value: Fact) => {
    if (typeof value === 'number') return value;
    return typeof value === 'string' || 'say' in value ? tell(value) : listed(value);
  };
  const say = (key: LabelKey, values: Values = {}): string => {
    const texts = Object.entries(values).map(([name, value]) => [name, written(value)] as const);
    return fill(labels[key], Object.fromEntries(texts));
  };
  return { language, say, tell };
}

/** What is filled in, by name. */
function factsOf({ say: _, ...facts }: Phrase): Values {
  return facts;
}

function isPhrase(value: unknown): value is Phrase {
  return typeof value === 'object' && value !== null && 'say' in value && typeof value.say === 'string';
}

/** As `JSON.stringify`, with every sentence in English: what programs read has one language. */
export function jsonText(value: unknown): string {
  const { tell } = speechOf('en');
  return JSON.stringify(value, (_, part: unknown) => (isPhrase(part) ? tell(part) : part));
}
