import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';

/** What calls a test back at its end. Tests that run side by side have each its own. */
export type AtEnd = (work: () => Promise<void>) => void;

/** A folder of this test's own, gone when the test ends. */
export async function tempDir(atEnd: AtEnd = onTestFinished): Promise<string> {
  const dir = await realpath(await mkdtemp(join(tmpdir(), 'fabric-wizard-test-')));
  atEnd(() => rm(dir, { recursive: true, force: true }));
  return dir;
}

/** Writes files by their relative paths. */
export async function writeFiles(dir: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(dir, path)), { recursive: true });
    await writeFile(join(dir, path), content);
  }
}
