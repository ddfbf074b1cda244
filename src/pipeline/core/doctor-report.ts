/** The report of `doctor` as data. */
import type { CheckId } from './check-id.ts';
import type { Text } from './phrase.ts';

/** The result of one check. */
export interface DoctorCheck {
  readonly id: CheckId;
  readonly status: 'ok' | 'warn' | 'fail';
  readonly detail: Text;
  /** A command, a flag or a sentence. */
  readonly fix?: Text;
}

export interface DoctorReport {
  /** Whether no check failed. */
  readonly ok: boolean;
  readonly checks: readonly DoctorCheck[];
}
