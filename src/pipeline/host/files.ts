import { access, rename, stat, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';

export async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

/** Writes a file whole or not at all. */
export async function writeAtomically(path: string, content: string): Promise<void> {
  const partial = `${path}.partial-${process.pid}`;
  await writeFile(partial, content);
  await rename(partial, path);
}

/** What tells a program in PATH from another of its name, or from itself before an upgrade: path, bytes, time of change. */
export async function programFile(name: string): Promise<string | undefined> {
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    const path = join(folder, name);
    const found = await stat(path).catch(() => undefined);
    if (found?.isFile()) return `${path} ${found.size} ${found.mtimeMs}`;
  }
  return undefined;
}
