/** Pauses the nodes that write ledgers, so that their volumes can be copied. */
import type { DockerPort } from '../engine/docker-port.ts';
import type { ContainerInfo } from '../engine/engine-types.ts';
import { type NetworkNode, type NetworkSpec, networkNodes } from './network-spec.ts';

/**
 * Peers pause first, and the orderers last: then no peer has a block that its orderer lacks, and no CouchDB has a state
 * that its peer lacks.
 */
const ORDER: readonly NetworkNode['role'][] = ['peer', 'couchdb', 'ca', 'orderer'];

/** PURE. Returns the ids of the running containers to pause, in groups that pause at once, one after another. */
export function containersToPause(
  spec: NetworkSpec,
  containers: ReadonlyMap<string, Pick<ContainerInfo, 'id' | 'state'>>,
): string[][] {
  const nodes = networkNodes(spec);
  return ORDER.map((role) =>
    nodes
      .filter((member) => member.role === role)
      .flatMap(({ node }) => {
        const container = containers.get(node.name);
        return container?.state === 'running' ? [container.id] : [];
      }),
  ).filter((group) => group.length > 0);
}

type PausingEngine = Pick<DockerPort, 'pauseContainer' | 'unpauseContainer' | 'inspectContainer'>;

/** Resumes those of these containers that are paused. */
export async function resume(
  docker: Pick<PausingEngine, 'unpauseContainer' | 'inspectContainer'>,
  ids: readonly string[],
): Promise<void> {
  for (const id of ids)
    if ((await docker.inspectContainer(id))?.state === 'paused') await docker.unpauseContainer(id);
}

/** Runs `act` while the containers are paused, and resumes them however it ends. */
export async function whilePaused<T>(
  docker: PausingEngine,
  groups: readonly (readonly string[])[],
  act: () => Promise<T>,
): Promise<T> {
  try {
    for (const group of groups) await Promise.all(group.map((id) => docker.pauseContainer(id)));
    return await act();
  } finally {
    await resume(docker, groups.flat().reverse());
  }
}
