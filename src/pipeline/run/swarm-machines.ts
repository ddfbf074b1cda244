/** The machines of a run: those of a Swarm, or one engine. */
import { commandFlags, type EffectiveConfig } from '../config/config.ts';
import type { PlanGoal } from '../context/stage-definition.ts';
import { WizardFailure } from '../core/failure.ts';
import type { DockerPort } from '../engine/docker-port.ts';
import { selectMachines } from '../engine/engine-address.ts';
import { STATE_KEYS } from '../journal/state-keys.ts';
import type { RecordedState } from '../journal/wizard-state.ts';
import { listNodes } from '../network/peer-cli.ts';
import { findMachines, type SwarmPlan } from '../network/swarm-plan.ts';
import { leavesNetwork } from '../stages/plan-scope.ts';

/** A manager hears from each node every 5 s, and within this time after its own start. */
const HEARD_MS = 20_000;

interface SwarmRequest {
  readonly config: EffectiveConfig;
  readonly goal: Pick<PlanGoal, 'until'>;
  readonly dir: string;
  readonly replaceNetwork?: boolean | undefined;
  readonly signal: AbortSignal;
}

/** The network of a project on one engine has the name of the one that reaches all machines. @throws WizardFailure `usage` */
async function requireStopped(docker: DockerPort, project: string): Promise<void> {
  if ((await listNodes({ docker, project })).length === 0) return;
  throw new WizardFailure({
    kind: 'usage',
    message: { key: 'usage.runs-on-one-engine', project },
    next: ['fabric-wizard down', 'fabric-wizard up --no-swarm'],
  });
}

/** The commands that help repeat the flags of the refused one, except what they correct. */
function withGiven(error: unknown, given: readonly string[]): unknown {
  return error instanceof WizardFailure && error.failure.kind === 'usage'
    ? new WizardFailure({ ...error.failure, given })
    : error;
}

/**
 * Finds the machines of a network in a Swarm. From then on, they belong to the engine of this process.
 * @returns undefined for a network on one engine
 * @throws WizardFailure `usage`; CancelledError
 */
export async function swarmOf(
  { config, goal, dir, replaceNetwork: replaces = false, signal }: SwarmRequest,
  project: string,
  docker: DockerPort,
  journal: Pick<RecordedState, 'getFact'>,
): Promise<SwarmPlan | undefined> {
  if (leavesNetwork({ goal })) return undefined;
  const { machines } = journal.getFact(STATE_KEYS.engine) ?? {};
  if (config.values.swarm) {
    const searching = {
      ...{ docker, project, config: config.values, replaces, journal, signal },
      patienceMs: HEARD_MS,
    };
    const swarm = await findMachines(searching).catch((error: unknown) => {
      throw withGiven(error, commandFlags(config, dir, ['placement', 'machines']));
    });
    if (machines === undefined) await requireStopped(docker, project);
    selectMachines(swarm.machines);
    return swarm;
  }
  if (machines !== undefined && (await listNodes({ docker, project })).length > 0) {
    const names = [machines.selected, ...machines.others.map(({ name }) => name)];
    throw new WizardFailure({
      kind: 'usage',
      message: { key: 'usage.runs-in-swarm', machines: names.join(', ') },
      next: ['fabric-wizard up --swarm', 'fabric-wizard down'],
      given: commandFlags(config, dir, ['swarm']),
    });
  }
  selectMachines(undefined);
  return undefined;
}
