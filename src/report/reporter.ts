import type { RunEvent } from '../pipeline/core/events.ts';

/** A theme of a run: a fold over its events. It never starts work and never throws on an event. */
export interface Reporter {
  onEvent(event: RunEvent): void;
  /** Writes what is still held back. Further events are ignored. */
  close(): Promise<void>;
}
