/** What one run leaves on disk: `events.ndjson` without the log lines, and `logs/<stage>.log` with them. */
import { createWriteStream, type WriteStream } from 'node:fs';
import { mkdir, readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import type { RunEvent, RunOutcome, SmokeResult } from '../core/events.ts';

/** While the disk is slower than the run, at most this much waits in memory per file; more is left out. */
const MAX_WAITING_BYTES = 8 * 1024 * 1024;
export const RUNS_KEPT = 10;

/** Appends lines without ever making its caller wait; a disk that fails costs the rest of the file only. */
class LineAppender {
  readonly #stream: WriteStream;
  #leftOut = 0;
  #broken = false;

  constructor(path: string) {
    this.#stream = createWriteStream(path, { flags: 'a' });
    this.#stream.on('error', () => {
      this.#broken = true;
    });
  }

  append(line: string): void {
    if (this.#broken) return;
    if (this.#stream.writableLength > MAX_WAITING_BYTES) {
      this.#leftOut += 1;
      return;
    }
    if (this.#leftOut > 0) {
      const lost = this.#leftOut;
      this.#leftOut = 0;
      this.#stream.write(`${JSON.stringify({ leftOut: lost })}\n`);
    }
    this.#stream.write(`${line}\n`);
  }

  /** Resolves when all is written, or when it never will be; true where the file is whole. */
  async close(): Promise<boolean> {
    if (!this.#broken) this.#stream.end();
    await finished(this.#stream).catch(() => undefined);
    return !this.#broken && this.#leftOut === 0;
  }
}

export interface RunRecord {
  readonly id: string;
  /** The run's folder. */
  readonly folder: string;
  /** Takes every event of the run. Returns at once. */
  onEvent(event: RunEvent): void;
  /** Flushes; true where everything reached the disk. Safe to call again. */
  close(): Promise<boolean>;
}

function fileName(id: string): string {
  return id.replace(/[^\w.-]/g, '_').replace(/^\.+/, '_');
}

function runFolder(folder: string, id: string): string {
  return join(folder, 'runs', fileName(id));
}

/** The file with every line that a stage has said, in the record of a run in a state folder. */
export function stageLog(folder: string, runId: string, stage: string): string {
  return join(runFolder(folder, runId), 'logs', `${fileName(stage)}.log`);
}

async function pruneRuns(runs: string, keep: string): Promise<void> {
  const names = (await readdir(runs)).filter((name) => name !== keep);
  const oldest = (await newestFirst(runs, names)).slice(RUNS_KEPT - 1);
  await Promise.all(oldest.map((name) => rm(join(runs, name), { recursive: true, force: true })));
}

async function newestFirst(runs: string, names: readonly string[]): Promise<readonly string[]> {
  const dated = await Promise.all(
    names.map(async (name) => ({
      name,
      time: (await stat(join(runs, name)).catch(() => undefined))?.mtimeMs ?? 0,
    })),
  );
  return dated.sort((a, b) => b.time - a.time || (a.name < b.name ? 1 : -1)).map(({ name }) => name);
}

/** The proof of the last run that came to one, as far as runs are remembered. */
export async function lastProof(folder: string): Promise<SmokeResult | undefined> {
  const runs = join(folder, 'runs');
  const names = await readdir(runs).catch((): string[] => []);
  for (const name of await newestFirst(runs, names)) {
    const text = await readFile(join(runs, name, 'events.ndjson'), 'utf8').catch(() => '');
    const line = text.split('\n').findLast((each) => each.startsWith('{"type":"smoke-result"'));
    if (line !== undefined) return JSON.parse(line) as SmokeResult;
  }
  return undefined;
}

/** Equivalent commands by stage: for each stage those of its last run that reported any, as far as runs are recorded. */
export async function recordedCommands(folder: string): Promise<Readonly<Record<string, readonly string[]>>> {
  const runs = join(folder, 'runs');
  const names = await readdir(runs).catch((): string[] => []);
  const found: Record<string, string[]> = {};
  for (const name of await newestFirst(runs, names)) {
    const text = await readFile(join(runs, name, 'events.ndjson'), 'utf8').catch(() => '');
    const ofRun: Record<string, string[]> = {};
    for (const line of text.split('\n')) {
      const event = line.startsWith('{"type":"stage-command"') ? eventOf(line) : undefined;
      if (event?.type !== 'stage-command') continue;
      ofRun[event.stage] = [...(ofRun[event.stage] ?? []), event.command];
    }
    Object.assign(found, { ...ofRun, ...found });
  }
  return found;
}

/** Begins the record of a run under `<folder>/runs/<id>` and removes the records of the oldest runs. */
export async function openRunRecord(folder: string, id: string): Promise<RunRecord> {
  const runs = join(folder, 'runs');
  const name = fileName(id);
  const own = runFolder(folder, id);
  await mkdir(join(own, 'logs'), { recursive: true });
  await pruneRuns(runs, name);

  const events = new LineAppender(join(own, 'events.ndjson'));
  const logs = new Map<string, LineAppender>();
  let closed: Promise<boolean> | undefined;

  const logOf = (stage: string): LineAppender => {
    const known = logs.get(stage);
    if (known) return known;
    const opened = new LineAppender(stageLog(folder, id, stage));
    logs.set(stage, opened);
    return opened;
  };
  const closeAll = async () => {
    const whole = await Promise.all([events, ...logs.values()].map((file) => file.close()));
    return whole.every((isWhole) => isWhole);
  };

  return {
    id,
    folder: own,
    onEvent(event) {
      if (closed) return;
      if (event.type === 'stage-log') return logOf(event.stage).append(event.line);
      events.append(JSON.stringify(event));
    },
    close() {
      closed ??= closeAll();
      return closed;
    },
  };
}

/** How a run went, as its record tells. */
export interface PastRun {
  readonly command: string;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  /** Undefined of one that was killed, or that goes on. */
  readonly ended: { readonly outcome: RunOutcome; readonly seconds: number } | undefined;
}

/** Of a file that a run may be writing just now, what can be read. */
function eventOf(line: string | undefined): RunEvent | undefined {
  try {
    return JSON.parse(line ?? '') as RunEvent;
  } catch {
    return undefined;
  }
}

/** The newest run that is on record in a state folder. */
export async function lastRun(folder: string): Promise<PastRun | undefined> {
  const runs = join(folder, 'runs');
  // Ids begin with their time.
  const newest = (await readdir(runs).catch((): string[] => [])).sort().at(-1);
  if (newest === undefined) return undefined;
  const text = await readFile(join(runs, newest, 'events.ndjson'), 'utf8').catch(() => '');
  const lines = text.trimEnd().split('\n');
  const [started, finished] = [eventOf(lines[0]), eventOf(lines.at(-1))];
  if (started?.type !== 'run-started') return undefined;
  return {
    command: started.command,
    startedAt: started.at,
    ended: finished?.type === 'run-finished' ? finished : undefined,
  };
}
