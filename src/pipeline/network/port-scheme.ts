/** PURE: which ports the nodes of a network have. A network keeps the ports inside that it was made with. */
import type { CryptoFact } from '../journal/state-keys.ts';

/** How the ports were chosen when the network was made. */
export type PortScheme = NonNullable<CryptoFact['ports']>;

/** Ports of orderer k, counted from 0. */
export function ordererPorts({ base }: PortScheme, index: number) {
  const first = base + 100 * index;
  return { main: first, operations: first + 5, admin: first + 6 };
}

/** Ports of peer k, counted from 0 over all organisations, as in first-network. */
export function peerPorts({ base }: PortScheme, index: number) {
  const first = base + 1000 * index;
  return { main: first + 1, events: first + 3, operations: first + 4, couchdb: first + 7 };
}

/** Port of the network's Prometheus. */
export function metricsPort({ base }: PortScheme): number {
  return base + 9;
}

/** Where every node listened in networks of earlier versions, which recorded no scheme. */
export const UNRECORDED_PORTS = { orderer: 7050, peer: 7051 } as const;

/**
 * Returns the port on which a node listens inside the network. It is the port that was published when the network was
 * made, so that an address that discovery returns works on the host too.
 * @param scheme undefined for a network of an earlier version
 */
export function portInside(scheme: PortScheme | undefined, role: 'orderer' | 'peer', index: number): number {
  if (!scheme) return UNRECORDED_PORTS[role];
  return (role === 'orderer' ? ordererPorts : peerPorts)(scheme, index).main;
}

/** Returns the port inside on which a node serves `/healthz` and `/metrics`. */
export function operationsPortInside(node: { readonly listens: number }, role: 'peer' | 'orderer'): number {
  return portBeside(node, role === 'peer' ? 9443 : 8443);
}

/** Returns the port inside of the channel participation API. */
export function ordererAdminPort(orderer: { readonly listens: number }): number {
  return portBeside(orderer, 7053);
}

/** Returns a port for another purpose in a node's container: the usual one, unless the node listens on it. */
export function portBeside({ listens }: { readonly listens: number }, usual: number): number {
  return listens === usual ? usual + 1000 : usual;
}
