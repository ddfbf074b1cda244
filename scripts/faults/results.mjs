/** The results of all faults: one JSON line for each in `faults.ndjson` of the work folder. */
import { appendFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { UsageError } from '../command-line.mjs';

const FILE = 'faults.ndjson';

/**
 * Reads the results. The last line of a fault counts.
 * @returns a map of rows by name, see `do-fault.mjs`
 * @throws UsageError if the file is invalid
 */
export async function readResults(work) {
  const path = join(work, FILE);
  const text = await readFile(path, 'utf8').catch((error) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });
  // A killed campaign may leave an incomplete line.
  const lines = text.split('\n').slice(0, -1);
  try {
    return new Map(lines.map((line) => JSON.parse(line)).map((row) => [row.name, row]));
  } catch {
    throw new UsageError(`${path} is invalid; remove it, or use another --work`);
  }
}

export async function addResult(work, row) {
  await appendFile(join(work, FILE), `${JSON.stringify(row)}\n`);
}
