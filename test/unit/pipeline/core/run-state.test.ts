import { describe, expect, test } from 'vitest';
import type { RunEvent, RunEventBody } from '../../../../src/pipeline/core/events.ts';
import { TAIL_BYTES, TAIL_LINES } from '../../../../src/pipeline/core/line-tail.ts';
import type { Plan } from '../../../../src/pipeline/core/plan.ts';
import {
  failedStages,
  initialRunState,
  overallProgress,
  type RunState,
  reduceRun,
  runningStages,
} from '../../../../src/pipeline/core/run-state.ts';
import { planOf, stageOf } from '../../../support/plans.ts';

function weighed(...stages: readonly (readonly [id: string, weight: number])[]): Plan {
  return planOf(...stages.map(([id, weight]) => stageOf(id, { weight, cause: `${id} is missing` })));
}

function started(plan: Plan): RunEventBody {
  return { type: 'run-started', runId: 'r1', command: 'up', project: 'p', practice: false, plan };
}

function fold(...events: readonly RunEventBody[]): RunState {
  return events.reduce<RunState>(
    (state, event, i) => reduceRun(state, { ...event, at: 1000 * i } as RunEvent),
    initialRunState,
  );
}

function progress(stage: string, done: number, total: number): RunEventBody {
  return { type: 'stage-progress', stage, done, total, unit: 'packages' };
}

const plan = weighed(['compile', 90], ['image', 10]);

describe('the run state', () => {
  test('follows a stage from its plan to its end', () => {
    const state = fold(
      started(plan),
      { type: 'stage-started', stage: 'compile' },
      { type: 'stage-warning', stage: 'compile', code: 'c', message: 'm' },
      { type: 'stage-finished', stage: 'compile', outcome: 'built', seconds: 3, detail: '6 programs' },
      { type: 'stage-started', stage: 'image' },
    );
    expect(state.stages[0]).toMatchObject({
      status: 'done',
      cause: 'compile is missing',
      outcome: 'built',
      startedAt: 1000,
      seconds: 3,
      detail: '6 programs',
      warnings: [{ code: 'c', message: 'm' }],
    });
    expect(runningStages(state).map(({ id }) => id)).toEqual(['image']);
  });

  test('tells what failed, what was cancelled and what was not reached when the run ends', () => {
    const failure = { kind: 'compose-missing', detail: '' } as const;
    const state = fold(
      started(weighed(['a', 1], ['b', 1], ['c', 1], ['d', 1])),
      { type: 'stage-started', stage: 'a' },
      { type: 'stage-started', stage: 'b' },
      { type: 'stage-started', stage: 'c' },
      { type: 'stage-failed', stage: 'a', seconds: 1, failure },
      { type: 'stage-cancelled', stage: 'b' },
      { type: 'run-finished', outcome: 'failed', exitCode: 3, seconds: 2 },
    );
    expect(state.stages.map(({ status }) => status)).toEqual([
      'failed',
      'cancelled',
      'cancelled',
      'not-reached',
    ]);
    expect(failedStages(state).map((stage) => stage.failure)).toEqual([failure]);
    expect(state).toMatchObject({ outcome: 'failed', exitCode: 3, seconds: 2 });
  });

  test('progress goes by weight and never back, even where a total grows', () => {
    const begun: RunEventBody[] = [started(plan), { type: 'stage-started', stage: 'compile' }];
    expect(overallProgress(fold(...begun))).toBe(0);
    expect(overallProgress(fold(...begun, progress('compile', 5, 10)))).toBeCloseTo(0.45);
    expect(
      overallProgress(fold(...begun, progress('compile', 5, 10), progress('compile', 5, 1000))),
    ).toBeCloseTo(0.45);
    expect(overallProgress(fold(...begun, progress('compile', 99, 10)))).toBeCloseTo(0.9);
    expect(overallProgress(fold(...begun, progress('compile', 7, 0)))).toBe(0);
  });

  test('progress counts stages where the plan has no weights', () => {
    const state = fold(started(weighed(['a', 0], ['b', 0])), {
      type: 'stage-finished',
      stage: 'a',
      outcome: 'cached',
      seconds: 0,
    });
    expect(overallProgress(state)).toBe(0.5);
    expect(overallProgress(fold(started(weighed())))).toBe(0);
  });

  test('a finished run is at 1, and a new run begins at 0', () => {
    const done = fold(started(plan), { type: 'run-finished', outcome: 'done', exitCode: 0, seconds: 1 });
    expect(overallProgress(done)).toBe(1);
    const again = reduceRun(done, { ...started(plan), at: 9 } as RunEvent);
    expect(overallProgress(again)).toBe(0);
    expect(again.outcome).toBeUndefined();
  });

  test('ignores a stage that the plan does not know', () => {
    const before = fold(started(plan));
    expect(reduceRun(before, { type: 'stage-log', stage: 'ghost', line: 'x', at: 1 })).toBe(before);
  });

  test('leaves the state it was given as it was', () => {
    const before = fold(started(plan), { type: 'stage-started', stage: 'compile' });
    const copy = structuredClone(before);
    reduceRun(before, { type: 'stage-log', stage: 'compile', line: 'x', at: 1 });
    reduceRun(before, { type: 'node-health', node: 'n', role: 'peer', state: 'ready', at: 1 });
    expect(before).toEqual(copy);
  });
});

describe('bounded memory', () => {
  function tailAfter(lines: Iterable<string>) {
    let state = fold(started(plan), { type: 'stage-started', stage: 'compile' });
    for (const line of lines) state = reduceRun(state, { type: 'stage-log', stage: 'compile', line, at: 1 });
    return state.stages[0]?.tail ?? { lines: [], bytes: 0, dropped: 0 };
  }

  test('keeps the last lines and counts the others', () => {
    const tail = tailAfter(Array.from({ length: 100_000 }, (_, i) => `line ${i}`));
    expect(tail.lines).toHaveLength(TAIL_LINES);
    expect(tail.lines.at(-1)).toBe('line 99999');
    expect(tail.dropped).toBe(100_000 - TAIL_LINES);
  });

  test('keeps no more bytes than allowed, and cuts an endless line on a whole character', () => {
    const tail = tailAfter(Array.from({ length: 50 }, () => 'é'.repeat(1_000_000)));
    expect(tail.bytes).toBeLessThanOrEqual(TAIL_BYTES);
    expect(tail.bytes).toBe(tail.lines.reduce((sum, line) => sum + Buffer.byteLength(line) + 1, 0));
    expect(tail.lines.length).toBeGreaterThan(1);
    expect(tail.lines[0]).toMatch(/^é+.?…$/u);
  });

  test('warnings and nodes have limits', () => {
    let state = fold(started(plan));
    for (let i = 0; i < 2000; i += 1) {
      state = reduceRun(state, { type: 'stage-warning', stage: 'image', code: 'c', message: `${i}`, at: 1 });
      state = reduceRun(state, { type: 'node-health', node: `n${i}`, role: 'peer', state: 'ready', at: 1 });
    }
    expect(state.stages[1]?.warnings.length).toBeLessThanOrEqual(50);
    expect(state.stages[1]?.warnings.at(-1)?.message).toBe('1999');
    expect(state.nodes.length).toBeLessThanOrEqual(500);
  });
});
