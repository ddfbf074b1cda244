/** The calls that a folder's users have entered, for later sessions: `calls.ndjson` in the state folder. */
import { appendFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod/mini';
import { writeAtomically } from '../host/files.ts';

/** Number of calls to keep. */
const MAX_CALLS = 200;

/** Arguments may be private, so only the user can read the file. */
const PRIVATE = 0o600;

const CALL = z.object({ name: z.string(), line: z.string() });

export type PastCall = Readonly<z.infer<typeof CALL>>;

function fileIn(stateDir: string): string {
  return join(stateDir, 'calls.ndjson');
}

function textOf(calls: readonly PastCall[]): string {
  return calls.map((call) => `${JSON.stringify(call)}\n`).join('');
}

function parsed(line: string): readonly PastCall[] {
  try {
    return [CALL.parse(JSON.parse(line))];
  } catch {
    // A line that was half written, or that somebody has edited.
    return [];
  }
}

/** Returns the history with one more call. A call that is repeated moves to the end. */
export function withCall(history: readonly PastCall[], call: PastCall): readonly PastCall[] {
  const others = history.filter(({ name, line }) => name !== call.name || line !== call.line);
  return [...others, call].slice(-MAX_CALLS);
}

/** Returns the calls that are remembered, oldest first. A file that cannot be read has none. */
export async function readCalls(stateDir: string): Promise<readonly PastCall[]> {
  const text = await readFile(fileIn(stateDir), 'utf8').catch(() => '');
  const all = text.split('\n').filter(Boolean);
  const calls = all.flatMap(parsed).reduce(withCall, [] as readonly PastCall[]);
  // Lines are appended, so that two programs can do it at once. The file is shortened from time to time.
  if (all.length > 2 * MAX_CALLS)
    await writeAtomically(fileIn(stateDir), textOf(calls), PRIVATE).catch(() => undefined);
  return calls;
}

export async function rememberCall(stateDir: string, call: PastCall): Promise<void> {
  await appendFile(fileIn(stateDir), textOf([call]), { mode: PRIVATE });
}
