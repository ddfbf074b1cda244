/** Runs on a simulated clock: the events that a plan would cause on a machine of a given speed. */
import { Admission } from '../../src/pipeline/core/budget.ts';
import type { RunEvent, StageProgress } from '../../src/pipeline/core/events.ts';
import type { Plan, PlannedStage } from '../../src/pipeline/core/plan.ts';
import { initialRunState, type RunState, reduceRun } from '../../src/pipeline/core/run-state.ts';

/** How a stage goes. */
export interface StageCourse {
  readonly seconds: number;
  /** Number of progress events; 0: the stage reports none. */
  readonly steps: number;
  /** Share of the units that are done after a share of the time; by default the same. */
  readonly unitsAt?: (share: number) => number;
  readonly unit?: StageProgress['unit'];
}

const START = 1_000_000_000;

/** Returns the events of a run that ends well. */
export function simulatedRun(
  plan: Plan,
  courseOf: (stage: PlannedStage) => StageCourse,
): { readonly events: readonly RunEvent[]; readonly seconds: number } {
  const admission = new Admission(plan.stages, plan.budget);
  const endOf = new Map<PlannedStage, number>();
  const at = (seconds: number) => START + 1000 * seconds;
  const events: RunEvent[] = [
    { type: 'run-started', at: START, runId: 'r', command: 'up', project: 'p', practice: false, plan },
  ];
  let now = 0;
  for (;;) {
    for (const stage of admission.admit()) {
      const { seconds, steps, unitsAt = (share) => share, unit = 'steps' } = courseOf(stage);
      endOf.set(stage, now + seconds);
      events.push({ type: 'stage-started', at: at(now), stage: stage.id });
      for (let step = 1; step < steps; step++) {
        const share = step / steps;
        events.push({
          type: 'stage-progress',
          at: at(now + share * seconds),
          stage: stage.id,
          done: Math.round(1000 * unitsAt(share)),
          total: 1000,
          unit,
        });
      }
      events.push({
        type: 'stage-finished',
        at: at(now + seconds),
        stage: stage.id,
        outcome: 'built',
        seconds,
      });
    }
    if (endOf.size === 0) break;
    now = Math.min(...endOf.values());
    for (const [stage, end] of endOf) {
      if (end > now) continue;
      endOf.delete(stage);
      admission.ended(stage, true);
    }
  }
  return { events: events.toSorted((a, b) => a.at - b.at), seconds: now };
}

/** Returns the state of the run at every `every` seconds, with the time since its start. */
export function* statesOf(
  { events, seconds }: ReturnType<typeof simulatedRun>,
  every: number,
): Generator<{ readonly state: RunState; readonly now: number; readonly elapsed: number }> {
  let state = initialRunState;
  let next = 0;
  for (let elapsed = 0; elapsed < seconds; elapsed += every) {
    const now = START + 1000 * elapsed;
    for (; (events[next]?.at ?? Number.POSITIVE_INFINITY) <= now; next++)
      state = reduceRun(state, events[next] as RunEvent);
    yield { state, now, elapsed };
  }
}

/** Returns numbers in 0..1 that depend on the seed only. */
export function seededRandom(seed: number): () => number {
  let value = seed;
  return () => {
    value = (value * 1_103_515_245 + 12_345) % 2 ** 31;
    return value / 2 ** 31;
  };
}
