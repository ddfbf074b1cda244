/** Where cryptogen puts things, relative to its output folder. */
import { type NetworkSpec, type OrgSpec, orgOf, type PeerSpec } from './network-spec.ts';

export function ordererDir(spec: NetworkSpec): string {
  return `ordererOrganizations/${spec.domain}/orderers/${spec.orderer.name}`;
}

/** The CA certificate that clients verify the orderer's TLS certificate with. */
export function ordererTlsCa(spec: NetworkSpec): string {
  return `${ordererDir(spec)}/tls/ca.crt`;
}

export function peerDir(spec: NetworkSpec, peer: PeerSpec): string {
  return `peerOrganizations/${orgOf(spec, peer).domain}/peers/${peer.name}`;
}

export function adminMsp(org: OrgSpec): string {
  return `peerOrganizations/${org.domain}/users/Admin@${org.domain}/msp`;
}

export function orgMsp(org: OrgSpec): string {
  return `peerOrganizations/${org.domain}/msp`;
}

export function ordererMsp(spec: NetworkSpec): string {
  return `ordererOrganizations/${spec.domain}/msp`;
}
