/** Waits until a node is ready. */
import { hasNodesHere } from '../core/engine-origin.ts';
import { WizardFailure } from '../core/failure.ts';
import { until } from '../core/waiting.ts';
import type { DockerPort } from '../engine/docker-port.ts';
import type { ContainerInfo } from '../engine/engine-types.ts';
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

type Listing = ReturnType<typeof nodeContainers>;

/** The listings that have not been answered, by project. */
const listings = new WeakMap<AwaitedNetwork['docker'], Map<string, Listing>>();

/**
 * Lists the containers once for all nodes that ask at the same time: a list of a hundred takes the engine 10 ms. The list may
 * be of a moment before the question.
 */
function sharedListing(network: AwaitedNetwork): Listing {
  const { docker, project } = network;
  const open = listings.get(docker) ?? new Map<string, Listing>();
  listings.set(docker, open);
  const listing = open.get(project) ?? nodeContainers(network).finally(() => open.delete(project));
  open.set(project, listing);
  return listing;
}

/** Returns the container of a node if it does not run and will not. */
function halted(nodes: Awaited<Listing>, name: string): ContainerInfo | undefined {
  const container = nodes.get(name);
  return container && HALTED.has(container.state) ? container : undefined;
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
        : hasNodesHere(network.docker.address)
          ? { key: 'wait.port', node: node.name, port: member.node.port }
          : { key: 'wait.connections', node: node.name },
    deadlineMs,
    signal: network.signal,
    poll: async () => {
      const nodes = await sharedListing(network);
      // The node may have been started after the list was made.
      const ended = halted(nodes, node.name) && halted(await nodeContainers(network), node.name);
      if (ended) {
        throw new WizardFailure({
          kind: 'check',
          what: node.name,
          expected: { key: 'state.running' },
          got: ended.status,
          nodes: await nodeLogs(network, [node.name]),
        });
      }
      return askNode(network, member, nodes.get(node.name)?.id, network.signal);
    },
    evidence: () => nodeLogs(network, [node.name]),
  });
}
