/** PURE: the lines of a program's output that a failure shows. */
import { stripVTControlCharacters } from 'node:util';
import { clip } from './line-tail.ts';

/** First line of a crash of a Go program. A stack of any length follows it. */
export const CRASH =
  /^(?:panic: |fatal error: |SIG[A-Z]+: |unexpected fault address|runtime: goroutine stack exceeds)/;

/** Number of lines to read from a log: the stacks of all goroutines follow some crashes. */
export const READ_LINES = 400;
/** Number of lines that are shown of a log. */
export const SHOWN_LINES = 15;

/** Length of a line that is shown, in bytes. A program can print megabytes without a line break. */
const SHOWN_BYTES = 1000;

/** Returns a line of a program as failures quote it: without escape codes, and not too long. */
export function quoted(line: string): string {
  return clip(stripVTControlCharacters(clip(line)), SHOWN_BYTES);
}

/** Returns the lines from the last crash on, or else the last lines. */
export function lastWords(lines: readonly string[], ended: boolean): readonly string[] {
  // A program that runs has survived: its log may have the crash of an earlier start.
  const crash = ended ? lines.findLastIndex((line) => CRASH.test(line)) : -1;
  // A fatal error of the runtime has its reason in the line before.
  const from = crash > 0 && CRASH.test(lines[crash - 1] ?? '') ? crash - 1 : crash;
  return (from < 0 ? lines.slice(-SHOWN_LINES) : lines.slice(from, from + SHOWN_LINES)).map(quoted);
}
