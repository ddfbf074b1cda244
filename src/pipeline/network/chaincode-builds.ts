/** PURE: decides, for networks without a gateway, which peers build a chaincode and which can use the built image. */
import type { Release } from '../fabric/release.ts';
import { allPeers, type NetworkSpec, type PeerSpec } from './network-spec.ts';

export interface ChaincodeBuild {
  readonly builder: PeerSpec;
  /** Peers that get the builder's image tagged with the names that they look for, and do not build. */
  readonly sharers: readonly PeerSpec[];
}

/**
 * One build serves all peers, unless the release writes the organisation's TLS root certificate into the image (with
 * TLS only): then each organisation has one.
 * @param separate every peer builds for itself: to prove each of them, or because the gateway shares their builds
 * @returns at least one build; every peer is in exactly one of them, in the order of `allPeers`
 */
export function chaincodeBuilds(
  spec: NetworkSpec,
  release: Pick<Release, 'tlsRootInChaincodeImage'>,
  separate: boolean,
): ChaincodeBuild[] {
  const perOrganisation = release.tlsRootInChaincodeImage && spec.tls;
  const shared = perOrganisation ? spec.orgs.map(({ peers }) => peers) : [allPeers(spec)];
  const groups = separate ? allPeers(spec).map((peer) => [peer]) : shared;
  return groups.flatMap(([builder, ...sharers]) => (builder ? [{ builder, sharers }] : []));
}
