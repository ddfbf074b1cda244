/** Finds the nodes that connect to other nodes through a proxy. */
import type { DockerPort } from '../engine/docker-port.ts';
import { allPeers, type NetworkSpec } from './network-spec.ts';
import { usesProxy } from './no-proxy.ts';
import { nodeContainers, type ProjectOnEngine } from './peer-cli.ts';

/** Returns the names of other nodes that a node connects to. */
function namesFor(spec: NetworkSpec, node: string): string[] {
  const peers = allPeers(spec);
  const couchdb = peers.find(({ name }) => name === node)?.couchdb;
  return [...spec.orderers, ...peers, ...(couchdb ? [couchdb] : [])].map(({ name }) => name);
}

/** Returns the running nodes, the CLI container included, that connect to another node through a proxy. */
export async function proxiedNodes(
  network: ProjectOnEngine & {
    readonly docker: Pick<DockerPort, 'inspectContainer'>;
    readonly spec: NetworkSpec;
  },
): Promise<string[]> {
  const running = [...(await nodeContainers(network))].filter(([, { state }]) => state === 'running');
  const found = await Promise.all(
    running.map(async ([node, { id }]) => {
      const { env = {} } = (await network.docker.inspectContainer(id)) ?? {};
      return namesFor(network.spec, node).some((name) => usesProxy(env, name)) ? [node] : [];
    }),
  );
  return found.flat().sort();
}
