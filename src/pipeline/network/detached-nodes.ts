/** Finds nodes that have lost their network: somebody disconnected them, or removed the network under them. */
import type { DockerPort } from '../engine/docker-port.ts';
import type { ContainerInfo } from '../engine/engine-types.ts';
import { LABEL } from '../engine/labels.ts';

/**
 * Returns the names of these nodes. Compose keeps such a container, and then cannot start it or reach it.
 * @param containers of the project's nodes, see `nodeContainers`
 */
export async function detachedNodes(
  { docker, project }: { readonly docker: Pick<DockerPort, 'listNetworks'>; readonly project: string },
  containers: ReadonlyMap<string, ContainerInfo>,
): Promise<ReadonlySet<string>> {
  const networks = await docker.listNetworks([`${LABEL.project}=${project}`]);
  const isCurrent = ({ id, name }: ContainerInfo['attached'][number]) =>
    name === project && (id === '' || networks.some((network) => network.id === id));
  const detached = [...containers].filter(([, { attached }]) => !attached.some(isCurrent));
  return new Set(detached.map(([node]) => node));
}
