/** Waits until the content of a source tree changes; editors' temporary files and touched times are no change. */
import { type FSWatcher, watch } from 'node:fs';
import { lstat, readdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { AsyncSignal } from '../core/async-signal.ts';
import { CancelledError } from '../core/failure.ts';
import { fingerprintOf, readSourceTree, type SourceTree } from './source-tree.ts';

/** An editor's save is several steps, `git checkout` is many: acted upon when it has been quiet for this long. */
const QUIET_MS = 150;
/** A log that grows in the tree is never quiet. */
const NOISE_MS = 2000;
/** Where the system grants no more watches. */
const POLL_MS = 2000;

/** Rings when anything in the folders changes. */
class FolderBell extends AsyncSignal {
  readonly #watchers = new Map<string, FSWatcher>();
  #closed = false;
  /** False where some folder can't be watched. */
  complete = true;

  watch(folder: string): void {
    // A folder that was removed and made again is another one, and its old watcher sees nothing.
    this.#watchers.get(folder)?.close();
    try {
      const watcher = watch(folder, (kind, name) => {
        this.notify();
        if (kind === 'rename' && name) void this.#watchNew(join(folder, name));
      });
      watcher.on('error', () => this.#forget(folder));
      this.#watchers.set(folder, watcher);
    } catch {
      this.#watchers.delete(folder);
      this.complete = false;
    }
  }

  close(): void {
    this.#closed = true;
    for (const watcher of this.#watchers.values()) watcher.close();
  }

  #forget(folder: string): void {
    this.#watchers.get(folder)?.close();
    this.#watchers.delete(folder);
    this.notify();
  }

  /** A folder may have been filled before we heard of it: all that is in it is watched too, and looked at. */
  async #watchNew(path: string): Promise<void> {
    if (basename(path) === '.git') return;
    const stats = await lstat(path).catch(() => undefined);
    if (!stats?.isDirectory() || this.#closed) return;
    this.watch(path);
    const entries = await readdir(path, { withFileTypes: true }).catch(() => []);
    for (const entry of entries) if (entry.isDirectory()) await this.#watchNew(join(path, entry.name));
    this.notify();
  }
}

/** Every folder that is watched. */
export function foldersOf(tree: SourceTree): Set<string> {
  const relative = new Set<string>();
  for (const path of tree.files.keys()) {
    // A folder that is known has its parents known.
    for (let folder = dirname(path); folder !== '.' && !relative.has(folder); folder = dirname(folder))
      relative.add(folder);
  }
  return new Set([tree.dir, ...[...relative].map((folder) => join(tree.dir, folder))]);
}

export interface Watching {
  /** Which paths matter. */
  readonly keep: (path: string) => boolean;
  readonly signal: AbortSignal;
  /** Called each time that nothing differs and it begins to wait. */
  readonly onWait?: () => void;
}

export interface TreeChange {
  /** What there is now. */
  readonly tree: SourceTree;
  /** Whose content is another than before: relative, sorted. */
  readonly paths: readonly string[];
}

/**
 * Resolves when the content of the tree is another than in `known`.
 * @throws CancelledError
 */
export async function treeChange(known: SourceTree, watching: Watching): Promise<TreeChange> {
  const { keep, signal, onWait } = watching;
  const bell = new FolderBell();
  try {
    for (const folder of foldersOf(known)) bell.watch(folder);
    const before = fingerprintOf(known, keep);
    for (let noisy = false; ; ) {
      // First of all: what changed before the watches stood.
      const tree = await readSourceTree(known.dir);
      if (signal.aborted) throw new CancelledError();
      const differs = fingerprintOf(tree, keep) !== before;
      if (differs && (noisy || !bell.notified)) return { tree, paths: difference(known, tree, keep) };
      if (!differs) {
        onWait?.();
        if (bell.complete) await bell.next(signal);
        else await delay(POLL_MS, undefined, { signal }).catch(() => undefined);
      }
      noisy = !(await quiet(bell, signal));
    }
  } finally {
    bell.close();
  }
}

/** Waits for the first pause of `QUIET_MS`. @returns false where there was none */
async function quiet(bell: FolderBell, signal: AbortSignal): Promise<boolean> {
  const since = performance.now();
  while (!signal.aborted && performance.now() - since < NOISE_MS) {
    const pause = new AbortController();
    const timer = setTimeout(() => pause.abort(), QUIET_MS);
    await bell.next(AbortSignal.any([signal, pause.signal]));
    clearTimeout(timer);
    if (pause.signal.aborted) return true;
  }
  return false;
}

function difference(before: SourceTree, after: SourceTree, keep: (path: string) => boolean): string[] {
  const paths = new Set([...before.files.keys(), ...after.files.keys()]);
  return [...paths].filter((path) => keep(path) && before.files.get(path) !== after.files.get(path)).sort();
}
