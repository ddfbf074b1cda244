/** All that the screens draw. It outlives them: a pager may have the terminal in between. */

import type { SmokeResult } from '../pipeline/core/events.ts';
import type { StageFailure } from '../pipeline/core/failure.ts';
import type { Plan } from '../pipeline/core/plan.ts';
import { initialRunState, type Progress, type RunState } from '../pipeline/core/run-state.ts';
import { initialNetworkState, type NetworkState } from '../pipeline/network/network-state.ts';
import type { NavigationStack, Route } from './navigation.ts';

/** What is to be worked on. */
export interface RunCommand {
  readonly command: 'up' | 'build' | 'rebuild' | 'smoke';
  /** Whatever the caches say. */
  readonly force?: boolean;
  /** Prove the network after a rebuild. */
  readonly smoke?: boolean;
}

/** The source is being watched, and rebuilt at every change. */
export interface Watching {
  /** Paths that changed last; none before the first change. */
  readonly changed: readonly string[];
}

/** An image is being made that somebody asks for. */
export interface Repairing {
  readonly kind: 'repairing';
  readonly ref: string;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  readonly progress?: Progress;
  /** Its last lines, newest last. */
  readonly said: readonly string[];
  readonly cancelling: boolean;
}

/**
 * ```
 * idle -> preparing -> planned -> running -> ended
 *            `-> refused          `-> (cancelling) -> ended
 * ```
 * Every kind but `running` may become `preparing` again.
 */
export type Work =
  | { readonly kind: 'idle' }
  /** Engine, source and journal are being looked at. */
  | {
      readonly kind: 'preparing';
      readonly request: RunCommand;
      /** What was announced meanwhile, newest last. */
      readonly said: readonly string[];
      /** It runs as soon as it is planned. */
      readonly starts: boolean;
    }
  | { readonly kind: 'planned'; readonly request: RunCommand; readonly plan: Plan }
  /** No plan could be made. */
  | { readonly kind: 'refused'; readonly request: RunCommand; readonly failure: StageFailure }
  | { readonly kind: 'running'; readonly request: RunCommand; readonly cancelling: boolean }
  | Repairing
  /** The network is being taken down. */
  | { readonly kind: 'stopping' }
  /** `run` tells how. */
  | { readonly kind: 'ended'; readonly request: RunCommand };

/** Leaving ends it. */
export function isUnderWay({ kind }: Work): boolean {
  return kind === 'running' || kind === 'preparing' || kind === 'repairing';
}

export interface AppState {
  readonly navigation: NavigationStack;
  readonly work: Work;
  /** The last run, or the one that goes on. */
  readonly run: RunState;
  readonly network: NetworkState;
  /** The last smoke test's, of this program or an earlier one. */
  readonly proof?: SmokeResult;
  readonly watching?: Watching;
  /** What could not be done, until the next key. */
  readonly notice?: string;
  /** Ctrl-C was pressed, and nothing since. */
  readonly interrupted: boolean;
  /** Somebody else gets the terminal: nothing is drawn any more. */
  readonly leaving: boolean;
}

export function initialAppState(first: Route): AppState {
  return {
    navigation: [first],
    work: { kind: 'idle' },
    run: initialRunState,
    network: initialNetworkState,
    interrupted: false,
    leaving: false,
  };
}
