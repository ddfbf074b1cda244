import { describe, expect, it } from 'vitest';
import type { RunEvent } from '../../../../src/pipeline/core/events.ts';
import { secondsLeft } from '../../../../src/pipeline/core/run-outlook.ts';
import { initialRunState, reduceRun } from '../../../../src/pipeline/core/run-state.ts';
import { planOf, stageOf } from '../../../support/plans.ts';

/** `a` and then `b`, beside them `c`; the plan expects more than its critical path, because a stage waits for resources. */
const PLAN = {
  ...planOf(
    stageOf('a', { weight: 60 }),
    stageOf('b', { weight: 20, needs: ['a'] }),
    stageOf('c', { weight: 10 }),
  ),
  seconds: 96,
};
const AT = 1_000_000;

function state(...events: readonly unknown[]) {
  const all = [
    { type: 'run-started', at: AT, runId: 'r', command: 'up', project: 'p', practice: false, plan: PLAN },
    ...events,
  ] as RunEvent[];
  return all.reduce(reduceRun, initialRunState);
}
const began = (stage: string) => ({ type: 'stage-started', at: AT, stage });
const ended = (stage: string) => ({ type: 'stage-finished', at: AT, stage, outcome: 'built', seconds: 1 });

describe('what is left of a run', () => {
  it('is the critical path at the beginning, scaled as the plan is', () => {
    expect(secondsLeft(state(), AT)).toBeCloseTo(96);
  });

  it('shrinks as a stage has its time', () => {
    expect(secondsLeft(state(began('a')), AT + 30_000)).toBeCloseTo((30 + 20) * 1.2);
  });

  it('goes by what is done where a stage can tell', () => {
    const done = { type: 'stage-progress', at: AT, stage: 'a', done: 3, total: 4, unit: 'packages' };
    expect(secondsLeft(state(began('a'), done), AT + 1000)).toBeCloseTo((15 + 20) * 1.2);
  });

  it('never falls below nothing', () => {
    expect(secondsLeft(state(began('a'), ended('a'), began('b')), AT + 999_000)).toBeCloseTo(10 * 1.2);
    expect(secondsLeft(state(began('c'), ended('c'), ended('a'), ended('b')), AT)).toBe(0);
  });

  it('is unknown where nothing takes time, and when it is over', () => {
    expect(secondsLeft(initialRunState, AT)).toBeUndefined();
    const over = { type: 'run-finished', at: AT, outcome: 'done', exitCode: 0, seconds: 1 };
    expect(secondsLeft(state(over), AT)).toBeUndefined();
  });
});
