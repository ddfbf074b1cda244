/** Paths in cryptogen's output folder. */
import { firstOrderer, type NetworkSpec, type OrgSpec, orgOf, type PeerSpec } from './network-spec.ts';

export function ordererDir(spec: NetworkSpec, orderer: string): string {
  return `ordererOrganizations/${spec.domain}/orderers/${orderer}`;
}

/** Path of the CA certificate that verifies the orderers' TLS certificates. */
export function ordererTlsCa(spec: NetworkSpec): string {
  return `${ordererDir(spec, firstOrderer(spec).name)}/tls/ca.crt`;
}

/** Folder with the client certificate and key for the channel participation API. */
export function ordererAdminTls(spec: NetworkSpec): string {
  return `ordererOrganizations/${spec.domain}/users/Admin@${spec.domain}/tls`;
}

export function peerDir(spec: NetworkSpec, peer: PeerSpec): string {
  return `peerOrganizations/${orgOf(spec, peer).domain}/peers/${peer.name}`;
}

/** A user of an organisation, for whom programs act. */
export type ClientUser = 'Admin' | 'User1';

export function userMsp({ domain }: OrgSpec, user: ClientUser): string {
  return `peerOrganizations/${domain}/users/${user}@${domain}/msp`;
}

export function adminMsp(org: OrgSpec): string {
  return userMsp(org, 'Admin');
}

export function orgMsp(org: OrgSpec): string {
  return `peerOrganizations/${org.domain}/msp`;
}

export function ordererAdminMsp(spec: NetworkSpec): string {
  return `ordererOrganizations/${spec.domain}/users/Admin@${spec.domain}/msp`;
}

export function ordererMsp(spec: NetworkSpec): string {
  return `ordererOrganizations/${spec.domain}/msp`;
}
