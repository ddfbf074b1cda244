/** Whether a process of this host is alive. */
import { readFile } from 'node:fs/promises';
import { errorCode } from '../core/error-code.ts';

export interface ProcessStat {
  /** State letter of proc(5): `R`, `S`, `Z`, … */
  readonly state: string;
  /** Clock ticks since boot (proc(5), field 22): distinguishes a process from a later one with the same pid. */
  readonly startTime: string;
}

/** Reads `/proc/<pid>/stat`; undefined if there is no `/proc` or no such process. */
export async function processStat(pid: number): Promise<ProcessStat | undefined> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  // The second field is the program's name in parentheses and can itself contain blanks and parentheses.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return { state: fields[0] ?? '', startTime: fields[19] ?? '' };
}

/** Whether a process has this id. A zombie counts, because its id is still taken. */
export function isProcessAlive(pid: number): boolean {
  if (!Number.isSafeInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: the process exists and belongs to another user.
    return errorCode(error) === 'EPERM';
  }
}

/** Whether a run is in progress on this host: its id ends with the process id. */
export function isRunAlive(run: string | undefined): boolean {
  return isProcessAlive(Number(/-(\d+)$/.exec(run ?? '')?.[1]));
}
