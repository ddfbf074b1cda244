/** PURE: what clients need to use a network from the host. */
import { join } from 'node:path';
import { CERTIFICATES } from './certificate-files.ts';
import type { NetworkSpec } from './network-spec.ts';
import { nodeFacts } from './node-facts.ts';

export interface Endpoint {
  readonly node: string;
  /** Host and port on this machine. */
  readonly address: string;
}

export interface ConnectedOrg {
  /** Absent for the orderers' organisation. */
  readonly name?: string;
  readonly mspId: string;
  /** At least one. */
  readonly nodes: readonly Endpoint[];
  /** Path of the CA certificate that verifies the TLS certificate of the first node; absent without TLS. */
  readonly tlsCa?: string;
  /** Path of the administrator's MSP folder. */
  readonly admin: string;
}

export interface Connection {
  readonly channels: readonly string[];
  /** Folder with all certificates and keys. */
  readonly certificates: string;
  readonly orderers: ConnectedOrg;
  readonly orgs: readonly ConnectedOrg[];
}

/** @param networkDir folder with the network's files */
export function connectionOf(spec: NetworkSpec, networkDir: string): Connection {
  const certificates = join(networkDir, CERTIFICATES);
  const org = (nodes: readonly { readonly name: string }[], mspId: string, name?: string): ConnectedOrg => {
    const facts = nodes.map((node) => ({
      node: node.name,
      ...Object.fromEntries(
        nodeFacts(spec, node.name, certificates, undefined).map(({ key, value }) => [key, value]),
      ),
    })) as readonly (Partial<Record<'address' | 'tlsCa' | 'adminMsp', string>> & { readonly node: string })[];
    const [first] = facts;
    return {
      ...(name === undefined ? {} : { name }),
      mspId,
      nodes: facts.map(({ node, address = '' }) => ({ node, address })),
      ...(first?.tlsCa === undefined ? {} : { tlsCa: first.tlsCa }),
      admin: first?.adminMsp ?? '',
    };
  };
  return {
    channels: spec.channels,
    certificates,
    orderers: org(spec.orderers, spec.ordererMspId),
    orgs: spec.orgs.map(({ name, mspId, peers }) => org(peers, mspId, name)),
  };
}
