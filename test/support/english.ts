/** What a program or an English reader is told. */
import type { Diagnosis, StageFailure } from '../../src/pipeline/core/failure.ts';
import type { Phrase } from '../../src/pipeline/core/phrase.ts';
import { describeFailure, type FailureDescription } from '../../src/report/failure-text.ts';
import { loadLabels } from '../../src/report/language/label-texts.ts';
import { jsonText, translatorFor } from '../../src/report/language/translator.ts';

export const english = translatorFor('en');
// The setup of the end-to-end tests has no labels but those of English.
await loadLabels('zh');
export const chinese = translatorFor('zh');

export function inEnglish(failure: StageFailure, diagnosis?: Diagnosis): FailureDescription {
  return describeFailure(failure, english, diagnosis);
}

type Worded<T> = T extends string | number | boolean | null | undefined
  ? T
  : T extends Phrase
    ? string
    : { readonly [K in keyof T]: Worded<T[K]> };

/** As `--json` has it: every sentence in English. */
export function worded<T>(value: T): Worded<T> {
  return JSON.parse(value === undefined ? 'null' : jsonText(value)) ?? undefined;
}
