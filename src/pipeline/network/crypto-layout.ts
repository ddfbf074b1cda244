/** Where cryptogen puts things, relative to its output folder. */
import { firstOrderer, type NetworkSpec, type OrgSpec, orgOf, type PeerSpec } from './network-spec.ts';

export function ordererDir(spec: NetworkSpec, orderer: string): string {
  return `ordererOrganizations/${spec.domain}/orderers/${orderer}`;
}

/** The CA certificate that clients verify the orderers' TLS certificates with. */
export function ordererTlsCa(spec: NetworkSpec): string {
  return `${ordererDir(spec, firstOrderer(spec).name)}/tls/ca.crt`;
}

/** Client certificate and key of who may tell orderers which channels they join. */
export function ordererAdminTls(spec: NetworkSpec): string {
  return `ordererOrganizations/${spec.domain}/users/Admin@${spec.domain}/tls`;
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
