/** Runs a plan: order, concurrency, cancellation, failure. All decisions are in the plan. */
import { setMaxListeners } from 'node:events';
import type { ObservedState } from '../context/observed-state.ts';
import type { RunContext, StageContext } from '../context/run-context.ts';
import type { AnyStage, StageDefinition, StageInputs } from '../context/stage-definition.ts';
import { Admission, type Resources } from '../core/budget.ts';
import type { Emit, RunOutcome } from '../core/events.ts';
import { CancelledError, type StageFailure, toFailure } from '../core/failure.ts';
import { appendLine, emptyTail, type LineTail } from '../core/line-tail.ts';
import type { Plan, PlannedStage } from '../core/plan.ts';
import { orEscaped, orStalled } from '../core/stall.ts';
import type { DiagnosedFailure } from '../diagnosis/diagnose-failure.ts';
import { createReport } from './stage-report.ts';

export interface RunnerOptions {
  readonly signal: AbortSignal;
  readonly emit: Emit;
  /** Cores and memory for all stages that run at once. */
  readonly budget: Resources;
  /** Looks for the cause of a failure. Never rejects, and ends at once when `signal` fires. */
  readonly diagnose?: (stage: AnyStage, failure: StageFailure) => Promise<DiagnosedFailure>;
}

export interface RunnerInput {
  readonly plan: Pick<Plan, 'stages'>;
  readonly definitions: readonly AnyStage[];
  readonly context: RunContext;
  readonly observed: ObservedState;
}

/** Longest wait for a stage that does not end when it is cancelled, because the engine hangs. */
const SETTLE_MS = 1500;

/** Returns the failure with the stage's last lines, if it has none of its own. */
function withTail(failure: StageFailure, tail: readonly string[]): StageFailure {
  const takesTail = failure.kind === 'command' || failure.kind === 'image-build';
  return takesTail && failure.tail.length === 0 ? { ...failure, tail } : failure;
}

/** Runs the stages of one plan, and hands the results of stages to the stages that need them. */
class PlanRun {
  readonly #input: RunnerInput;
  readonly #options: RunnerOptions;
  readonly #byId: ReadonlyMap<string, AnyStage>;
  readonly #results = new Map<string, unknown>();
  /** The last lines that each stage has logged: the only place where they are kept for failures. */
  readonly #tails = new Map<string, LineTail>();
  readonly #diagnosing: Promise<void>[] = [];
  /** Ids of the stages that run and are not reported as cancelled. */
  readonly #running = new Set<string>();
  readonly #failing = new AbortController();
  /** Fires when the run is cancelled or a stage fails. */
  readonly signal: AbortSignal;

  constructor(input: RunnerInput, options: RunnerOptions) {
    this.#input = input;
    this.#options = options;
    this.#byId = new Map(input.definitions.map((stage) => [stage.id, stage]));
    this.signal = AbortSignal.any([options.signal, this.#failing.signal]);
    // A compile copies over a dozen programs at once, and each copy listens.
    setMaxListeners(0, this.signal);
    options.signal.addEventListener('abort', () => this.#cancelled(), { once: true });
  }

  get failed(): boolean {
    return this.#failing.signal.aborted;
  }

  /** Resolves when no failure is being diagnosed any more. */
  async diagnosed(): Promise<void> {
    await Promise.all(this.#diagnosing);
  }

  /** Starts each stage as soon as its needs have succeeded and the budget allows it. */
  async runAll(): Promise<void> {
    const admission = new Admission(this.#input.plan.stages, this.#options.budget);
    const running = new Set<Promise<void>>();
    for (;;) {
      for (const stage of this.signal.aborted ? [] : admission.admit()) {
        const end = this.#runStage(stage).then((well) => {
          admission.ended(stage, well);
          running.delete(end);
        });
        running.add(end);
      }
      if (running.size === 0) return;
      await Promise.race(running);
    }
  }

  #definition(id: string): AnyStage {
    const definition = this.#byId.get(id);
    if (!definition) throw new Error(`no definition of stage ${id}`);
    return definition;
  }

  /** Returns the results of the stages that a stage needs: from this run, or known without it. */
  #inputsOf(definition: AnyStage): StageInputs {
    const needed = new Set(definition.needs.map(({ id }) => id));
    const { observed, context } = this.#input;
    return {
      of: <Result>(stage: StageDefinition<string, Result>): Result => {
        if (!needed.has(stage.id)) throw new Error(`stage ${definition.id} does not need ${stage.id}`);
        return this.#results.has(stage.id)
          ? (this.#results.get(stage.id) as Result)
          : stage.knownResult(observed, context);
      },
    };
  }

  #contextOf({ id, targets }: PlannedStage): StageContext {
    const emit: Emit = (event) => {
      if (event.type === 'stage-log') this.#tails.set(id, appendLine(this.#tailOf(id), event.line));
      this.#options.emit(event);
    };
    const report = createReport(id, emit, () => this.#tailOf(id).lines);
    return { ...this.#input.context, signal: this.signal, targets, report };
  }

  #tailOf(id: string): LineTail {
    return this.#tails.get(id) ?? emptyTail;
  }

  /** @returns whether the stages that need it may start */
  async #runStage(planned: PlannedStage): Promise<boolean> {
    const { id, action, cause } = planned;
    const { emit } = this.#options;
    if (this.signal.aborted) return false;
    emit({ type: 'stage-started', stage: id });
    if (action === 'cached') {
      emit({ type: 'stage-finished', stage: id, outcome: 'cached', seconds: 0, detail: cause });
      return true;
    }
    const start = performance.now();
    const seconds = () => Math.round((performance.now() - start) / 10) / 100;
    const definition = this.#definition(id);
    this.#running.add(id);
    try {
      const { outcome, detail, result } = await orEscaped(() =>
        orStalled(() => definition.execute(this.#contextOf(planned), this.#inputsOf(definition))),
      );
      if (this.signal.aborted) throw new CancelledError();
      this.#results.set(id, result);
      emit({ type: 'stage-finished', stage: id, outcome, seconds: seconds(), detail });
      return true;
    } catch (error) {
      if (this.signal.aborted || error instanceof CancelledError) this.#cancelled(id);
      else {
        this.#running.delete(id);
        await this.#fail(definition, withTail(toFailure(error), this.#tailOf(id).lines), seconds());
      }
      return false;
    } finally {
      this.#running.delete(id);
    }
  }

  /** Reports stages as cancelled, each once: when the user cancels all that run, at once, because they need time to end. */
  #cancelled(...ids: readonly string[]): void {
    for (const stage of ids.length > 0 ? ids : this.#running)
      if (this.#running.delete(stage)) this.#options.emit({ type: 'stage-cancelled', stage });
  }

  /** Handles a failure: the first one cancels the running stages and is diagnosed while they end. */
  async #fail(definition: AnyStage, failure: StageFailure, seconds: number): Promise<void> {
    const { diagnose, emit } = this.#options;
    const report = async () => {
      const diagnosed = (await diagnose?.(definition, failure)) ?? { failure };
      emit({ type: 'stage-failed', stage: definition.id, seconds, ...diagnosed });
    };
    const reported = report();
    this.#diagnosing.push(reported);
    this.#failing.abort();
    await reported;
  }
}

/**
 * Runs every stage whose needs have succeeded. The first failure cancels the running stages and starts no more, so
 * that the user reads the cause at once; every stage keeps what it finished.
 */
export async function runPlan(input: RunnerInput, options: RunnerOptions): Promise<RunOutcome> {
  const run = new PlanRun(input, options);
  let timer: NodeJS.Timeout | undefined;
  const giveUp = new Promise<void>((resolve) => {
    const onAbort = () => {
      timer = setTimeout(resolve, SETTLE_MS);
    };
    run.signal.addEventListener('abort', onAbort, { once: true });
  });
  try {
    await Promise.race([run.runAll(), giveUp.then(() => run.diagnosed())]);
  } finally {
    clearTimeout(timer);
  }
  if (options.signal.aborted) return 'cancelled';
  return run.failed ? 'failed' : 'done';
}
