/** PURE: the last lines of all nodes in order of arrival, in bounded memory. */
import { stripVTControlCharacters } from 'node:util';
import { isWanted, type LogFilter } from './log-filter.ts';
import { type LogEntry, type LogLevel, levelOf } from './log-line.ts';
import type { NodeLogLine } from './network-events.ts';

/** Old lines are dropped by the chunk, so that appending a line never copies more than one chunk. */
export interface NetworkLog {
  readonly chunks: readonly (readonly LogEntry[])[];
  /** Characters in all chunks. */
  readonly size: number;
  /** Number of dropped lines. */
  readonly dropped: number;
  /** Level of the last line of each node. */
  readonly levels: Readonly<Record<string, LogLevel>>;
}

const CHUNK_LINES = 128;
export const MAX_LINES = 8192;
export const MAX_SIZE = 4 * 1024 * 1024;
/** Maximum length of a line. */
const LINE_SIZE = 4096;

export const emptyLog: NetworkLog = { chunks: [], size: 0, dropped: 0, levels: {} };

/** @param before level of the node's line before */
export function logEntry({ node, line, at }: NodeLogLine, before: LogLevel | undefined): LogEntry {
  const text = stripVTControlCharacters(line);
  return { node, line: text, at, level: levelOf(text) ?? before ?? 'info' };
}

function sizeOf(entries: readonly LogEntry[]): number {
  return entries.reduce((sum, { line }) => sum + line.length, 0);
}

export function appendLines(log: NetworkLog, lines: readonly NodeLogLine[]): NetworkLog {
  if (lines.length === 0) return log;
  const chunks = [...log.chunks];
  const levels: Record<string, LogLevel> = { ...log.levels };
  let { size, dropped } = log;
  let last: LogEntry[] = [...(chunks.pop() ?? [])];
  for (const each of lines) {
    if (last.length >= CHUNK_LINES) {
      chunks.push(last);
      last = [];
    }
    // Copy through bytes: a slice of a string keeps the whole string in memory.
    const cut =
      each.line.length > LINE_SIZE ? Buffer.from(each.line.slice(0, LINE_SIZE)).toString() : each.line;
    const entry = logEntry({ ...each, line: cut }, levels[each.node]);
    levels[each.node] = entry.level;
    last.push(entry);
    size += entry.line.length;
  }
  chunks.push(last);
  while (chunks.length > 1 && (chunks.length > MAX_LINES / CHUNK_LINES || size > MAX_SIZE)) {
    const oldest = chunks.shift() ?? [];
    size -= sizeOf(oldest);
    dropped += oldest.length;
  }
  return { chunks, size, dropped, levels };
}

/** Returns the newest `count` matching lines, oldest first. */
export function lastEntries(
  log: NetworkLog,
  filter: LogFilter,
  count = Number.POSITIVE_INFINITY,
): readonly LogEntry[] {
  const matches = isWanted(filter);
  const found: LogEntry[] = [];
  for (const chunk of log.chunks.toReversed()) {
    for (const entry of chunk.toReversed()) {
      if (found.length >= count) return found.reverse();
      if (matches(entry)) found.push(entry);
    }
  }
  return found.reverse();
}
