/** Containers of ours that lived for one stage of a run which is no more. */

import type { ContainerInfo } from '../engine/engine-types.ts';
import { LABEL } from '../engine/labels.ts';
import { isProcessAlive } from '../host/process-alive.ts';

/** A run's id ends with its process id. */
function runIsAlive(run: string | undefined): boolean {
  return isProcessAlive(Number(/-(\d+)$/.exec(run ?? '')?.[1]));
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
