/** What is known of each release: `matrix.json` in the work folder, whole at any moment. */
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { UsageError } from '../bench/arguments.mjs';

const FILE = 'matrix.json';

/**
 * @returns `machine`, and `rows` by tag: `{tag, commit, absent, date, steps, images, outcome, failed, reason}`; `steps` has by
 *   name `seconds` and `stages`; `outcome` is `green` or `failed`, at the step `failed`
 * @throws UsageError where the file is no such thing
 */
export async function readResults(work) {
  const path = join(work, FILE);
  const text = await readFile(path, 'utf8').catch((error) => {
    if (error.code === 'ENOENT') return '{"rows":{}}';
    throw error;
  });
  try {
    const { machine, rows } = JSON.parse(text);
    return { machine, rows: { ...rows } };
  } catch {
    throw new UsageError(`${path} is not what this program wrote; remove it, or take another --work`);
  }
}

export async function writeResults(work, results) {
  const path = join(work, FILE);
  await writeFile(`${path}.part`, `${JSON.stringify(results, null, 2)}\n`);
  await rename(`${path}.part`, path);
}

/** Whether a release has nothing more to do: it has come to its end with all of these steps wanted. */
export function isFinished(row, only) {
  return row !== undefined && only.every((step) => row.only.includes(step));
}

/** In the order of releases, which is not that of letters: 1.4.12 comes after 1.4.3. */
export function inOrder(rows) {
  return Object.values(rows).sort((a, b) => a.tag.localeCompare(b.tag, 'en', { numeric: true }));
}
