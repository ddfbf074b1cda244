/** PURE: selects log lines by node, level, time and regular expressions, and reads these from what a user enters. */
import { LOG_LEVELS, type LogEntry, type LogLevel } from './log-line.ts';

export interface LogFilter {
  /** Default: every node. */
  readonly node?: string | undefined;
  /** Minimum level. Default: every level. */
  readonly level?: LogLevel | undefined;
  /** Milliseconds since the epoch; older lines are left out. */
  readonly since?: number | undefined;
  /** Matches the lines to show. */
  readonly grep?: RegExp | undefined;
  /** Matches lines to leave out. */
  readonly exclude?: RegExp | undefined;
}

export function isWanted({ node, level, since, grep, exclude }: LogFilter): (entry: LogEntry) => boolean {
  const lowest = LOG_LEVELS.indexOf(level ?? 'debug');
  return (entry) =>
    (node === undefined || entry.node === node) &&
    LOG_LEVELS.indexOf(entry.level) >= lowest &&
    (since === undefined || entry.at >= since) &&
    (grep === undefined || grep.test(entry.line)) &&
    !exclude?.test(entry.line);
}

/** The result of reading a value: the value, or why it is not valid. */
export type Parsed<T> = { readonly value: T } | { readonly problem: string };

/** An escape such as `\S`, which says nothing about the case of the text. */
const ESCAPES = /\\./gu;

/** Ignores case unless the expression has a capital letter. */
export function parsePattern(text: string): Parsed<RegExp> {
  try {
    return { value: new RegExp(text, /\p{Lu}/u.test(text.replace(ESCAPES, '')) ? '' : 'i') };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { problem: message.slice(message.lastIndexOf(': ') + 1).trim() };
  }
}

const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };
/** `90s`, `10m`, `1h30m`, `2d`. */
const DURATION = /^(?:\d+(?:\.\d+)?[smhd])+$/;
/** A day, with or without a time and a zone. */
const DATE = /^\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?$/;

/** Whether a month has the day that a date begins with. JavaScript takes February 30 for March 2. */
function isDay(date: string): boolean {
  const [year = 0, month = 0, day = 0] = date.slice(0, 10).split('-').map(Number);
  return new Date(Date.UTC(year, month - 1, day)).getUTCDate() === day;
}

/**
 * Reads a duration before now, or a point in time. Without a zone, a time is in the zone of this machine.
 * @param now milliseconds since the epoch
 * @returns milliseconds since the epoch; undefined if the text is neither
 */
export function parseSince(text: string, now: number): number | undefined {
  if (DURATION.test(text)) {
    const parts = [...text.matchAll(/([\d.]+)([smhd])/g)];
    const seconds = parts.reduce(
      (sum, [, count, unit = '']) => sum + Number(count) * (SECONDS[unit] ?? 0),
      0,
    );
    return Math.max(0, now - seconds * 1000);
  }
  if (!DATE.test(text)) return undefined;
  // JavaScript reads a day without a time as UTC.
  const at = Date.parse(text.length === 10 ? `${text}T00:00` : text.replace(' ', 'T'));
  return Number.isNaN(at) || !isDay(text) ? undefined : at;
}

const LEVEL_NAMES: Readonly<Record<string, LogLevel>> = {
  debug: 'debug',
  info: 'info',
  warn: 'warning',
  warning: 'warning',
  error: 'error',
};

/** The level with that name, in any case. */
export function parseLevel(text: string): LogLevel | undefined {
  return LEVEL_NAMES[text.toLowerCase()];
}
