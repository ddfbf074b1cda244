/** Containers that a stage started and that outlived their run. */

import type { ContainerInfo } from '../engine/engine-types.ts';
import { LABEL } from '../engine/labels.ts';
import { isRunAlive } from '../host/process-alive.ts';

/** A container that has exited may still be in use by its run. */
export function abandoned(containers: readonly ContainerInfo[]): ContainerInfo[] {
  return containers.filter(
    ({ labels, state }) =>
      labels[LABEL.role] === 'work' &&
      (state === 'exited' || state === 'dead') &&
      !isRunAlive(labels[LABEL.run]),
  );
}
