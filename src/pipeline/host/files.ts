/** Small operations on files. */
import { access, rename, stat, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';

export async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

/** Writes a file atomically: a reader sees either the old content or the new one. */
export async function writeAtomically(path: string, content: string): Promise<void> {
  const partial = `${path}.partial-${process.pid}`;
  await writeFile(partial, content);
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
