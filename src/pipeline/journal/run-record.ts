/** The record of a run on disk: `events.ndjson` without log lines, and `logs/<stage>.log` with them. */
import { createWriteStream, type WriteStream } from 'node:fs';
import { mkdir, readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import * as z from 'zod/mini';
import type { RunEvent, RunOutcome, SmokeResult } from '../core/events.ts';
import {
  changeOf,
  type LastProof,
  PROOF_EVENTS,
  type ProofChange,
  proofAfter,
  withChanges,
} from '../core/last-proof.ts';
import { writeAtomically } from '../host/files.ts';

/** Bytes per file that wait in memory for a slow disk. Further lines are dropped. */
const MAX_WAITING_BYTES = 8 * 1024 * 1024;
export const RUNS_KEPT = 10;
/** Commands of runs whose record was removed, by stage. */
const COMMANDS_FILE = 'commands.json';
const commandsSchema = z.record(z.string(), z.array(z.string()));

/** What the records that were removed said of the network. */
const EARLIER_FILE = 'earlier.json';
const earlierSchema = z.object({
  proof: z.optional(
    z.object({
      result: z.custom<SmokeResult>(
        (value) => typeof value === 'object' && value !== null && 'peers' in value,
      ),
      changed: z.readonly(z.array(z.custom<ProofChange>((value) => typeof value === 'string'))),
    }),
  ),
  practice: z.optional(z.boolean()),
});

type Earlier = Readonly<z.infer<typeof earlierSchema>>;

/** Appends lines to a file without blocking the caller. If the disk fails, the rest of the file is lost. */
class LineAppender {
  readonly #stream: WriteStream;
  #dropped = 0;
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
      this.#dropped += 1;
      return;
    }
    if (this.#dropped > 0) {
      const dropped = this.#dropped;
      this.#dropped = 0;
      this.#stream.write(`${JSON.stringify({ leftOut: dropped })}\n`);
    }
    this.#stream.write(`${line}\n`);
  }

  /** Resolves when everything is written or writing has failed. @returns whether the file is complete */
  async close(): Promise<boolean> {
    if (!this.#broken) this.#stream.end();
    await finished(this.#stream).catch(() => undefined);
    return !this.#broken && this.#dropped === 0;
  }
}

export interface RunRecord {
  readonly id: string;
  /** Folder of the run. */
  readonly folder: string;
  /** Records an event. The caller passes every event of the run. */
  onEvent(event: RunEvent): void;
  /** Writes everything to disk. Can be called again. @returns whether the record is complete */
  close(): Promise<boolean>;
}

function fileName(id: string): string {
  return id.replace(/[^\w.-]/g, '_').replace(/^\.+/, '_');
}

function runFolder(folder: string, id: string): string {
  return join(folder, 'runs', fileName(id));
}

/** Returns the path of a stage's log in the record of a run. @param folder the state folder */
export function stageLog(folder: string, runId: string, stage: string): string {
  return join(runFolder(folder, runId), 'logs', `${fileName(stage)}.log`);
}

/**
 * Removes the oldest records. The commands of a stage outlive them, because it may be cached for many runs, and so do the
 * last proof and whether the network is one of the practice source.
 */
async function pruneRuns(folder: string, keep: string): Promise<void> {
  const runs = join(folder, 'runs');
  const names = (await readdir(runs)).filter((name) => name !== keep);
  const oldest = (await newestFirst(runs, names)).slice(RUNS_KEPT - 1);
  if (oldest.length === 0) return;
  const commands = { ...(await readCommands(folder)), ...(await commandsIn(runs, oldest)) };
  await writeAtomically(join(folder, COMMANDS_FILE), JSON.stringify(commands));
  await writeAtomically(join(folder, EARLIER_FILE), JSON.stringify(await earlierWith(folder, oldest)));
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

/** Returns the complete events of these types in the record of a run. */
async function eventsIn(runs: string, name: string, types: readonly RunEvent['type'][]): Promise<RunEvent[]> {
  const text = await readFile(join(runs, name, 'events.ndjson'), 'utf8').catch(() => '');
  const lines = text.split('\n').filter((line) => types.some((type) => line.startsWith(`{"type":"${type}"`)));
  return lines.map(eventOf).filter((event) => event !== undefined);
}

async function readEarlier(folder: string): Promise<Earlier> {
  try {
    return earlierSchema.parse(JSON.parse(await readFile(join(folder, EARLIER_FILE), 'utf8')));
  } catch {
    return {};
  }
}

/** Returns what is known of earlier runs with these records, which are removed. @param names the newest first */
async function earlierWith(folder: string, names: readonly string[]): Promise<Earlier> {
  const runs = join(folder, 'runs');
  const known = await readEarlier(folder);
  let proof: LastProof | undefined = known.proof;
  for (const name of names.toReversed())
    proof = (await eventsIn(runs, name, PROOF_EVENTS)).reduce(proofAfter, proof);
  const practice = (await practiceIn(runs, names)) ?? known.practice;
  return { ...(proof ? { proof } : {}), ...(practice === undefined ? {} : { practice }) };
}

/** Whether the newest of these runs that was about the network used the practice source; undefined if there is none. */
async function practiceIn(runs: string, names: readonly string[]): Promise<boolean | undefined> {
  for (const name of names) {
    const [started] = await eventsIn(runs, name, ['run-started']);
    if (started?.type === 'run-started' && started.command !== 'build') return started.practice;
  }
  return undefined;
}

/** Returns whether the network is one of the practice source, by the newest run that was about the network. */
export async function isPracticeNetwork(folder: string): Promise<boolean> {
  const runs = join(folder, 'runs');
  const names = await readdir(runs).catch((): string[] => []);
  const known = await practiceIn(runs, await newestFirst(runs, names));
  return known ?? (await readEarlier(folder)).practice ?? false;
}

/** Returns the newest recorded proof. */
export async function lastProof(folder: string): Promise<LastProof | undefined> {
  const runs = join(folder, 'runs');
  const names = await readdir(runs).catch((): string[] => []);
  let later: ProofChange[] = [];
  for (const name of await newestFirst(runs, names)) {
    const events = await eventsIn(runs, name, PROOF_EVENTS);
    const proof = events.reduce<LastProof | undefined>(proofAfter, undefined);
    if (proof) return withChanges(proof, later);
    later = [...events.map(changeOf).filter((change) => change !== undefined), ...later];
  }
  const { proof } = await readEarlier(folder);
  return proof && withChanges(proof, later);
}

async function readCommands(folder: string): Promise<Record<string, string[]>> {
  try {
    return commandsSchema.parse(JSON.parse(await readFile(join(folder, COMMANDS_FILE), 'utf8')));
  } catch {
    return {};
  }
}

/** Returns the commands by stage, each stage's from the first of these records that has any. */
async function commandsIn(runs: string, names: readonly string[]): Promise<Record<string, string[]>> {
  const found: Record<string, string[]> = {};
  for (const name of names) {
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

/** Returns equivalent commands by stage: those of the last run in which the stage reported any. */
export async function recordedCommands(folder: string): Promise<Readonly<Record<string, readonly string[]>>> {
  const runs = join(folder, 'runs');
  const names = await readdir(runs).catch((): string[] => []);
  const recent = await commandsIn(runs, await newestFirst(runs, names));
  return { ...(await readCommands(folder)), ...recent };
}

/** Begins the record of a run under `<folder>/runs/<id>` and removes the records of the oldest runs. */
export async function openRunRecord(folder: string, id: string): Promise<RunRecord> {
  const name = fileName(id);
  const own = runFolder(folder, id);
  await mkdir(join(own, 'logs'), { recursive: true });
  await pruneRuns(folder, name);

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
    const complete = await Promise.all([events, ...logs.values()].map((file) => file.close()));
    return complete.every((isComplete) => isComplete);
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

/** Summary of a recorded run. */
export interface PastRun {
  readonly command: string;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  /** Undefined if the run was killed or is still running. */
  readonly ended: { readonly outcome: RunOutcome; readonly seconds: number } | undefined;
  /** Whether it is still running, in this process or another one; absent if that is not known. */
  readonly goesOn?: boolean;
}

/** Parses a line; undefined if it is incomplete because a run is writing it. */
function eventOf(line: string | undefined): RunEvent | undefined {
  try {
    return JSON.parse(line ?? '') as RunEvent;
  } catch {
    return undefined;
  }
}

/** Returns the newest recorded run. @param folder the state folder */
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
