/** A row of `doctor`: what a judgement over observed facts comes to, and the words that all of them share. */

import type { CheckId } from '../core/check-id.ts';
import type { StageFailure } from '../core/failure.ts';
import type { Text } from '../core/phrase.ts';
import type { DoctorFacts, FactName } from './doctor-facts.ts';

export interface Finding {
  readonly status: 'ok' | 'warn' | 'fail';
  readonly detail: Text;
  /** A command or a flag. Where all is well, what a person may type all the same. */
  readonly fix?: Text;
  /** The failure that says the same in full, where there is one. */
  readonly failure?: StageFailure;
}

export interface Check {
  readonly id: CheckId;
  /** The facts that it is judged by. */
  readonly of: readonly FactName[];
  /** Undefined where the row has nothing to say on this machine. */
  readonly judge: (facts: DoctorFacts) => Finding | undefined;
}

/** A check that sees no other facts than those that it names. */
export function check<K extends FactName>(
  id: CheckId,
  of: readonly K[],
  judge: (facts: Pick<DoctorFacts, K>) => Finding | undefined,
): Check {
  return { id, of, judge };
}

export function ok(detail: Text, fix?: Text): Finding {
  return fix === undefined ? { status: 'ok', detail } : { status: 'ok', detail, fix };
}

export function warn(detail: Text, fix?: Text): Finding {
  return fix === undefined ? { status: 'warn', detail } : { status: 'warn', detail, fix };
}

export function fail(detail: Text, fix?: Text, failure?: StageFailure): Finding {
  return { status: 'fail', detail, ...(fix === undefined ? {} : { fix }), ...(failure ? { failure } : {}) };
}

export const GB = 1e9;

export function gigabytes(bytes: number): string {
  return `${(bytes / GB).toFixed(1)} GB`;
}
