/** Paths in cryptogen's output folder. */
import {
  type NetworkSpec,
  type OrdererOrgSpec,
  type OrgSpec,
  ordererOrgOf,
  orgOf,
  type PeerSpec,
} from './network-spec.ts';

/** Folder of an organisation with peers. */
export function peerOrgDir({ domain }: Pick<OrgSpec, 'domain'>): string {
  return `peerOrganizations/${domain}`;
}

/** Folder of an organisation with orderers. */
export function ordererOrgDir({ domain }: Pick<OrdererOrgSpec, 'domain'>): string {
  return `ordererOrganizations/${domain}`;
}

export function ordererDir(spec: NetworkSpec, orderer: string): string {
  return `${ordererOrgDir(ordererOrgOf(spec, orderer))}/orderers/${orderer}`;
}

/** Path of the CA certificate that verifies the TLS certificate of an orderer. */
export function ordererTlsCa(spec: NetworkSpec, orderer: string): string {
  return `${ordererDir(spec, orderer)}/tls/ca.crt`;
}

/** Folder with the client certificate and key for the channel participation API of an organisation's orderers. */
export function ordererAdminTls(org: OrdererOrgSpec): string {
  return `${ordererOrgDir(org)}/users/Admin@${org.domain}/tls`;
}

export function peerDir(spec: NetworkSpec, peer: PeerSpec): string {
  return `${peerOrgDir(orgOf(spec, peer))}/peers/${peer.name}`;
}

/** A user of an organisation, for whom programs act. */
export type ClientUser = 'Admin' | 'User1';

export function userMsp(org: OrgSpec, user: ClientUser): string {
  return `${peerOrgDir(org)}/users/${user}@${org.domain}/msp`;
}

export function adminMsp(org: OrgSpec): string {
  return userMsp(org, 'Admin');
}

export function orgMsp(org: Pick<OrgSpec, 'domain'>): string {
  return `${peerOrgDir(org)}/msp`;
}

export function ordererAdminMsp(org: OrdererOrgSpec): string {
  return `${ordererOrgDir(org)}/users/Admin@${org.domain}/msp`;
}

export function ordererMsp(org: OrdererOrgSpec): string {
  return `${ordererOrgDir(org)}/msp`;
}

/** Whether an organisation with orderers has peers too. */
export function hasPeersToo({ orgs }: Pick<NetworkSpec, 'orgs'>, { name }: OrdererOrgSpec): boolean {
  return orgs.some((org) => org.name === name);
}
