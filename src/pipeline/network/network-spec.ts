/** The network as data: organisations, peers, orderer, names and ports. One place decides names. */

import type { WizardConfig } from '../config/wizard-config.ts';
import { channelNames, SYSTEM_CHANNEL } from '../fabric/channel-names.ts';
import { consensusOf, NEEDS_TLS } from '../fabric/consensus.ts';
import type { Release } from '../fabric/release.ts';
import type { Consensus } from '../fabric/release-facts.ts';

export interface NodeSpec {
  /** Host name inside the network, e.g. `peer0.org1.example.com`. Also the compose service. */
  readonly name: string;
  /** Port published on 127.0.0.1. */
  readonly port: number;
  readonly operationsPort?: number;
}

export interface OrdererSpec extends NodeSpec {
  /** Where `osnadmin` reaches it, published on 127.0.0.1; only where channels are made by its means. */
  readonly adminPort?: number;
}

export interface PeerSpec extends NodeSpec {
  readonly org: string;
  /** What keeps its state, where that is no database of its own. */
  readonly couchdb?: NodeSpec;
  readonly eventPort?: number;
}

export interface OrgSpec {
  /** `Org1`, as configtx.yaml and crypto-config.yaml name it. */
  readonly name: string;
  readonly mspId: string;
  readonly domain: string;
  readonly peers: readonly PeerSpec[];
}

export interface NetworkSpec {
  readonly project: string;
  /** Name of the engine's network; also what chaincode containers are attached to. */
  readonly network: string;
  /** `CORE_PEER_NETWORKID`: the first part of every chaincode container's and image's name. */
  readonly networkId: string;
  readonly domain: string;
  readonly systemChannel: string;
  /** The first of all channels: what is said of one is said of this one. */
  readonly channel: string;
  /** All channels, at least one. Every peer joins each. */
  readonly channels: readonly string[];
  readonly tls: boolean;
  readonly consensus: Consensus;
  /** Who makes channels: the system channel, or each orderer as it is told to. */
  readonly channelCreation: 'system' | 'participation';
  /** At least one. */
  readonly orderers: readonly OrdererSpec[];
  readonly ordererMspId: string;
  readonly orgs: readonly OrgSpec[];
}

const DOMAIN = 'example.com';

/** Orderer k: `orderer.example.com`, `orderer2.example.com`, … */
function ordererName(index: number): string {
  return `orderer${index === 0 ? '' : index + 1}.${DOMAIN}`;
}

/**
 * Ports: the k-th orderer at base+100k; the k-th peer at base+1+1000k, as first-network's users know them, and its
 * CouchDB at base+7+1000k, for 5 and 6 are orderers'.
 */
export function networkSpec(config: WizardConfig, line: Release, project: string): NetworkSpec {
  const base = config.portBase;
  // A choice that the line has no kind for was refused before.
  const consensus = consensusOf(config, line) ?? 'etcdraft';
  const [firstChannel = '', ...others] = channelNames(config.channel);
  // Only such consenters can join one by one.
  const participates = line.channels !== 'system' && NEEDS_TLS.has(consensus);
  const orgs = Array.from({ length: config.orgs }, (_, orgIndex): OrgSpec => {
    const name = `Org${orgIndex + 1}`;
    const domain = `${name.toLowerCase()}.${DOMAIN}`;
    return {
      name,
      mspId: `${name}MSP`,
      domain,
      peers: Array.from({ length: config.peers }, (_, peerIndex): PeerSpec => {
        const index = orgIndex * config.peers + peerIndex;
        const first = base + 1000 * index;
        return {
          name: `peer${peerIndex}.${domain}`,
          org: name,
          port: first + 1,
          eventPort: line.eventPort === undefined ? undefined : first + 3,
          operationsPort: line.operations ? first + 4 : undefined,
          ...(config.couchdb ? { couchdb: { name: `couchdb${index}`, port: first + 7 } } : {}),
        };
      }),
    };
  });
  return {
    project,
    network: project,
    networkId: project,
    domain: DOMAIN,
    systemChannel: SYSTEM_CHANNEL,
    channel: firstChannel,
    channels: [firstChannel, ...others],
    tls: config.tls,
    consensus,
    channelCreation: participates ? 'participation' : 'system',
    orderers: Array.from({ length: config.orderers }, (_, index): OrdererSpec => {
      const port = base + 100 * index;
      return {
        name: ordererName(index),
        port,
        operationsPort: line.operations ? port + 5 : undefined,
        adminPort: participates ? port + 6 : undefined,
      };
    }),
    ordererMspId: 'OrdererMSP',
    orgs,
  };
}

/** The one that clients speak to. */
export function firstOrderer({ orderers }: Pick<NetworkSpec, 'orderers'>): OrdererSpec {
  const [first] = orderers;
  if (!first) throw new Error('a network needs an orderer');
  return first;
}

export function allPeers(spec: NetworkSpec): PeerSpec[] {
  return spec.orgs.flatMap((org) => [...org.peers]);
}

export function firstPeer(spec: NetworkSpec): PeerSpec {
  const [peer] = allPeers(spec);
  if (!peer) throw new Error('a network needs a peer');
  return peer;
}

/** In the order of their peers; none where each peer keeps its state itself. */
export function couchdbNodes(spec: NetworkSpec): NodeSpec[] {
  return allPeers(spec).flatMap(({ couchdb }) => couchdb ?? []);
}

/** The peer by which an organisation is spoken to. */
export function anchorPeer(org: OrgSpec): PeerSpec {
  const [peer] = org.peers;
  if (!peer) throw new Error(`${org.name} has no peer`);
  return peer;
}

export function orgOf(spec: NetworkSpec, peer: PeerSpec): OrgSpec {
  const org = spec.orgs.find((candidate) => candidate.name === peer.org);
  if (!org) throw new Error(`no organisation ${peer.org}`);
  return org;
}

/** Every port that the network publishes, with who wants it. */
export function publishedPorts(spec: NetworkSpec): { port: number; wantedBy: string }[] {
  const of = (node: NodeSpec & { eventPort?: number; adminPort?: number }) => [
    { port: node.port, wantedBy: node.name },
    ...(node.eventPort === undefined ? [] : [{ port: node.eventPort, wantedBy: `${node.name} events` }]),
    ...(node.adminPort === undefined ? [] : [{ port: node.adminPort, wantedBy: `${node.name} admin` }]),
    ...(node.operationsPort === undefined
      ? []
      : [{ port: node.operationsPort, wantedBy: `${node.name} operations` }]),
  ];
  return [...spec.orderers, ...allPeers(spec), ...couchdbNodes(spec)].flatMap(of);
}

export interface NetworkNode {
  readonly node: NodeSpec;
  readonly role: 'orderer' | 'peer' | 'couchdb';
}

export function networkNodes(spec: NetworkSpec): readonly NetworkNode[] {
  return [
    ...spec.orderers.map((node) => ({ node, role: 'orderer' as const })),
    ...allPeers(spec).map((node) => ({ node, role: 'peer' as const })),
    ...couchdbNodes(spec).map((node) => ({ node, role: 'couchdb' as const })),
  ];
}
