/** crypto-config.yaml and docker-compose.yaml as objects, then as YAML a person can keep. */

import { Document, isMap, isScalar, stringify } from 'yaml';
import { LABEL } from '../engine/labels.ts';
import { NEEDS_TLS } from '../fabric/consensus.ts';
import type { Release } from '../fabric/release.ts';
import { COUCHDB_PORT, COUCHDB_USER } from './couchdb.ts';
import { adminMsp, ordererAdminTls, ordererDir, ordererTlsCa, peerDir } from './crypto-layout.ts';
import {
  allPeers,
  couchdbNodes,
  type NetworkSpec,
  type NodeSpec,
  type OrdererSpec,
  orgOf,
  type PeerSpec,
} from './network-spec.ts';

/** Working folder in the CLI container, the same as in Fabric's own examples. */
export const CLI_HOME = '/opt/gopath/src/github.com/hyperledger/fabric/peer';
export const CLI_CRYPTO = `${CLI_HOME}/crypto`;
export const CLI_ARTIFACTS = `${CLI_HOME}/channel-artifacts`;

/** Certificate names for clients on the host, where ports are published on 127.0.0.1. */
const HOST_SANS = ['localhost', '127.0.0.1'];

export function cryptoConfigYaml(spec: NetworkSpec, line: Release): string {
  const units = line.nodeOus ? { EnableNodeOUs: true } : {};
  return stringify(
    {
      OrdererOrgs: [
        {
          Name: 'Orderer',
          Domain: spec.domain,
          ...units,
          Specs: spec.orderers.map(({ name }) => ({ Hostname: name.split('.')[0], SANS: HOST_SANS })),
        },
      ],
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

export interface ComposeInput {
  readonly spec: NetworkSpec;
  readonly release: Release;
  readonly images: {
    readonly peer: string;
    readonly orderer: string;
    readonly tools: string;
    /** Present if the spec has CouchDB nodes. */
    readonly couchdb?: string;
  };
  /** ID of the crypto material. It is part of volume names, so old ledgers never meet new certificates. */
  readonly instance: string;
  /** Path of the engine's socket on the host. */
  readonly socket: string;
  /** Additional environment of every peer. */
  readonly peerEnv: Readonly<Record<string, string>>;
}

/** Returns the `CORE_PEER_*` variables of a client that connects to a peer as its organisation's admin. */
export function adminEnv(
  spec: NetworkSpec,
  peer: PeerSpec,
  place: { readonly crypto: string; readonly address: string },
): Record<string, string> {
  const org = orgOf(spec, peer);
  const tls = `${place.crypto}/${peerDir(spec, peer)}/tls`;
  return {
    CORE_PEER_ADDRESS: place.address,
    CORE_PEER_LOCALMSPID: org.mspId,
    CORE_PEER_MSPCONFIGPATH: `${place.crypto}/${adminMsp(org)}`,
    CORE_PEER_TLS_ENABLED: String(spec.tls),
    CORE_PEER_TLS_CERT_FILE: `${tls}/server.crt`,
    CORE_PEER_TLS_KEY_FILE: `${tls}/server.key`,
    CORE_PEER_TLS_ROOTCERT_FILE: `${tls}/ca.crt`,
  };
}

/** Returns the paths in the CLI container that clients of the orderers need; `osnadmin` uses certificate and key. */
export function cliCrypto(spec: NetworkSpec): { ordererCa: string; adminCert: string; adminKey: string } {
  const admin = `${CLI_CRYPTO}/${ordererAdminTls(spec)}`;
  return {
    ordererCa: `${CLI_CRYPTO}/${ordererTlsCa(spec)}`,
    adminCert: `${admin}/client.crt`,
    adminKey: `${admin}/client.key`,
  };
}

export function volumeName(spec: NetworkSpec, instance: string, node: string): string {
  return `${spec.project}-${instance}-${node}`;
}

export function containerName(spec: NetworkSpec, node: string): string {
  return `${spec.project}-${node}`;
}

function composeObject({ spec, release, images, instance, socket, peerEnv }: ComposeInput) {
  const labels = (node: string) => ({
    [LABEL.project]: spec.project,
    [LABEL.role]: 'node',
    [LABEL.node]: node,
    // New crypto material is a new folder. Without a changed label, compose would keep containers that mount the old one.
    [LABEL.instance]: instance,
  });
  const bind = (source: string, target: string) => ({ type: 'bind', source, target, read_only: true });
  const publish = (host: number | undefined, container: number) =>
    host === undefined ? [] : [`127.0.0.1:${host}:${container}`];
  const common = (node: string, image: string) => ({
    image,
    container_name: containerName(spec, node),
    labels: labels(node),
    networks: [spec.network],
  });
  const tlsFiles = (prefix: string, home: string) => ({
    [`${prefix}_TLS_ENABLED`]: String(spec.tls),
    ...(prefix === 'CORE_PEER'
      ? {
          CORE_PEER_TLS_CERT_FILE: `${home}/tls/server.crt`,
          CORE_PEER_TLS_KEY_FILE: `${home}/tls/server.key`,
          CORE_PEER_TLS_ROOTCERT_FILE: `${home}/tls/ca.crt`,
        }
      : {
          ORDERER_GENERAL_TLS_CERTIFICATE: `${home}/tls/server.crt`,
          ORDERER_GENERAL_TLS_PRIVATEKEY: `${home}/tls/server.key`,
          ORDERER_GENERAL_TLS_ROOTCAS: `[${home}/tls/ca.crt]`,
        }),
  });

  const ordererHome = '/var/hyperledger/orderer';
  const clusterFiles = {
    ORDERER_GENERAL_CLUSTER_CLIENTCERTIFICATE: `${ordererHome}/tls/server.crt`,
    ORDERER_GENERAL_CLUSTER_CLIENTPRIVATEKEY: `${ordererHome}/tls/server.key`,
    ORDERER_GENERAL_CLUSTER_ROOTCAS: `[${ordererHome}/tls/ca.crt]`,
  };
  const adminFiles = {
    ORDERER_CHANNELPARTICIPATION_ENABLED: 'true',
    ORDERER_ADMIN_LISTENADDRESS: '0.0.0.0:7053',
    ORDERER_ADMIN_TLS_ENABLED: 'true',
    ORDERER_ADMIN_TLS_CERTIFICATE: `${ordererHome}/tls/server.crt`,
    ORDERER_ADMIN_TLS_PRIVATEKEY: `${ordererHome}/tls/server.key`,
    ORDERER_ADMIN_TLS_ROOTCAS: `[${ordererHome}/tls/ca.crt]`,
    ORDERER_ADMIN_TLS_CLIENTROOTCAS: `[${ordererHome}/tls/ca.crt]`,
  };
  const participates = spec.channelCreation === 'participation';
  const firstBlock = `ORDERER_GENERAL_${release.ordererFirstBlock}`;
  const ordererService = (orderer: OrdererSpec) => ({
    ...common(orderer.name, images.orderer),
    command: ['orderer'],
    environment: {
      ORDERER_GENERAL_LISTENADDRESS: '0.0.0.0',
      ORDERER_GENERAL_LISTENPORT: '7050',
      [`${firstBlock}METHOD`]: participates ? 'none' : 'file',
      ...(participates ? {} : { [`${firstBlock}FILE`]: `${ordererHome}/genesis.block` }),
      ORDERER_GENERAL_LOCALMSPID: spec.ordererMspId,
      ORDERER_GENERAL_LOCALMSPDIR: `${ordererHome}/msp`,
      ...tlsFiles('ORDERER_GENERAL', ordererHome),
      ...(NEEDS_TLS.has(spec.consensus) ? clusterFiles : {}),
      ...(participates ? adminFiles : {}),
      ...(orderer.operationsPort ? { ORDERER_OPERATIONS_LISTENADDRESS: '0.0.0.0:8443' } : {}),
      [release.logging.orderer.variable]: release.logging.orderer.info,
    },
    volumes: [
      ...(participates ? [] : [bind('./channel-artifacts/genesis.block', `${ordererHome}/genesis.block`)]),
      bind(`./crypto-config/${ordererDir(spec, orderer.name)}/msp`, `${ordererHome}/msp`),
      bind(`./crypto-config/${ordererDir(spec, orderer.name)}/tls`, `${ordererHome}/tls`),
      `${orderer.name}:/var/hyperledger/production`,
    ],
    ports: [
      ...publish(orderer.port, 7050),
      ...publish(orderer.operationsPort, 8443),
      ...publish(orderer.adminPort, 7053),
    ],
  });

  const couchdbService = ({ name, port }: NodeSpec) => ({
    ...common(name, images.couchdb ?? ''),
    environment: { COUCHDB_USER: COUCHDB_USER.name, COUCHDB_PASSWORD: COUCHDB_USER.password },
    volumes: [`${name}:/opt/couchdb/data`],
    ports: publish(port, COUCHDB_PORT),
  });
  const stateIn = (couchdb: NodeSpec) => ({
    CORE_LEDGER_STATE_STATEDATABASE: 'CouchDB',
    CORE_LEDGER_STATE_COUCHDBCONFIG_COUCHDBADDRESS: `${couchdb.name}:${COUCHDB_PORT}`,
    CORE_LEDGER_STATE_COUCHDBCONFIG_USERNAME: COUCHDB_USER.name,
    CORE_LEDGER_STATE_COUCHDBCONFIG_PASSWORD: COUCHDB_USER.password,
  });

  const peerService = (peer: PeerSpec) => {
    const org = orgOf(spec, peer);
    const neighbour = org.peers.find((other) => other.name !== peer.name) ?? peer;
    return {
      ...common(peer.name, images.peer),
      command: ['peer', 'node', 'start'],
      // Orders a start by hand. The peer retries CouchDB for two minutes.
      ...(peer.couchdb ? { depends_on: [peer.couchdb.name] } : {}),
      environment: {
        CORE_PEER_ID: peer.name,
        CORE_PEER_NETWORKID: spec.networkId,
        CORE_PEER_ADDRESS: `${peer.name}:7051`,
        CORE_PEER_LISTENADDRESS: '0.0.0.0:7051',
        ...(release.chaincodeListener
          ? {
              CORE_PEER_CHAINCODEADDRESS: `${peer.name}:7052`,
              CORE_PEER_CHAINCODELISTENADDRESS: '0.0.0.0:7052',
            }
          : {}),
        CORE_PEER_LOCALMSPID: org.mspId,
        CORE_PEER_MSPCONFIGPATH: '/etc/hyperledger/fabric/msp',
        CORE_PEER_GOSSIP_EXTERNALENDPOINT: `${peer.name}:7051`,
        CORE_PEER_GOSSIP_BOOTSTRAP: `${neighbour.name}:7051`,
        // Every peer fetches its own blocks, because a leader election takes 15 s at each start.
        CORE_PEER_GOSSIP_USELEADERELECTION: 'false',
        CORE_PEER_GOSSIP_ORGLEADER: 'true',
        ...tlsFiles('CORE_PEER', '/etc/hyperledger/fabric'),
        ...(peer.couchdb ? stateIn(peer.couchdb) : {}),
        CORE_VM_ENDPOINT: 'unix:///host/var/run/docker.sock',
        CORE_VM_DOCKER_HOSTCONFIG_NETWORKMODE: spec.network,
        ...(peer.operationsPort ? { CORE_OPERATIONS_LISTENADDRESS: '0.0.0.0:9443' } : {}),
        [release.logging.peer.variable]: release.logging.peer.info,
        ...peerEnv,
      },
      volumes: [
        { type: 'bind', source: socket, target: '/host/var/run/docker.sock' },
        bind(`./crypto-config/${peerDir(spec, peer)}/msp`, '/etc/hyperledger/fabric/msp'),
        bind(`./crypto-config/${peerDir(spec, peer)}/tls`, '/etc/hyperledger/fabric/tls'),
        `${peer.name}:/var/hyperledger/production`,
      ],
      ports: [
        ...publish(peer.port, 7051),
        ...publish(peer.eventPort, 7053),
        ...publish(peer.operationsPort, 9443),
      ],
    };
  };

  const peers = allPeers(spec);
  const first = peers[0];
  if (!first) throw new Error('a network needs a peer');
  const cli = {
    ...common('cli', images.tools),
    command: ['/bin/bash'],
    tty: true,
    stdin_open: true,
    stop_signal: 'SIGKILL',
    working_dir: CLI_HOME,
    environment: {
      GOPATH: '/opt/gopath',
      CORE_PEER_ID: 'cli',
      ...adminEnv(spec, first, { crypto: CLI_CRYPTO, address: `${first.name}:7051` }),
      CORE_VM_ENDPOINT: 'unix:///host/var/run/docker.sock',
      ORDERER_CA: cliCrypto(spec).ordererCa,
      [release.logging.peer.variable]: release.logging.peer.warning,
    },
    volumes: [
      { type: 'bind', source: socket, target: '/host/var/run/docker.sock' },
      bind('./crypto-config', CLI_CRYPTO),
      bind('./channel-artifacts', CLI_ARTIFACTS),
    ],
  };

  const couchdbs = couchdbNodes(spec);
  const nodes = [...spec.orderers, ...couchdbs, ...peers].map(({ name }) => name);
  return {
    services: {
      ...Object.fromEntries(spec.orderers.map((orderer) => [orderer.name, ordererService(orderer)])),
      ...Object.fromEntries(couchdbs.map((couchdb) => [couchdb.name, couchdbService(couchdb)])),
      ...Object.fromEntries(peers.map((peer) => [peer.name, peerService(peer)])),
      cli,
    },
    networks: {
      [spec.network]: { name: spec.network, labels: { [LABEL.project]: spec.project } },
    },
    volumes: Object.fromEntries(
      nodes.map((node) => [
        node,
        {
          name: volumeName(spec, instance, node),
          labels: { [LABEL.project]: spec.project, [LABEL.node]: node },
        },
      ]),
    ),
  };
}

/** Returns the compose file as YAML, with a comment for each section. */
export function composeYaml(input: ComposeInput): string {
  const document = new Document(composeObject(input), { aliasDuplicateObjects: false });
  document.commentBefore = [
    ' Written by fabric-wizard. You can also use it by hand, in this folder:',
    '   docker-compose up -d        (or: docker compose up -d)',
    '   docker-compose exec cli bash',
    '   docker-compose down         (add -v to remove the ledgers)',
    ' The project name is in .env next to this file.',
  ].join('\n');
  const notes: Record<string, string> = {
    services: '',
    networks:
      ' The explicit name is required: CORE_VM_DOCKER_HOSTCONFIG_NETWORKMODE refers to it for chaincode containers.',
    volumes:
      ' Ledgers. The volume names change with the crypto material, so that ledgers and certificates always match.',
  };
  if (isMap(document.contents)) {
    for (const pair of document.contents.items) {
      if (!isScalar(pair.key)) continue;
      const note = notes[String(pair.key.value)];
      if (note) pair.key.commentBefore = note;
    }
  }
  return document.toString({ lineWidth: 0 });
}
