/**
 * Marks a run in progress on the engine with an empty volume. Its labels name the images that the run needs, so that
 * `clean` of other projects keeps them.
 */
import type { RunContext } from '../context/run-context.ts';
import { projectLabels } from '../context/run-context.ts';
import type { DockerPort } from '../engine/docker-port.ts';
import { LABEL } from '../engine/labels.ts';
import { imagesInUse } from '../network/network-plan.ts';

/** @returns removes the mark */
export async function markRun(context: RunContext): Promise<() => Promise<void>> {
  const { docker, runId } = context;
  const name = `fabric-wizard-run-${runId}`;
  const labels = {
    ...projectLabels(context),
    [LABEL.role]: 'run',
    [LABEL.uses]: JSON.stringify(imagesInUse(context)),
  };
  // The run goes on without the mark. A mark that stays says nothing once its process has ended.
  await docker.createVolume(name, labels).catch(() => undefined);
  return () => docker.removeVolume(name).catch(() => undefined);
}

/** Removes the marks that killed runs of the project left. */
export async function removeMarks(
  docker: Pick<DockerPort, 'listVolumes' | 'removeVolume'>,
  project: string,
): Promise<void> {
  const left = await docker.listVolumes([`${LABEL.project}=${project}`, `${LABEL.role}=run`]);
  await Promise.all(left.map(({ name }) => docker.removeVolume(name).catch(() => undefined)));
}
