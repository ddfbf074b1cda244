/** Decides which network a run is about: a new one, or one that exists and keeps its ports and members. */
import type { ProjectContext } from '../context/run-context.ts';
import type { PlanGoal } from '../context/stage-definition.ts';
import { recordedSpec } from '../network/down-nodes.ts';
import { type KeptNetwork, networkInPlace, networkToUse } from '../network/kept-networks.ts';
import { type Addition, membersOf, withAddition } from '../network/members.ts';
import { type NetworkSpec, networkSpec, withoutMetrics } from '../network/network-spec.ts';

type Wanting = Pick<ProjectContext, 'config' | 'project' | 'stateDir' | 'journal' | 'settings' | 'source'>;

interface OfRelease extends Pick<Wanting, 'config' | 'project' | 'journal'> {
  readonly source: Pick<Wanting['source'], 'release'>;
}

/** Returns the network that a run uses; undefined if `up` makes a new one, or if there is none. */
export function networkOf(until: PlanGoal['until'], context: Wanting): Promise<KeptNetwork | undefined> {
  return until === 'up' ? networkToUse(context, context) : networkInPlace(context.stateDir, context.journal);
}

/**
 * Returns the network of the configuration. The certificates of a network that exists say on which ports its nodes listen
 * inside, because these are in the configuration of its channels, and who takes part in it.
 * A proof or a deployment uses the network as it was started last, whatever the configuration says.
 * @param made the network that the run uses
 * @param addition what is added to it
 */
export function wantedSpec(
  until: PlanGoal['until'],
  { config, project, source: { release }, journal }: OfRelease,
  made: KeptNetwork | undefined,
  addition?: Addition,
): NetworkSpec {
  const started = made?.state?.network.spec;
  const isUsed = until === 'smoke' || until === 'deploy';
  if (isUsed && started?.project === project) return started;
  if (!made) return networkSpec(config, release, project);
  const members = membersOf(config, made.crypto);
  const wanted = addition ? withAddition(members, addition) : members;
  const kept = networkSpec(config, release, project, { ...made.crypto, measured: started?.measured }, wanted);
  // Only `up` provides a Prometheus, or removes it.
  if (until === 'up') return kept;
  const metrics = recordedSpec(journal, project)?.metrics;
  return { ...withoutMetrics(kept), ...(metrics ? { metrics } : {}) };
}
