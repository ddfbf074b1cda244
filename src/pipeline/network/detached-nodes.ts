/** Finds nodes that have lost their network: somebody disconnected them, or removed the network under them. */
import type { DockerPort } from '../engine/docker-port.ts';
import type { ContainerInfo } from '../engine/engine-types.ts';
import { LABEL } from '../engine/labels.ts';
import { nodeContainers } from './peer-cli.ts';

interface ProjectWithNetwork {
  readonly docker: Pick<DockerPort, 'listContainers' | 'listNetworks'>;
  readonly project: string;
}

/** Returns the containers of these nodes by node name. Compose keeps such a container, and then cannot start it or reach it. */
export async function detachedNodes(context: ProjectWithNetwork): Promise<Map<string, ContainerInfo>> {
  const { docker, project } = context;
  const [containers, networks] = await Promise.all([
    nodeContainers(context),
    docker.listNetworks([`${LABEL.project}=${project}`]),
  ]);
  const isCurrent = ({ id, name }: ContainerInfo['attached'][number]) =>
    name === project && (id === '' || networks.some((network) => network.id === id));
  return new Map([...containers].filter(([, { attached }]) => !attached.some(isCurrent)));
}
