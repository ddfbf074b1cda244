/** The labels by language, without the long texts that only `explain` needs. */
import { labels as en } from './en/labels.ts';
import type { Labels } from './labels.ts';
import type { Language } from './language.ts';

const loaded: Partial<Record<Language, Labels>> = { en };

/** Loads the labels of a language. Those of English always are, because JSON is in English. */
export async function loadLabels(language: Language): Promise<void> {
  if (language === 'zh') loaded.zh ??= (await import('./zh/labels.ts')).labels;
}

/** @throws Error if they are not loaded */
export function labelsOf(language: Language): Labels {
  const labels = loaded[language];
  if (!labels) throw new Error(`the labels of ${language} are not loaded`);
  return labels;
}
