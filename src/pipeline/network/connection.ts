/** PURE: what clients need to use a network from the host. */
import { join } from 'node:path';
import { releaseOf } from '../fabric/release.ts';
import { caAdminPath, caCertificatePath, caUrl } from './ca-parts.ts';
import { CERTIFICATES } from './certificate-files.ts';
import { peerOrgDir } from './crypto-layout.ts';
import type { Addition } from './members.ts';
import { grafanaPath, metricsUrl } from './metrics-files.ts';
import { allPeers, type NetworkSpec } from './network-spec.ts';
import { nodeFacts } from './node-facts.ts';
import { type Tunnel, type TunnelledEngine, tunnelsTo } from './tunnel.ts';

export interface Endpoint {
  readonly node: string;
  /** Host and port on this machine. */
  readonly address: string;
  /** Where it serves `/healthz`, and `/metrics` if it collects metrics; absent before 1.4. */
  readonly operations?: string;
}

export interface ConnectedOrg {
  readonly mspId: string;
  /** At least one. */
  readonly nodes: readonly Endpoint[];
  /** Path of the CA certificate that verifies the TLS certificate of the first node; absent without TLS. */
  readonly tlsCa?: string;
  /** Path of the administrator's MSP folder. */
  readonly admin: string;
}

/** Labels of the identities in a wallet. */
export const WALLET_LABELS = ['admin', 'user1'] as const;

/** Paths of what programs of an organisation read. */
export interface ClientFiles {
  /** Connection profile, as JSON and as YAML. */
  readonly profile: string;
  readonly profileYaml: string;
  /** What a client of the Fabric Gateway needs, as JSON; absent if the peers have none. */
  readonly gateway?: string;
  /** Folder of a wallet as `fabric-network` keeps it. */
  readonly wallet: string;
  /** Labels of the identities in the wallet. */
  readonly identities: readonly string[];
}

/** An organisation whose programs use the network. */
export interface ClientOrg extends ConnectedOrg {
  /** `Org1` */
  readonly name: string;
  readonly files: ClientFiles;
  /** Its CA; absent if it has none. */
  readonly ca?: {
    readonly node: string;
    /** Address on this host. */
    readonly url: string;
    /** Path of the certificate that verifies it. */
    readonly tlsCa: string;
    /** Path of a JSON file with `name` and `secret` of the identity that registers others. */
    readonly admin: string;
  };
}

export interface Connection {
  readonly channels: readonly string[];
  /** Folder with all certificates and keys. */
  readonly certificates: string;
  /** Whether a node has another port in the network than on this host. */
  readonly otherPorts: boolean;
  /** Whether peers have discovery, and the addresses that it returns work on this host with `localhost` as host name. */
  readonly discovery: boolean;
  readonly orderers: ConnectedOrg;
  readonly orgs: readonly ClientOrg[];
  /** How clients reach machines that are elsewhere; none if all ports are those of this host. */
  readonly tunnels: readonly Tunnel[];
  /** The peers that the run has added. */
  readonly added?: readonly Endpoint[];
  /** The network's Prometheus; absent if there is none. */
  readonly metrics?: {
    readonly node: string;
    /** Page with the state of the nodes; absent if it does not run. */
    readonly url?: string;
    /** Path of the dashboard for Grafana. */
    readonly dashboard: string;
  };
}

/** A network, and the version of Fabric that it runs. */
export interface VersionedNetwork {
  readonly spec: NetworkSpec;
  readonly version: string;
}

function clientFiles(folder: string, name: string, hasGateway: boolean): ClientFiles {
  const org = name.toLowerCase();
  const path = (file: string) => join(folder, 'clients', org, file);
  return {
    profile: path(`connection-${org}.json`),
    profileYaml: path(`connection-${org}.yaml`),
    ...(hasGateway ? { gateway: path('gateway.json') } : {}),
    wallet: path('wallet'),
    identities: WALLET_LABELS,
  };
}

/** Returns the path of the file for a client of the Fabric Gateway. @param identity absent: the first user */
export function gatewayFile(path: string, identity: string | undefined): string {
  return identity === undefined ? path : path.replace(/\.json$/, `-${identity}.json`);
}

/** Whether a node has another port in the network than on this host: discovery returns the one in the network. */
export function hasOtherPorts(spec: Pick<NetworkSpec, 'orderers' | 'orgs'>): boolean {
  return [...spec.orderers, ...allPeers(spec)].some(({ port, listens }) => port !== listens);
}

/** Returns the connection with the peers of an addition that is part of the network. */
export function withAdded(connection: Connection, addition: Addition): Connection {
  const { orgs } = connection;
  switch (addition.kind) {
    case 'peer':
      return { ...connection, added: orgs.find(({ name }) => name === addition.org)?.nodes.slice(-1) ?? [] };
    case 'org':
      return { ...connection, added: orgs.at(-1)?.nodes ?? [] };
    case 'channel':
      return connection;
    default:
      return addition satisfies never;
  }
}

/**
 * @param folder folder with the network's files
 * @param engine the engine that runs it, if it is known
 */
export function connectionOf(
  { spec, version }: VersionedNetwork,
  folder: string,
  engine?: TunnelledEngine,
): Connection {
  const certificates = join(folder, CERTIFICATES);
  const release = releaseOf(version);
  const otherPorts = hasOtherPorts(spec);
  const org = (nodes: readonly { readonly name: string }[], mspId: string): ConnectedOrg => {
    const facts = nodes.map((node) => ({
      node: node.name,
      ...Object.fromEntries(
        nodeFacts(spec, node.name, certificates, undefined).map(({ key, value }) => [key, value]),
      ),
    })) as readonly (Partial<Record<'address' | 'tlsCa' | 'adminMsp' | 'operations', string>> & {
      readonly node: string;
    })[];
    const [first] = facts;
    return {
      mspId,
      nodes: facts.map(({ node, address = '', operations }) => ({
        node,
        address,
        ...(operations === undefined ? {} : { operations: `http://${operations}` }),
      })),
      ...(first?.tlsCa === undefined ? {} : { tlsCa: first.tlsCa }),
      admin: first?.adminMsp ?? '',
    };
  };
  return {
    channels: spec.channels,
    certificates,
    otherPorts,
    discovery: release?.discoveryService === true && !otherPorts,
    orderers: org(spec.orderers, spec.ordererOrgs.map(({ mspId }) => mspId).join(', ')),
    orgs: spec.orgs.map(({ name, mspId, peers, domain, ca }) => ({
      name,
      ...org(peers, mspId),
      files: clientFiles(folder, name, release?.gatewayService ?? false),
      ...(ca
        ? {
            ca: {
              node: ca.name,
              url: caUrl(ca),
              tlsCa: caCertificatePath(folder, { domain, folder: peerOrgDir({ domain }) }),
              admin: caAdminPath(folder, { domain }),
            },
          }
        : {}),
    })),
    tunnels: engine ? tunnelsTo(engine, spec) : [],
    ...(spec.metrics
      ? {
          metrics: {
            node: spec.metrics.name,
            url: metricsUrl(spec.metrics),
            dashboard: grafanaPath(folder),
          },
        }
      : {}),
  };
}
