/** PURE: reads a line of a node's log, in the formats of all releases. */

import type { NodeLogLine } from './network-events.ts';

export type LogLevel = 'debug' | 'info' | 'warning' | 'error';

/** From the lowest to the highest. */
export const LOG_LEVELS: readonly LogLevel[] = ['debug', 'info', 'warning', 'error'];

/** A line without escape sequences. */
export interface LogEntry extends NodeLogLine {
  /** The later lines of a message have the level of the first one. */
  readonly level: LogLevel;
}

export interface LogRecord {
  /** Time of day with fractions of a second: `13:59:04.024`. */
  readonly time: string;
  /** As the node writes it: `INFO`, `warn`. */
  readonly level: string;
  readonly module: string;
  /** Name of the function that logged the line; empty if unknown. */
  readonly source: string;
  readonly message: string;
}

/** Day, time of day and zone. */
const STAMP = String.raw`^\d{4}-\d\d-\d\d (?<time>\d\d:\d\d:\d\d(?:\.\d+)?) \S+ `;
const FORMATS: readonly RegExp[] = [
  /** 1.0 to 2.3: `2018-03-01 10:00:00.123 UTC [module] function -> INFO 00a message`. */
  new RegExp(
    String.raw`${STAMP}\[(?<module>[^\]]*)\] (?:(?<source>\S+) )?-> (?<level>[A-Z]{4}) \w+ (?<message>.*)$`,
  ),
  /** From 2.4 on: `2024-01-01 10:00:00.123 UTC 0001 INFO [module] function -> message`. */
  new RegExp(
    String.raw`${STAMP}\w+ (?<level>[A-Z]{4}) \[(?<module>[^\]]*)\] (?:(?<source>\S+) )?-> (?<message>.*)$`,
  ),
  /** Fabric CA: `2024/01/01 10:00:00 [INFO] message`. */
  /^\d{4}\/\d\d\/\d\d (?<time>\d\d:\d\d:\d\d) \[(?<level>[A-Z]+)\] (?<message>.*)$/,
  /** The gateway's records as sentences; see `shownLine`. */
  new RegExp(`${STAMP}(?<level>[A-Z]{4}) (?<message>.*)$`),
  /** zap's console encoder, whose columns are separated by tabs. */
  /^\d{4}-\d\d-\d\dT(?<time>\d\d:\d\d:\d\d(?:\.\d+)?)\S*\t(?<level>[A-Za-z]+)\t(?:(?<module>[\w.-]+)\t)?(?:(?<source>\S+:\d+)\t)?(?<message>.*)$/,
  /** CouchDB: `[notice] 2024-01-01T10:00:00.123456Z nonode@nohost <0.1.0> -------- message`. */
  /^\[(?<level>[a-z]+)\] \d{4}-\d\d-\d\dT(?<time>\d\d:\d\d:\d\d(?:\.\d+)?)Z \S+ \S+ (?:\S+ )?(?<message>.*)$/,
];

/** Fields of a line in `FABRIC_LOGGING_FORMAT=json` that are not printed as `name=value`. */
const JSON_FIELDS = ['level', 'ts', 'name', 'caller', 'msg', 'stacktrace'];

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function jsonRecord(line: string): LogRecord | undefined {
  if (!line.startsWith('{"')) return undefined;
  let fields: Readonly<Record<string, unknown>>;
  try {
    fields = JSON.parse(line) as Readonly<Record<string, unknown>>;
  } catch {
    return undefined;
  }
  const { level, ts, name, msg } = fields;
  if (typeof level !== 'string' || typeof ts !== 'number' || msg === undefined) return undefined;
  const date = new Date(ts * 1000);
  if (Number.isNaN(date.getTime())) return undefined;
  const more = Object.entries(fields).filter(([key]) => !JSON_FIELDS.includes(key));
  return {
    time: date.toISOString().slice(11, 23),
    level,
    module: typeof name === 'string' ? name : '',
    source: '',
    message: [textOf(msg), ...more.map(([key, value]) => `${key}=${textOf(value)}`)].join(' '),
  };
}

/**
 * @param line without escape sequences
 * @returns undefined for a line in another format, such as the later lines of a message
 */
export function logRecord(line: string): LogRecord | undefined {
  for (const format of FORMATS) {
    const groups = format.exec(line)?.groups;
    if (!groups) continue;
    const { time = '', level = '', module = '', source = '', message = '' } = groups;
    return { time, level, module, source, message };
  }
  return jsonRecord(line);
}

/** Levels of Fabric, zap and CouchDB by their first four letters. All others are `info`. */
const LEVELS: Readonly<Record<string, LogLevel>> = {
  DEBU: 'debug',
  WARN: 'warning',
  ERRO: 'error',
  ERR: 'error',
  DPAN: 'error',
  CRIT: 'error',
  PANI: 'error',
  FATA: 'error',
  ALER: 'error',
  EMER: 'error',
};

/** A line of a Go program that crashes. */
const CRASH = /^(panic:|fatal error:|goroutine \d)/;
/** Fabric's levels in a line whose format is not known. */
const ANY_LEVEL = /(?:^|\W)(DEBU|INFO|NOTI|WARN|ERRO|CRIT|PANI|FATA)\b/;

/**
 * @param line without escape sequences
 * @returns undefined if the line has no level of its own
 */
export function levelOf(line: string): LogLevel | undefined {
  if (CRASH.test(line)) return 'error';
  const found = logRecord(line)?.level ?? ANY_LEVEL.exec(line.slice(0, 200))?.[1];
  return found === undefined ? undefined : (LEVELS[found.slice(0, 4).toUpperCase()] ?? 'info');
}
