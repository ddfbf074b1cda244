/** Small operations on files. */
import { createHash } from 'node:crypto';
import { access, mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { errorCode, isMissing } from '../core/error-code.ts';

export async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

export async function isFolder(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isDirectory() === true;
}

export async function isFile(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isFile() === true;
}

/**
 * Creates a folder, and those above it that are missing. Node's `recursive` does not end where a folder is missing that the
 * system does not let anybody create, as below `/proc`.
 * @throws the error of the system
 */
export async function makeFolder(path: string): Promise<void> {
  try {
    await makeOne(path);
  } catch (error) {
    const above = dirname(path);
    if (!isMissing(error) || above === path) throw error;
    // Somebody else may have made it meanwhile.
    if (!(await isFolder(above))) await makeFolder(above);
    await makeOne(path);
  }
}

/** Creates a folder in one that is there. */
async function makeOne(path: string): Promise<void> {
  try {
    await mkdir(path);
  } catch (error) {
    if (errorCode(error) !== 'EEXIST' || !(await isFolder(path))) throw error;
  }
}

export function sha256(content: Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}

/** Returns the sha256 of a small file; undefined if it cannot be read. */
export async function sha256Of(path: string): Promise<string | undefined> {
  const content = await readFile(path).catch(() => undefined);
  return content && sha256(content);
}

/** Returns the path of a file or folder that is being written and then replaces `target`. */
export function partialOf(target: string): string {
  return `${target}.partial-${process.pid}`;
}

/** Calls `fill` with a temporary folder next to `target`, and removes the folder unless `fill` has moved it. */
export async function withPartial<T>(target: string, fill: (partial: string) => Promise<T>): Promise<T> {
  const partial = partialOf(target);
  await rm(partial, { recursive: true, force: true });
  await mkdir(partial, { recursive: true });
  try {
    return await fill(partial);
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
}

/**
 * Writes a file atomically: a reader sees either the old content or the new one.
 * @param mode of the new file
 */
export async function writeAtomically(path: string, content: string, mode?: number): Promise<void> {
  const partial = partialOf(path);
  await writeFile(partial, content, { mode });
  await rename(partial, path);
}

/**
 * Identifies a program in PATH by path, size and modification time, so that an upgrade is noticed.
 * @returns undefined if it is not in PATH
 */
export async function programFile(name: string): Promise<string | undefined> {
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    const path = join(folder, name);
    const found = await stat(path).catch(() => undefined);
    if (found?.isFile()) return `${path} ${found.size} ${found.mtimeMs}`;
  }
  return undefined;
}
