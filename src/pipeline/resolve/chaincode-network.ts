/** PURE: whether chaincode can reach its peer, from the network it joins and the address that the peer gives it. */
import type { ConfigValue } from '../fabric/resolution.ts';
import type { EngineFacts, PeerContainer } from './peer-facts.ts';

type Config = (key: string) => ConfigValue | undefined;

/** The address that a peer gives to its chaincode. */
export interface PeerAddress {
  /** Undefined for the peer's own IP address, which it detects. */
  readonly host: string | undefined;
  readonly port: number;
  readonly origin: string;
}

/** Port for chaincode if no key sets another. */
const CHAINCODE_PORT = 7052;
const UNSPECIFIED = /^(|0\.0\.0\.0|::)$/;
const IP = /^[\d.]+$|:/;
const LOOPBACK = /^(localhost|127\..*|::1)$/;

function split(address: string): { readonly host: string; readonly port: number } {
  const [, host = address, port] = /^(.*):(\d+)$/.exec(address) ?? [];
  return { host: host.replace(/^\[(.*)\]$/, '$1'), port: port === undefined ? CHAINCODE_PORT : Number(port) };
}

/** Follows the peer: chaincodeAddress, else the host of chaincodeListenAddress, else the host of address. */
export function addressForChaincode(config: Config): PeerAddress {
  const listen = config('peer.chaincodeListenAddress');
  for (const value of [config('peer.chaincodeAddress'), listen]) {
    const { host, port } = split(value?.value ?? '');
    if (value && !UNSPECIFIED.test(host)) return { host, port, origin: value.origin };
  }
  const address = config('peer.address');
  const { host } = split(address?.value ?? '');
  const detected =
    UNSPECIFIED.test(host) || /^(true|t|1)$/i.test(config('peer.addressAutoDetect')?.value ?? '');
  return {
    host: detected ? undefined : host,
    port: listen?.value ? split(listen.value).port : CHAINCODE_PORT,
    origin: address?.origin ?? 'core.yaml',
  };
}

/** Network mode of chaincode containers. Peers take `host` if the key is empty. */
export function chaincodeMode(config: Config): ConfigValue {
  const found = config('vm.docker.hostConfig.NetworkMode');
  return found?.value ? found : { value: 'host', origin: found?.origin ?? 'core.yaml' };
}

/** Returns the host's name if only a lookup on the engine's machine can tell whether chaincode reaches it. */
export function nameToLookUp(config: Config): string | undefined {
  const { host } = addressForChaincode(config);
  const isName = host !== undefined && !IP.test(host) && !LOOPBACK.test(host);
  return isName && chaincodeMode(config).value === 'host' ? host : undefined;
}

export interface ChaincodeRoute {
  readonly container: PeerContainer;
  /** Name of the network that chaincode joins: a user's, or `host`, `bridge`, `none`. */
  readonly network: string;
  readonly config: Config;
  /** Addresses of the peer's name on the engine's machine; undefined if they are unknown. */
  readonly hostAddresses: EngineFacts['hostAddresses'];
}

/** Returns the address that `ExtraHosts` gives to a name in chaincode containers. */
function extraHost(name: string, config: Config): string | undefined {
  const entries = (config('vm.docker.hostConfig.ExtraHosts')?.value ?? '').split(/\s+/);
  return entries.find((entry) => entry.startsWith(`${name}:`))?.slice(name.length + 1);
}

function reachesIp(ip: string, port: number, { container, network }: ChaincodeRoute): boolean | undefined {
  const shared = container.networks.some(({ name }) => name === network);
  if (LOOPBACK.test(ip)) return network === 'host' ? shared || container.hostPorts.includes(port) : false;
  const on = container.networks.find(({ addresses }) => addresses.includes(ip));
  // The engine separates its networks from each other; the host reaches all of them.
  return on && network !== 'host' ? on.name === network : undefined;
}

/** @returns undefined if it can't be known from here */
export function reachesPeer(route: ChaincodeRoute): boolean | undefined {
  const { container, network, config, hostAddresses } = route;
  if (network === 'none') return false;
  const { host, port } = addressForChaincode(config);
  const attached = container.networks.map(({ name }) => name);
  if (host === undefined)
    return network === 'host' || attached.includes('host') || attached.includes(network);
  const ip = !IP.test(host) && !LOOPBACK.test(host) ? extraHost(host, config) : host;
  if (ip !== undefined) return reachesIp(ip, port, route);
  // Another name server may know any name.
  if (config('vm.docker.hostConfig.Dns')?.value) return undefined;
  if (network === 'host') {
    if (hostAddresses === undefined) return undefined;
    return hostAddresses.length > 0 && hostAddresses.every((each) => reachesIp(each, port, route) !== false);
  }
  // The engine resolves names of containers, except on its default bridge.
  const resolving = container.networks.filter(({ name }) => name !== 'bridge' && name !== 'host');
  if (resolving.some(({ name, aliases }) => name === network && aliases.includes(host))) return true;
  const isContainerName =
    host === container.name || container.networks.some(({ aliases }) => aliases.includes(host));
  return isContainerName ? false : undefined;
}
