import { describe, expect, it } from 'vitest';
import type { RunEvent } from '../../../../src/pipeline/core/events.ts';
import type { Plan, PlannedStage } from '../../../../src/pipeline/core/plan.ts';
import { secondsLeft } from '../../../../src/pipeline/core/run-outlook.ts';
import { initialRunState, reduceRun } from '../../../../src/pipeline/core/run-state.ts';
import { bare, planFor, planOf, settled, stageOf, UP } from '../../../support/plans.ts';
import { type StageCourse, seededRandom, simulatedRun, statesOf } from '../../../support/simulated-run.ts';

/** Part of the duration of a run by which a figure may be off in addition to its factor. */
const SLACK = 0.05;

/** A plan of all stages: earlier runs have measured them, or their times are guesses. */
function planWith({ guessed = false } = {}): Plan {
  const plan = planFor(bare, UP);
  return {
    ...plan,
    guessed,
    stages: plan.stages.map((stage) => ({ ...stage, guessed: guessed && stage.weight > 0 })),
  };
}

interface Sample {
  /** Share of the run that has passed. */
  readonly passed: number;
  readonly left: ReturnType<typeof secondsLeft>;
  readonly truth: number;
}

function samplesOf(run: ReturnType<typeof simulatedRun>): readonly Sample[] {
  return [...statesOf(run, run.seconds / 400)].map(({ state, now, elapsed }) => ({
    passed: elapsed / run.seconds,
    left: secondsLeft(state, now),
    truth: run.seconds - elapsed,
  }));
}

/** Returns the largest factor by which a figure is too high or too low after a quarter of the run. */
function worstFactor(run: ReturnType<typeof simulatedRun>): number {
  const slack = SLACK * run.seconds;
  const factors = samplesOf(run).flatMap(({ passed, left, truth }) => {
    if (passed < 0.25 || typeof left !== 'number') return [];
    return Math.max((left - slack) / truth, (truth - slack) / left);
  });
  return Math.max(1, ...factors);
}

function shareKnown(run: ReturnType<typeof simulatedRun>): number {
  const samples = samplesOf(run);
  return samples.filter(({ left }) => typeof left === 'number').length / samples.length;
}

/** Every stage takes `factor` times as long as planned, and those of more than three seconds report progress. */
const steady =
  (factor: number) =>
  ({ weight }: PlannedStage): StageCourse => ({ seconds: factor * weight, steps: weight > 3 ? 40 : 0 });

/** Share of the packages over the share of the time, in a compile of Fabric 2.5 that took 165 seconds. */
const REAL_COMPILE = [
  ...[0, 0.1, 0.19, 0.27, 0.36, 0.42, 0.48, 0.56, 0.6, 0.64, 0.68, 0.71, 0.75, 0.79, 0.84, 0.87, 0.91],
  ...[0.94, 0.97, 0.98, 1],
];

function packagesAt(share: number): number {
  const position = share * (REAL_COMPILE.length - 1);
  const [before = 0, after = 1] = REAL_COMPILE.slice(Math.floor(position));
  return before + (after - before) * (position % 1);
}

describe('after a quarter of a run, the remaining time', () => {
  it.each([0.25, 0.5, 1, 2, 6])(
    'is right within a factor of 1.5 if every stage takes %d times as long as in earlier runs',
    (factor) => {
      const run = simulatedRun(planWith(), steady(factor));
      expect(worstFactor(run)).toBeLessThan(1.5);
      expect(shareKnown(run)).toBeGreaterThan(0.95);
    },
  );

  it.each([0.25, 0.5, 1, 2, 6])(
    'is right within a factor of 2 if every stage takes %d times as long as guessed',
    (factor) => {
      const run = simulatedRun(planWith({ guessed: true }), steady(factor));
      expect(worstFactor(run)).toBeLessThan(2);
      expect(shareKnown(run)).toBeGreaterThan(0.9);
    },
  );

  it('is right within a factor of 2 if each stage takes 3 to 6 times as long as in earlier runs', () => {
    for (let seed = 1; seed <= 20; seed++) {
      const random = seededRandom(seed);
      const run = simulatedRun(planWith(), (stage) => steady(3 + 3 * random())(stage));
      expect(worstFactor(run), `seed ${seed}`).toBeLessThan(2);
    }
  });

  it.each([true, false])(
    'is right within a factor of 2 for a guess of 2 minutes and a compile of 12 minutes (guessed: %s)',
    (guessed) => {
      const plan = planFor({ ...bare, base: settled.base }, UP);
      const stages = plan.stages.map((stage) => ({ ...stage, guessed: guessed && stage.weight > 0 }));
      expect(plan.seconds).toBeLessThan(120);
      const run = simulatedRun({ ...plan, stages }, (stage) =>
        stage.id === 'compile'
          ? { seconds: 720, steps: 800, unitsAt: packagesAt, unit: 'packages' }
          : { seconds: 6 * stage.weight, steps: 0 },
      );
      expect(run.seconds).toBeGreaterThan(780);
      expect(worstFactor(run)).toBeLessThan(2);
    },
  );

  it('is right within the factor by which the progress of a stage is uneven', () => {
    const unevenness = 2;
    for (let seed = 1; seed <= 20; seed++) {
      const random = seededRandom(seed);
      const run = simulatedRun(planWith(), (stage) => {
        // The second part is up to twice as fast as the first one, or as slow.
        const ratio = unevenness ** (2 * random() - 1);
        const turn = 1 / (1 + ratio);
        const unitsAt = (share: number) =>
          share < 0.5 ? (share / 0.5) * turn : turn + ((share - 0.5) / 0.5) * (1 - turn);
        return { ...steady(2)(stage), unitsAt };
      });
      expect(worstFactor(run), `seed ${seed}`).toBeLessThan(unevenness);
    }
  });
});

/** One stage of 100 seconds that stops for 100 more seconds when half of it is done, and another stage after it. */
const stalled = simulatedRun(
  planOf(stageOf('a', { weight: 100 }), stageOf('b', { weight: 20, needs: ['a'] })),
  ({ id, weight }) =>
    id === 'a'
      ? {
          seconds: 200,
          steps: 400,
          unitsAt: (share) => (share < 0.25 ? 2 * share : Math.max(0.5, 2 * share - 1)),
        }
      : { seconds: weight, steps: 0 },
);

const RUNS = [
  ...[0.25, 1, 6].map((factor) => simulatedRun(planWith(), steady(factor))),
  simulatedRun(planWith({ guessed: true }), steady(6)),
  simulatedRun(planWith(), ({ weight }) => ({ seconds: 3 * weight, steps: 0 })),
  stalled,
];

describe('the remaining time', () => {
  it('is never negative and never infinite', () => {
    for (const { left } of RUNS.flatMap(samplesOf)) {
      if (typeof left !== 'number') continue;
      expect(left).toBeGreaterThanOrEqual(0);
      expect(left).toBeLessThan(10_000);
    }
  });

  it('changes with the clock: in every second by about a second, or by more at an event', () => {
    for (const run of RUNS) {
      let last: { readonly elapsed: number; readonly left: ReturnType<typeof secondsLeft> } | undefined;
      for (const { state, now, elapsed } of statesOf(run, 1)) {
        const left = secondsLeft(state, now);
        const events = run.events.filter(({ at }) => at > now - 1000 && at <= now);
        if (events.length === 0 && typeof left === 'number' && typeof last?.left === 'number') {
          const change = Math.abs(left - last.left);
          // It turns from decreasing to increasing when something is late.
          const later = secondsLeft(state, now + 1000);
          expect(later === 'unknown' || Math.abs((later ?? 0) - left) + change > 0.9).toBe(true);
        }
        last = { elapsed, left };
      }
    }
  });

  it('is unknown if a stage stalls, and is known again when the stage continues', () => {
    const samples = samplesOf(stalled);
    const during = (from: number, to: number) =>
      samples.filter(({ truth }) => truth <= stalled.seconds - from && truth >= stalled.seconds - to);
    expect(during(70, 149).every(({ left }) => left === 'unknown')).toBe(true);
    expect(during(152, 195).every(({ left }) => typeof left === 'number')).toBe(true);
    expect(during(52, 149).every(({ left, truth }) => left === 'unknown' || Number(left) > truth / 3)).toBe(
      true,
    );
  });

  it('is unknown as long as a guess is all there is', () => {
    const run = simulatedRun(planWith({ guessed: true }), ({ weight }) => ({ seconds: weight, steps: 0 }));
    const longest = 90;
    expect(samplesOf(run).filter(({ truth }) => truth > run.seconds - longest + 30)).toEqual(
      samplesOf(run)
        .filter(({ truth }) => truth > run.seconds - longest + 30)
        .map((sample) => ({ ...sample, left: 'unknown' })),
    );
    expect(samplesOf(run).at(-1)?.left).toBeTypeOf('number');
  });

  it('takes parallel stages together, and those that wait for a core one after another', () => {
    const cost = { cores: 2, memoryMb: 0 };
    const plan = planOf(
      ...['a', 'b', 'c'].map((id) => stageOf(id, { weight: 30, cost })),
      stageOf('d', { weight: 80 }),
    );
    const [first] = samplesOf(simulatedRun(plan, steady(1)));
    expect(first?.left).toBe(90);
    expect(worstFactor(simulatedRun(plan, steady(3)))).toBeLessThan(1.5);
  });

  it('contains nothing for stages that are cached', () => {
    const plan = planOf(
      stageOf('a', { action: 'cached', weight: 0 }),
      stageOf('b', { weight: 30, needs: ['a'] }),
    );
    expect(samplesOf(simulatedRun(plan, steady(1)))[0]?.left).toBe(30);
  });

  it('is absent before a run, if nothing takes time, after a failure, and at the end', () => {
    expect(secondsLeft(initialRunState, 0)).toBeUndefined();
    const plan = planOf(stageOf('a', { weight: 30 }), stageOf('b', { weight: 30 }));
    const base = { at: 0, runId: 'r', command: 'up', project: 'p', practice: false };
    const begun = { ...base, type: 'run-started', plan } as const;
    const leftAfter = (...events: readonly RunEvent[]) =>
      secondsLeft(events.reduce(reduceRun, initialRunState), 1000);
    expect(leftAfter(begun)).toBe(30);
    expect(leftAfter({ ...begun, plan: planOf(stageOf('a', { weight: 0 })) })).toBeUndefined();
    const failure = { kind: 'internal', message: '', stack: '' } as const;
    const started = { type: 'stage-started', at: 0, stage: 'a' } as const;
    const failed = { type: 'stage-failed', at: 0, stage: 'a', seconds: 1, failure } as unknown as RunEvent;
    expect(leftAfter(begun, started, failed)).toBeUndefined();
    expect(
      leftAfter(begun, { type: 'run-finished', at: 0, outcome: 'done', exitCode: 0, seconds: 1 }),
    ).toBeUndefined();
  });
});
