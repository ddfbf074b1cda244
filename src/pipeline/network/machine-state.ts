/** Finds the machines of a network that do not answer, or that the Swarm does not treat as usual. */
import { type MachineTrouble, UNREACHABLE } from '../core/machine-trouble.ts';
import type { DockerPort } from '../engine/docker-port.ts';
import type { SwarmNode } from '../engine/swarm.ts';
import { machinesOf, type NetworkSpec } from './network-spec.ts';

/** A Swarm that has no leader may take long to say so. */
const SWARM_MS = 2000;

/**
 * PURE. Returns the troubles by the names of the machines.
 * @param machines names of the network's machines
 * @param unreachable those that do not answer
 * @param nodes what the manager of the Swarm knows; undefined if it does not tell
 */
export function machineTroubles(
  machines: readonly string[],
  unreachable: readonly string[],
  nodes: readonly SwarmNode[] | undefined,
): MachineTrouble[] {
  return [...machines].sort().flatMap((machine): MachineTrouble[] => {
    const node = nodes?.find(({ name }) => name === machine);
    const isLost = node !== undefined && node.state !== 'ready';
    if (unreachable.includes(machine))
      return [{ machine, state: UNREACHABLE, ...(isLost ? { since: node.updatedAt } : {}) }];
    if (isLost) return [{ machine, state: 'down', since: node.updatedAt }];
    if (!node || node.availability === 'active') return [];
    return [{ machine, state: node.availability }];
  });
}

/** Returns the troubles of a network's machines; those that do not answer are known from what was asked before. */
export async function askMachines(
  docker: Pick<DockerPort, 'unreachable' | 'swarmNodes'>,
  spec: Pick<NetworkSpec, 'placement'> | undefined,
): Promise<MachineTrouble[]> {
  const machines = spec ? machinesOf(spec).filter((machine) => machine !== undefined) : [];
  if (machines.length === 0) return [];
  const nodes = await docker.swarmNodes(AbortSignal.timeout(SWARM_MS)).catch(() => undefined);
  return machineTroubles(machines, docker.unreachable, nodes);
}
