import { describe, expect, it } from 'vitest';
import type { StageContext, StageExecutor } from '../../../../src/pipeline/context/stage.ts';
import type { Resources } from '../../../../src/pipeline/core/budget.ts';
import type { RunEventBody } from '../../../../src/pipeline/core/events.ts';
import { WizardFailure } from '../../../../src/pipeline/core/failure.ts';
import type { Stage } from '../../../../src/pipeline/run/plan.ts';
import { type RunnerOptions, runPlan } from '../../../../src/pipeline/run/runner.ts';
import { stageOf, TWO_CORES } from '../../../support/plans.ts';

const stage = (id: string, needs: readonly string[] = [], action: Stage['action'] = 'run') =>
  stageOf(id, { needs, action });

const built: StageExecutor = async () => ({ outcome: 'built' });

/** An executor that ends well when the gate is opened. */
function gate(): { open: () => void; passed: StageExecutor } {
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { open: () => open(), passed: () => opened.then(() => ({ outcome: 'built' })) };
}

/** Ends only when it is cancelled. */
const endless = ({ signal }: StageContext) =>
  new Promise<never>((_, reject) => {
    const tornDown = () => reject(new Error('torn down'));
    if (signal.aborted) tornDown();
    signal.addEventListener('abort', tornDown);
  });

async function run(
  stages: readonly Stage[],
  executors: Record<string, StageExecutor>,
  options: {
    signal?: AbortSignal;
    budget?: Resources;
    onEvent?: (event: RunEventBody) => void;
    examine?: RunnerOptions['diagnose'];
  } = {},
) {
  const events: string[] = [];
  const outcome = await runPlan({ stages }, new Map(Object.entries(executors)), {
    signal: options.signal ?? new AbortController().signal,
    budget: options.budget ?? TWO_CORES,
    diagnose: options.examine,
    emit: (event) => {
      if ('stage' in event) events.push(`${event.type.replace('stage-', '')} ${event.stage}`);
      options.onEvent?.(event);
    },
  });
  return { outcome, events };
}

describe('runPlan', () => {
  it('lets a stage do as much at once as it likes, without a warning of node', async () => {
    const warned: string[] = [];
    const onWarning = ({ name }: Error) => warned.push(name);
    process.on('warning', onWarning);
    const manyThings: StageExecutor = async ({ signal }) => {
      for (let i = 0; i < 30; i++) signal.addEventListener('abort', () => i);
      return { outcome: 'built' };
    };
    await run([stage('a')], { a: manyThings });
    // Node tells of it when what is under way has ended.
    await new Promise((resolve) => setImmediate(resolve));
    process.off('warning', onWarning);
    expect(warned).toEqual([]);
  });

  it('starts a stage when its needs have ended, and no sooner', async () => {
    const { outcome, events } = await run([stage('a'), stage('b', ['a']), stage('c', ['b'])], {
      a: built,
      b: built,
      c: built,
    });
    expect(outcome).toBe('done');
    expect(events).toEqual(['started a', 'finished a', 'started b', 'finished b', 'started c', 'finished c']);
  });

  it('runs side by side what does not depend on each other', async () => {
    const arrived: string[] = [];
    const { open, passed } = gate();
    // Each waits for the other: one after another would never end.
    const meet: (id: string) => StageExecutor = (id) => (context) => {
      arrived.push(id);
      if (arrived.length === 2) open();
      return passed(context);
    };
    expect((await run([stage('a'), stage('b')], { a: meet('a'), b: meet('b') })).outcome).toBe('done');
  });

  it('starts what fits into the budget, the most urgent first, the next when one ends', async () => {
    const cost = { cores: 1, memoryMb: 100 };
    const [a, b, c] = [gate(), gate(), gate()];
    const { outcome, events } = await run(
      [
        stageOf('a', { cost, weight: 1 }),
        stageOf('b', { cost, weight: 2 }),
        stageOf('c', { cost, weight: 3 }),
        stageOf('free'),
      ],
      { a: a.passed, b: b.passed, c: c.passed, free: built },
      {
        budget: { cores: 2, memoryMb: 1000 },
        onEvent: (event) => {
          // `a` has not begun while the other two run; it begins because `b` ends.
          if (event.type === 'stage-finished' && event.stage === 'free') b.open();
          if (event.type === 'stage-started' && event.stage === 'a') {
            a.open();
            c.open();
          }
        },
      },
    );
    expect(outcome).toBe('done');
    expect(events.slice(0, 6)).toEqual([
      'started c',
      'started b',
      'started free',
      'finished free',
      'finished b',
      'started a',
    ]);
  });

  it('starts nothing that waits for room when it is cancelled', async () => {
    const cost = { cores: 1, memoryMb: 100 };
    const controller = new AbortController();
    const { outcome, events } = await run(
      [stageOf('a', { cost }), stageOf('b', { cost })],
      { a: endless, b: built },
      {
        budget: { cores: 1, memoryMb: 1000 },
        signal: controller.signal,
        onEvent: (event) => {
          if (event.type === 'stage-started') queueMicrotask(() => controller.abort());
        },
      },
    );
    expect(outcome).toBe('cancelled');
    expect(events).toEqual(['started a', 'cancelled a']);
  });

  it('starts nothing that waits for room when another fails', async () => {
    const cost = { cores: 1, memoryMb: 100 };
    const { outcome, events } = await run(
      [stageOf('a', { cost }), stageOf('b', { cost })],
      { a: async () => Promise.reject(new Error('no')), b: built },
      { budget: { cores: 1, memoryMb: 1000 } },
    );
    expect(outcome).toBe('failed');
    expect(events).toEqual(['started a', 'failed a']);
  });

  it('does not execute what the plan calls cached', async () => {
    const { outcome, events } = await run([stage('a', [], 'cached'), stage('b', ['a'])], { b: built });
    expect(outcome).toBe('done');
    expect(events).toContain('finished a');
  });

  it('cancels the rest at the first failure and starts nothing more', async () => {
    const failing: StageExecutor = async () => {
      throw new WizardFailure({ kind: 'check', what: 'w', expected: 'e', got: 'g' });
    };
    const { outcome, events } = await run([stage('a'), stage('b'), stage('c', ['a', 'b'])], {
      a: endless,
      b: failing,
      c: built,
    });
    expect(outcome).toBe('failed');
    expect(events).toEqual(['started a', 'started b', 'failed b', 'cancelled a']);
  });

  it('is cancelled as a whole, and a stage that fails while it is torn down is cancelled, not failed', async () => {
    const controller = new AbortController();
    const { outcome, events } = await run(
      [stage('a'), stage('b', ['a'])],
      { a: endless, b: built },
      {
        signal: controller.signal,
        onEvent: (event) => {
          if (event.type === 'stage-started') controller.abort();
        },
      },
    );
    expect(outcome).toBe('cancelled');
    expect(events).toEqual(['started a', 'cancelled a']);
  });

  it('shows a bug as what it is', async () => {
    let message = '';
    const { outcome } = await run(
      [stage('a')],
      {
        a: async () => {
          throw new TypeError('x is not a function');
        },
      },
      {
        onEvent: (event) => {
          if (event.type === 'stage-failed' && event.failure.kind === 'unexpected')
            message = event.failure.message;
        },
      },
    );
    expect(outcome).toBe('failed');
    expect(message).toBe('x is not a function');
  });

  it('ends what else runs while a failure is looked at, and tells it with what was found', async () => {
    const { open, passed } = gate();
    const failure = { kind: 'usage', message: 'x', next: [] } as const;
    const diagnosis = {
      symptom: 'disk-full',
      proof: { source: 'failure', name: '', line: 'no space left on device' },
      facts: {},
    } as const;
    const told: RunEventBody[] = [];
    const { outcome, events } = await run(
      [stage('bad'), stage('other')],
      {
        bad: async () => {
          throw new WizardFailure(failure);
        },
        // Only the end of the other stage lets the look end: waiting for the look first would last for ever.
        other: (context) => endless(context).finally(open),
      },
      {
        examine: async (id, given) => {
          expect([id, given]).toEqual(['bad', failure]);
          await passed({} as StageContext);
          return { failure: given, diagnosis };
        },
        onEvent: (event) => told.push(event),
      },
    );
    expect(outcome).toBe('failed');
    expect(events.slice(2).sort()).toEqual(['cancelled other', 'failed bad']);
    expect(told).toContainEqual(
      expect.objectContaining({ type: 'stage-failed', stage: 'bad', failure, diagnosis }),
    );
  });
});
