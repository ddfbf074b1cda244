/** What is known of each release: `matrix.json` in the work folder, whole at any moment. */
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { UsageError } from '../bench/arguments.mjs';

const FILE = 'matrix.json';
const LOCK = 'lock';

function isAlive(pid) {
  if (!(pid > 0)) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/**
 * Takes a work folder for this process: two would overwrite each other's checkouts and results.
 * @returns what gives it back
 * @throws UsageError where a process that lives has it
 */
export async function holdFolder(work) {
  const path = join(work, LOCK);
  const take = () => writeFile(path, String(process.pid), { flag: 'wx' });
  try {
    await take();
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
    const holder = Number(await readFile(path, 'utf8'));
    if (isAlive(holder)) throw new UsageError(`process ${holder} is at work in ${work}; take another --work`);
    await rm(path, { force: true });
    await take();
  }
  return () => rm(path, { force: true });
}

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
