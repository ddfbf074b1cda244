import type { RunEvent } from '../pipeline/run/events.ts';

/** A face of a run: a fold over its events. It never starts work and never throws on an event. */
export interface Reporter {
  onEvent(event: RunEvent): void;
  /** Writes what is still held back. Further events are ignored. */
  close(): Promise<void>;
}
