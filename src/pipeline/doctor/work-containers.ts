/** Containers of ours that lived for one stage of a run which is no more. */
import type { ContainerInfo } from '../engine/engine-types.ts';
import { LABEL } from '../engine/labels.ts';

/** A run's id ends with its process id. */
function runIsAlive(run: string | undefined): boolean {
  const pid = Number(/-(\d+)$/.exec(run ?? '')?.[1]);
  if (!Number.isSafeInteger(pid) || pid === 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // It is there, and another user's.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/** One that has ended may still be read from by the run that it belongs to. */
export function abandoned(containers: readonly ContainerInfo[]): ContainerInfo[] {
  return containers.filter(
    ({ labels, state }) =>
      labels[LABEL.role] === 'work' &&
      (state === 'exited' || state === 'dead') &&
      !runIsAlive(labels[LABEL.run]),
  );
}
