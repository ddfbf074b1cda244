/** The network as data: organisations, peers, orderers, names and ports. All names are decided here. */

import type { ChannelChoice } from '../config/channel-list.ts';
import { domainOf, mspIdOf, NETWORK_DOMAIN, ORDERER_MSP, organisationsOf } from '../config/organisations.ts';
import { metricsPort, ordererPorts, type PortScheme, peerPorts } from '../config/port-numbers.ts';
import type { WizardConfig } from '../config/wizard-config.ts';
import { SYSTEM_CHANNEL } from '../fabric/channel-names.ts';
import { consensusOf, NEEDS_TLS } from '../fabric/consensus.ts';
import type { Release } from '../fabric/release.ts';
import type { Consensus } from '../fabric/release-facts.ts';
import type { CryptoFact } from '../journal/state-keys.ts';
import { type MemberOrg, type Members, membersOf } from './members.ts';
import { networkIdOf } from './ownership.ts';
import { type PortSchemes, portInside, portSchemes } from './port-scheme.ts';

export interface NodeSpec {
  /** Host name inside the network and name of the compose service, e.g. `peer0.org1.example.com`. */
  readonly name: string;
  /** Port published on 127.0.0.1. */
  readonly port: number;
  readonly operationsPort?: number;
}

/** A node whose address is part of the channels' configuration or of its peer's. */
export interface ListeningNode extends NodeSpec {
  /** Port on which it listens inside the network. */
  readonly listens: number;
}

export interface OrdererSpec extends ListeningNode {
  /** Name of its organisation in `ordererOrgs`. */
  readonly org: string;
  /** Port of the channel participation API, published on 127.0.0.1. Set if orderers join channels one by one. */
  readonly adminPort?: number;
}

export interface PeerSpec extends ListeningNode {
  readonly org: string;
  /** CouchDB that stores the state; absent for a peer with LevelDB. */
  readonly couchdb?: NodeSpec;
  readonly eventPort?: number;
  /** Set if it was added to an organisation that existed. */
  readonly added?: true;
}

export interface OrgSpec {
  /** `Org1`, the name in configtx.yaml and crypto-config.yaml. */
  readonly name: string;
  readonly mspId: string;
  readonly domain: string;
  readonly peers: readonly PeerSpec[];
  /** Fabric CA that signs with the organisation's key; absent if it has none. */
  readonly ca?: NodeSpec;
  /** Set if it was added to a network that existed: channels of that time have it since an update. */
  readonly added?: true;
}

/**
 * An organisation with orderers. It can be one with peers too: then it has the same name, MSP id and domain there, and its CA
 * is only there.
 */
export type OrdererOrgSpec = Pick<OrgSpec, 'name' | 'mspId' | 'domain' | 'ca'>;

/** What a channel has of its own, see `ChannelChoice`. */
export type ChannelSettings = Omit<ChannelChoice, 'name'>;

export interface NetworkSpec {
  readonly project: string;
  /** Name of the engine's network. Chaincode containers are attached to it too. */
  readonly network: string;
  /** `CORE_PEER_NETWORKID`: first part of the name of every chaincode container and image. */
  readonly networkId: string;
  /** Domain of what belongs to no organisation with peers. */
  readonly domain: string;
  readonly systemChannel: string;
  /** The first channel, for messages that mention one. */
  readonly channel: string;
  /** All channels, at least one. Every peer joins each that has no settings. */
  readonly channels: readonly string[];
  /** Settings of channels by their names. */
  readonly channelSettings?: Readonly<Record<string, ChannelSettings>>;
  readonly tls: boolean;
  readonly consensus: Consensus;
  /** How channels are created: through the system channel, or by joining each orderer to the channel. */
  readonly channelCreation: 'system' | 'participation';
  /** At least one. */
  readonly orderers: readonly OrdererSpec[];
  /** At least one. */
  readonly ordererOrgs: readonly OrdererOrgSpec[];
  /** Set if Fabric CA has made all certificates; otherwise it was cryptogen. */
  readonly identities?: 'ca';
  readonly orgs: readonly OrgSpec[];
  /** How the ports inside were chosen; absent for a network of an earlier version of this program. */
  readonly ports?: PortScheme;
  /** The container through which peers use the engine; absent if each of them has the engine's socket. */
  readonly gateway?: { readonly name: string };
  /** Machine of each node, by the node's name; absent: all nodes are on the selected engine. */
  readonly placement?: Placement;
  /** The Prometheus that reads the metrics of the nodes; absent if there is none. */
  readonly metrics?: NodeSpec;
  /** Whether the nodes collect metrics. Without `metrics`: as they were made, because a change would restart them. */
  readonly measured?: true;
}

/** Names of machines by names of nodes, the CLI container included. */
export type Placement = Readonly<Record<string, string>>;

/** The organisation of orderers that belong to no other one. */
export const ORDERER_ORG: OrdererOrgSpec = { name: 'OrdererOrg', mspId: ORDERER_MSP, domain: NETWORK_DOMAIN };
/** Name of the gateway, if the network has one. */
export const GATEWAY = 'gateway';
/** Name of the Prometheus, if the network has one. The network works without it. */
export const METRICS = 'prometheus';

/** Returns `orderer.example.com`, `orderer2.example.com`, … */
function ordererName(index: number, { domain }: OrdererOrgSpec): string {
  return `orderer${index === 0 ? '' : index + 1}.${domain}`;
}

/** Returns the organisation of each orderer. */
function ordererOwners(config: WizardConfig): readonly OrdererOrgSpec[] {
  const owners = organisationsOf(config).flatMap(({ name, mspId, domain, orderers }) =>
    Array.from({ length: orderers }, () => ({ name, mspId, domain })),
  );
  return owners.length > 0 ? owners : Array.from({ length: config.orderers }, () => ORDERER_ORG);
}

function caOf(domain: string, { ca }: { readonly ca: number }): NodeSpec {
  return { name: `ca.${domain}`, port: ca };
}

function orgSpec(
  config: WizardConfig,
  release: Release,
  { published, inside }: PortSchemes,
  { name, peers: members, added, domain = domainOf(name), mspId = mspIdOf(name) }: MemberOrg,
): OrgSpec {
  const peers = members.map(({ ports: index, added: isAdded }, place): PeerSpec => {
    const ports = peerPorts(published, index);
    return {
      name: `peer${place}.${domain}`,
      org: name,
      port: ports.main,
      listens: portInside(inside, 'peer', index),
      eventPort: release.eventPort === undefined ? undefined : ports.events,
      operationsPort: release.operations ? ports.operations : undefined,
      ...(config.couchdb ? { couchdb: { name: `couchdb${index}`, port: ports.couchdb } } : {}),
      ...(isAdded ? { added: true } : {}),
    };
  });
  const first = members[0]?.ports;
  const ca = config.ca && first !== undefined ? caOf(domain, peerPorts(published, first)) : undefined;
  return { name, mspId, domain, peers, ...(ca ? { ca } : {}), ...(added ? { added: true } : {}) };
}

/** What a network that exists keeps. */
export type MadeNetwork = Pick<CryptoFact, 'ports' | 'members' | 'unused'> & Pick<NetworkSpec, 'measured'>;

/** Returns the part of a network that is about metrics. */
function metricsOf(
  { metrics, portBase }: WizardConfig,
  { operations }: Release,
  made: MadeNetwork | undefined,
): Pick<NetworkSpec, 'metrics' | 'measured'> {
  if (!operations) return {};
  return {
    ...(metrics ? { metrics: { name: METRICS, port: metricsPort({ base: portBase }) } } : {}),
    ...(metrics || made?.measured ? { measured: true } : {}),
  };
}

/**
 * Returns the network of a configuration.
 * @param made certificates of the network, which then keeps its ports inside and its members; undefined for a new network
 * @param members who takes part, if not those of the record or the configuration
 */
export function networkSpec(
  config: WizardConfig,
  release: Release,
  project: string,
  made?: MadeNetwork,
  members: Members = membersOf(config, made),
): NetworkSpec {
  // `choice-checks.ts` rejects a configuration without a consensus that works.
  const consensus = consensusOf(config, release) ?? 'etcdraft';
  const [firstChannel = '', ...others] = members.channels.map(({ name }) => name);
  // Only orderers of these kinds can join a channel one by one.
  const participates = release.channels !== 'system' && NEEDS_TLS.has(consensus);
  // The orderers of a system channel have its configuration, with their ports, from their first start on.
  const keepsPorts = made !== undefined && !(made.unused && participates);
  const schemes = portSchemes(config, keepsPorts ? made : undefined);
  const owners = ordererOwners(config);
  const ordererOrgs = owners.flatMap((owner, index): OrdererOrgSpec[] => {
    if (index !== owners.findIndex(({ name }) => name === owner.name)) return [];
    const hasCa = config.identities === 'ca' && !members.orgs.some(({ name }) => name === owner.name);
    const ca = hasCa ? caOf(owner.domain, ordererPorts(schemes.published, index)) : undefined;
    return [{ ...owner, ...(ca ? { ca } : {}) }];
  });
  const settings = settingsOf(members.channels);
  return {
    project,
    network: project,
    networkId: networkIdOf(project),
    domain: NETWORK_DOMAIN,
    systemChannel: SYSTEM_CHANNEL,
    channel: firstChannel,
    channels: [firstChannel, ...others],
    ...(settings ? { channelSettings: settings } : {}),
    tls: config.tls,
    consensus,
    channelCreation: participates ? 'participation' : 'system',
    orderers: owners.map((owner, index): OrdererSpec => {
      const ports = ordererPorts(schemes.published, index);
      const place = owners.slice(0, index).filter(({ name }) => name === owner.name).length;
      return {
        name: ordererName(place, owner),
        org: owner.name,
        port: ports.main,
        listens: portInside(schemes.inside, 'orderer', index),
        operationsPort: release.operations ? ports.operations : undefined,
        adminPort: participates ? ports.admin : undefined,
      };
    }),
    ordererOrgs,
    ...(config.identities === 'ca' ? { identities: 'ca' as const } : {}),
    orgs: members.orgs.map((org) => orgSpec(config, release, schemes, org)),
    ...(schemes.inside ? { ports: schemes.inside } : {}),
    ...(config.gateway ? { gateway: { name: GATEWAY } } : {}),
    ...metricsOf(config, release, made),
  };
}

/** Returns the settings of those channels that have any; undefined if none has. */
function settingsOf(channels: Members['channels']): NetworkSpec['channelSettings'] {
  const found = channels.flatMap(({ name, ...settings }) =>
    Object.values(settings).some((value) => value !== undefined) ? [[name, settings] as const] : [],
  );
  return found.length > 0 ? Object.fromEntries(found) : undefined;
}

/** Returns the organisation of an orderer. */
export function ordererOrgOf(
  { ordererOrgs, orderers }: Pick<NetworkSpec, 'ordererOrgs' | 'orderers'>,
  orderer: string,
): OrdererOrgSpec {
  const { org } = orderers.find(({ name }) => name === orderer) ?? {};
  const found = ordererOrgs.find(({ name }) => name === org);
  if (!found) throw new Error(`no organisation of ${orderer}`);
  return found;
}

/** Returns the orderer that clients connect to. */
export function firstOrderer({ orderers }: Pick<NetworkSpec, 'orderers'>): OrdererSpec {
  const [first] = orderers;
  if (!first) throw new Error('a network needs an orderer');
  return first;
}

/** Returns `host:port` of a node inside the network. */
export function addressInside({ name, listens }: Pick<ListeningNode, 'name' | 'listens'>): string {
  return `${name}:${listens}`;
}

export function allPeers(spec: Pick<NetworkSpec, 'orgs'>): PeerSpec[] {
  return spec.orgs.flatMap((org) => [...org.peers]);
}

/** Returns the first peer of the first organisation. */
export function firstPeer(spec: Pick<NetworkSpec, 'orgs'>): PeerSpec {
  const [first] = allPeers(spec);
  if (!first) throw new Error('a network needs a peer');
  return first;
}

/** Returns the CouchDB nodes in the order of their peers; empty if the peers use LevelDB. */
export function couchdbNodes(spec: NetworkSpec): NodeSpec[] {
  return allPeers(spec).flatMap(({ couchdb }) => couchdb ?? []);
}

/** Returns the organisation's anchor peer, through which other organisations reach it. */
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

/** Returns the network without its Prometheus. */
export function withoutMetrics({ metrics: _, ...spec }: NetworkSpec): NetworkSpec {
  return spec;
}

/** Returns the machine of a node; undefined if all nodes are on the selected engine. */
export function machineOf({ placement }: Pick<NetworkSpec, 'placement'>, node: string): string | undefined {
  return placement?.[node];
}

/** Returns the machines of a network: only undefined if all nodes are on the selected engine. */
export function machinesOf({ placement }: Pick<NetworkSpec, 'placement'>): readonly (string | undefined)[] {
  return placement ? [...new Set(Object.values(placement))] : [undefined];
}

/** Returns the name of the gateway on a machine. */
function gatewayOn(machine: string | undefined): string {
  return machine === undefined ? GATEWAY : `${GATEWAY}-${machine.toLowerCase()}`;
}

/** Whether a node of this name is a gateway. */
export function isGateway(name: string | undefined): boolean {
  return name === GATEWAY || name?.startsWith(`${GATEWAY}-`) === true;
}

/** Returns the gateway that a peer uses; undefined if the network has none. */
export function gatewayOf(
  spec: Pick<NetworkSpec, 'gateway' | 'placement'>,
  peer: string,
): string | undefined {
  return spec.gateway && gatewayOn(machineOf(spec, peer));
}

/** Returns the names of the gateways: one on each machine that has peers. */
export function gatewayNames(spec: Pick<NetworkSpec, 'gateway' | 'placement' | 'orgs'>): readonly string[] {
  return [...new Set(allPeers(spec).flatMap(({ name }) => gatewayOf(spec, name) ?? []))];
}

/** A node that runs in a container. The network works without the one of the role `metrics`. The gateway publishes no port. */
export type NetworkNode =
  | { readonly node: ListeningNode; readonly role: 'orderer' | 'peer' }
  | { readonly node: NodeSpec; readonly role: 'couchdb' | 'metrics' | 'ca' }
  | { readonly node: { readonly name: string }; readonly role: 'gateway' };

export function networkNodes(spec: NetworkSpec): readonly NetworkNode[] {
  return [
    ...spec.orderers.map((node) => ({ node, role: 'orderer' as const })),
    ...allPeers(spec).map((node) => ({ node, role: 'peer' as const })),
    ...couchdbNodes(spec).map((node) => ({ node, role: 'couchdb' as const })),
    ...[...spec.orgs, ...spec.ordererOrgs].flatMap(({ ca }) =>
      ca ? [{ node: ca, role: 'ca' as const }] : [],
    ),
    ...gatewayNames(spec).map((name) => ({ node: { name }, role: 'gateway' as const })),
    ...(spec.metrics ? [{ node: spec.metrics, role: 'metrics' as const }] : []),
  ];
}

/** Returns the nodes that must run for the network to work. */
export function neededNodes(spec: NetworkSpec): readonly NetworkNode[] {
  return networkNodes(withoutMetrics(spec));
}

/** Returns the names of all nodes, the CLI container included. */
export function nodeNames(spec: NetworkSpec): readonly string[] {
  return [...networkNodes(spec).map(({ node }) => node.name), 'cli'];
}

/** Returns the names of the nodes that must run for the network to work, the CLI container included. */
export function neededNames(spec: NetworkSpec): readonly string[] {
  return nodeNames(withoutMetrics(spec));
}

/** Returns the services of the compose file that must start for the network to work; undefined: all. */
export function neededServices(spec: NetworkSpec): readonly string[] | undefined {
  return spec.metrics && neededNames(spec);
}

export function volumeName(spec: NetworkSpec, instance: string, node: string): string {
  return `${spec.project}-${instance}-${node}`;
}

export function containerName(spec: Pick<NetworkSpec, 'project'>, node: string): string {
  return `${spec.project}-${node}`;
}
