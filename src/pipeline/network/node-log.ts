/** Reads the logs of nodes from the engine: whole, filtered, in order of time. */
import { setMaxListeners } from 'node:events';
import type { DockerPort } from '../engine/docker-port.ts';
import { shownLine } from './gateway-record.ts';
import { isWanted, type LogFilter } from './log-filter.ts';
import type { LogEntry, LogLevel } from './log-line.ts';
import { logEntry } from './network-log.ts';

/** A node that has a container. */
export interface LoggingNode {
  readonly node: string;
  /** Absent if the network has only one engine. */
  readonly machine?: string;
  readonly container: string;
}

export interface StampedEntry extends LogEntry {
  /** Time stamp of the engine, to the nanosecond. All have the same form, so they sort as text. */
  readonly stamp: string;
  /** The line as the node wrote it. */
  readonly raw: string;
  /** The line as it is shown, including escape sequences. */
  readonly shown: string;
}

/** Turns the stamped lines of one node into entries: the later lines of a message have the level of the first one. */
export class EntryReader {
  readonly #node: string;
  #level: LogLevel | undefined;
  #stamp = '';

  constructor(node: string) {
    this.#node = node;
  }

  /** Time stamp of the last line read; empty before the first one. */
  get stamp(): string {
    return this.#stamp;
  }

  /** @param stamped time stamp, blank, and text of the line */
  read(stamped: string): StampedEntry {
    const blank = stamped.indexOf(' ');
    const stamp = stamped.slice(0, blank);
    const raw = stamped.slice(blank + 1);
    const shown = shownLine(this.#node, raw);
    const entry = logEntry({ node: this.#node, line: shown, at: Date.parse(stamp) }, this.#level);
    this.#level = entry.level;
    this.#stamp = stamp;
    return { ...entry, stamp, raw, shown };
  }
}

export interface LogRequest {
  readonly filter: LogFilter;
  /** Number of matching lines of each node, from the end. */
  readonly tail: number;
}

/** Whether the engine's own `tail` counts the right lines. */
function filtersLines({ level, grep, exclude }: LogFilter): boolean {
  return (level !== undefined && level !== 'debug') || grep !== undefined || exclude !== undefined;
}

export interface NodeHistory {
  /** In order of time. */
  readonly entries: readonly StampedEntry[];
  readonly readers: ReadonlyMap<LoggingNode, EntryReader>;
}

/** Reads the existing lines of the nodes that match. */
export async function readHistory(
  docker: Pick<DockerPort, 'readLog'>,
  nodes: readonly LoggingNode[],
  { filter, tail }: LogRequest,
): Promise<NodeHistory> {
  const matches = isWanted(filter);
  const readers = new Map<LoggingNode, EntryReader>();
  const found = await Promise.all(
    nodes.map(async (each) => {
      const reader = new EntryReader(each.node);
      readers.set(each, reader);
      const lines = await docker.readLog(each.container, {
        timestamps: true,
        ...(filter.since === undefined ? {} : { since: filter.since }),
        ...(filtersLines(filter) || tail === Number.POSITIVE_INFINITY ? {} : { tail }),
      });
      const entries = lines.map((line) => reader.read(line)).filter(matches);
      return tail === 0 ? [] : entries.slice(-tail);
    }),
  );
  const entries = found.flat().sort((a, b) => (a.stamp < b.stamp ? -1 : Number(a.stamp > b.stamp)));
  return { entries, readers };
}

/** Follows the logs of the nodes from where the history ends, until they stop or the signal fires. */
export async function followHistory(
  docker: Pick<DockerPort, 'followLog'>,
  { readers }: NodeHistory,
  { filter, tail }: LogRequest,
  { signal, onEntry }: { readonly signal: AbortSignal; readonly onEntry: (entry: StampedEntry) => void },
): Promise<void> {
  const matches = isWanted(filter);
  // Every followed log adds a listener.
  setMaxListeners(0, signal);
  await Promise.all(
    [...readers].map(async ([{ container }, reader]) => {
      const from = reader.stamp;
      await docker.followLog(container, {
        timestamps: true,
        // The engine's `since` is precise to the millisecond only.
        ...(from === ''
          ? { tail: tail === 0 ? 0 : undefined, since: filter.since }
          : { since: Date.parse(from) }),
        signal,
        onLine: (stamped) => {
          if (stamped.slice(0, stamped.indexOf(' ')) <= from) return;
          const entry = reader.read(stamped);
          if (matches(entry)) onEntry(entry);
        },
      });
    }),
  );
}
