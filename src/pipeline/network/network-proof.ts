/** PURE: a proof beside the network that is observed: whether it holds, and its peers in the order of the nodes. */
import { type LastProof, withChanges } from '../core/last-proof.ts';
import type { NetworkState } from './network-state.ts';

/** The peers in the order of the nodes; peers without a node follow. */
function inOrderOf<T extends { readonly peer: string }>(
  peers: readonly T[],
  nodes: readonly { readonly node: string }[],
): readonly T[] {
  const position = new Map(nodes.map(({ node }, index) => [node, index]));
  const of = ({ peer }: T) => position.get(peer) ?? nodes.length;
  return [...peers].sort((a, b) => of(a) - of(b));
}

/** Returns the proof with its peers in the order of the nodes, marked as outdated if one of its peers was created or started again since, by anybody. */
export function observedProof(proof: LastProof, { nodes }: Pick<NetworkState, 'nodes'>): LastProof {
  const { at, peers } = proof.result;
  const isLater = nodes.some(
    ({ node, startedAt }) => startedAt > at && peers.some(({ peer }) => peer === node),
  );
  const ordered = { ...proof, result: { ...proof.result, peers: inOrderOf(peers, nodes) } };
  return isLater ? withChanges(ordered, ['nodes']) : ordered;
}
