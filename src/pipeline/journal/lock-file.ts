/** One fabric-wizard at a time in a folder, held by a file that names its holder. */

import { readFile, rm, stat, writeFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import * as z from 'zod';
import { CancelledError, WizardFailure } from '../core/failure.ts';
import { errorCode } from '../host/error-code.ts';
import { isProcessAlive, processStat } from '../host/process-alive.ts';

const holderSchema = z.object({
  pid: z.number().int().positive(),
  /** Clock ticks since boot (proc(5), field 22): tells a process from a later one with the same pid. */
  startTime: z.string().optional(),
  command: z.string(),
});

type Holder = z.infer<typeof holderSchema>;

export interface LockFile {
  /** Removes the file where it is still ours. Safe to call again. */
  release(): Promise<void>;
}

/** A file that is created but not yet written looks broken for a moment; after this it is broken. */
const SETTLE_MS = 1000;
const RETRY_MS = 20;
const ASK_MS = 250;

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

async function isAlive({ pid, startTime }: Holder): Promise<boolean> {
  if (!isProcessAlive(pid)) return false;
  const found = await processStat(pid);
  if (!found) return true;
  // A zombie still answers kill(2) but will never write again.
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

/** Creates the file with its content; false where it exists already. */
async function create(path: string, content: string): Promise<boolean> {
  try {
    await writeFile(path, content, { flag: 'wx' });
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    // A full disk leaves an empty file that nobody holds.
    await rm(path, { force: true }).catch(() => undefined);
    throw error;
  }
}

type Found =
  | { readonly state: 'absent' | 'stale' | 'unsettled' }
  | { readonly state: 'held'; readonly by: Holder };

async function inspect(path: string): Promise<Found> {
  const text = await readIfThere(path);
  if (text === undefined) return { state: 'absent' };
  const holder = parseHolder(text);
  if (holder) return (await isAlive(holder)) ? { state: 'held', by: holder } : { state: 'stale' };
  const info = await stat(path).catch(() => undefined);
  if (!info) return { state: 'absent' };
  return { state: Date.now() - info.mtimeMs < SETTLE_MS ? 'unsettled' : 'stale' };
}

/**
 * Removes a lock that nobody holds. Of several processes that find it stale only the one that holds
 * `<path>.takeover` may, so that none removes the fresh lock of another.
 */
async function removeStale(path: string, content: string): Promise<void> {
  const guard = `${path}.takeover`;
  if (!(await create(guard, content))) {
    if ((await inspect(guard)).state === 'stale') await rm(guard, { force: true });
    return;
  }
  try {
    if ((await inspect(path)).state === 'stale') await rm(path, { force: true });
  } finally {
    await rm(guard, { force: true });
  }
}

/** Resolves once no living process holds the lock. @throws CancelledError */
export async function lockFreed(path: string, signal: AbortSignal): Promise<void> {
  while ((await inspect(path)).state === 'held') {
    if (signal.aborted) throw new CancelledError();
    await delay(ASK_MS, undefined, { signal }).catch(() => undefined);
  }
}

/**
 * Takes the lock at `path`. A lock left by a dead process, or by one whose pid now belongs to another
 * process, is taken over.
 * @throws WizardFailure `locked`, with `dir` as given, while a living process holds it
 */
export async function takeLock(
  path: string,
  options: { readonly dir: string; readonly command: string },
): Promise<LockFile> {
  const own = await processStat(process.pid);
  const content = JSON.stringify({ pid: process.pid, startTime: own?.startTime, command: options.command });
  while (!(await create(path, content))) {
    const found = await inspect(path);
    if (found.state === 'held') {
      const { pid, command } = found.by;
      throw new WizardFailure({ kind: 'locked', dir: options.dir, pid, command });
    }
    if (found.state === 'stale') await removeStale(path, content);
    if (found.state !== 'absent') await delay(RETRY_MS);
  }
  return {
    async release() {
      const current = await readIfThere(path);
      if (current === content) await rm(path, { force: true });
    },
  };
}
