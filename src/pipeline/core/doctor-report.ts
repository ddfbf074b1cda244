/** The report of `doctor` as data. */
import type { CheckId } from './check-id.ts';
import type { Text } from './phrase.ts';

/** The result of one check. */
export interface DoctorCheck {
  readonly id: CheckId;
  /** `unknown`: what the check looks at could not be read in time. */
  readonly status: 'ok' | 'warn' | 'fail' | 'unknown';
  readonly detail: Text;
  /** A command, a flag or a sentence. */
  readonly fix?: Text;
}

export interface DoctorReport {
  /** Whether every check has a result, and none failed. */
  readonly ok: boolean;
  readonly checks: readonly DoctorCheck[];
}
