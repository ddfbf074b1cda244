/** Generates crypto-config.yaml and docker-compose.yaml. */
import { stringify } from 'yaml';
import { LABEL } from '../engine/labels.ts';
import { NEEDS_TLS } from '../fabric/consensus.ts';
import type { Release } from '../fabric/release.ts';
import { caNodes, caOrgs } from './ca-orgs.ts';
import { caParts } from './ca-parts.ts';
import { adminEnv, CLI_CRYPTO, CLI_HOME, cliCrypto } from './cli-environment.ts';
import { composeFileText } from './compose-file-text.ts';
import { anywhere, publish } from './compose-parts.ts';
import { COUCHDB_PORT, COUCHDB_USER } from './couchdb.ts';
import type { ExternalBuilder } from './external-builder.ts';
import { type Gateway, gatewayParts, gatewayVolumes, socketMount } from './gateway.ts';
import { METRICS_INSIDE, metricsParts } from './metrics-parts.ts';
import {
  cliMounts,
  filesVolumeParts,
  type MountedNetwork,
  metricsMount,
  ORDERER_HOME,
  ordererMounts,
  PEER_HOME,
  peerMountEnv,
  peerMounts,
} from './network-mounts.ts';
import {
  addressInside,
  allPeers,
  containerName,
  couchdbNodes,
  firstOrderer,
  firstPeer,
  gatewayNames,
  gatewayOf,
  machineOf,
  type NetworkSpec,
  type NodeSpec,
  type OrdererOrgSpec,
  type OrdererSpec,
  ordererOrgOf,
  orgOf,
  type PeerSpec,
  volumeName,
} from './network-spec.ts';
import { domainsOf, withoutProxy } from './no-proxy.ts';
import { ORDERER_ADMIN, ORDERER_CLUSTER, ordererTls } from './orderer-tls.ts';
import { operationsPortInside, ordererAdminPort, portBeside } from './port-scheme.ts';

/** Host names in the certificates for clients outside the network: ports are published on 127.0.0.1. */
const HOST_SANS = ['localhost', '127.0.0.1'];

/** @param isIncluded whether the file has an organisation with orderers; default: all */
export function cryptoConfigYaml(
  spec: NetworkSpec,
  release: Release,
  isIncluded: (org: OrdererOrgSpec) => boolean = () => true,
): string {
  const units = release.nodeOus ? { EnableNodeOUs: true } : {};
  const ordererOrgs = spec.ordererOrgs.filter(isIncluded);
  return stringify(
    {
      ...(ordererOrgs.length === 0
        ? {}
        : {
            OrdererOrgs: ordererOrgs.map((org) => ({
              // cryptogen does not use the name. The one here keeps the fingerprint of networks that exist.
              Name: 'Orderer',
              Domain: org.domain,
              ...units,
              Specs: spec.orderers
                .filter((orderer) => orderer.org === org.name)
                .map(({ name }) => ({ Hostname: name.split('.')[0], SANS: HOST_SANS })),
            })),
          }),
      PeerOrgs: spec.orgs.map((org) => ({
        Name: org.name,
        Domain: org.domain,
        ...units,
        Template: { Count: org.peers.length, SANS: HOST_SANS },
        Users: { Count: 1 },
      })),
    },
    { aliasDuplicateObjects: false },
  );
}

export interface ComposeInput extends MountedNetwork {
  readonly release: Release;
  readonly images: {
    readonly peer: string;
    readonly orderer: string;
    readonly tools: string;
    /** Required if the spec has CouchDB nodes. */
    readonly couchdb?: string;
    /** Fabric CA; absent: the network has none. */
    readonly ca?: string;
    /** Prometheus; absent: the network has none. */
    readonly metrics?: string;
  };
  /** Changes with the crypto material, so that ledgers are never used with certificates of another network. */
  readonly instance: string;
  /** Returns the path of the engine's socket on the host of a machine. */
  readonly socketOn: (machine: string | undefined) => string;
  /** References of all images that the network needs. */
  readonly uses: readonly string[];
  /** Additional environment of every peer. */
  readonly peerEnv: Readonly<Record<string, string>>;
  /** Required if the spec has a gateway. */
  readonly gateway?: Gateway;
  /** Absent if peers of the release have none. */
  readonly builder?: ExternalBuilder;
}

/** Where core.yaml puts the event hub of releases that have one. */
const EVENT_PORT = 7053;

/** Returns the port inside to which chaincode connects, for releases that have one of its own. */
export function chaincodePort(peer: PeerSpec): number {
  return portBeside(peer, 7052);
}

/** The part of a service that all nodes have. */
function serviceBase(node: string, image: string, { spec, instance, uses }: ComposeInput) {
  return {
    image,
    container_name: containerName(spec, node),
    labels: {
      [LABEL.project]: spec.project,
      [LABEL.role]: 'node',
      [LABEL.node]: node,
      // Forces new containers for new crypto material: an existing one would keep the old folder mounted.
      [LABEL.instance]: instance,
      // `clean` of other projects keeps these images.
      [LABEL.uses]: JSON.stringify(uses),
    },
    ...(spec.placement ? onOverlay(spec.network, node) : { networks: [spec.network] }),
  };
}

/**
 * Compose finds no network that is on other machines only, but it does not look for one that is a mode. There, the host name
 * is an alias. A machine that was away starts its nodes without a command.
 */
function onOverlay(network: string, node: string) {
  return { network_mode: network, hostname: node, restart: 'unless-stopped' };
}

function ordererService(orderer: OrdererSpec, input: ComposeInput) {
  const { spec, release, images } = input;
  const participates = spec.channelCreation === 'participation';
  const firstBlock = `ORDERER_GENERAL_${release.ordererFirstBlock}`;
  const operations = operationsPortInside(orderer, 'orderer');
  return {
    ...serviceBase(orderer.name, images.orderer, input),
    command: ['orderer'],
    environment: {
      ...withoutProxy(domainsOf(spec)),
      ORDERER_GENERAL_LISTENADDRESS: '0.0.0.0',
      ORDERER_GENERAL_LISTENPORT: String(orderer.listens),
      [`${firstBlock}METHOD`]: participates ? 'none' : 'file',
      ...(participates ? {} : { [`${firstBlock}FILE`]: `${ORDERER_HOME}/genesis.block` }),
      ORDERER_GENERAL_LOCALMSPID: ordererOrgOf(spec, orderer.name).mspId,
      ORDERER_GENERAL_LOCALMSPDIR: `${ORDERER_HOME}/msp`,
      ...ordererTls(spec),
      ...(NEEDS_TLS.has(spec.consensus) ? ORDERER_CLUSTER : {}),
      ...(participates
        ? { ORDERER_ADMIN_LISTENADDRESS: anywhere(ordererAdminPort(orderer)), ...ORDERER_ADMIN }
        : {}),
      ...(orderer.operationsPort ? { ORDERER_OPERATIONS_LISTENADDRESS: anywhere(operations) } : {}),
      ...(spec.measured ? { ORDERER_METRICS_PROVIDER: 'prometheus' } : {}),
      [release.logging.orderer.variable]: release.logging.orderer.info,
    },
    volumes: [...ordererMounts(input, orderer.name), `${orderer.name}:/var/hyperledger/production`],
    ports: [
      ...publish(orderer.port, orderer.listens),
      ...publish(orderer.operationsPort, operations),
      ...publish(orderer.adminPort, ordererAdminPort(orderer)),
    ],
  };
}

function couchdbService({ name, port }: NodeSpec, input: ComposeInput) {
  return {
    ...serviceBase(name, input.images.couchdb ?? '', input),
    environment: { COUCHDB_USER: COUCHDB_USER.name, COUCHDB_PASSWORD: COUCHDB_USER.password },
    volumes: [`${name}:/opt/couchdb/data`],
    ports: publish(port, COUCHDB_PORT),
  };
}

const ENGINE_SOCKET = '/host/var/run/docker.sock';

function peerTls(spec: NetworkSpec): Record<string, string> {
  return {
    CORE_PEER_TLS_ENABLED: String(spec.tls),
    CORE_PEER_TLS_CERT_FILE: `${PEER_HOME}/tls/server.crt`,
    CORE_PEER_TLS_KEY_FILE: `${PEER_HOME}/tls/server.key`,
    CORE_PEER_TLS_ROOTCERT_FILE: `${PEER_HOME}/tls/ca.crt`,
  };
}

/** Addresses of the peer, for clients, for other peers and for its chaincode. */
function peerAddresses(peer: PeerSpec, { spec, release }: ComposeInput): Record<string, string> {
  const org = orgOf(spec, peer);
  // A peer that was added later is not in the environment of the others: they keep their containers.
  const bootstrap = org.peers.find(({ name, added }) => name !== peer.name && !added) ?? peer;
  const chaincode = {
    CORE_PEER_CHAINCODEADDRESS: `${peer.name}:${chaincodePort(peer)}`,
    CORE_PEER_CHAINCODELISTENADDRESS: anywhere(chaincodePort(peer)),
  };
  return {
    CORE_PEER_ADDRESS: addressInside(peer),
    CORE_PEER_LISTENADDRESS: anywhere(peer.listens),
    ...(release.chaincodeListener ? chaincode : {}),
    CORE_PEER_LOCALMSPID: org.mspId,
    CORE_PEER_MSPCONFIGPATH: `${PEER_HOME}/msp`,
    CORE_PEER_GOSSIP_EXTERNALENDPOINT: addressInside(peer),
    CORE_PEER_GOSSIP_BOOTSTRAP: addressInside(bootstrap),
  };
}

function stateDatabaseEnv(couchdb: NodeSpec): Record<string, string> {
  return {
    CORE_LEDGER_STATE_STATEDATABASE: 'CouchDB',
    CORE_LEDGER_STATE_COUCHDBCONFIG_COUCHDBADDRESS: `${couchdb.name}:${COUCHDB_PORT}`,
    CORE_LEDGER_STATE_COUCHDBCONFIG_USERNAME: COUCHDB_USER.name,
    CORE_LEDGER_STATE_COUCHDBCONFIG_PASSWORD: COUCHDB_USER.password,
  };
}

function peerService(peer: PeerSpec, input: ComposeInput) {
  const { spec, release, images, socketOn, peerEnv, gateway, builder } = input;
  const operations = operationsPortInside(peer, 'peer');
  const events = portBeside(peer, EVENT_PORT);
  const others = [peer.couchdb?.name, gatewayOf(spec, peer.name)].filter((name) => name !== undefined);
  const base = serviceBase(peer.name, images.peer, input);
  return {
    ...base,
    // Forces a new container after a mounted file was written: an existing one keeps the old file.
    ...(builder?.id === undefined ? {} : { labels: { ...base.labels, [LABEL.builder]: builder.id } }),
    command: ['peer', 'node', 'start'],
    // For users who start the peer by hand; the peer retries the connection for two minutes.
    ...(others.length > 0 ? { depends_on: others } : {}),
    environment: {
      ...withoutProxy(domainsOf(spec), peer.couchdb),
      ...peerMountEnv(input),
      CORE_PEER_ID: peer.name,
      CORE_PEER_NETWORKID: spec.networkId,
      ...peerAddresses(peer, input),
      // Every peer pulls blocks from the orderer itself: a leader election takes 15 s at each start.
      CORE_PEER_GOSSIP_USELEADERELECTION: 'false',
      CORE_PEER_GOSSIP_ORGLEADER: 'true',
      ...peerTls(spec),
      ...(peer.couchdb ? stateDatabaseEnv(peer.couchdb) : {}),
      CORE_VM_ENDPOINT: `unix://${ENGINE_SOCKET}`,
      CORE_VM_DOCKER_HOSTCONFIG_NETWORKMODE: spec.network,
      ...(peer.operationsPort ? { CORE_OPERATIONS_LISTENADDRESS: anywhere(operations) } : {}),
      ...(spec.measured ? { CORE_METRICS_PROVIDER: 'prometheus' } : {}),
      ...(peer.eventPort && events !== EVENT_PORT ? { CORE_PEER_EVENTS_ADDRESS: anywhere(events) } : {}),
      [release.logging.peer.variable]: release.logging.peer.info,
      ...peerEnv,
    },
    volumes: [
      gateway
        ? socketMount(peer.name)
        : { type: 'bind', source: socketOn(machineOf(spec, peer.name)), target: ENGINE_SOCKET },
      ...peerMounts(input, peer, builder, release.cfgPath),
      `${peer.name}:/var/hyperledger/production`,
    ],
    ports: [
      ...publish(peer.port, peer.listens),
      ...publish(peer.eventPort, events),
      ...publish(peer.operationsPort, operations),
    ],
  };
}

function cliService(input: ComposeInput) {
  const { spec, release, images } = input;
  const peer = firstPeer(spec);
  return {
    ...serviceBase('cli', images.tools, input),
    command: ['/bin/bash'],
    tty: true,
    stdin_open: true,
    stop_signal: 'SIGKILL',
    working_dir: CLI_HOME,
    environment: {
      ...withoutProxy(domainsOf(spec)),
      GOPATH: '/opt/gopath',
      CORE_PEER_ID: 'cli',
      ...adminEnv(spec, peer, { crypto: CLI_CRYPTO, address: addressInside(peer) }),
      ORDERER_CA: cliCrypto(spec, firstOrderer(spec)).ordererCa,
      [release.logging.peer.variable]: release.logging.peer.warning,
    },
    volumes: cliMounts(input),
  };
}

function metricsService(name: string, image: string, input: ComposeInput) {
  // Only this container needs the image: the others must not be recreated for it.
  return {
    ...serviceBase(name, image, { ...input, uses: [image] }),
    ...metricsParts(input.spec),
    volumes: [metricsMount(input, name, METRICS_INSIDE)],
  };
}

function caServices(image: string, input: ComposeInput) {
  const environment = withoutProxy(domainsOf(input.spec));
  // Only these containers need the image: the others must not be recreated for it.
  const services = caOrgs(input.spec).map((org) => [
    org.ca.name,
    {
      ...serviceBase(org.ca.name, image, { ...input, uses: [image] }),
      environment,
      ...caParts(org, input.spec.identities === 'ca'),
    },
  ]);
  return Object.fromEntries(services);
}

function gatewayServices(gateway: Gateway, input: ComposeInput) {
  const { spec } = input;
  return Object.fromEntries(
    gatewayNames(spec).map((name) => {
      const peer = allPeers(spec).find((each) => gatewayOf(spec, each.name) === name);
      const socket = input.socketOn(peer && machineOf(spec, peer.name));
      return [
        name,
        {
          ...serviceBase(name, gateway.image.ref, input),
          ...gatewayParts(spec, name, gateway, socket),
        },
      ];
    }),
  );
}

function byName<T extends { readonly name: string }, S>(
  nodes: readonly T[],
  describe: (node: T) => S,
): Record<string, S> {
  return Object.fromEntries(nodes.map((node) => [node.name, describe(node)]));
}

function composeObject(input: ComposeInput) {
  const { spec, instance, gateway, images } = input;
  const peers = allPeers(spec);
  const couchdbs = couchdbNodes(spec);
  const cas = images.ca === undefined ? [] : caNodes(spec);
  return {
    services: {
      ...byName(spec.orderers, (orderer) => ordererService(orderer, input)),
      ...byName(couchdbs, (couchdb) => couchdbService(couchdb, input)),
      ...byName(peers, (peer) => peerService(peer, input)),
      ...(gateway ? gatewayServices(gateway, input) : {}),
      ...(images.ca === undefined ? {} : caServices(images.ca, input)),
      cli: cliService(input),
      ...(spec.metrics && images.metrics !== undefined
        ? { [spec.metrics.name]: metricsService(spec.metrics.name, images.metrics, input) }
        : {}),
    },
    ...(spec.placement
      ? {}
      : { networks: { [spec.network]: { name: spec.network, labels: { [LABEL.project]: spec.project } } } }),
    volumes: {
      ...byName<NodeSpec, unknown>([...spec.orderers, ...couchdbs, ...peers, ...cas], ({ name }) => ({
        name: volumeName(spec, instance, name),
        labels: { [LABEL.project]: spec.project, [LABEL.node]: name },
      })),
      ...(gateway ? gatewayVolumes(spec) : {}),
      ...filesVolumeParts(input, instance, input.builder !== undefined),
    },
  };
}

export function composeYaml(input: ComposeInput): string {
  return composeFileText(composeObject(input));
}
