/** Keeps the bytecode of the bundle's modules, so that later starts do not compile them again. */
import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { homedir } from 'node:os';
import { basename, dirname, isAbsolute, join } from 'node:path';
import type { Script } from 'node:vm';
import { PartFile, partFile } from './part-file.ts';

export interface CompiledCode {
  /** Returns the bytecode of a module; undefined if there is none, or if it is damaged. */
  readonly of: (name: string) => Buffer | undefined;
  /** Keeps the bytecode of a module from the end of this process on. */
  readonly add: (name: string, script: Script) => void;
}

/** Opens what an earlier start has kept; undefined if it has kept nothing, or the code of another bundle. */
function openKept(path: string, program: string): PartFile | undefined {
  try {
    // What another user has written is not run.
    const kept = new PartFile(path, { own: true });
    return kept.program === program ? kept : undefined;
  } catch {
    // There is none, or it is damaged.
    return undefined;
  }
}

/** Most starts add nothing, and do not load the module. */
function setFlag(flag: string): void {
  const v8 = createRequire(import.meta.filename)('node:v8') as typeof import('node:v8');
  v8.setFlagsFromString(flag);
}

/** A process that was killed leaves the file that it was writing. No process writes for so long. */
const LEFT_MS = 60_000;

function removeLeft(file: string): void {
  const folder = dirname(file);
  for (const name of readdirSync(folder).filter((each) => each.startsWith(`${basename(file)}.`))) {
    const path = join(folder, name);
    if (Date.now() - statSync(path).mtimeMs > LEFT_MS) rmSync(path);
  }
}

/** Replaces the file by a complete one. */
function replaceFile(file: string, content: Buffer): void {
  const fresh = `${file}.${process.pid}`;
  removeLeft(file);
  try {
    // Nobody else may change it, whatever the umask is.
    writeFileSync(fresh, content, { flag: 'wx', mode: 0o644 });
    renameSync(fresh, file);
  } catch (error) {
    rmSync(fresh, { force: true });
    throw error;
  }
}

/** Whether this user has the folder and can write in it. What root writes in that of another user, its owner could not remove. */
function isOwn(dir: string): boolean {
  try {
    accessSync(dir, constants.W_OK);
    return statSync(dir).uid === process.geteuid?.();
  } catch {
    return false;
  }
}

/** Makes the folder if the one around it is the user's own. @returns whether it is the user's own */
function makeOwn(dir: string): boolean {
  // Not all of them: a bundle that has been removed since the start stays removed.
  if (!existsSync(dir) && isOwn(dirname(dir))) mkdirSync(dir, 0o755);
  return isOwn(dir);
}

/** Returns the folders of this user's cache, the outer one first; none if the user has no home. */
function cacheFolders(): string[] {
  try {
    const { XDG_CACHE_HOME: named = '' } = process.env;
    // A relative path would be in the folder of a project, and is to be ignored: XDG Base Directory Specification.
    const cache = isAbsolute(named) ? named : join(homedir(), '.cache');
    return isAbsolute(cache) ? [cache, join(cache, 'fabric-wizard')] : [];
  } catch {
    return [];
  }
}

/**
 * Reads what is kept, and writes at the end of the process what it has added. Where the package belongs to another user, bytecode is
 * in this user's cache.
 * @param dir the folder of the bundle. It gets the folder `compiled`.
 * @param program digest of the modules
 */
export function openCompiledCode(dir: string, program: string): CompiledCode {
  const folders = isOwn(dir) ? [join(dir, 'compiled')] : cacheFolders();
  const folder = folders.at(-1);
  if (folder === undefined) return { of: () => undefined, add: () => undefined };
  const file = join(folder, `${process.version}-${process.arch}`);
  const kept = openKept(file, program);
  const added = new Map<string, Script>();
  // At the end, functions that were called have been compiled too.
  process.on('exit', () => {
    try {
      if (added.size === 0 || !folders.every(makeOwn)) return;
      // V8 accepts bytecode only with the flags with which it was made.
      setFlag('--flush-bytecode');
      // Another process may have added to it meanwhile.
      const all = new Map<string, Buffer>();
      const now = openKept(file, program);
      for (const name of now?.names ?? []) {
        const bytecode = now?.readIntact(name);
        if (bytecode) all.set(name, bytecode);
      }
      for (const [name, script] of added) all.set(name, script.createCachedData());
      replaceFile(file, partFile(program, all));
    } catch {
      // The disk is full, for example. The next start compiles again.
    }
  });
  const add = (name: string, script: Script) => {
    // Otherwise V8 drops the bytecode of functions that were called once, and each start compiles them again.
    if (added.size === 0) setFlag('--no-flush-bytecode');
    added.set(name, script);
  };
  // V8 checks the beginning of bytecode only, and would crash.
  return { of: (name) => kept?.readIntact(name), add };
}
