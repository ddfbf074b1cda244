import type { RunEventBody, StageOutcome, StageProgress } from '../core/events.ts';
import type { Text } from '../core/phrase.ts';

/** What a stage's executor is given to speak with. */
export interface StageContext {
  readonly signal: AbortSignal;
  readonly log: (line: string) => void;
  readonly progress: (done: number, total: number, unit: StageProgress['unit'], item?: string) => void;
  readonly warn: (code: string, message: Text) => void;
  readonly emit: (event: RunEventBody) => void;
}

export interface StageResult {
  readonly outcome: StageOutcome;
  /** One short phrase: an image id, "4 peers". */
  readonly detail?: Text;
}

/**
 * Does one stage. Throws `WizardFailure` for what can go wrong, `CancelledError` when the signal fires;
 * leaves nothing half-written that a later run could take for whole.
 */
export type StageExecutor = (context: StageContext) => Promise<StageResult>;
