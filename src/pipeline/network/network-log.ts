/** PURE: the last lines of all nodes in order of arrival, in bounded memory. */
import type { NodeLogLine } from './network-events.ts';

export type LogLevel = 'debug' | 'info' | 'warning' | 'error';

export interface LogEntry extends NodeLogLine {
  readonly level: LogLevel;
}

/** Old lines are dropped by the chunk, so that appending a line never copies more than one chunk. */
export interface NetworkLog {
  readonly chunks: readonly (readonly LogEntry[])[];
  /** Characters in all chunks. */
  readonly size: number;
  /** Number of dropped lines. */
  readonly dropped: number;
}

const CHUNK_LINES = 128;
export const MAX_LINES = 8192;
export const MAX_SIZE = 4 * 1024 * 1024;
/** Maximum length of a line. */
const LINE_SIZE = 4096;

export const emptyLog: NetworkLog = { chunks: [], size: 0, dropped: 0 };

/** Fabric's levels: four letters before the line number. A Go panic has none. */
const LEVEL = /(?:^|\W)(DEBU|INFO|NOTI|WARN|ERRO|CRIT|PANI|FATA)\b/;
/** CouchDB's levels, at the start of a line. */
const COUCHDB_LEVEL = /^\[(debug|warning|error|critical|alert|emergency)\]/;
const LEVELS: Readonly<Record<string, LogLevel>> = {
  DEBU: 'debug',
  WARN: 'warning',
  ERRO: 'error',
  CRIT: 'error',
  PANI: 'error',
  FATA: 'error',
  debug: 'debug',
  warning: 'warning',
  error: 'error',
  critical: 'error',
  alert: 'error',
  emergency: 'error',
};

export function levelOf(line: string): LogLevel {
  const found = (COUCHDB_LEVEL.exec(line) ?? LEVEL.exec(line.slice(0, 200)))?.[1];
  if (found !== undefined) return LEVELS[found] ?? 'info';
  return /^(panic:|fatal error:|goroutine \d)/.test(line) ? 'error' : 'info';
}

function sizeOf(entries: readonly LogEntry[]): number {
  return entries.reduce((sum, { line }) => sum + line.length, 0);
}

export function appendLines(log: NetworkLog, lines: readonly NodeLogLine[]): NetworkLog {
  if (lines.length === 0) return log;
  const chunks = [...log.chunks];
  let { size, dropped } = log;
  let last: LogEntry[] = [...(chunks.pop() ?? [])];
  for (const { node, line: text } of lines) {
    if (last.length >= CHUNK_LINES) {
      chunks.push(last);
      last = [];
    }
    // Copy through bytes: a slice of a string keeps the whole string in memory.
    const line = text.length > LINE_SIZE ? Buffer.from(text.slice(0, LINE_SIZE)).toString() : text;
    last.push({ node, line, level: levelOf(line) });
    size += line.length;
  }
  chunks.push(last);
  while (chunks.length > 1 && (chunks.length > MAX_LINES / CHUNK_LINES || size > MAX_SIZE)) {
    const oldest = chunks.shift() ?? [];
    size -= sizeOf(oldest);
    dropped += oldest.length;
  }
  return { chunks, size, dropped };
}

export interface LogFilter {
  /** Default: every node. */
  readonly node?: string;
  /** Minimum level. */
  readonly level: LogLevel;
  /** Text that the line must contain, ignoring case. Empty: any line. */
  readonly search: string;
}

const RANK: Readonly<Record<LogLevel, number>> = { debug: 0, info: 1, warning: 2, error: 3 };

function passes({ node, level, search }: LogFilter): (entry: LogEntry) => boolean {
  const wanted = search.toLowerCase();
  return (entry) =>
    (node === undefined || entry.node === node) &&
    RANK[entry.level] >= RANK[level] &&
    (wanted === '' || entry.line.toLowerCase().includes(wanted));
}

/** Returns the newest `count` matching lines, oldest first, after skipping the newest `skip`. */
export function lastEntries(
  log: NetworkLog,
  filter: LogFilter,
  count: number,
  skip = 0,
): readonly LogEntry[] {
  const isWanted = passes(filter);
  const found: LogEntry[] = [];
  let passed = 0;
  for (const chunk of log.chunks.toReversed()) {
    for (const entry of chunk.toReversed()) {
      if (!isWanted(entry)) continue;
      passed += 1;
      if (passed > skip) found.push(entry);
      if (found.length >= count) return found.reverse();
    }
  }
  return found.reverse();
}
