/** PURE: which peers build a chaincode, and which of the others can start what they built. */
import type { Release } from '../fabric/release.ts';
import { allPeers, type NetworkSpec, type PeerSpec } from './network-spec.ts';

export interface ChaincodeBuild {
  readonly builder: PeerSpec;
  /** They find the builder's image under the names that they look for, and build nothing. */
  readonly sharers: readonly PeerSpec[];
}

/**
 * One build for all peers where nothing of its peer is in the image; one for each organisation where the
 * line writes its TLS root into it, which it does with TLS only.
 * @param proveEveryPeer nobody shares
 * @returns at least one; every peer is in exactly one of them, in the order of `allPeers`
 */
export function chaincodeBuilds(
  spec: NetworkSpec,
  line: Pick<Release, 'tlsRootInChaincodeImage'>,
  proveEveryPeer: boolean,
): ChaincodeBuild[] {
  const perOrganisation = line.tlsRootInChaincodeImage && spec.tls;
  const together = perOrganisation ? spec.orgs.map(({ peers }) => peers) : [allPeers(spec)];
  const groups = proveEveryPeer ? allPeers(spec).map((peer) => [peer]) : together;
  return groups.flatMap(([builder, ...sharers]) => (builder ? [{ builder, sharers }] : []));
}
