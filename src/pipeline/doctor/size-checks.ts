/** PURE: whether this machine can bear the size of the network. */
import type { Phrase } from '../core/phrase.ts';
import type { DoctorFacts } from './doctor-facts.ts';
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

/** Returns the highest number of peers whose nodes fit into these bytes. */
function mostPeers(bytes: number, { perPeer, peers }: Memory['size']): number {
  let most = peers;
  while (most > 0 && (most * perPeer + 1) * nodeMemory(most) > bytes) most -= 1;
  return most;
}

/** Memory that is short is a warning as long as it can hold the nodes: what builds and starts them ends again. */
export function memory({ memory, plan }: Pick<DoctorFacts, 'memory' | 'plan'>): Finding {
  const { size, nodes } = memory;
  const ofNodes = nodes * nodeMemory(size.peers);
  const needed = plan.memoryMb * 1e6 + ofNodes;
  const wanted = gigabytes(needed);
  const isHere = 'available' in memory;
  const bytes = isHere ? memory.available : memory.total;
  const detail: Phrase = isHere
    ? { key: 'row.memory', available: gigabytes(bytes), wanted }
    : { key: 'row.memory-total', total: gigabytes(bytes), wanted };
  if (bytes >= needed) return ok(detail);
  const running = size.peers * size.perPeer + 1 - nodes;
  const most = mostPeers(bytes + running * nodeMemory(size.peers), size);
  const perOrg = Math.floor(most / size.orgs);
  const fix =
    perOrg > 0 && most < size.peers
      ? `fabric-wizard up --orgs ${size.orgs} --peers ${perOrg}`
      : `fabric-wizard up --orgs 1 --peers ${Math.max(1, Math.min(most, size.peers - 1))}`;
  if (bytes >= ofNodes) return warn(detail, fix);
  const { peers } = size;
  const short = { peers, wanted: gigabytes(ofNodes), bytes: gigabytes(bytes), most };
  return fail({ key: isHere ? 'row.memory-short' : 'row.memory-total-short', ...short }, fix);
}

/** The sizes at which the kernel begins to drop neighbours, and at which it refuses new ones. */
function tableSizes(needed: number): string {
  const table = 2 ** Math.ceil(Math.log2(2 * needed));
  const key = 'net.ipv4.neigh.default.gc_thresh';
  return `sudo sysctl -w ${key}2=${table / 2} ${key}3=${table}`;
}

/**
 * The table is one for all networks and containers of a machine. While it is full, nothing reaches a node that it lacks: with
 * 1024 entries, 32 peers start and join, and then neither the host nor the CLI container reaches most of them.
 */
export function neighbours({
  neighbours,
  source,
}: Pick<DoctorFacts, 'neighbours' | 'source'>): Finding | undefined {
  const { limit, peers, needed } = neighbours;
  // Peers of the practice source do not gossip.
  if (limit === undefined || (source.found && source.practice)) return undefined;
  if (needed <= limit) return ok({ key: 'row.neighbours', limit, needed });
  const others = needed / peers - peers;
  let most = peers;
  while (most * (most + others) > limit) most -= 1;
  return fail({ key: 'row.neighbours-short', peers, limit, needed, most }, tableSizes(needed));
}
