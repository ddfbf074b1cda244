/** PURE: what is known of a network, folded from its events. Memory is bounded by the network's size and the log's. */

import { unreachable } from '../core/unreachable.ts';
import type { ContainerUsage } from '../engine/engine-types.ts';
import type { ChaincodeSnapshot, NetworkEvent, NodeRole, NodeSnapshot } from './network-events.ts';
import { appendLines, emptyLog, type NetworkLog } from './network-log.ts';

export interface NodeState extends NodeSnapshot {
  /** It runs and takes connections; the CLI container has nothing to connect to. */
  readonly answers: boolean;
  /** Blocks of the channel; absent while nobody has told. */
  readonly height?: number;
  /** Bytes. */
  readonly memory?: number;
  /** Cores that it keeps busy; absent until it was looked at twice. */
  readonly cpu?: number;
  readonly usage?: ContainerUsage;
}

export interface NetworkState {
  /** False until the engine has told for the first time. */
  readonly known: boolean;
  /** The engine does not answer: what is shown is what was true last. */
  readonly lost: boolean;
  /** Milliseconds since the epoch: when something was told last. */
  readonly at: number;
  /** By role, then by name. */
  readonly nodes: readonly NodeState[];
  /** By peer, then by name. */
  readonly chaincodes: readonly ChaincodeSnapshot[];
  readonly log: NetworkLog;
}

export const initialNetworkState: NetworkState = {
  known: false,
  lost: false,
  at: 0,
  nodes: [],
  chaincodes: [],
  log: emptyLog,
};

export function isDown({ state }: Pick<NodeSnapshot, 'state'>): boolean {
  return state !== 'running' && state !== 'restarting' && state !== 'created';
}

const ROLES: readonly NodeRole[] = ['orderer', 'peer', 'couchdb', 'cli'];

function byText<T>(of: (item: T) => string): (a: T, b: T) => number {
  return (a, b) => (of(a) < of(b) ? -1 : Number(of(a) > of(b)));
}

/** What was learnt of a node holds as long as its container has not been started again. */
function seenAgain(seen: NodeSnapshot, known: NodeState | undefined): NodeState {
  if (!known) return { ...seen, answers: false };
  const { height } = known;
  const same = known.container === seen.container && known.startedAt === seen.startedAt;
  return same && seen.state === 'running' ? { ...known, ...seen } : { ...seen, answers: false, height };
}

function changed(state: NetworkState, node: string, change: (known: NodeState) => NodeState): NetworkState {
  const index = state.nodes.findIndex((known) => known.node === node);
  const known = state.nodes[index];
  return known ? { ...state, nodes: state.nodes.with(index, change(known)) } : state;
}

/** Cores that were kept busy between two looks; undefined where they tell nothing. */
function cpuBetween(before: ContainerUsage | undefined, now: ContainerUsage): number | undefined {
  const machine = now.machine - (before?.machine ?? now.machine);
  if (!before || machine <= 0) return undefined;
  return Math.max(0, ((now.cpu - before.cpu) / machine) * now.cores);
}

export function reduceNetwork(before: NetworkState, event: NetworkEvent): NetworkState {
  const state = { ...before, at: Math.max(before.at, event.at) };
  switch (event.type) {
    case 'seen': {
      const known = new Map(state.nodes.map((node) => [node.node, node]));
      const nodes = event.nodes.map((seen) => seenAgain(seen, known.get(seen.node)));
      return {
        ...state,
        known: true,
        lost: false,
        nodes: nodes.sort(byText(({ role, node }) => `${ROLES.indexOf(role)} ${node}`)),
        chaincodes: [...event.chaincodes].sort(byText(({ peer, chaincode }) => `${peer} ${chaincode}`)),
      };
    }
    case 'answers':
      return changed(state, event.node, (node) =>
        node.container === event.container && node.state === 'running' ? { ...node, answers: true } : node,
      );
    case 'height':
      return changed(state, event.node, (node) => ({
        ...node,
        height: Math.max(event.height, node.height ?? 0),
      }));
    case 'usage':
      return {
        ...state,
        nodes: state.nodes.map((node) => {
          const usage = event.usage[node.node];
          if (!usage) return node;
          return { ...node, usage, memory: usage.memory, cpu: cpuBetween(node.usage, usage) ?? node.cpu };
        }),
      };
    case 'lines':
      return { ...state, log: appendLines(state.log, event.lines) };
    case 'engine-lost':
      return { ...state, lost: true };
    default:
      return unreachable(event);
  }
}
