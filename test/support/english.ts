/** What a program or an English reader is told. */
import type { Diagnosis, StageFailure } from '../../src/pipeline/run/failure.ts';
import type { Phrase } from '../../src/pipeline/run/phrase.ts';
import { describeFailure, type FailureDescription } from '../../src/report/failure-text.ts';
import { jsonText, speechOf } from '../../src/report/language/speech.ts';

export const english = speechOf('en');
export const chinese = speechOf('zh');

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
