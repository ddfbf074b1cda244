/** Waits until the content of a source tree changes. Ignores editors' temporary files and new modification times. */
import { type FSWatcher, watch } from 'node:fs';
import { lstat, readdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { AsyncSignal } from '../core/async-signal.ts';
import { CancelledError } from '../core/failure.ts';
import { fingerprintOf, readSourceTree, type SourceTree } from './source-tree.ts';

/** A save in an editor or `git checkout` consists of several changes. They end with a pause of this length. */
const QUIET_MS = 150;
/** The longest wait for a pause: a growing log file in the tree has none. */
const MAX_WAIT_MS = 2000;
/** Interval of polling if the system allows no more watches. */
const POLL_MS = 2000;

/** Notifies when anything in the folders changes. */
class FolderWatch extends AsyncSignal {
  readonly #watchers = new Map<string, FSWatcher>();
  #closed = false;
  /** False if a folder could not be watched. */
  complete = true;

  watch(folder: string): void {
    // The watcher of a folder that was removed and created again reports nothing more.
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

  /** Watches a new folder and its subfolders. They may already contain files, so it notifies once. */
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

/** Returns the paths of all folders of a tree, which are the watched ones. */
export function foldersOf(tree: SourceTree): Set<string> {
  const relative = new Set<string>();
  for (const path of tree.files.keys()) {
    // The parents of a known folder are known too.
    for (let folder = dirname(path); folder !== '.' && !relative.has(folder); folder = dirname(folder))
      relative.add(folder);
  }
  return new Set([tree.dir, ...[...relative].map((folder) => join(tree.dir, folder))]);
}

export interface WatchOptions {
  /** Which paths to watch. */
  readonly keep: (path: string) => boolean;
  readonly signal: AbortSignal;
  /** Called each time the tree is unchanged and waiting begins. */
  readonly onWait?: () => void;
}

export interface TreeChange {
  /** The tree after the change. */
  readonly tree: SourceTree;
  /** Paths whose content has changed: relative, sorted. */
  readonly paths: readonly string[];
}

/**
 * Resolves when the content of the tree differs from `known`.
 * @throws CancelledError
 */
export async function treeChange(known: SourceTree, options: WatchOptions): Promise<TreeChange> {
  const { keep, signal, onWait } = options;
  const folders = new FolderWatch();
  try {
    for (const folder of foldersOf(known)) folders.watch(folder);
    const before = fingerprintOf(known, keep);
    // Undefined before the first wait: an editor may be in the middle of a save.
    for (let paused: boolean | undefined; ; ) {
      // Read first, because the tree can have changed before the watches existed.
      const tree = await readSourceTree(known.dir);
      if (signal.aborted) throw new CancelledError();
      const differs = fingerprintOf(tree, keep) !== before;
      if (differs && (paused === false || (paused && !folders.notified)))
        return { tree, paths: changedPaths(known, tree, keep) };
      if (!differs) {
        onWait?.();
        if (folders.complete) await folders.next(signal);
        else await delay(POLL_MS, undefined, { signal }).catch(() => undefined);
      }
      paused = await waitForPause(folders, signal);
    }
  } finally {
    folders.close();
  }
}

/** Waits for the first pause of `QUIET_MS`. @returns false if there was none within `MAX_WAIT_MS` */
async function waitForPause(folders: FolderWatch, signal: AbortSignal): Promise<boolean> {
  const since = performance.now();
  while (!signal.aborted && performance.now() - since < MAX_WAIT_MS) {
    const pause = new AbortController();
    const timer = setTimeout(() => pause.abort(), QUIET_MS);
    await folders.next(AbortSignal.any([signal, pause.signal]));
    clearTimeout(timer);
    if (pause.signal.aborted) return true;
  }
  return false;
}

function changedPaths(before: SourceTree, after: SourceTree, keep: (path: string) => boolean): string[] {
  const paths = new Set([...before.files.keys(), ...after.files.keys()]);
  return [...paths].filter((path) => keep(path) && before.files.get(path) !== after.files.get(path)).sort();
}
