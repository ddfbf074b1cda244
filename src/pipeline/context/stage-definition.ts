/** What a stage is: one module in `stages/` defines each, and `stages/stage-list.ts` lists them. */
import type { Resources } from '../core/budget.ts';
import type { CheckId } from '../core/check-id.ts';
import type { StageOutcome } from '../core/events.ts';
import type { Text } from '../core/phrase.ts';
import type { ImageName } from '../fabric/release-facts.ts';
import type { ObservedState } from './observed-state.ts';
import type { ProjectContext, StageContext } from './run-context.ts';

export interface PlanGoal {
  /**
   * `build` ends with verified images, `up` with a proof, `smoke` is the proof alone; `rebuild` updates
   * images and running nodes to the source.
   */
  readonly until: 'build' | 'up' | 'smoke' | 'rebuild';
  readonly images: readonly ImageName[];
  /** Rebuild even if the caches are current. */
  readonly force: boolean;
  /** Host binaries are wanted too. */
  readonly binaries: boolean;
  /** After a rebuild, prove the network too. */
  readonly smoke: boolean;
}

/** What the plan is made from. */
export interface PlanInput {
  readonly observed: ObservedState;
  readonly goal: PlanGoal;
}

export interface DecisionInput extends PlanInput {
  /** Whether one of these stages is in the plan and does work. */
  readonly runs: (...stages: readonly AnyStage[]) => boolean;
}

export interface Decision {
  readonly run: boolean;
  readonly cause: Text;
  /** Names of the nodes or images that the stage is limited to; absent: all. */
  readonly targets?: readonly string[];
}

/** Guess for a stage that no earlier run has measured, and what it takes of the machine. */
export interface StageCost extends Resources {
  readonly seconds: number;
  /** The same for the practice source, if it differs. */
  readonly practiceSeconds?: number;
  /** Bytes that the stage leaves on the engine. */
  readonly engineBytes?: number;
  /** Bytes that the stage leaves in the state folder. */
  readonly stateBytes?: number;
}

export interface StageResult<Result> {
  readonly outcome: StageOutcome;
  /** One short phrase: an image id, "4 peers". */
  readonly detail?: Text;
  readonly result: Result;
}

/** Results of the stages that a stage needs. */
export interface StageInputs {
  /** @throws Error if the stage does not list `stage` among its needs */
  readonly of: <Result>(stage: StageDefinition<string, Result>) => Result;
}

/** What `explain` lists a stage under. Its words stand in the language catalogues, by the stage's id. */
export interface StageTopic {
  readonly group: 'build-stages' | 'network-stages';
  /** Other names of the stage, in no particular language. */
  readonly aliases: readonly string[];
  /** Topics to read next. */
  readonly see: readonly string[];
}

export interface StageDefinition<Id extends string, Result> {
  readonly id: Id;
  readonly topic: StageTopic;
  /** Stages that must end well first; those that are not in the plan are passed over. */
  readonly needs: readonly AnyStage[];
  /** The needs to wait for, if only some of them matter for this plan. */
  readonly waitsFor?: (input: PlanInput) => readonly AnyStage[];
  readonly isIncluded: (input: PlanInput) => boolean;
  readonly decide: (input: DecisionInput) => Decision;
  readonly cost: (observed: ObservedState) => StageCost;
  /** Checks of `doctor` that must not fail before the stage runs. */
  readonly checks: readonly CheckId[];
  /** Whether the nodes' logs can tell why the stage failed. */
  readonly involvesNodes: boolean;
  /**
   * Does the work. Leaves nothing half-written that a later run could take for whole.
   * @throws WizardFailure; CancelledError when the signal fires
   */
  readonly execute: (context: StageContext, inputs: StageInputs) => Promise<StageResult<Result>>;
  /** The result if the stage is not in the plan or has nothing to do. */
  readonly knownResult: (observed: ObservedState, context: ProjectContext) => Result;
}

export type AnyStage = StageDefinition<string, unknown>;

type Optional = 'needs' | 'checks' | 'involvesNodes' | 'cost';

/** A stage that leaves nothing for other stages. */
export type PlainStage<Id extends string> = Omit<
  StageDefinition<Id, undefined>,
  Optional | 'execute' | 'knownResult'
> &
  Partial<Pick<StageDefinition<Id, undefined>, Optional>> & {
    readonly execute: (
      context: StageContext,
      inputs: StageInputs,
    ) => Promise<Omit<StageResult<undefined>, 'result'>>;
  };

/** A stage that leaves a typed result. */
export type ResultStage<Id extends string, Result> = Omit<StageDefinition<Id, Result>, Optional> &
  Partial<Pick<StageDefinition<Id, Result>, Optional>>;

const FREE: StageCost = { seconds: 0, cores: 0, memoryMb: 0 };

const DEFAULTS = { needs: [], checks: [], involvesNodes: false, cost: () => FREE };

/** Defines a stage that leaves nothing for others. */
export function defineStage<const Id extends string>(stage: PlainStage<Id>): StageDefinition<Id, undefined> {
  return {
    ...DEFAULTS,
    ...stage,
    execute: async (context, inputs) => ({ ...(await stage.execute(context, inputs)), result: undefined }),
    knownResult: () => undefined,
  };
}

/** Defines a stage whose result other stages use. */
export function defineResultStage<const Id extends string, Result>(
  stage: ResultStage<Id, Result>,
): StageDefinition<Id, Result> {
  return { ...DEFAULTS, ...stage };
}

export function run(cause: Text, targets?: readonly string[]): Decision {
  return targets === undefined ? { run: true, cause } : { run: true, cause, targets };
}

export function cached(cause: Text): Decision {
  return { run: false, cause };
}

/** The first cause that holds says why the stage runs. @param otherwise why it has nothing to do */
export function decideBy(causes: readonly (readonly [boolean, Text])[], otherwise: Text): Decision {
  const found = causes.find(([holds]) => holds);
  return found ? run(found[1]) : cached(otherwise);
}
