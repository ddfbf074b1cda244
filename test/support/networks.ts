/** Events of a network of two organisations. */
import type { ContainerUsage } from '../../src/pipeline/engine/engine-types.ts';
import type { NetworkEvent, NodeSnapshot } from '../../src/pipeline/network/network-events.ts';
import {
  initialNetworkState,
  type NetworkState,
  reduceNetwork,
} from '../../src/pipeline/network/network-state.ts';

export const STARTED = Date.UTC(2026, 10, 22, 8, 0, 0);
export const PEERS = [
  'peer0.org1.example.com',
  'peer1.org1.example.com',
  'peer0.org2.example.com',
  'peer1.org2.example.com',
];

export function seenNode(node: string, more: Partial<NodeSnapshot> = {}): NodeSnapshot {
  return {
    node,
    role: node === 'cli' ? 'cli' : node.startsWith('orderer') ? 'orderer' : 'peer',
    container: `id-of-${node}`,
    state: 'running',
    startedAt: STARTED,
    exitCode: 0,
    outOfMemory: false,
    image: 'acme/fabric-peer:1.4',
    imageId: 'sha256:1aa7539bd0d6aaaaaaaa',
    ...more,
  };
}

export function seen(
  changes: Readonly<Record<string, Partial<NodeSnapshot>>> = {},
  at = STARTED,
): NetworkEvent {
  const names = ['cli', 'orderer.example.com', ...PEERS];
  return {
    type: 'snapshot',
    at,
    nodes: names.map((node) => seenNode(node, changes[node])),
    chaincodes: PEERS.map((peer) => ({
      peer,
      container: `cc-of-${peer}`,
      chaincode: 'smoke-1-1.0',
      running: true,
    })),
  };
}

export function answers(node: string, at = STARTED): NetworkEvent {
  return { type: 'answers', at, node, container: `id-of-${node}` };
}

export function usage(cpu: number, machine: number, at = STARTED): NetworkEvent {
  const each: ContainerUsage = { memory: 20.8e6, cpu, machine, cores: 2 };
  return { type: 'usage', at, usage: Object.fromEntries(PEERS.map((peer) => [peer, each])) };
}

export function folded(events: readonly NetworkEvent[]): NetworkState {
  return events.reduce(reduceNetwork, initialNetworkState);
}

/** Returns the state of a network ten minutes after its start, with every node ready. */
export function healthyNetwork(): NetworkState {
  const later = STARTED + 600_000;
  return folded([
    seen(),
    ...['orderer.example.com', ...PEERS].map((node) => answers(node)),
    ...PEERS.map((node): NetworkEvent => ({ type: 'height', at: STARTED, node, height: 5 })),
    usage(1e9, 100e9),
    usage(2e9, 120e9, later),
  ]);
}
