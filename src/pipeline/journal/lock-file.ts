/** A lock file, so that only one fabric-wizard at a time uses a folder. It names the process that holds it. */

import { readFile, rm, stat, writeFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import * as z from 'zod/mini';
import { errorCode } from '../core/error-code.ts';
import { CancelledError, WizardFailure } from '../core/failure.ts';
import { isProcessAlive, processStat } from '../host/process-alive.ts';

const holderSchema = z.object({
  pid: z.int().check(z.positive()),
  /** Start time of the process, see `ProcessStat`. */
  startTime: z.optional(z.string()),
  command: z.string(),
});

type Holder = z.infer<typeof holderSchema>;

export interface LockFile {
  /** Removes the file if this process still holds it. Can be called again. */
  release(): Promise<void>;
}

/** Age from which an unreadable file is stale: a new file is empty until it is written. */
const WRITE_MS = 1000;
const RETRY_MS = 20;
const POLL_MS = 250;

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** Whether the holder still runs. */
async function isAlive({ pid, startTime }: Holder): Promise<boolean> {
  if (!isProcessAlive(pid)) return false;
  const found = await processStat(pid);
  if (!found) return true;
  // A zombie still has its pid but does nothing any more.
  if (found.state === 'Z' || found.state === 'X') return false;
  return startTime === undefined || startTime === found.startTime;
}

function parseHolder(text: string): Holder | undefined {
  try {
    return holderSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

/** Creates the file with its content. @returns false if it exists already */
async function create(path: string, content: string): Promise<boolean> {
  try {
    await writeFile(path, content, { flag: 'wx' });
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    // A full disk leaves an empty file.
    await rm(path, { force: true }).catch(() => undefined);
    throw error;
  }
}

type LockState =
  | { readonly kind: 'absent' | 'stale' | 'unwritten' }
  | { readonly kind: 'held'; readonly by: Holder };

async function inspect(path: string): Promise<LockState> {
  const text = await readIfThere(path);
  if (text === undefined) return { kind: 'absent' };
  const holder = parseHolder(text);
  if (holder) return (await isAlive(holder)) ? { kind: 'held', by: holder } : { kind: 'stale' };
  const info = await stat(path).catch(() => undefined);
  if (!info) return { kind: 'absent' };
  return { kind: Date.now() - info.mtimeMs < WRITE_MS ? 'unwritten' : 'stale' };
}

/**
 * Removes a stale lock. Only the process that holds `<path>.takeover` may do so, so that no process removes the new lock
 * of another one.
 */
async function removeStale(path: string, content: string): Promise<void> {
  const guard = `${path}.takeover`;
  if (!(await create(guard, content))) {
    if ((await inspect(guard)).kind === 'stale') await rm(guard, { force: true });
    return;
  }
  try {
    if ((await inspect(path)).kind === 'stale') await rm(path, { force: true });
  } finally {
    await rm(guard, { force: true });
  }
}

/** Returns the process that holds the lock; undefined if none does. */
export async function lockHolder(path: string): Promise<Pick<Holder, 'pid' | 'command'> | undefined> {
  const found = await inspect(path);
  return found.kind === 'held' ? found.by : undefined;
}

/** Resolves when no running process holds the lock. @throws CancelledError */
export async function lockFreed(path: string, signal: AbortSignal): Promise<void> {
  while ((await inspect(path)).kind === 'held') {
    if (signal.aborted) throw new CancelledError();
    await delay(POLL_MS, undefined, { signal }).catch(() => undefined);
  }
}

/**
 * Takes the lock at `path`. Takes over a lock whose process has ended, even if another process now has its pid.
 * @param options.dir for the failure
 * @throws WizardFailure `locked` if a running process holds it
 */
export async function takeLock(
  path: string,
  options: { readonly dir: string; readonly command: string },
): Promise<LockFile> {
  const own = await processStat(process.pid);
  const content = JSON.stringify({ pid: process.pid, startTime: own?.startTime, command: options.command });
  while (!(await create(path, content))) {
    const found = await inspect(path);
    if (found.kind === 'held') {
      const { pid, command } = found.by;
      throw new WizardFailure({ kind: 'locked', dir: options.dir, pid, command });
    }
    if (found.kind === 'stale') await removeStale(path, content);
    if (found.kind !== 'absent') await delay(RETRY_MS);
  }
  return {
    async release() {
      const current = await readIfThere(path);
      if (current === content) await rm(path, { force: true });
    },
  };
}
