/** PURE: the last lines of all nodes in the order in which they came, in bounded memory. */
import type { NodeLogLine } from './network-events.ts';

export type LogLevel = 'debug' | 'info' | 'warning' | 'error';

export interface LogEntry extends NodeLogLine {
  readonly level: LogLevel;
}

/** Older lines are forgotten by the chunk, so that a new one never costs more than its chunk. */
export interface NetworkLog {
  readonly chunks: readonly (readonly LogEntry[])[];
  /** Characters in all chunks. */
  readonly size: number;
  /** Lines that were forgotten. */
  readonly dropped: number;
}

const CHUNK_LINES = 128;
export const MAX_LINES = 8192;
export const MAX_SIZE = 4 * 1024 * 1024;
/** A longer line is cut: nobody reads it in a terminal, and one could fill the memory. */
const LINE_SIZE = 4096;

export const emptyLog: NetworkLog = { chunks: [], size: 0, dropped: 0 };

/** As Fabric writes it: four letters before the number of the line; a panic of Go's has none. */
const LEVEL = /(?:^|\W)(DEBU|INFO|NOTI|WARN|ERRO|CRIT|PANI|FATA)\b/;
/** As CouchDB does, whose lines begin with it. */
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
    // Through bytes: a slice of a string keeps the whole of it alive.
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
  /** Absent: every node. */
  readonly node?: string;
  /** And whatever is worse. */
  readonly level: LogLevel;
  /** Text that must be in the line, whatever its case; empty: any line. */
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

/** The newest `count` lines that pass, oldest first, after leaving out the newest `skip` of them. */
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
