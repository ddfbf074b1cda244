/** PURE: what a client needs to know of a node: addresses, MSP, certificates, image and container. */
import { dirname, join } from 'node:path';
import { CA_PORT } from '../images/ca-layout.ts';
import { caOrgs } from './ca-orgs.ts';
import { caCertificatePath } from './ca-parts.ts';
import { couchdbUrl } from './couchdb.ts';
import { adminMsp, ordererAdminMsp, ordererAdminTls, ordererDir, peerDir } from './crypto-layout.ts';
import {
  addressInside,
  allPeers,
  couchdbNodes,
  machineOf,
  type NetworkSpec,
  type OrdererSpec,
  ordererOrgOf,
  orgOf,
  type PeerSpec,
} from './network-spec.ts';

/** Also the keys of the JSON output. */
export type NodeFactKey =
  | 'address'
  | 'addressInNetwork'
  | 'mspId'
  | 'adminMsp'
  | 'tlsCa'
  | 'tlsCertificate'
  | 'tlsKey'
  | 'operations'
  | 'events'
  | 'admin'
  | 'adminTls'
  | 'couchdb'
  | 'machine'
  | 'image'
  | 'imageId'
  | 'container'
  | 'containerId';

export interface NodeFact {
  readonly key: NodeFactKey;
  readonly value: string;
}

/** The container of a node, as far as it is shown. */
export interface NodeContainer {
  readonly image: string;
  readonly imageId: string;
  readonly container: string;
  readonly containerId: string;
}

function onHost(port: number | undefined): string | undefined {
  return port === undefined ? undefined : `localhost:${port}`;
}

type Values = Partial<Record<NodeFactKey, string | undefined>>;

/** @param tls folder of the node's TLS files */
function tlsFiles(tls: string, { tls: used }: NetworkSpec): Values {
  if (!used) return {};
  return {
    tlsCa: join(tls, 'ca.crt'),
    tlsCertificate: join(tls, 'server.crt'),
    tlsKey: join(tls, 'server.key'),
  };
}

function peerValues(spec: NetworkSpec, peer: PeerSpec, crypto: string): Values {
  const org = orgOf(spec, peer);
  return {
    address: onHost(peer.port),
    addressInNetwork: addressInside(peer),
    mspId: org.mspId,
    adminMsp: join(crypto, adminMsp(org)),
    ...tlsFiles(join(crypto, peerDir(spec, peer), 'tls'), spec),
    operations: onHost(peer.operationsPort),
    events: onHost(peer.eventPort),
    couchdb: peer.couchdb && couchdbUrl(peer.couchdb),
  };
}

function ordererValues(spec: NetworkSpec, orderer: OrdererSpec, crypto: string): Values {
  const org = ordererOrgOf(spec, orderer.name);
  return {
    address: onHost(orderer.port),
    addressInNetwork: addressInside(orderer),
    mspId: org.mspId,
    adminMsp: join(crypto, ordererAdminMsp(org)),
    ...tlsFiles(join(crypto, ordererDir(spec, orderer.name), 'tls'), spec),
    operations: onHost(orderer.operationsPort),
    admin: onHost(orderer.adminPort),
    ...(orderer.adminPort === undefined ? {} : { adminTls: join(crypto, ordererAdminTls(org)) }),
  };
}

function valuesOf(spec: NetworkSpec, node: string, crypto: string): Values {
  const named = ({ name }: { readonly name: string }) => name === node;
  const peer = allPeers(spec).find(named);
  if (peer) return peerValues(spec, peer, crypto);
  const orderer = spec.orderers.find(named);
  if (orderer) return ordererValues(spec, orderer, crypto);
  const org = caOrgs(spec).find(({ ca }) => named(ca));
  if (org)
    return {
      address: onHost(org.ca.port),
      addressInNetwork: `${org.ca.name}:${CA_PORT}`,
      mspId: org.mspId,
      tlsCa: caCertificatePath(dirname(crypto), org),
    };
  const couchdb = couchdbNodes(spec).find(named);
  return couchdb ? { couchdb: couchdbUrl(couchdb) } : {};
}

/**
 * Returns the facts of a node in the order in which they are shown.
 * @param spec undefined if it is not recorded in this folder
 * @param crypto folder of the crypto material on the host
 * @param container undefined if the node has none
 */
export function nodeFacts(
  spec: NetworkSpec | undefined,
  node: string,
  crypto: string,
  container: NodeContainer | undefined,
): readonly NodeFact[] {
  const machine = spec && machineOf(spec, node);
  const values: Values = { ...(spec ? valuesOf(spec, node, crypto) : {}), machine, ...container };
  const entries = Object.entries(values) as [NodeFactKey, string | undefined][];
  return entries.flatMap(([key, value]) => (value === undefined || value === '' ? [] : [{ key, value }]));
}
