/** Waits until a node is ready. */
import { sharesHost } from '../core/engine-origin.ts';
import { WizardFailure } from '../core/failure.ts';
import { until } from '../core/waiting.ts';
import type { DockerPort } from '../engine/docker-port.ts';
import { deadlineOf } from './deadlines.ts';
import type { NetworkNode, NetworkSpec } from './network-spec.ts';
import { type AskedNetwork, askNode } from './node-port.ts';
import { nodeContainers, nodeLogs } from './peer-cli.ts';

/** For a network of a few nodes. */
const DEADLINE_MS = 60_000;
/** States that a container does not leave by itself. */
const HALTED = new Set(['exited', 'dead', 'paused']);

export interface AwaitedNetwork {
  readonly docker: AskedNetwork['docker'] & Pick<DockerPort, 'listContainers' | 'logTail'>;
  readonly project: string;
  readonly spec: AskedNetwork['spec'] & Pick<NetworkSpec, 'orgs' | 'orderers'>;
  readonly signal: AbortSignal;
}

const listings = new WeakMap<AwaitedNetwork['docker'], ReturnType<typeof nodeContainers>>();

/** Lists the containers once for all nodes that ask at the same time: a list of a hundred takes the engine 10 ms. */
function sharedListing(network: AwaitedNetwork): ReturnType<typeof nodeContainers> {
  const { docker } = network;
  const listing = listings.get(docker) ?? nodeContainers(network).finally(() => listings.delete(docker));
  listings.set(docker, listing);
  return listing;
}

/**
 * Polls the node until it is ready.
 * @throws WizardFailure `timeout`; `check` if the node has ended or is paused; CancelledError
 */
export async function nodeReady(
  network: AwaitedNetwork,
  member: NetworkNode,
  deadlineMs = deadlineOf(network.spec, DEADLINE_MS),
): Promise<void> {
  const { node } = member;
  await until({
    what:
      member.role === 'gateway'
        ? { key: 'wait.gateway' }
        : sharesHost(network.docker.address)
          ? { key: 'wait.port', node: node.name, port: member.node.port }
          : { key: 'wait.connections', node: node.name },
    deadlineMs,
    signal: network.signal,
    poll: async () => {
      const container = (await sharedListing(network)).get(node.name);
      if (container && HALTED.has(container.state)) {
        throw new WizardFailure({
          kind: 'check',
          what: node.name,
          expected: { key: 'state.running' },
          got: container.status,
          nodes: await nodeLogs(network, [node.name]),
        });
      }
      return askNode(network, member, container?.id, network.signal);
    },
    evidence: () => nodeLogs(network, [node.name]),
  });
}
