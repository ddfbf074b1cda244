/** PURE: which organisations of a network have a CA. */
import { ordererOrgDir, peerOrgDir } from './crypto-layout.ts';
import type { NetworkSpec, NodeSpec, OrdererOrgSpec } from './network-spec.ts';

/** An organisation with a CA. */
export interface CaOrg extends Pick<OrdererOrgSpec, 'name' | 'mspId' | 'domain'> {
  readonly ca: NodeSpec;
  /** Folder of the organisation among the certificates. */
  readonly folder: string;
}

/** Returns the organisations with a CA: those with peers first. One with peers and orderers is among those with peers. */
export function caOrgs({ orgs, ordererOrgs }: Pick<NetworkSpec, 'orgs' | 'ordererOrgs'>): readonly CaOrg[] {
  const withCa = ({ name, mspId, domain, ca }: OrdererOrgSpec, folder: string): CaOrg[] =>
    ca ? [{ name, mspId, domain, ca, folder }] : [];
  return [
    ...orgs.flatMap((org) => withCa(org, peerOrgDir(org))),
    ...ordererOrgs.flatMap((org) => withCa(org, ordererOrgDir(org))),
  ];
}

/** Returns the CAs in the order of their organisations. */
export function caNodes(spec: Pick<NetworkSpec, 'orgs' | 'ordererOrgs'>): readonly NodeSpec[] {
  return caOrgs(spec).map(({ ca }) => ca);
}
