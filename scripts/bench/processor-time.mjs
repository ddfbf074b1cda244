/** Processor time of processes on this machine. */
import { readFileSync } from 'node:fs';

const HERTZ = 100;

/** Returns the processor time of a process in seconds. */
export function cpuOf(pid) {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / HERTZ;
}
