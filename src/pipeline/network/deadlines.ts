/** How long a network may take. Nodes that share a machine make each other slower. */
import { hasNodesHere } from '../core/engine-origin.ts';
import { allPeers, type NetworkSpec } from './network-spec.ts';

/** What one more node may add. On two cores with 32 peers of 1.4.12, each peer adds 1.6 to 1.9 s to the smoke test. */
const PER_NODE_MS = 2000;

/** Returns the deadline for a wait that takes at most `ms` in a network of a few nodes, in milliseconds. */
export function deadlineOf(spec: Pick<NetworkSpec, 'orgs' | 'orderers'>, ms: number): number {
  return ms + PER_NODE_MS * (allPeers(spec).length + spec.orderers.length);
}

/**
 * Returns how long a node may take to answer one request, in milliseconds. On an engine elsewhere, a request also starts a shell
 * in the container, and makes several round trips to the other host.
 */
export function patienceOf(address: Parameters<typeof hasNodesHere>[0]): number {
  return hasNodesHere(address) ? 2000 : 15_000;
}
