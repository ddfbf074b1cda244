/** The type of a stage. Each stage is defined by one module in `stages/`, and `stages/stage-list.ts` lists them. */
import type { Resources } from '../core/budget.ts';
import type { CheckId } from '../core/check-id.ts';
import type { StageOutcome } from '../core/events.ts';
import type { Hooks } from '../core/hook.ts';
import type { Text } from '../core/phrase.ts';
import type { ChaincodeLanguage, ImageName } from '../fabric/release-facts.ts';
import type { ChosenSuites, ChosenTests } from '../tests/test-request.ts';
import type { ObservedState } from './observed-state.ts';
import type { ProjectContext, StageContext } from './run-context.ts';

export interface PlanGoal {
  /**
   * `build` ends with verified images, `up` with a proof, `smoke` is the proof alone; `rebuild` updates
   * images and running nodes to the source; `deploy` deploys the user's chaincodes on the running network; `add` adds a
   * member to it; `test` tests packages of the source, or runs suites of it.
   */
  readonly until: 'build' | 'up' | 'smoke' | 'rebuild' | 'deploy' | 'add' | 'test';
  readonly images: readonly ImageName[];
  /** Rebuild even if the caches are current. */
  readonly force: boolean;
  /** Also write host binaries. */
  readonly binaries: boolean;
  /** After a rebuild, prove the network too. */
  readonly smoke: boolean;
  /** Names of the user's chaincodes to deploy; absent: none. */
  readonly chaincodes?: readonly string[];
  /** The languages in which these chaincodes are written; absent: Go. */
  readonly languages?: readonly ChaincodeLanguage[];
  /** What `test` tests; absent for other commands. */
  readonly tests?: ChosenTests | undefined;
  /** The hooks that it runs; absent: none. */
  readonly hooks?: Hooks;
  /** The suites that `test --integration` runs; absent for other commands. */
  readonly suites?: ChosenSuites | undefined;
}

/** Input of the plan. */
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

/** Expected seconds of a stage that no earlier run has measured, and the resources that it uses. */
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

/** The topic of a stage in `explain`. Its texts are in the language catalogues, under the stage's id. */
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
  /** Stages that must succeed first; stages that are not in the plan are ignored. */
  readonly needs: readonly AnyStage[];
  /** Returns the needs to wait for, if only some of them matter for this plan. */
  readonly waitsFor?: (input: PlanInput) => readonly AnyStage[];
  readonly isIncluded: (input: PlanInput) => boolean;
  readonly decide: (input: DecisionInput) => Decision;
  readonly cost: (observed: ObservedState) => StageCost;
  /** Checks of `doctor` that must not fail before the stage runs. */
  readonly checks: readonly CheckId[];
  /** Whether the nodes' logs can show why the stage failed. */
  readonly involvesNodes: boolean;
  /**
   * Does the work. It must not leave incomplete files that a later run could mistake for complete ones.
   * @throws WizardFailure; CancelledError when the signal fires
   */
  readonly execute: (context: StageContext, inputs: StageInputs) => Promise<StageResult<Result>>;
  /** Returns the result of a stage that is not in the plan or has nothing to do. */
  readonly knownResult: (observed: ObservedState, context: ProjectContext) => Result;
}

export type AnyStage = StageDefinition<string, unknown>;

type Optional = 'needs' | 'checks' | 'involvesNodes' | 'cost';

/** A stage without a result. */
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

/** A stage with a typed result. */
export type ResultStage<Id extends string, Result> = Omit<StageDefinition<Id, Result>, Optional> &
  Partial<Pick<StageDefinition<Id, Result>, Optional>>;

const FREE: StageCost = { seconds: 0, cores: 0, memoryMb: 0 };

const DEFAULTS = { needs: [], checks: [], involvesNodes: false, cost: () => FREE };

/** Defines a stage without a result. */
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

export function cached(cause: Text, targets?: readonly string[]): Decision {
  return targets === undefined ? { run: false, cause } : { run: false, cause, targets };
}

/** Returns a decision by the first cause that holds. @param otherwise why the stage has nothing to do */
export function decideBy(causes: readonly (readonly [boolean, Text])[], otherwise: Text): Decision {
  const found = causes.find(([holds]) => holds);
  return found ? run(found[1]) : cached(otherwise);
}
