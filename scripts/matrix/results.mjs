/** The results of all releases: `matrix.json` in the work folder. */
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { UsageError } from '../command-line.mjs';

const FILE = 'matrix.json';

/**
 * Reads the results.
 * @returns `machine`, and `rows` by tag or branch: `{tag, commit, version, absent, date, steps, images, outcome, failed, reason}`. `steps` has
 *   `seconds` and `stages` by name; `outcome` is `green` or `failed`; `failed` is the step that failed
 * @throws UsageError if the file is invalid
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
    throw new UsageError(`${path} is invalid; remove it, or use another --work`);
  }
}

export async function writeResults(work, results) {
  const path = join(work, FILE);
  await writeFile(`${path}.part`, `${JSON.stringify(results, null, 2)}\n`);
  await rename(`${path}.part`, path);
}

/** Returns whether a row is the result of all these steps. */
export function isFinished(row, only) {
  return row !== undefined && only.every((step) => row.only.includes(step));
}

/** Returns the rows in the order of the versions: 1.4.12 comes after 1.4.3. */
export function inOrder(rows) {
  return Object.values(rows).sort((a, b) => a.tag.localeCompare(b.tag, 'en', { numeric: true }));
}
