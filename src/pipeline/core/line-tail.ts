/** The last lines of a log, in bounded memory: the newest push the oldest out. */
export interface LineTail {
  readonly lines: readonly string[];
  /** UTF-8 bytes of `lines`, a line break each included. */
  readonly bytes: number;
  /** Lines that came and were pushed out. */
  readonly dropped: number;
}

export const TAIL_LINES = 200;
export const TAIL_BYTES = 64 * 1024;
const LINE_BYTES = 8 * 1024;

export const emptyTail: LineTail = { lines: [], bytes: 0, dropped: 0 };

function sizeOf(line: string): number {
  return Buffer.byteLength(line) + 1;
}

function clip(line: string): string {
  // A slice of a string keeps the whole of it alive in V8; going through bytes makes a true copy.
  return sizeOf(line) <= LINE_BYTES
    ? line
    : `${Buffer.from(line)
        .subarray(0, LINE_BYTES - 8)
        .toString()}…`;
}

/** Copies at most `TAIL_LINES` references, however long the log has become. */
export function appendLine(tail: LineTail, line: string): LineTail {
  const added = clip(line);
  let bytes = tail.bytes + sizeOf(added);
  let from = 0;
  while (from < tail.lines.length && (tail.lines.length - from >= TAIL_LINES || bytes > TAIL_BYTES)) {
    bytes -= sizeOf(tail.lines[from] ?? '');
    from += 1;
  }
  return { lines: [...tail.lines.slice(from), added], bytes, dropped: tail.dropped + from };
}
