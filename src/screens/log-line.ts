/** PURE: shortens a line of a node's log, and draws a part of it. */
import { type LogEntry, logRecord } from '../pipeline/network/log-line.ts';
import { cleanLine } from '../report/terminal-text.ts';
import type { Theme } from '../ui/theme.tsx';

/** Terminals of at least these widths show: fractions of a second and the function; the time; the module. */
const SOURCE_COLUMNS = 140;
const TIME_COLUMNS = 64;
const MODULE_COLUMNS = 56;

export interface ShortLine {
  readonly text: string;
  /** Number of characters before the message. */
  readonly head: number;
}

/**
 * `13:59:04 I kvledger: message`: time of day, first letter of the level, module. Lines in an unknown format are
 * not shortened.
 * @param line without escape sequences
 */
export function shortLine(line: string, columns: number): ShortLine {
  const record = logRecord(line);
  if (!record) return { text: cleanLine(line), head: 0 };
  const { time, level, module, source } = record;
  const whole = columns >= SOURCE_COLUMNS;
  const place = [
    columns >= MODULE_COLUMNS ? module : '',
    // A log's function is often anonymous.
    whole && !/^func\d+$/.test(source) ? source : '',
  ].filter(Boolean);
  const head = [
    ...(columns >= TIME_COLUMNS ? [time.slice(0, whole ? 12 : 8)] : []),
    level.slice(0, 1).toUpperCase(),
    ...(place.length > 0 ? [`${place.join(' ')}:`] : []),
    '',
  ].join(' ');
  return { text: head + cleanLine(record.message), head: head.length };
}

/** Returns the matches of an expression as pairs of indexes. */
function matchesIn(text: string, wanted: RegExp | undefined): readonly (readonly [number, number])[] {
  if (!wanted) return [];
  return [...text.matchAll(new RegExp(wanted, `${wanted.flags}g`))]
    .filter(([match]) => match !== '')
    .map(({ 0: match, index }) => [index, index + match.length] as const);
}

export interface PartOptions {
  readonly theme: Theme;
  readonly level: LogEntry['level'];
  /** What the user searched; matches are drawn in reverse video. */
  readonly found: RegExp | undefined;
}

/** Draws the characters `from` to `to` of a line. */
export function paintPart(
  { text, head }: ShortLine,
  [from, to]: readonly [number, number],
  { theme, level, found }: PartOptions,
): string {
  const { bad, warn, dim, invert } = theme.style;
  const matches = matchesIn(text, found);
  const ends = [from, head, ...matches.flat(), to].filter((end) => end >= from && end <= to);
  const cuts = [...new Set(ends)].sort((a, b) => a - b);
  const parts = cuts.slice(1).map((end, index) => {
    const begin = cuts[index] ?? end;
    const part = text.slice(begin, end);
    return matches.some(([first, last]) => begin >= first && begin < last)
      ? invert(part)
      : begin < head && (level === 'info' || level === 'debug')
        ? dim(part)
        : part;
  });
  const painted = parts.join('');
  return level === 'error' ? bad(painted) : level === 'warning' ? warn(painted) : painted;
}
