/** What is seen of a network that runs. Data with its time, never sentences. */
import type { ContainerUsage } from '../engine/engine-types.ts';
import type { NetworkNode } from './network-spec.ts';

export type NodeRole = NetworkNode['role'] | 'cli';

/** A node as the engine tells of it. */
export interface NodeSnapshot {
  /** Host name inside the network. */
  readonly node: string;
  readonly role: NodeRole;
  /** Id of its container; empty where there is none. */
  readonly container: string;
  /** The engine's word: running, exited, paused, …; `removed` where there is no container. */
  readonly state: string;
  /** Milliseconds since the epoch; of the last start. */
  readonly startedAt: number;
  readonly exitCode: number;
  readonly outOfMemory: boolean;
  /** Name that the image had when the node was made. */
  readonly image: string;
  readonly imageId: string;
}

/** A chaincode container: each peer has its own of each chaincode. */
export interface ChaincodeSnapshot {
  readonly peer: string;
  readonly container: string;
  /** `<name>-<version>`, or of a package `<label>`: what the container's name says between the peer and its hash. */
  readonly chaincode: string;
  readonly running: boolean;
}

export interface NodeLogLine {
  readonly node: string;
  /** Escape sequences as they came. */
  readonly line: string;
}

interface At {
  /** Milliseconds since the epoch. */
  readonly at: number;
}

export type NetworkEvent = At &
  (
    | {
        readonly type: 'seen';
        readonly nodes: readonly NodeSnapshot[];
        readonly chaincodes: readonly ChaincodeSnapshot[];
      }
    /** The node takes connections. */
    | { readonly type: 'answers'; readonly node: string; readonly container: string }
    | { readonly type: 'height'; readonly node: string; readonly height: number }
    | { readonly type: 'usage'; readonly usage: Readonly<Record<string, ContainerUsage>> }
    /** In the order in which they were said, by whichever node. */
    | { readonly type: 'lines'; readonly lines: readonly NodeLogLine[] }
    /** The engine does not tell any more; it is asked again until it answers. */
    | { readonly type: 'engine-lost' }
  );
