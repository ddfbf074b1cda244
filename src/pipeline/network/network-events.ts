/** Events of a running network, as data with a time. */

import type { MachineTrouble } from '../core/machine-trouble.ts';
import type { ContainerUsage } from '../engine/engine-types.ts';
import type { NetworkNode } from './network-spec.ts';

export type NodeRole = NetworkNode['role'] | 'cli';

/** State of a node on the engine. */
export interface NodeSnapshot {
  /** Host name inside the network. */
  readonly node: string;
  readonly role: NodeRole;
  /** Absent if the network has only one engine. */
  readonly machine?: string;
  /** Id of the container; empty if it was removed, or if it has not been seen on a machine that does not answer. */
  readonly container: string;
  /** State on the engine: running, exited, paused, …; `removed` if there is no container; `unreachable` with its machine. */
  readonly state: string;
  /** Time of the last start, in milliseconds since the epoch. */
  readonly startedAt: number;
  readonly exitCode: number;
  readonly outOfMemory: boolean;
  /** Name of the image when the container was created. */
  readonly image: string;
  /** Id of the image with the node's content: its own, or the one that has the programs copied into the node since. */
  readonly imageId: string;
  /** True if programs were copied into the node that its image does not have. */
  readonly isAhead?: boolean;
}

/** Stands for a peer where the process of a chaincode as a service, which all peers share, is among containers of peers. */
export const SERVICE = 'service';

/** A chaincode container. Each peer has its own for each chaincode, unless the chaincode is a service. */
export interface ChaincodeSnapshot {
  readonly peer: string;
  readonly container: string;
  /** `<name>-<version>`, or `<label>` of a package: the part of the container's name between peer and hash. */
  readonly chaincode: string;
  readonly running: boolean;
}

export interface NodeLogLine {
  readonly node: string;
  /** Raw line, including escape sequences. */
  readonly line: string;
  /** Time at which the engine received the line, in milliseconds since the epoch. */
  readonly at: number;
}

/** A request of a peer that the gateway refused. `time` is the engine's, as ISO 8601. */
export interface Refusal {
  readonly peer: string;
  readonly request: string;
  readonly reason: string;
  readonly time: string;
}

interface At {
  /** Milliseconds since the epoch. */
  readonly at: number;
}

export type NetworkEvent = At &
  (
    | {
        readonly type: 'snapshot';
        readonly nodes: readonly NodeSnapshot[];
        readonly chaincodes: readonly ChaincodeSnapshot[];
        /** Absent if the network has only one engine. */
        readonly machines?: readonly MachineTrouble[];
      }
    /** The node accepts connections. */
    | { readonly type: 'answers'; readonly node: string; readonly container: string }
    | { readonly type: 'height'; readonly node: string; readonly height: number }
    | { readonly type: 'usage'; readonly usage: Readonly<Record<string, ContainerUsage>> }
    /** Every second while a node is young, so that its uptime counts. */
    | { readonly type: 'tick' }
    /** Lines of all nodes, in order of time. */
    | { readonly type: 'lines'; readonly lines: readonly NodeLogLine[] }
    /** The gateway refused a request of a peer. */
    | ({ readonly type: 'refused' } & Refusal)
    /** The engine's event stream ended; it is reopened until the engine answers. */
    | { readonly type: 'engine-lost' }
  );
