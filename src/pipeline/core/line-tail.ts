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

/** Returns a line of a program as it is kept: one that is too long is cut. */
export function clip(line: string, maximum: number = LINE_BYTES): string {
  // No character has more than three bytes for each unit of its string.
  if (line.length * 3 < maximum || sizeOf(line) <= maximum) return line;
  // In V8 a slice keeps the whole string alive; a copy through bytes does not.
  const start = Buffer.from(line.slice(0, maximum))
    .subarray(0, maximum - 8)
    .toString();
  // The cut may be within a character.
  return `${start.replace(/\uFFFD$/, '')}…`;
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
