/** What a program or an English reader is told. */
import type { Diagnosis, StageFailure } from '../../src/pipeline/run/failure.ts';
import { describeFailure, type FailureDescription } from '../../src/report/failure-text.ts';
import { speechOf } from '../../src/report/language/speech.ts';

export const english = speechOf('en');
export const chinese = speechOf('zh');

export function inEnglish(failure: StageFailure, diagnosis?: Diagnosis): FailureDescription {
  return describeFailure(failure, english, diagnosis);
}
