/** The last lines of a log, in bounded memory. */
export interface LineTail {
  readonly lines: readonly string[];
  /** UTF-8 bytes of `lines`, including one line break each. */
  readonly bytes: number;
  /** Number of lines that were dropped. */
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
  // In V8 a slice keeps the whole string alive; a copy through bytes does not.
  return sizeOf(line) <= LINE_BYTES
    ? line
    : `${Buffer.from(line)
        .subarray(0, LINE_BYTES - 8)
        .toString()}…`;
}

/** Returns the tail with one more line. Copies at most `TAIL_LINES` references. */
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
