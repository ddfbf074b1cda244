/** State of all screens. It outlives them: they are unmounted while another program owns the terminal. */

import type { ChaincodeChoice } from '../pipeline/config/chaincode-list.ts';
import type { CopyState } from '../pipeline/core/copy-state.ts';
import type { DoctorCheck } from '../pipeline/core/doctor-report.ts';
import type { StageFailure } from '../pipeline/core/failure.ts';
import type { LastProof } from '../pipeline/core/last-proof.ts';
import type { Text } from '../pipeline/core/phrase.ts';
import type { Plan } from '../pipeline/core/plan.ts';
import { initialRunState, type Progress, type RunState } from '../pipeline/core/run-state.ts';
import type { Connection } from '../pipeline/network/connection.ts';
import { initialNetworkState, type NetworkState } from '../pipeline/network/network-state.ts';
import type { NodeAction } from '../pipeline/network/node-actions.ts';
import type { NodeFactKey } from '../pipeline/network/node-facts.ts';
import type { BlocksState } from './blocks-state.ts';
import { type ChaincodesState, initialChaincodesState } from './chaincode-state.ts';
import { initialLogsState, type LogsState } from './logs-state.ts';
import type { NavigationStack, Overlay, Route } from './navigation.ts';

/** A command that the screens can run. */
export interface RunCommand {
  readonly command: 'up' | 'build' | 'rebuild' | 'smoke' | 'deploy' | 'test';
  /** What to deploy. */
  readonly chaincodes?: readonly ChaincodeChoice[];
  /** Ignore all caches. */
  readonly force?: boolean;
  /** Run the smoke test after a rebuild. */
  readonly smoke?: boolean;
}

/** Set while the source is watched and rebuilt after every change. */
export interface Watching {
  /** Paths of the last change; empty before the first change. */
  readonly changed: readonly string[];
}

/** A warning of the preflight checks. */
export type PlanWarning = Pick<DoctorCheck, 'id' | 'detail' | 'fix'>;

/** A runtime image is being built as a repair. */
export interface Repairing {
  readonly kind: 'repairing';
  readonly ref: string;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  readonly progress?: Progress;
  /** Last lines of output, newest last. */
  readonly lines: readonly string[];
  readonly cancelling: boolean;
}

/** A session is being opened and a plan made. */
export interface Preparing {
  readonly kind: 'preparing';
  readonly request: RunCommand;
  /** Notices of the session, newest last. */
  readonly notices: readonly Text[];
  /** Run the plan as soon as it is made. */
  readonly startsWhenReady: boolean;
}

/**
 * ```
 * idle -> preparing -> planned -> running -> ended
 *            `-> refused          `-> (cancelling) -> ended
 * ```
 * Every kind except `running` can become `preparing` again.
 */
export type Work =
  | { readonly kind: 'idle' }
  | Preparing
  | {
      readonly kind: 'planned';
      readonly request: RunCommand;
      readonly plan: Plan;
      readonly warnings: readonly PlanWarning[];
    }
  /** No plan could be made, or the run failed before its first event. */
  | { readonly kind: 'refused'; readonly request: RunCommand; readonly failure: StageFailure }
  | { readonly kind: 'running'; readonly request: RunCommand; readonly cancelling: boolean }
  | Repairing
  /** The network is being stopped. */
  | { readonly kind: 'stopping' }
  /** `run` has the outcome. */
  | { readonly kind: 'ended'; readonly request: RunCommand };

/** Work that quitting would cancel. */
export function isUnderWay({ kind }: Work): boolean {
  return kind === 'running' || kind === 'preparing' || kind === 'repairing';
}

export interface AppState {
  readonly navigation: NavigationStack;
  readonly overlay?: Overlay | undefined;
  readonly work: Work;
  /** The current run, or the last one. */
  readonly run: RunState;
  /** What that run was asked for; absent before the first run. */
  readonly lastRequest?: RunCommand;
  readonly network: NetworkState;
  /** How to use the network that is observed. */
  readonly connection?: Connection;
  /** Set while a command copies the network, and after one was killed. */
  readonly copy?: CopyState | undefined;
  /** Name of the node that the user selected on the dashboard. */
  readonly selectedNode?: string;
  /** The fact that the user selected on a node's screen. */
  readonly selectedFact?: { readonly node: string; readonly key: NodeFactKey };
  /** What the logs of the network are filtered by. */
  readonly logs: LogsState;
  /** Whether the network, or the current run, is one of the practice source. */
  readonly practice: boolean;
  /** Result of the last smoke test, also from an earlier process. */
  readonly proof?: LastProof;
  /** Actions on nodes that are not done yet, by node. */
  readonly nodeActions: Readonly<Record<string, NodeAction>>;
  readonly chaincodes: ChaincodesState;
  /** Blocks of one channel; absent before their screen was opened. */
  readonly blocks?: BlocksState;
  readonly watching?: Watching;
  /** Error message, cleared by the next key. */
  readonly notice?: string | undefined;
  /** What an action has done, cleared by the next key. */
  readonly success?: string | undefined;
  /** A screen was asked for and its content is being read; set once that takes noticeable time. */
  readonly opening: boolean;
  /** Ctrl-C was the last key, less than two seconds ago. */
  readonly interrupted: boolean;
  /** The screens must unmount: another program takes the terminal, or the program ends. */
  readonly unmounting: boolean;
}

export function initialAppState(first: Route): AppState {
  return {
    navigation: [first],
    work: { kind: 'idle' },
    run: initialRunState,
    network: initialNetworkState,
    nodeActions: {},
    chaincodes: initialChaincodesState,
    logs: initialLogsState,
    practice: false,
    opening: false,
    interrupted: false,
    unmounting: false,
  };
}
