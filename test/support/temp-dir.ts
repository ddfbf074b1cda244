import { mkdir, mkdtemp, readdir, readFile, realpath, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { onTestFinished } from 'vitest';

/** What calls a test back at its end. Tests that run side by side have each its own. */
export type AtEnd = (work: () => Promise<void>) => void;

/** A folder of this test's own, gone when the test ends. */
export async function tempDir(atEnd: AtEnd = onTestFinished): Promise<string> {
  const dir = await realpath(await mkdtemp(join(tmpdir(), 'fabric-wizard-test-')));
  // A process that was just killed may still write a file.
  atEnd(() => rm(dir, { recursive: true, force: true, maxRetries: 5 }));
  return dir;
}

/** Writes files by their relative paths. */
export async function writeFiles(dir: string, files: Readonly<Record<string, string>>): Promise<void> {
  const paths = Object.keys(files).map((path) => join(dir, path));
  for (const folder of new Set(paths.map(dirname))) await mkdir(folder, { recursive: true });
  await Promise.all(Object.entries(files).map(([path, content]) => writeFile(join(dir, path), content)));
}

/** Content and time of change of every file in a folder, by relative path; folders count as files without content. */
export async function filesIn(dir: string): Promise<ReadonlyMap<string, string>> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true });
  const read = entries.map(async (entry) => {
    const path = join(entry.parentPath, entry.name);
    const text = entry.isFile() ? `${(await stat(path)).mtimeMs} ${await readFile(path, 'utf8')}` : '';
    return [relative(dir, path), text] as const;
  });
  return new Map((await Promise.all(read)).sort(([a], [b]) => (a < b ? -1 : 1)));
}
