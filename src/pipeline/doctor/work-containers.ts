/** Containers that a stage started and that outlived their run. */

import type { ContainerInfo } from '../engine/engine-types.ts';
import { LABEL } from '../engine/labels.ts';
import { isProcessAlive } from '../host/process-alive.ts';

/** A run id ends with the process id. */
function runIsAlive(run: string | undefined): boolean {
  return isProcessAlive(Number(/-(\d+)$/.exec(run ?? '')?.[1]));
}

/** A container that has exited may still be in use by its run. */
export function abandoned(containers: readonly ContainerInfo[]): ContainerInfo[] {
  return containers.filter(
    ({ labels, state }) =>
      labels[LABEL.role] === 'work' &&
      (state === 'exited' || state === 'dead') &&
      !runIsAlive(labels[LABEL.run]),
  );
}
