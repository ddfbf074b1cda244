/** What a failure shows of the output of a chaincode's process. */
import { join } from 'node:path';
import { crashIn } from '../core/crash.ts';
import { quoted } from '../core/last-words.ts';
import { exists } from '../host/files.ts';

const SHOWN_LINES = 12;

/** Returns the user's file. Its path in the container can begin with an import path. */
export async function usersFile(path: string, dir: string | undefined): Promise<string> {
  const parts = path.split('/');
  for (let skipped = 0; dir !== undefined && skipped < parts.length; skipped += 1) {
    const file = join(dir, ...parts.slice(skipped));
    if (await exists(file)) return file;
  }
  return path;
}

/** Returns `FILE:LINE: MESSAGE` of a crash in some output. @param dir folder of the chaincode, if it is known */
export async function crashPlace(
  lines: readonly string[],
  dir: string | undefined,
): Promise<string | undefined> {
  const crash = crashIn(lines);
  if (!crash) return undefined;
  const { file, line, message } = crash;
  return file === undefined ? message : `${await usersFile(file, dir)}:${line}: ${message}`;
}

/** Returns the place of a crash and the output from there on, or else the last lines of the output. */
export async function lastOutput(lines: readonly string[], dir: string | undefined): Promise<string> {
  const crash = crashIn(lines);
  if (!crash) return lines.slice(-SHOWN_LINES).map(quoted).join('\n');
  const stack = crash.lines.slice(1, SHOWN_LINES).filter((line) => line.trim() !== '');
  return [await crashPlace(lines, dir), ...stack].join('\n');
}
