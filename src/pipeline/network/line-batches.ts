/** Collects the lines of several logs into batches, in order of time. */
import type { NodeLogLine } from './network-events.ts';

/** Pause until a batch is given out. */
const LINES_MS = 50;
/** The first batch has the earlier lines of all nodes. */
const FIRST_LINES_MS = 300;
/** Maximum number of lines in a batch; older ones are dropped. */
const MAX_BATCH = 2000;

interface TimedLine extends NodeLogLine {
  /** Time stamp of the engine, to the nanosecond. All have the same form, so they sort as text. */
  readonly stamp: string;
}

export class LineBatches {
  readonly #lines: TimedLine[] = [];
  readonly #emit: (lines: NodeLogLine[]) => void;
  #timer: NodeJS.Timeout | undefined;
  #pauseMs = FIRST_LINES_MS;

  /** @param emit takes a batch */
  constructor(emit: (lines: NodeLogLine[]) => void) {
    this.#emit = emit;
  }

  add(line: TimedLine): void {
    this.#lines.push(line);
    if (this.#lines.length > 2 * MAX_BATCH) this.#lines.splice(0, MAX_BATCH);
    this.#timer ??= setTimeout(() => this.#flush(), this.#pauseMs);
  }

  /** Drops the lines that are not given out yet. */
  end(): void {
    clearTimeout(this.#timer);
  }

  #flush(): void {
    this.#timer = undefined;
    this.#pauseMs = LINES_MS;
    const timed = this.#lines.splice(0).sort((a, b) => (a.stamp < b.stamp ? -1 : Number(a.stamp > b.stamp)));
    this.#emit(timed.slice(-MAX_BATCH).map(({ node, line, at }) => ({ node, line, at })));
  }
}
