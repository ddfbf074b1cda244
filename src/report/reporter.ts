/** The interface of reporters. */
import type { RunEvent } from '../pipeline/core/events.ts';

/** Shows a run: a fold over its events. It never starts work and never throws on an event. */
export interface Reporter {
  onEvent(event: RunEvent): void;
  /** Writes buffered output. Further events are ignored. */
  close(): Promise<void>;
}
