/** PURE: which organisations of a network have a CA. */
import type { NetworkSpec, NodeSpec, OrgSpec } from './network-spec.ts';

/** An organisation with a CA. */
export type CaOrg = OrgSpec & { readonly ca: NodeSpec };

export function caOrgs({ orgs }: Pick<NetworkSpec, 'orgs'>): readonly CaOrg[] {
  return orgs.filter((org): org is CaOrg => org.ca !== undefined);
}

/** Returns the CAs in the order of their organisations. */
export function caNodes(spec: Pick<NetworkSpec, 'orgs'>): readonly NodeSpec[] {
  return caOrgs(spec).map(({ ca }) => ca);
}
