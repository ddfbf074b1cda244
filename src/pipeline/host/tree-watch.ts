/** Waits until the content of a source tree changes; editors' temporary files and touched times are no change. */
import { type FSWatcher, watch } from 'node:fs';
import { stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fingerprintOf, readSourceTree, type SourceTree } from '../fabric/source-tree.ts';
import { CancelledError } from '../run/failure.ts';

/** An editor's save is several steps, `git checkout` is many: acted upon when it has been quiet for this long. */
const QUIET_MS = 150;
/** Where the system grants no more watches. */
const POLL_MS = 2000;

/** Rings when anything in the folders changes; one ring may stand for many changes. */
class Bell {
  readonly #watchers = new Map<string, FSWatcher>();
  #ring: () => void = () => undefined;
  #rung = false;
  /** False where some folder can't be watched. */
  complete = true;

  watch(folder: string): void {
    if (this.#watchers.has(folder)) return;
    try {
      const watcher = watch(folder, (_, name) => {
        this.#onRing();
        if (name) void this.#watchIfFolder(join(folder, name));
      });
      watcher.on('error', () => this.#forget(folder));
      this.#watchers.set(folder, watcher);
    } catch {
      this.complete = false;
    }
  }

  /** Resolves at the next ring, or at once where there was one since the last call. */
  async next(signal: AbortSignal): Promise<void> {
    if (!this.#rung) {
      await new Promise<void>((resolve) => {
        this.#ring = resolve;
        signal.addEventListener('abort', () => resolve(), { once: true });
      });
    }
    this.#rung = false;
  }

  close(): void {
    for (const watcher of this.#watchers.values()) watcher.close();
  }

  #onRing(): void {
    this.#rung = true;
    this.#ring();
  }

  #forget(folder: string): void {
    this.#watchers.get(folder)?.close();
    this.#watchers.delete(folder);
    this.#onRing();
  }

  /** What is made in a folder that is itself new would be missed. */
  async #watchIfFolder(path: string): Promise<void> {
    const stats = await stat(path).catch(() => undefined);
    if (stats?.isDirectory()) this.watch(path);
  }
}

function foldersOf(tree: SourceTree, keep: (path: string) => boolean): Set<string> {
  const folders = new Set([tree.dir]);
  for (const path of tree.files.keys()) {
    if (!keep(path)) continue;
    for (let folder = dirname(path); folder !== '.'; folder = dirname(folder))
      folders.add(join(tree.dir, folder));
  }
  return folders;
}

/**
 * Resolves with the paths, relative and sorted, whose content is another than in `known`.
 * @param keep which paths matter
 * @throws CancelledError
 */
export async function changedPaths(
  known: SourceTree,
  keep: (path: string) => boolean,
  signal: AbortSignal,
): Promise<string[]> {
  const bell = new Bell();
  try {
    for (const folder of foldersOf(known, keep)) bell.watch(folder);
    const before = fingerprintOf(known, keep);
    for (;;) {
      // First of all: what changed before the watches stood.
      const tree = await readSourceTree(known.dir);
      if (signal.aborted) throw new CancelledError();
      if (fingerprintOf(tree, keep) !== before) return difference(known, tree, keep);
      if (bell.complete) await bell.next(signal);
      else await delay(POLL_MS, undefined, { signal }).catch(() => undefined);
      await quiet(bell, signal);
    }
  } finally {
    bell.close();
  }
}

/** Waits for the first pause of `QUIET_MS`. */
async function quiet(bell: Bell, signal: AbortSignal): Promise<void> {
  for (;;) {
    const pause = new AbortController();
    const either = AbortSignal.any([signal, pause.signal]);
    const timer = setTimeout(() => pause.abort(), QUIET_MS);
    await bell.next(either);
    clearTimeout(timer);
    if (either.aborted) return;
  }
}

function difference(before: SourceTree, after: SourceTree, keep: (path: string) => boolean): string[] {
  const paths = new Set([...before.files.keys(), ...after.files.keys()]);
  return [...paths].filter((path) => keep(path) && before.files.get(path) !== after.files.get(path)).sort();
}
