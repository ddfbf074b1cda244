/** The result of a check, and functions that create it. */

import type { CheckId } from '../core/check-id.ts';
import type { DoctorCheck } from '../core/doctor-report.ts';
import type { StageFailure } from '../core/failure.ts';
import type { Text } from '../core/phrase.ts';
import type { DoctorFacts, FactName } from './doctor-facts.ts';

export interface Finding {
  readonly status: DoctorCheck['status'];
  readonly detail: Text;
  /** A command or a flag. If the check passed: a command that may still be useful. */
  readonly fix?: Text;
  /** The failure that describes the same problem in full, if there is one. */
  readonly failure?: StageFailure;
}

export interface Check {
  readonly id: CheckId;
  /** The facts that it needs. */
  readonly of: readonly FactName[];
  /** Returns undefined if the check does not apply to this machine. */
  readonly judge: (facts: DoctorFacts) => Finding | undefined;
}

/** Returns a check that only gets the facts that it names. */
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
