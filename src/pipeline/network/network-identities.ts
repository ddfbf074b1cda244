/** PURE: the identities of a network that has all of them from Fabric CA, and where cryptogen would put their files. */
import { type CaOrg, caOrgs } from './ca-orgs.ts';
import { hasPeersToo, ordererDir, ordererOrgDir, peerDir } from './crypto-layout.ts';
import type { NetworkSpec } from './network-spec.ts';

export type IdentityType = 'peer' | 'orderer' | 'admin' | 'client';

/** An identity of a node, or of a user who comes with the network. */
export interface NetworkIdentity {
  /** Common name of its certificates. */
  readonly name: string;
  readonly type: IdentityType;
  /** Host names of its TLS certificate. */
  readonly hosts: readonly string[];
  /** Folders among the certificates that get its files: two for a user of an organisation with peers and orderers. */
  readonly folders: readonly string[];
}

/** An organisation with its identities. */
export interface IssuingOrg {
  readonly org: CaOrg;
  /** Folders of the organisation among the certificates: two if it has peers and orderers. */
  readonly folders: readonly string[];
  readonly identities: readonly NetworkIdentity[];
}

/** Host names of a node besides its own: ports are published on 127.0.0.1. */
const ON_HOST = ['localhost', '127.0.0.1'];

function user(name: 'Admin' | 'User1', { domain }: CaOrg, folders: readonly string[]): NetworkIdentity {
  const fullName = `${name}@${domain}`;
  return {
    name: fullName,
    type: name === 'Admin' ? 'admin' : 'client',
    hosts: [fullName],
    folders: folders.map((folder) => `${folder}/users/${fullName}`),
  };
}

function node(name: string, type: 'peer' | 'orderer', folder: string): NetworkIdentity {
  const [short = name] = name.split('.');
  return { name, type, hosts: [name, short, ...ON_HOST], folders: [folder] };
}

/** Returns the organisations of a network with all identities that it needs. */
export function issuingOrgs(spec: NetworkSpec): readonly IssuingOrg[] {
  return caOrgs(spec).map((org): IssuingOrg => {
    const peers = spec.orgs.find(({ name }) => name === org.name)?.peers ?? [];
    const orderers = spec.orderers.filter((orderer) => orderer.org === org.name);
    const isShared =
      peers.length > 0 && spec.ordererOrgs.some((each) => each.name === org.name && hasPeersToo(spec, each));
    const folders = [org.folder, ...(isShared ? [ordererOrgDir(org)] : [])];
    return {
      org,
      folders,
      identities: [
        user('Admin', org, folders),
        ...(peers.length > 0 ? [user('User1', org, folders)] : []),
        ...peers.map((peer) => node(peer.name, 'peer', peerDir(spec, peer))),
        ...orderers.map(({ name }) => node(name, 'orderer', ordererDir(spec, name))),
      ],
    };
  });
}
