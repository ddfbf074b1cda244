/** The plan of a run: its stages in order, each with the cause why it runs or has nothing to do. */
import type { Resources } from './budget.ts';
import type { Text } from './phrase.ts';

export interface PlannedStage<Id extends string = string> {
  readonly id: Id;
  /** Ids of the stages that must succeed before this one starts. */
  readonly needs: readonly string[];
  /** Why the stage runs, or why it has nothing to do: "ccenv image is missing". */
  readonly cause: Text;
  readonly action: 'run' | 'cached';
  /** Expected seconds; the stage's share of the overall progress. */
  readonly weight: number;
  /** True if no earlier run has measured the stage. */
  readonly guessed: boolean;
  /** Cores and memory that the stage takes while it runs. */
  readonly cost: Resources;
  /** Names of the nodes or images that the stage is limited to; absent: all. */
  readonly targets?: readonly string[];
}

/** The network in place that a plan replaces. Its certificates and ledgers are kept. */
export interface NetworkReplacement {
  /** Part of the names of its ledger volumes. */
  readonly instance: string;
  readonly changes: readonly Text[];
  readonly ledgers: number;
  /** Folder, relative to that of the project, to which its certificates are moved. */
  readonly keptIn: string;
  /** Instance of the replaced network that is used again; absent: the network is new. */
  readonly by?: string;
}

export interface Plan<Id extends string = string> {
  /** Sorted so that needs come first. */
  readonly stages: readonly PlannedStage<Id>[];
  /** Ids of the stages that decide how long the run takes, first to last; empty if nothing takes time. */
  readonly criticalPath: readonly string[];
  /** Expected seconds from start to end. */
  readonly seconds: number;
  /** True if no earlier run has measured one of the stages. */
  readonly guessed: boolean;
  /** Cores and memory for all stages that run at once. */
  readonly budget: Resources;
  /** Bytes that the stages leave on the engine and in the state folder. */
  readonly disk: { readonly engineBytes: number; readonly stateBytes: number };
  /** Absent if the plan keeps the network, or if there is none to lose. */
  readonly replaces?: NetworkReplacement;
}

/** These always run: they read the source, and prove the network. */
const ALWAYS = ['source', 'smoke'];

/** Whether a plan finds everything as it should be. */
export function isCurrent({ stages }: Pick<Plan, 'stages'>): boolean {
  return stages.every(({ id, action }) => action === 'cached' || ALWAYS.includes(id));
}

/** The ids of the stages that will do work. */
export function stagesToRun<Id extends string>({ stages }: Pick<Plan<Id>, 'stages'>): ReadonlySet<Id> {
  return new Set(stages.filter(({ action }) => action === 'run').map(({ id }) => id));
}

/**
 * Returns the names under which the seconds of a stage are recorded, the most specific first: a compile takes much
 * longer for a new builder image, whose Go build cache is empty, than after an edit.
 */
export function timingNames({ id, cause }: Pick<PlannedStage, 'id' | 'cause'>): readonly string[] {
  return typeof cause === 'string' ? [id] : [`${id} ${cause.key}`, id];
}
