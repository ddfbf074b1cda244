/** PURE: the ports that the nodes of a network publish, all counted from its first port. */

export const HIGHEST_PORT = 65535;
/** Highest number of peers of a network. */
export const MOST_PEERS = 64;

/** How the ports of a network are counted. */
export interface PortScheme {
  /** Port of the first orderer. The first peer has the next one. */
  readonly base: number;
  /** Set if nodes are 10 apart. Otherwise peers are 1000 apart and orderers 100, as in first-network. */
  readonly compact?: true | undefined;
}

/** Up to this number of peers, a new network has the ports of first-network, which are in every tutorial. */
const MOST_WIDE = 8;
/**
 * Distance of two nodes in the compact scheme. The ports of a peer, of an orderer and of Prometheus end in different
 * digits above the base, so that no two are the same.
 */
const COMPACT_STEP = 10;
/** Above the first port of a node. */
const LAST_OF_NODE = 9;

/** The compact scheme has no port of the wide one up to this number of nodes. */
const MOST_DISTINCT = 100;

/**
 * Returns the first port of a node. A node for which the wide scheme has no port gets that of the compact one: a network
 * can move to another base, and it can get more peers.
 */
function firstPort({ base, compact }: PortScheme, index: number, wideStep: number): number {
  const wide = base + wideStep * index;
  const isBeyond = wide + LAST_OF_NODE > HIGHEST_PORT && index < MOST_DISTINCT;
  return compact || isBeyond ? base + COMPACT_STEP * index : wide;
}

/** Ports of orderer k, counted from 0. `ca` is used for the CA if its organisation has no peers, and it is the first there. */
export function ordererPorts(scheme: PortScheme, index: number) {
  const first = firstPort(scheme, index, 100);
  return { main: first, ca: first + 2, operations: first + 5, admin: first + 6 };
}

/** Ports of peer k, counted from 0 over all organisations. `ca` is used for the CA if it is its organisation's first. */
export function peerPorts(scheme: PortScheme, index: number) {
  const first = firstPort(scheme, index, 1000);
  return { main: first + 1, events: first + 3, operations: first + 4, couchdb: first + 7, ca: first + 8 };
}

/** Port of the network's Prometheus. */
export function metricsPort({ base }: PortScheme): number {
  return base + LAST_OF_NODE;
}

/** Numbers of nodes of a network. */
export interface NetworkSize {
  /** Of all organisations. */
  readonly peers: number;
  readonly orderers: number;
}

/** Returns how the ports of a new network are counted. @param peers of all organisations */
export function newPortScheme(base: number, peers: number): PortScheme {
  const isWide = peers <= MOST_WIDE && base + 1000 * (peers - 1) + LAST_OF_NODE <= HIGHEST_PORT;
  return isWide ? { base } : { base, compact: true };
}

/** Distance from the first port of a network to the last one that it needs at least. */
function leastSpan({ peers, orderers }: NetworkSize): number {
  return COMPACT_STEP * (Math.max(peers, orderers) - 1) + LAST_OF_NODE;
}

/** Returns the last port that a network needs at least. */
export function lastPort(base: number, size: NetworkSize): number {
  return base + leastSpan(size);
}

/** Returns the highest first port with which all ports exist. */
export function highestBase(size: NetworkSize): number {
  return HIGHEST_PORT - leastSpan(size);
}
