/** One language as the faces speak it. */
import { LABELS } from './label-texts.ts';
import { fill, type LabelKey } from './labels.ts';
import type { Language } from './language.ts';

/** A list is shortened: the first few, and how many more there are. */
export type Values = Readonly<Record<string, string | number | readonly string[]>>;

export interface Speech {
  readonly language: Language;
  /** A sentence or heading, its `{names}` filled in. */
  readonly say: (key: LabelKey, values?: Values) => string;
}

const MOST = 3;

export function speechOf(language: Language): Speech {
  const labels = LABELS[language];
  const listed = (names: readonly string[]) => {
    const shown = names.slice(0, MOST).join(labels['list.between']);
    if (names.length <= MOST) return shown;
    return fill(labels['list.and-more'], { names: shown, more: names.length - MOST });
  };
  const written = (value: Values[string]) => (typeof value === 'object' ? listed(value) : value);
  return {
    language,
    say: (key, values = {}) => {
      const texts = Object.entries(values).map(([name, value]) => [name, written(value)]);
      return fill(labels[key], Object.fromEntries(texts));
    },
  };
}
