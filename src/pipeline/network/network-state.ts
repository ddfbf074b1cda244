/** PURE: folds the events of a network into its state. Memory is bounded by the number of nodes and the log's limit. */

import { type MachineTrouble, UNREACHABLE } from '../core/machine-trouble.ts';
import { unreachable } from '../core/unreachable.ts';
import type { ContainerUsage } from '../engine/engine-types.ts';
import type { ChaincodeSnapshot, NetworkEvent, NodeRole, NodeSnapshot, Refusal } from './network-events.ts';
import { appendLines, emptyLog, type NetworkLog } from './network-log.ts';

export interface NodeState extends NodeSnapshot {
  /** True if the node accepts connections, or did so before it was paused. Always false for the CLI container. */
  readonly answers: boolean;
  /** Number of blocks in the channel; absent while unknown. */
  readonly height?: number;
  /** Bytes. */
  readonly memory?: number;
  /** Number of busy cores; absent until there are two measurements. */
  readonly cpu?: number;
  readonly usage?: ContainerUsage;
}

export interface NetworkState {
  /** False until the first state has arrived. */
  readonly known: boolean;
  /** True if the engine does not answer; the rest is its last known state. */
  readonly lost: boolean;
  /** Time of the last event, in milliseconds since the epoch. */
  readonly at: number;
  /** Sorted by role, then by name. */
  readonly nodes: readonly NodeState[];
  /** Sorted by peer, then by name. */
  readonly chaincodes: readonly ChaincodeSnapshot[];
  /** Machines that do not answer, or that are drained or paused. */
  readonly machines: readonly MachineTrouble[];
  readonly log: NetworkLog;
  /** The last request that the gateway refused. */
  readonly refusal?: Refusal;
}

export const initialNetworkState: NetworkState = {
  known: false,
  lost: false,
  at: 0,
  nodes: [],
  chaincodes: [],
  machines: [],
  log: emptyLog,
};

type Stoppable = Pick<NodeSnapshot, 'state' | 'exitCode' | 'outOfMemory' | 'role'>;

export function isDown({ state }: Pick<NodeSnapshot, 'state'>): boolean {
  return state !== 'running' && state !== 'restarting' && state !== 'created';
}

/** Exit codes of processes that end as SIGTERM asks them to: by themselves, or by the signal (128 + 15). */
const STOPPED: readonly number[] = [0, 143];
/** Exit code of a process that SIGKILL ended: 128 + 9. */
export const KILLED = 137;

/**
 * Whether a node was stopped, as `docker stop` does it, and did not fail. The shell of the CLI container ignores
 * SIGTERM, so that it is killed.
 */
export function isStopped({ state, exitCode, outOfMemory, role }: Stoppable): boolean {
  if (state !== 'exited' || outOfMemory) return false;
  return STOPPED.includes(exitCode) || (role === 'cli' && exitCode === KILLED);
}

const ROLES: readonly NodeRole[] = ['orderer', 'peer', 'couchdb', 'ca', 'gateway', 'metrics', 'cli'];

function byText<T>(of: (item: T) => string): (a: T, b: T) => number {
  return (a, b) => (of(a) < of(b) ? -1 : Number(of(a) > of(b)));
}

/** A paused container continues as it was. So does one whose machine was cut off. */
const LASTING: readonly string[] = ['running', 'paused', UNREACHABLE];

/** Keeps what is known of a node until its container restarts. */
function mergeNode(snapshot: NodeSnapshot, known: NodeState | undefined): NodeState {
  if (!known) return { ...snapshot, answers: false };
  const { height } = known;
  const same = known.container === snapshot.container && known.startedAt === snapshot.startedAt;
  return same && LASTING.includes(snapshot.state)
    ? { ...known, isAhead: false, ...snapshot }
    : { ...snapshot, answers: false, height };
}

function changed(state: NetworkState, node: string, change: (known: NodeState) => NodeState): NetworkState {
  const index = state.nodes.findIndex((known) => known.node === node);
  const known = state.nodes[index];
  return known ? { ...state, nodes: state.nodes.with(index, change(known)) } : state;
}

/** Returns the number of busy cores between two measurements; undefined without a previous one. */
function cpuBetween(before: ContainerUsage | undefined, now: ContainerUsage): number | undefined {
  const machine = now.machine - (before?.machine ?? now.machine);
  if (!before || machine <= 0) return undefined;
  return Math.max(0, ((now.cpu - before.cpu) / machine) * now.cores);
}

export function reduceNetwork(before: NetworkState, event: NetworkEvent): NetworkState {
  const state = { ...before, at: Math.max(before.at, event.at) };
  switch (event.type) {
    case 'snapshot': {
      const known = new Map(state.nodes.map((node) => [node.node, node]));
      const nodes = event.nodes.map((snapshot) => mergeNode(snapshot, known.get(snapshot.node)));
      return {
        ...state,
        known: true,
        lost: false,
        machines: event.machines ?? [],
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
    case 'tick':
      return state;
    case 'lines':
      return { ...state, log: appendLines(state.log, event.lines) };
    case 'refused': {
      const { peer, request, reason, time } = event;
      return { ...state, refusal: { peer, request, reason, time } };
    }
    case 'engine-lost':
      return { ...state, lost: true };
    default:
      return unreachable(event);
  }
}
