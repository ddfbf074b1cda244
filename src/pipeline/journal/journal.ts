/**
 * The state folder `.fabric-wizard/`: the lock, what earlier runs learnt, and the records of the last runs.
 *
 * ```
 * .fabric-wizard/
 *   .gitignore            everything here stays out of the user's git status
 *   lock                  who is at work
 *   state.json            WizardState
 *   runs/<id>/            events.ndjson, logs/<stage>.log
 * ```
 */
import { readdir, rename, rm, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import type { RunEvent } from '../core/events.ts';
import type { Phrase, Text } from '../core/phrase.ts';
import { openStateFolder, STATE_FOLDER } from '../host/state-folder.ts';
import { type LockFile, lockFreed, takeLock } from './lock-file.ts';
import { openRunRecord, type RunRecord } from './run-record.ts';
import {
  readFact,
  readStateFile,
  secondsOf,
  stateFile,
  type WizardState,
  writeStateFile,
} from './wizard-state.ts';

const LOCK = 'lock';

/** How much the newest measurement counts in the average of a stage's seconds. */
const NEWEST_SHARE = 0.5;

export interface JournalWarning {
  readonly code: string;
  readonly message: Text;
}

/** Holds the folder's lock from `openJournal` until `close`. */
export class Journal {
  /** The state folder's path. */
  readonly folder: string;
  /** What was found wrong on opening and was mended. */
  readonly warnings: readonly JournalWarning[];
  readonly #lock: LockFile;
  readonly #records: RunRecord[] = [];
  #state: WizardState;
  #dirty = false;
  #saving: Promise<void> | undefined;
  #queued: Promise<void> | undefined;
  #closing: Promise<void> | undefined;

  /** Use `openJournal`. */
  constructor(folder: string, lock: LockFile, state: WizardState, warnings: readonly JournalWarning[]) {
    this.folder = folder;
    this.warnings = warnings;
    this.#lock = lock;
    this.#state = state;
  }

  get state(): WizardState {
    return this.#state;
  }

  /** See `readFact`. */
  getFact<T>(key: string, schema: z.ZodType<T>): T | undefined {
    return readFact(this.#state, key, schema);
  }

  /** Remembers a JSON value, or forgets the key where it is undefined. Resolves when it is on disk. */
  setFact(key: string, value: unknown): Promise<void> {
    const { [key]: _, ...facts } = this.#state.facts;
    // Through text: a copy that the caller can't change later, and JSON beyond doubt.
    const text = JSON.stringify(value);
    if (text !== undefined) facts[key] = z.json().parse(JSON.parse(text));
    return this.#replace({ ...this.#state, facts });
  }

  /**
   * By stage, the seconds that it will probably take, where it was ever built.
   * @param kind as given to `startRun`
   */
  secondsOf(kind: string): Readonly<Record<string, number>> {
    return secondsOf(this.#state, kind);
  }

  /**
   * Begins the record of a run; give it every event. Built stages also feed the estimates, which are
   * saved with the next fact or on `close`.
   * @param kind of source: a compile of one says nothing about a compile of another
   */
  async startRun(id: string, kind: string): Promise<RunRecord> {
    const record = await openRunRecord(this.folder, id);
    this.#records.push(record);
    return {
      ...record,
      onEvent: (event) => {
        record.onEvent(event);
        this.#learn(event, kind);
      },
    };
  }

  /** Flushes everything, then releases the lock, even where flushing failed. Safe to call again. */
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

  #learn(event: RunEvent, kind: string): void {
    if (event.type !== 'stage-finished' || event.outcome !== 'built') return;
    const key = `${kind}/${event.stage}`;
    const before = this.#state.stageSeconds[key];
    const average = before === undefined ? event.seconds : before + NEWEST_SHARE * (event.seconds - before);
    const rounded = Math.round(average * 100) / 100;
    this.#state = { ...this.#state, stageSeconds: { ...this.#state.stageSeconds, [key]: rounded } };
    this.#dirty = true;
  }

  #replace(state: WizardState): Promise<void> {
    this.#state = state;
    return this.#save();
  }

  /** One write at a time; all calls that come during a write share the next one. */
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

/** Resolves once no other process is at work in the folder. @throws CancelledError */
export function folderFreed(dir: string, signal: AbortSignal): Promise<void> {
  return lockFreed(join(dir, STATE_FOLDER, LOCK), signal);
}

/** A state folder that was made for a run which then did not begin. */
export async function removeUnusedFolder(stateDir: string): Promise<void> {
  try {
    await rmdir(join(stateDir, 'source')).catch(() => undefined);
    if ((await readdir(stateDir)).join() !== '.gitignore') return;
    await rm(join(stateDir, '.gitignore'));
    await rmdir(stateDir);
  } catch {
    // Somebody else has begun to use it.
  }
}

/**
 * Opens `<dir>/.fabric-wizard/`, made where it is absent, and takes its lock. A `state.json` that can't be
 * read is moved to `state.json.broken-<time>` and named in `warnings`.
 * @param options.command what is shown to whoever finds the folder locked, e.g. `fabric-wizard up`
 * @param options.now milliseconds since the epoch
 * @throws WizardFailure `locked`, `state-newer`; `usage` where the folder can't be written
 */
export async function openJournal(
  dir: string,
  options: { readonly command: string; readonly now?: () => number },
): Promise<Journal> {
  const { command, now = Date.now } = options;
  const folder = await openStateFolder(dir);
  const lock = await takeLock(join(folder, LOCK), { dir, command });
  try {
    // A save that was cut off; whoever holds the lock is the only writer.
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
 * The state without the lock, for commands that only look. An absent or unreadable one is empty.
 * @throws WizardFailure `state-newer`
 */
export async function readState(dir: string): Promise<WizardState> {
  return (await readStateFile(join(dir, STATE_FOLDER))).state;
}
