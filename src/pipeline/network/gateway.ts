/** The gateway of a network, through which its peers use the engine: its part of the compose file. */
import { LABEL } from '../engine/labels.ts';
import type { GatewayImage } from '../images/gateway-image.ts';
import { allPeers, gatewayOf, type NetworkSpec } from './network-spec.ts';
import { domainsOf, withoutProxy } from './no-proxy.ts';

/** What peers may ask for through the gateway. */
export interface GatewayPolicy {
  /** References of images that a peer may compile chaincode in. */
  readonly builders: readonly string[];
  /** References of images that a chaincode image may be based on. */
  readonly runtimes: readonly string[];
  /** `vm.docker.hostConfig` of core.yaml: what chaincode containers may have beyond the usual. */
  readonly hostConfig: Readonly<Record<string, unknown>>;
}

export interface Gateway {
  readonly image: GatewayImage;
  readonly policy: GatewayPolicy;
}

/** Folder of a peer in which its socket is; `vm.endpoint` of core.yaml names a socket in it. */
const PEER_FOLDER = '/host/var/run';

/** Returns the name of the volume that contains the socket of a peer. It does not change with the crypto material. */
export function socketVolume(project: string, peer: string): string {
  return `${project}-gateway-${peer}`;
}

/** Key, in the compose file, of the volume with the programs of chaincode that the gateway has compiled. */
const PROGRAMS = 'gateway-programs';

/** Returns the key of the volume in the compose file. */
function volumeKey(peer: string): string {
  return `gateway-${peer}`;
}

/** Returns the volume of a peer, mounted in the peer. */
export function socketMount(peer: string): string {
  return `${volumeKey(peer)}:${PEER_FOLDER}`;
}

/** Returns the volumes of the sockets, which contain no data, and that of the programs, which later runs use. */
export function gatewayVolumes({ project, ...spec }: NetworkSpec): Record<string, unknown> {
  const labels = (role: string) => ({ [LABEL.project]: project, [LABEL.role]: role });
  const sockets = allPeers(spec).map(({ name }) => [
    volumeKey(name),
    { name: socketVolume(project, name), labels: { ...labels('socket'), [LABEL.node]: name } },
  ]);
  const programs = [[PROGRAMS, { name: `${project}-${PROGRAMS}`, labels: labels('programs') }]];
  return Object.fromEntries([...sockets, ...programs]);
}

/**
 * Returns what only the service of a gateway has.
 * @param name of the gateway, which serves the peers of its machine
 * @param socket path of the engine's socket on the host
 */
export function gatewayParts(spec: NetworkSpec, name: string, { policy }: Gateway, socket: string) {
  const peers = allPeers(spec)
    .map((peer) => peer.name)
    .filter((peer) => gatewayOf(spec, peer) === name);
  const { project, network, networkId } = spec;
  return {
    cap_drop: ['ALL'],
    security_opt: ['no-new-privileges:true'],
    // The record must be readable on every engine, and a peer must not fill the disk with it.
    logging: { driver: 'json-file', options: { 'max-size': '10m', 'max-file': '2' } },
    environment: {
      ...withoutProxy(domainsOf(spec)),
      GATEWAY_CONFIG: JSON.stringify({ project, network, networkId, peers, ...policy }),
    },
    volumes: [
      { type: 'bind', source: socket, target: '/engine.sock' },
      ...peers.map((peer) => `${volumeKey(peer)}:/sockets/${peer}`),
      `${PROGRAMS}:/kept`,
    ],
  };
}
