/**
 * The state of a run, folded from its events. Reporters and screens show this and nothing else.
 * Memory is bounded by the plan: logs, warnings, commands and nodes have limits of their own.
 */

import { NOTHING, type Resources } from './budget.ts';
import type {
  NodeHealth,
  RunEvent,
  RunOutcome,
  RunStarted,
  SmokeResult,
  StageOutcome,
  StageProgress,
} from './events.ts';
import type { Diagnosis, StageFailure } from './failure.ts';
import { appendLine, emptyTail, type LineTail } from './line-tail.ts';
import type { Text } from './phrase.ts';
import type { PlannedStage } from './plan.ts';
import { unreachable } from './unreachable.ts';

/**
 * ```
 * pending -> running -> done | failed | cancelled
 *    |---------------> done                     (cached, never started)
 *    `---------------> not-reached              (the run ended before its turn)
 * ```
 */
export type StageStatus = 'pending' | 'running' | 'done' | 'failed' | 'cancelled' | 'not-reached';

/** Progress of a stage. */
export type Progress = Pick<StageProgress, 'done' | 'total' | 'unit' | 'item'>;

export interface StageState {
  readonly id: string;
  readonly cause: Text;
  readonly action: PlannedStage['action'];
  readonly needs: readonly string[];
  readonly weight: number;
  /** True if no earlier run has measured the stage. */
  readonly guessed: boolean;
  readonly cost: Resources;
  readonly status: StageStatus;
  /** Set if `status` is `done`. */
  readonly outcome?: StageOutcome;
  /** Milliseconds since the epoch. */
  readonly startedAt?: number;
  readonly seconds?: number;
  readonly progress?: Progress;
  /** Milliseconds since the epoch at which `done` or `total` of the progress changed last. */
  readonly progressAt?: number;
  readonly detail?: Text;
  readonly failure?: StageFailure;
  readonly diagnosis?: Diagnosis;
  readonly warnings: readonly { readonly code: string; readonly message: Text }[];
  /** Equivalent command lines, in the order in which they were reported. */
  readonly commands: readonly string[];
  readonly tail: LineTail;
}

export type NodeProgress = Pick<NodeHealth, 'node' | 'role' | 'state'>;

export interface RunState {
  readonly runId: string;
  readonly command: string;
  readonly project: string;
  readonly practice: boolean;
  /** Milliseconds since the epoch; absent before `run-started`. */
  readonly startedAt?: number;
  /** Cores and memory for all stages that run at once. */
  readonly budget: Resources;
  /** In the plan's order. */
  readonly stages: readonly StageState[];
  /** In the order of their first events. */
  readonly nodes: readonly NodeProgress[];
  /** Names of the user's chaincodes that the network has now: those of the plan, then those of the events. */
  readonly deployed: readonly string[];
  readonly smoke?: SmokeResult;
  readonly outcome?: RunOutcome;
  readonly exitCode?: number;
  readonly seconds?: number;
  /** A failure outside any stage. */
  readonly failure?: StageFailure;
  /** Highest share of the plan's weight that was ever done, 0..1. */
  readonly reached: number;
}

const MAX_WARNINGS = 50;
const MAX_NODES = 500;
const MAX_COMMANDS = 200;

export const initialRunState: RunState = {
  runId: '',
  command: '',
  project: '',
  practice: false,
  budget: NOTHING,
  stages: [],
  nodes: [],
  deployed: [],
  reached: 0,
};

/** The chaincodes that the stage need not deploy, because the network has them. */
function deployedBefore({ stages }: RunStarted['plan']): readonly string[] {
  return stages.find(({ id, action }) => id === 'deploy' && action === 'cached')?.targets ?? [];
}

function started(event: RunStarted): RunState {
  return {
    ...initialRunState,
    runId: event.runId,
    command: event.command,
    project: event.project,
    practice: event.practice,
    startedAt: event.at,
    budget: event.plan.budget,
    deployed: deployedBefore(event.plan),
    stages: event.plan.stages.map(({ id, cause, action, needs, weight, guessed, cost }) => ({
      id,
      cause,
      action,
      needs,
      weight,
      guessed,
      cost,
      status: 'pending',
      warnings: [],
      commands: [],
      tail: emptyTail,
    })),
  };
}

function withStage(state: RunState, id: string, change: (stage: StageState) => StageState): RunState {
  const index = state.stages.findIndex((stage) => stage.id === id);
  const stage = state.stages[index];
  return stage ? { ...state, stages: state.stages.with(index, change(stage)) } : state;
}

function withNode(state: RunState, { node, role, state: health }: NodeHealth): RunState {
  const index = state.nodes.findIndex((known) => known.node === node);
  const entry: NodeProgress = { node, role, state: health };
  if (index >= 0) return { ...state, nodes: state.nodes.with(index, entry) };
  return state.nodes.length < MAX_NODES ? { ...state, nodes: [...state.nodes, entry] } : state;
}

/** 0..1: how much of the stage is done; 0 while its total is not known. */
export function shareOf(stage: StageState): number {
  if (stage.status === 'done') return 1;
  const { done = 0, total = 0 } = stage.progress ?? {};
  return total > 0 ? Math.min(1, Math.max(0, done / total)) : 0;
}

function withProgress(stage: StageState, { done, total, unit, item, at }: StageProgress): StageState {
  if (stage.status !== 'running') return stage;
  const same = stage.progress?.done === done && stage.progress.total === total;
  const progressAt = same ? stage.progressAt : at;
  return { ...stage, progress: { done, total, unit, item }, progressAt };
}

function withReached(state: RunState): RunState {
  // A plan without any estimate counts its stages.
  const weighed = state.stages.some((stage) => stage.weight > 0);
  const weightOf = (stage: StageState) => (weighed ? Math.max(0, stage.weight) : 1);
  const whole = state.stages.reduce((sum, stage) => sum + weightOf(stage), 0);
  if (whole === 0) return state;
  const done = state.stages.reduce((sum, stage) => sum + weightOf(stage) * shareOf(stage), 0);
  // A total that grows while the stage runs (packages, layers) must not move the bar back.
  return { ...state, reached: Math.max(state.reached, Math.min(1, done / whole)) };
}

function closeStage(stage: StageState): StageState {
  if (stage.status === 'pending') return { ...stage, status: 'not-reached' };
  return stage.status === 'running' ? { ...stage, status: 'cancelled' } : stage;
}

/** Pure. Events about a stage that the plan does not contain change nothing; `run-started` begins a new state. */
export function reduceRun(state: RunState, event: RunEvent): RunState {
  switch (event.type) {
    // These events precede the run. The code that prepares the run shows them.
    case 'notice':
    case 'preflight-warning':
      return state;
    case 'run-started':
      return started(event);
    case 'stage-started':
      return withStage(state, event.stage, (stage) => ({ ...stage, status: 'running', startedAt: event.at }));
    case 'stage-progress': {
      return withReached(withStage(state, event.stage, (stage) => withProgress(stage, event)));
    }
    case 'stage-log':
      return withStage(state, event.stage, (stage) => ({
        ...stage,
        tail: appendLine(stage.tail, event.line),
      }));
    case 'stage-command':
      return withStage(state, event.stage, (stage) => ({
        ...stage,
        commands: [...stage.commands, event.command].slice(-MAX_COMMANDS),
      }));
    case 'stage-warning': {
      const { code, message } = event;
      return withStage(state, event.stage, (stage) => ({
        ...stage,
        warnings: [...stage.warnings, { code, message }].slice(-MAX_WARNINGS),
      }));
    }
    case 'stage-finished': {
      const { outcome, seconds, detail } = event;
      return withReached(
        withStage(state, event.stage, (stage) => ({ ...stage, status: 'done', outcome, seconds, detail })),
      );
    }
    case 'stage-failed': {
      const { seconds, failure, diagnosis } = event;
      return withStage(state, event.stage, (stage) => ({
        ...stage,
        status: 'failed',
        seconds,
        failure,
        diagnosis,
      }));
    }
    case 'stage-cancelled':
      return withStage(state, event.stage, (stage) => ({ ...stage, status: 'cancelled' }));
    case 'package-tested':
      return state;
    case 'node-health':
      return withNode(state, event);
    case 'smoke-result':
      return { ...state, smoke: event };
    case 'chaincode-deployed':
      return { ...state, deployed: [...state.deployed, event.chaincode] };
    case 'run-finished': {
      const { outcome, exitCode, seconds, failure } = event;
      return { ...state, stages: state.stages.map(closeStage), outcome, exitCode, seconds, failure };
    }
    default:
      return unreachable(event);
  }
}

/** 0..1, by the stages' weights. Never goes back within a run. */
export function overallProgress(state: RunState): number {
  return state.outcome === 'done' ? 1 : state.reached;
}

export function runningStages(state: RunState): readonly StageState[] {
  return state.stages.filter((stage) => stage.status === 'running');
}

/** Returns the running stage that has logged the most lines; if none has logged any, the first one. */
export function busiestStage(state: RunState): StageState | undefined {
  const logged = ({ tail }: StageState) => tail.dropped + tail.lines.length;
  return runningStages(state).reduce<StageState | undefined>(
    (most, stage) => (most && logged(most) >= logged(stage) ? most : stage),
    undefined,
  );
}

export function failedStages(state: RunState): readonly StageState[] {
  return state.stages.filter((stage) => stage.status === 'failed');
}
