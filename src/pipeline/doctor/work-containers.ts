/** Containers that a stage started and that outlived their run. */

import type { ContainerInfo } from '../engine/engine-types.ts';
import { LABEL } from '../engine/labels.ts';
import { isRunAlive } from '../host/process-alive.ts';
import { ownerState } from '../host/process-owner.ts';

/**
 * Returns the work containers whose process has ended. A container that has exited may still be in use by its run, and one that
 * runs may be of a run on another machine: if that is not known, it counts only if it has ended. So does one with suites of
 * integration tests, which go on without their process: what they leave is removed in the folder of their run.
 */
export async function abandoned(containers: readonly ContainerInfo[]): Promise<ContainerInfo[]> {
  const work = containers.filter(({ labels }) => labels[LABEL.role] === 'work');
  const states = await Promise.all(work.map(({ labels }) => ownerState(labels[LABEL.process])));
  return work.filter(({ labels, state }, index) => {
    const owner = states[index];
    const hasEnded = state === 'exited' || state === 'dead';
    if (owner === 'unknown') return hasEnded && !isRunAlive(labels[LABEL.run]);
    return owner === 'ended' && (hasEnded || labels[LABEL.suites] === undefined);
  });
}
