import { describe, expect, it } from 'vitest';
import type { RunEventBody } from '../../../../src/pipeline/run/events.ts';
import { WizardFailure } from '../../../../src/pipeline/run/failure.ts';
import type { Stage } from '../../../../src/pipeline/run/plan.ts';
import { runPlan } from '../../../../src/pipeline/run/runner.ts';
import type { StageContext, StageExecutor } from '../../../../src/pipeline/run/stage.ts';

function stage(id: string, needs: readonly string[] = [], action: Stage['action'] = 'run'): Stage {
  return { id, needs, cause: `because of ${id}`, action, weight: 1 };
}

const built: StageExecutor = async () => ({ outcome: 'built' });

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
  options: { signal?: AbortSignal; concurrency?: number; onEvent?: (event: RunEventBody) => void } = {},
) {
  const events: string[] = [];
  const outcome = await runPlan({ stages }, new Map(Object.entries(executors)), {
    signal: options.signal ?? new AbortController().signal,
    concurrency: options.concurrency ?? 4,
    emit: (event) => {
      if ('stage' in event) events.push(`${event.type.replace('stage-', '')} ${event.stage}`);
      options.onEvent?.(event);
    },
  });
  return { outcome, events };
}

describe('runPlan', () => {
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
    let open: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => {
      open = resolve;
    });
    // Each waits for the other: one after another would never end.
    const meet: (id: string) => StageExecutor = (id) => async () => {
      arrived.push(id);
      if (arrived.length === 2) open();
      await gate;
      return { outcome: 'built' };
    };
    expect((await run([stage('a'), stage('b')], { a: meet('a'), b: meet('b') })).outcome).toBe('done');
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
});
