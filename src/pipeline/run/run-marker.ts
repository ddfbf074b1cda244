/**
 * Marks a run in progress on the engine with an empty volume. Its labels name the images that the run needs, so that
 * `clean` of other projects keeps them.
 */
import { projectLabels, type RunContext } from '../context/run-context.ts';
import { orCancelled } from '../core/cancellation.ts';
import type { DockerPort } from '../engine/docker-port.ts';
import { LABEL } from '../engine/labels.ts';
import { isRunAlive } from '../host/process-alive.ts';
import { imagesInUse } from '../network/network-plan.ts';

/** Longest wait for an engine that does not answer. */
const UNMARK_MS = 1000;

/** @returns removes the mark; neither call rejects */
export async function markRun(context: RunContext, signal: AbortSignal): Promise<() => Promise<void>> {
  const { docker, runId } = context;
  const name = `fabric-wizard-run-${runId}`;
  const labels = {
    ...projectLabels(context),
    [LABEL.role]: 'run',
    [LABEL.uses]: JSON.stringify(imagesInUse(context)),
  };
  // The run goes on without the mark. A mark that stays says nothing once its process has ended.
  await orCancelled(docker.createVolume(name, labels), signal).catch(() => undefined);
  return () => orCancelled(docker.removeVolume(name), AbortSignal.timeout(UNMARK_MS)).catch(() => undefined);
}

/** Removes the marks that killed runs of the project left. A run of another folder with the same project keeps its mark. */
export async function removeMarks(
  docker: Pick<DockerPort, 'listVolumes' | 'removeVolume'>,
  project: string,
): Promise<void> {
  const marks = await docker.listVolumes([`${LABEL.project}=${project}`, `${LABEL.role}=run`]);
  const left = marks.filter(({ labels }) => !isRunAlive(labels[LABEL.run]));
  await Promise.all(left.map(({ name }) => docker.removeVolume(name).catch(() => undefined)));
}
