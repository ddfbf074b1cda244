/** PURE: whether a proof holds for the network that is observed. */
import { type LastProof, withChanges } from '../core/last-proof.ts';
import type { NetworkState } from './network-state.ts';

/** Returns the proof, marked as outdated if one of its peers was created or started again since, by anybody. */
export function observedProof(proof: LastProof, { nodes }: Pick<NetworkState, 'nodes'>): LastProof {
  const { at, peers } = proof.result;
  const isLater = nodes.some(
    ({ node, startedAt }) => startedAt > at && peers.some(({ peer }) => peer === node),
  );
  return isLater ? withChanges(proof, ['nodes']) : proof;
}
