/** Finds work containers of runs that no longer exist. */

import type { ContainerInfo } from '../engine/engine-types.ts';
import { LABEL } from '../engine/labels.ts';
import { isProcessAlive } from '../host/process-alive.ts';

/** Whether the process of a run is alive. A run's id ends with its process id. */
function runIsAlive(run: string | undefined): boolean {
  return isProcessAlive(Number(/-(\d+)$/.exec(run ?? '')?.[1]));
}

/** Returns the exited work containers whose run is not alive: a run may still read from an exited container. */
export function abandoned(containers: readonly ContainerInfo[]): ContainerInfo[] {
  return containers.filter(
    ({ labels, state }) =>
      labels[LABEL.role] === 'work' &&
      (state === 'exited' || state === 'dead') &&
      !runIsAlive(labels[LABEL.run]),
  );
}
