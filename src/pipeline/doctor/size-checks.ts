/** PURE: whether this machine can bear the size of the network. */
import type { Phrase, Text } from '../core/phrase.ts';
import type { DoctorFacts, NetworkSize } from './doctor-facts.ts';
import { type Finding, fail, gigabytes, ok, warn } from './finding.ts';

type Memory = DoctorFacts['memory'];

/**
 * Bytes of a running node with its chaincode container and the engine's processes for both. A peer needs more in a network of
 * more peers, because it has a connection to each. With 1.4.12, a peer of 32 takes 69 MB, the engine's processes 9 MB, and a
 * chaincode 8 MB.
 */
const NODE_MEMORY = 60e6;
const CONNECTION_MEMORY = 0.8e6;

function nodeMemory(peers: number): number {
  return NODE_MEMORY + CONNECTION_MEMORY * peers;
}

/** Returns how many nodes of a network take memory. */
function nodesOf({ peers, perPeer, orderers }: NetworkSize): number {
  return peers * perPeer + orderers;
}

/** Returns the highest number of peers, not above that of the network, with which it needs at most `limit`. */
function mostPeers(size: NetworkSize, limit: number, need: (size: NetworkSize) => number): number {
  let { peers } = size;
  while (peers > 0 && need({ ...size, peers }) > limit) peers -= 1;
  return peers;
}

/** Returns what helps if a network needs too much memory. One that exists keeps its members. */
function memoryFix({ size, made }: Memory, most: number, isHere: boolean): Text {
  if (made) return { key: isHere ? 'fix.free-memory' : 'fix.more-memory' };
  const perOrg = Math.floor(most / size.orgs);
  return perOrg > 0 && most < size.peers
    ? `fabric-wizard up --orgs ${size.orgs} --peers ${perOrg}`
    : `fabric-wizard up --orgs 1 --peers ${Math.max(1, Math.min(most, size.peers - 1))}`;
}

/** Memory that is short is a warning as long as it can hold the nodes: what builds and starts them ends again. */
export function memory({ memory, plan }: Pick<DoctorFacts, 'memory' | 'plan'>): Finding {
  const { size, nodes } = memory;
  const perNode = nodeMemory(size.peers);
  const ofNodes = nodes * perNode;
  const needed = plan.memoryMb * 1e6 + ofNodes;
  const wanted = gigabytes(needed);
  const isHere = 'available' in memory;
  const bytes = isHere ? memory.available : memory.total;
  const detail: Phrase = isHere
    ? { key: 'row.memory', available: gigabytes(bytes), wanted }
    : { key: 'row.memory-total', total: gigabytes(bytes), wanted };
  if (bytes >= needed) return ok(detail);
  const ofRunning = (nodesOf(size) - nodes) * perNode;
  const most = mostPeers(size, bytes + ofRunning, (other) => nodesOf(other) * nodeMemory(other.peers));
  const fix = memoryFix(memory, most, isHere);
  if (bytes >= ofNodes) return warn(detail, fix);
  const { peers } = size;
  const short = { peers, wanted: gigabytes(ofNodes), bytes: gigabytes(bytes), most };
  return fail({ key: isHere ? 'row.memory-short' : 'row.memory-total-short', ...short }, fix);
}

/** Returns how many entries a network can need. Two containers that talk to each other need one each. */
function neighboursOf(size: NetworkSize): number {
  const { peers, orderers, perPeer, metrics } = size;
  const nodes = nodesOf(size);
  const amongPeers = peers * (peers - 1);
  const amongOrderers = orderers * (orderers - 1);
  // Its orderer, its chaincode, the CLI container and its CouchDB.
  const ofPeers = 2 * peers * (3 + perPeer - 1);
  const ofPrometheus = metrics ? 2 * (peers + orderers) : 0;
  // The host itself knows each container: nodes, chaincode, CLI container, Prometheus.
  const ofHost = nodes + peers + 1 + (metrics ? 1 : 0);
  return amongPeers + amongOrderers + ofPeers + ofPrometheus + ofHost;
}

/** Returns the command that sets when the kernel begins to drop neighbours, and when it refuses new ones. */
function tableSizes(needed: number): string {
  const table = 2 ** Math.ceil(Math.log2(2 * needed));
  const key = 'net.ipv4.neigh.default.gc_thresh';
  return `sudo sysctl -w ${key}2=${table / 2} ${key}3=${table}`;
}

/**
 * The table is one for all networks and containers of a machine. While it is full, nothing reaches a node that it lacks: with
 * 1024 entries, 32 peers start and join, and then neither the host nor the CLI container reaches most of them. What others use
 * is a warning only, because the kernel drops entries that nobody needs any more.
 */
export function neighbours({
  neighbours,
  source,
}: Pick<DoctorFacts, 'neighbours' | 'source'>): Finding | undefined {
  const { limit, others, size } = neighbours;
  // Peers of the practice source do not gossip.
  if (limit === undefined || (source.found && source.practice)) return undefined;
  const { peers } = size;
  const needed = neighboursOf(size);
  const fix = tableSizes(needed + others);
  if (needed > limit) {
    const most = mostPeers(size, limit, neighboursOf);
    return fail({ key: 'row.neighbours-short', peers, limit, needed, most }, fix);
  }
  if (needed + others > limit) return warn({ key: 'row.neighbours-shared', needed, limit, others }, fix);
  return ok({ key: 'row.neighbours', limit, needed });
}
