/**
 * The journal in the state folder `.fabric-wizard/`: the lock, facts of earlier runs, and records of the last runs.
 *
 * ```
 * .fabric-wizard/
 *   .gitignore            hides the folder from the user's `git status`
 *   lock                  the process that uses the folder
 *   state.json            WizardState
 *   calls.ndjson          calls of chaincode that were entered on the screens; see `call-history.ts`
 *   runs/<id>/            events.ndjson, logs/<stage>.log
 * ```
 */
import { readdir, rename, rm, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod/mini';
import type { Phrase, Text } from '../core/phrase.ts';
import { type PlannedStage, timingNames } from '../core/plan.ts';
import { exists } from '../host/files.ts';
import { openStateFolder, STATE_FOLDER } from '../host/state-folder.ts';
import { type LockFile, lockFreed, lockHolder, takeLock } from './lock-file.ts';
import { openRunRecord, type RunRecord } from './run-record.ts';
import {
  type FactKey,
  type JournalState,
  readFact,
  readStateFile,
  secondsOf,
  stateFile,
  writeStateFile,
} from './wizard-state.ts';

const LOCK = 'lock';

/** Weight of the newest measurement in the average of a stage's seconds. */
const NEWEST_SHARE = 0.5;

export interface JournalWarning {
  readonly code: string;
  readonly message: Text;
}

/** Holds the lock of the folder from `openJournal` until `close`. */
export class Journal {
  /** Path of the state folder. */
  readonly folder: string;
  /** Problems that were found and repaired when the journal was opened. */
  readonly warnings: readonly JournalWarning[];
  readonly #lock: LockFile;
  readonly #records: RunRecord[] = [];
  #state: JournalState;
  #dirty = false;
  #saving: Promise<void> | undefined;
  #queued: Promise<void> | undefined;
  #closing: Promise<void> | undefined;

  /** Use `openJournal`. */
  constructor(folder: string, lock: LockFile, state: JournalState, warnings: readonly JournalWarning[]) {
    this.folder = folder;
    this.warnings = warnings;
    this.#lock = lock;
    this.#state = state;
  }

  get state(): JournalState {
    return this.#state;
  }

  /** See `readFact`. */
  getFact<T>(fact: FactKey<T>): T | undefined {
    return readFact(this.#state, fact);
  }

  /** Saves a JSON value, or deletes the fact if the value is undefined. Resolves when it is on disk. */
  setFact<T>({ key }: FactKey<T>, value: NoInfer<T> | undefined): Promise<void> {
    const { [key]: _, ...facts } = this.#state.facts;
    // Makes a copy that the caller cannot change, and guarantees valid JSON.
    const text = JSON.stringify(value);
    if (text !== undefined) facts[key] = z.json().parse(JSON.parse(text));
    return this.#replace({ ...this.#state, facts });
  }

  /**
   * Returns the expected seconds of each stage that has ever been built, by the names of `timingNames`.
   * @param kind see `startRun`
   */
  secondsOf(kind: string): Readonly<Record<string, number>> {
    return secondsOf(this.#state, kind);
  }

  /**
   * Begins the record of a run; the caller passes every event to it. Built stages also update the expected seconds,
   * which are saved with the next fact or by `close`.
   * @param kind kind of source, because compile times of different kinds are not comparable
   */
  async startRun(id: string, kind: string): Promise<RunRecord> {
    const record = await openRunRecord(this.folder, id);
    this.#records.push(record);
    let stages: readonly PlannedStage[] = [];
    return {
      ...record,
      onEvent: (event) => {
        record.onEvent(event);
        if (event.type === 'run-started') stages = event.plan.stages;
        if (event.type !== 'stage-finished' || event.outcome !== 'built') return;
        const planned = stages.find(({ id }) => id === event.stage);
        const names = planned ? timingNames(planned) : [event.stage];
        for (const name of names) this.#measure(`${kind}/${name}`, event.seconds);
      },
    };
  }

  /** Writes everything to disk, then releases the lock, even if writing fails. Can be called again. */
  close(): Promise<void> {
    this.#closing ??= this.#closeOnce();
    return this.#closing;
  }

  async #closeOnce(): Promise<void> {
    try {
      await Promise.all(this.#records.map((record) => record.close()));
      await (this.#dirty ? this.#save() : (this.#queued ?? this.#saving));
    } finally {
      await this.#lock.release();
    }
  }

  #measure(key: string, seconds: number): void {
    const before = this.#state.stageSeconds[key];
    const average = before === undefined ? seconds : before + NEWEST_SHARE * (seconds - before);
    const rounded = Math.round(average * 100) / 100;
    this.#state = { ...this.#state, stageSeconds: { ...this.#state.stageSeconds, [key]: rounded } };
    this.#dirty = true;
  }

  #replace(state: JournalState): Promise<void> {
    this.#state = state;
    return this.#save();
  }

  /** Writes one at a time. Calls during a write share the next one. */
  #save(): Promise<void> {
    if (!this.#saving) {
      this.#dirty = false;
      this.#saving = writeStateFile(this.folder, this.#state).finally(() => {
        this.#saving = undefined;
      });
      return this.#saving;
    }
    this.#queued ??= this.#saving
      .catch(() => undefined)
      .then(() => {
        this.#queued = undefined;
        return this.#save();
      });
    return this.#queued;
  }
}

/** Returns the command that works in the folder; undefined if none does. */
export async function folderUser(dir: string): Promise<string | undefined> {
  return (await lockHolder(join(dir, STATE_FOLDER, LOCK)))?.command;
}

/** Resolves when no other process uses the folder. @throws CancelledError */
export function folderFreed(dir: string, signal: AbortSignal): Promise<void> {
  return lockFreed(join(dir, STATE_FOLDER, LOCK), signal);
}

/** Removes a state folder that was created for a run that did not begin. */
export async function removeUnusedFolder(stateDir: string): Promise<void> {
  try {
    await rmdir(join(stateDir, 'source')).catch(() => undefined);
    if ((await readdir(stateDir)).join() !== '.gitignore') return;
    await rm(join(stateDir, '.gitignore'));
    await rmdir(stateDir);
  } catch {
    // Another process has begun to use it.
  }
}

/** Opens the journal of a folder for a dry run: it takes no lock, and nothing is written. @throws WizardFailure `state-newer` */
export async function readOnlyJournal(dir: string): Promise<Journal> {
  const folder = join(dir, STATE_FOLDER);
  const { state } = await readStateFile(folder);
  return new Journal(folder, { release: async () => undefined }, state, []);
}

/**
 * Opens `<dir>/.fabric-wizard/`, creates it if it does not exist, and takes its lock. An unreadable `state.json` is
 * renamed to `state.json.broken-<time>` and reported in `warnings`.
 * @param options.command shown to users who find the folder locked, e.g. `fabric-wizard up`
 * @param options.now milliseconds since the epoch
 * @throws WizardFailure `locked`, `state-newer`; `usage` if the folder is not writable
 */
export async function openJournal(
  dir: string,
  options: { readonly command: string; readonly now?: () => number },
): Promise<Journal> {
  const { command, now = Date.now } = options;
  const folder = await openStateFolder(dir, command);
  const lock = await takeLock(join(folder, LOCK), { dir, command });
  try {
    // Left by an interrupted save. The holder of the lock is the only writer.
    await rm(`${stateFile(folder)}.tmp`, { force: true });
    const { state, broken } = await readStateFile(folder);
    if (!broken) return new Journal(folder, lock, state, []);
    const aside = `${stateFile(folder)}.broken-${new Date(now()).toISOString().replace(/[:.]/g, '-')}`;
    await rename(stateFile(folder), aside);
    const message: Phrase = { key: 'warning.state-broken', path: aside };
    return new Journal(folder, lock, state, [{ code: 'state-broken', message }]);
  } catch (error) {
    await lock.release();
    throw error;
  }
}

/**
 * Runs an action with the journal of a folder, and so with its lock. A state folder that the action has not used is removed.
 * @throws WizardFailure as `openJournal`
 */
export async function withJournal<T>(
  dir: string,
  command: string,
  act: (journal: Journal) => Promise<T>,
): Promise<T> {
  const stateDir = join(dir, STATE_FOLDER);
  const isNewFolder = !(await exists(stateDir));
  const journal = await openJournal(dir, { command });
  try {
    return await act(journal);
  } finally {
    await journal.close();
    if (isNewFolder) await removeUnusedFolder(stateDir);
  }
}

/**
 * Returns the state without taking the lock, for commands that only read. A missing or unreadable state is empty.
 * @throws WizardFailure `state-newer`
 */
export async function readState(dir: string): Promise<JournalState> {
  return (await readStateFile(join(dir, STATE_FOLDER))).state;
}
