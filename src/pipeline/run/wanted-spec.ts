/** Decides which network a run is about: a new one, or one that exists and keeps its ports and members. */
import type { ProjectContext } from '../context/run-context.ts';
import type { PlanGoal } from '../context/stage-definition.ts';
import { recordedSpec } from '../network/down-nodes.ts';
import { networkInPlace, networkToUse } from '../network/kept-networks.ts';
import { type Addition, membersOf, withAddition } from '../network/members.ts';
import { type NetworkSpec, networkSpec, withoutMetrics } from '../network/network-spec.ts';

/**
 * Returns the network of the configuration. The certificates of a network that exists say on which ports its nodes listen
 * inside, because these are in the configuration of its channels, and who takes part in it.
 * @param addition what is added to the network that exists
 */
export async function wantedSpec(
  until: PlanGoal['until'],
  context: Pick<ProjectContext, 'config' | 'project' | 'stateDir' | 'journal' | 'settings' | 'source'>,
  addition?: Addition,
): Promise<NetworkSpec> {
  const { config, project, source, stateDir, journal } = context;
  const { release } = source;
  const made = await (until === 'up' ? networkToUse(context, context) : networkInPlace(stateDir, journal));
  if (!made) return networkSpec(config, release, project);
  const recorded = recordedSpec(journal, project);
  const members = membersOf(config, made.crypto);
  const wanted = addition ? withAddition(members, addition) : members;
  const kept = networkSpec(
    config,
    release,
    project,
    { ...made.crypto, measured: recorded?.measured },
    wanted,
  );
  // Only `up` provides a Prometheus, or removes it.
  if (until === 'up') return kept;
  return { ...withoutMetrics(kept), ...(recorded?.metrics ? { metrics: recorded.metrics } : {}) };
}
