/** Runs a plan: order, concurrency, cancelling, failure. It decides nothing and words nothing. */
import { setMaxListeners } from 'node:events';
import type { StageContext, StageExecutor } from '../context/stage.ts';
import { Admission, type Resources } from '../core/budget.ts';
import type { Emit, RunOutcome } from '../core/events.ts';
import { CancelledError, type Diagnosis, type StageFailure, toFailure } from '../core/failure.ts';
import type { Plan, Stage } from './plan.ts';

export interface RunnerOptions {
  readonly signal: AbortSignal;
  readonly emit: Emit;
  /** What there is for all stages that run at once. */
  readonly budget: Resources;
  /** Looks closer at a failure before it is told; never rejects, and ends at once when `signal` fires. */
  readonly diagnose?: (stage: string, failure: StageFailure) => Promise<DiagnosedFailure>;
}

/** A failure with what a closer look added to it. */
export interface DiagnosedFailure {
  readonly failure: StageFailure;
  readonly diagnosis?: Diagnosis;
}

/** A stage that does not end when it is cancelled (an engine that hangs) is waited for at most this long. */
const SETTLE_MS = 1500;

/**
 * Runs every stage whose needs have ended well, as `Admission` lets it in. The first failure cancels what is
 * running and starts nothing more: an impatient person reads the cause at once, and every stage keeps what it
 * finished.
 */
export async function runPlan(
  { stages }: Pick<Plan, 'stages'>,
  executors: ReadonlyMap<string, StageExecutor>,
  { signal, emit, budget, diagnose }: RunnerOptions,
): Promise<RunOutcome> {
  const examining: Promise<void>[] = [];
  const failing = new AbortController();
  const combined = AbortSignal.any([signal, failing.signal]);
  // All that is under way listens, and a compile brings over a dozen programs at once; nothing leaks.
  setMaxListeners(0, combined);
  let failed = false;

  const runStage = async (stage: Stage): Promise<boolean> => {
    if (combined.aborted) return false;
    if (stage.action === 'cached') {
      emit({ type: 'stage-started', stage: stage.id });
      emit({ type: 'stage-finished', stage: stage.id, outcome: 'cached', seconds: 0, detail: stage.cause });
      return true;
    }
    const start = performance.now();
    const seconds = () => Math.round((performance.now() - start) / 10) / 100;
    const context: StageContext = {
      signal: combined,
      log: (line) => emit({ type: 'stage-log', stage: stage.id, line }),
      progress: (done, total, unit, item) =>
        emit({ type: 'stage-progress', stage: stage.id, done, total, unit, item }),
      warn: (code, message) => emit({ type: 'stage-warning', stage: stage.id, code, message }),
      emit,
    };
    emit({ type: 'stage-started', stage: stage.id });
    try {
      const executor = executors.get(stage.id);
      if (!executor) throw new Error(`no executor for stage ${stage.id}`);
      const { outcome, detail } = await executor(context);
      if (combined.aborted) throw new CancelledError();
      emit({ type: 'stage-finished', stage: stage.id, outcome, seconds: seconds(), detail });
      return true;
    } catch (error) {
      if (combined.aborted || error instanceof CancelledError) {
        emit({ type: 'stage-cancelled', stage: stage.id });
      } else {
        failed = true;
        const took = seconds();
        const tell = async () => {
          const failure = toFailure(error);
          const examined = (await diagnose?.(stage.id, failure)) ?? { failure };
          emit({ type: 'stage-failed', stage: stage.id, seconds: took, ...examined });
        };
        const told = tell();
        examining.push(told);
        // What else runs is ended while the failure is looked at.
        failing.abort();
        await told;
      }
      return false;
    }
  };

  const runAll = async (): Promise<void> => {
    const admission = new Admission(stages, budget);
    const running = new Set<Promise<void>>();
    for (;;) {
      for (const stage of combined.aborted ? [] : admission.admit()) {
        const end = runStage(stage).then((well) => {
          admission.ended(stage, well);
          running.delete(end);
        });
        running.add(end);
      }
      if (running.size === 0) return;
      await Promise.race(running);
    }
  };
  let timer: NodeJS.Timeout | undefined;
  const giveUp = new Promise<void>((resolve) => {
    const onAbort = () => {
      timer = setTimeout(resolve, SETTLE_MS);
    };
    combined.addEventListener('abort', onAbort, { once: true });
  });
  try {
    await Promise.race([runAll(), giveUp.then(() => Promise.all(examining))]);
  } finally {
    clearTimeout(timer);
  }
  if (signal.aborted) return 'cancelled';
  return failed ? 'failed' : 'done';
}
