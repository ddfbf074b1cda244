/** The file state.json with facts of earlier runs. They only save time; the engine has the truth. */
import { open, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod/mini';
import { isMissing } from '../core/error-code.ts';
import { WizardFailure } from '../core/failure.ts';

export const STATE_VERSION = 1;

const stateSchema = z.object({
  version: z.literal(STATE_VERSION),
  /** By `<kind of source>/<name>` (see `timingNames`), the moving average of the seconds that the stage took when it was built. */
  stageSeconds: z.record(z.string(), z.number().check(z.nonnegative())),
  /** Other facts; see `STATE_KEYS` for keys and schemas. */
  facts: z.record(z.string(), z.json()),
});

export type JournalState = Readonly<z.infer<typeof stateSchema>>;

export const emptyWizardState: JournalState = { version: STATE_VERSION, stageSeconds: {}, facts: {} };

/** `broken`: the file exists but is not a valid state. */
export interface ReadState {
  readonly state: JournalState;
  readonly broken: boolean;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export function stateFile(folder: string): string {
  return join(folder, 'state.json');
}

/**
 * Reads `state.json` in a state folder. A missing file is an empty state.
 * @throws WizardFailure `state-newer`
 */
export async function readStateFile(folder: string): Promise<ReadState> {
  const path = stateFile(folder);
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (!isMissing(error)) throw error;
    return { state: emptyWizardState, broken: false };
  }
  const value = parseJson(text);
  const found = z.object({ version: z.number() }).safeParse(value).data?.version;
  if (found !== undefined && found > STATE_VERSION) {
    throw new WizardFailure({ kind: 'state-newer', path, found, known: STATE_VERSION });
  }
  const parsed = stateSchema.safeParse(value);
  return parsed.success ? { state: parsed.data, broken: false } : { state: emptyWizardState, broken: true };
}

/** Replaces `state.json` atomically: readers see the old or the new state, even after a crash. */
export async function writeStateFile(folder: string, state: JournalState): Promise<void> {
  const path = stateFile(folder);
  const temporary = `${path}.tmp`;
  const file = await open(temporary, 'w');
  try {
    await file.writeFile(`${JSON.stringify(state, null, 2)}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(temporary, path);
}

/** A kind of fact. See `STATE_KEYS`. */
export interface FactKey<T> {
  readonly key: string;
  readonly schema: z.ZodMiniType<T>;
}

/** Read access to the facts that earlier runs recorded. */
export interface RecordedState {
  readonly getFact: <T>(fact: FactKey<T>) => T | undefined;
  /** Average seconds by the names of `timingNames`. @param kind kind of source, as given to `Journal.startRun` */
  readonly secondsOf: (kind: string) => Readonly<Record<string, number>>;
}

export function recordedState(state: JournalState): RecordedState {
  return {
    getFact: (fact) => readFact(state, fact),
    secondsOf: (kind) => secondsOf(state, kind),
  };
}

/** Returns a fact; undefined if it is missing or does not match the schema, e.g. because an older version wrote it. */
export function readFact<T>(state: JournalState, { key, schema }: FactKey<T>): T | undefined {
  return Object.hasOwn(state.facts, key) ? schema.safeParse(state.facts[key]).data : undefined;
}

/** Returns the average seconds by the names of `timingNames`, for a kind of source. Stages that were never built are left out. */
export function secondsOf(state: JournalState, kind: string): Readonly<Record<string, number>> {
  const mine = Object.entries(state.stageSeconds).filter(([key]) => key.startsWith(`${kind}/`));
  return Object.fromEntries(mine.map(([key, seconds]) => [key.slice(kind.length + 1), seconds]));
}
