/** The listener of a long operation. */
import type { StageProgress } from './events.ts';
import type { Text } from './phrase.ts';

/** Receives output, progress and warnings of a long operation, and carries the signal that cancels it. */
export interface ProgressListener {
  readonly signal: AbortSignal;
  readonly log: (line: string) => void;
  readonly progress: (done: number, total: number, unit: StageProgress['unit'], item?: Text) => void;
  readonly warn: (code: string, message: Text) => void;
}
