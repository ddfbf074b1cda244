/** Decides which network a run is about: a new one, or one that exists and keeps its ports. */
import type { ProjectContext } from '../context/run-context.ts';
import type { PlanGoal } from '../context/stage-definition.ts';
import { recordedSpec } from '../network/down-nodes.ts';
import { networkInPlace, networkToUse } from '../network/kept-networks.ts';
import { type NetworkSpec, networkSpec, withoutMetrics } from '../network/network-spec.ts';

/**
 * Returns the network of the configuration. The certificates of a network that exists say on which ports its nodes listen
 * inside, because these are in the configuration of its channels.
 */
export async function wantedSpec(
  until: PlanGoal['until'],
  {
    config,
    project,
    ...folder
  }: Pick<ProjectContext, 'config' | 'project' | 'stateDir' | 'journal' | 'settings' | 'source'>,
): Promise<NetworkSpec> {
  const { release } = folder.source;
  const spec = networkSpec(config, release, project);
  const made = await (until === 'up'
    ? networkToUse(folder, { ...folder, spec })
    : networkInPlace(folder.stateDir, folder.journal));
  if (!made) return spec;
  const recorded = recordedSpec(folder.journal, project);
  const kept = networkSpec(config, release, project, { ...made.crypto, measured: recorded?.measured });
  // Only `up` provides a Prometheus.
  return until === 'up' || recorded?.metrics ? kept : withoutMetrics(kept);
}
