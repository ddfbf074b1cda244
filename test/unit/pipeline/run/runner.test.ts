import { PassThrough } from 'node:stream';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { RunContext, StageContext } from '../../../../src/pipeline/context/run-context.ts';
import {
  type AnyStage,
  defineResultStage,
  defineStage,
  type PlainStage,
  run as runIt,
} from '../../../../src/pipeline/context/stage-definition.ts';
import type { Resources } from '../../../../src/pipeline/core/budget.ts';
import type { RunEventBody } from '../../../../src/pipeline/core/events.ts';
import { WizardFailure } from '../../../../src/pipeline/core/failure.ts';
import type { PlannedStage } from '../../../../src/pipeline/core/plan.ts';
import { type RunnerOptions, runPlan } from '../../../../src/pipeline/run/runner.ts';
import { bare, stageOf, TWO_CORES } from '../../../support/plans.ts';

const stage = (id: string, needs: readonly string[] = [], action: PlannedStage['action'] = 'run') =>
  stageOf(id, { needs, action });

type Executor = PlainStage<string>['execute'];

const TOPIC = { group: 'build-stages', aliases: [], see: [] } as const;

/** A stage of a test: only its executor matters, the plan is given. */
function definition(id: string, execute: Executor): AnyStage {
  return defineStage({ id, topic: TOPIC, isIncluded: () => true, decide: () => runIt('test'), execute });
}

const CONTEXT = { project: 'fw-test' } as RunContext;

const built: Executor = async () => ({ outcome: 'built' });

/** An executor that ends well when the gate is opened. */
function gate(): { open: () => void; passed: () => Promise<{ outcome: 'built' }> } {
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { open: () => open(), passed: () => opened.then(() => ({ outcome: 'built' as const })) };
}

/** Ends only when it is cancelled. */
const endless = ({ signal }: StageContext) =>
  new Promise<never>((_, reject) => {
    const tornDown = () => reject(new Error('torn down'));
    if (signal.aborted) tornDown();
    signal.addEventListener('abort', tornDown);
  });

async function run(
  stages: readonly PlannedStage[],
  executors: Record<string, Executor>,
  options: {
    signal?: AbortSignal;
    budget?: Resources;
    onEvent?: (event: RunEventBody) => void;
    diagnose?: RunnerOptions['diagnose'];
  } = {},
) {
  const events: string[] = [];
  const definitions = Object.entries(executors).map(([id, execute]) => definition(id, execute));
  const input = { plan: { stages }, definitions, context: CONTEXT, observed: bare };
  const outcome = await runPlan(input, {
    signal: options.signal ?? new AbortController().signal,
    budget: options.budget ?? TWO_CORES,
    diagnose: options.diagnose,
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
    const manyThings: Executor = async ({ signal }) => {
      for (let i = 0; i < 30; i++) signal.addEventListener('abort', () => i);
      return { outcome: 'built' };
    };
    await run([stage('a')], { a: manyThings });
    // Node tells of it when what is under way has ended.
    await new Promise((resolve) => setImmediate(resolve));
    process.off('warning', onWarning);
    expect(warned).toEqual([]);
  });

  it('fails a stage that nothing can end any more, with its name', async () => {
    const failures: unknown[] = [];
    const stuck: Executor = () => new Promise(() => undefined);
    const ended = run(
      [stage('a'), stage('b', ['a'])],
      { a: stuck, b: built },
      { onEvent: (event) => event.type === 'stage-failed' && failures.push(event.failure) },
    );
    // Node emits it when it has nothing left to do.
    process.emit('beforeExit', 0);
    expect(await ended).toEqual({ outcome: 'failed', events: ['started a', 'failed a'] });
    expect(failures).toMatchObject([{ kind: 'unexpected' }]);
    expect(process.listenerCount('beforeExit')).toBe(0);
  });

  it('fails a stage when an exception escapes from a callback, and ends the others', async () => {
    const failures: unknown[] = [];
    const others = process.listeners('uncaughtException');
    process.removeAllListeners('uncaughtException');
    onTestFinished(() => {
      for (const listener of others) process.on('uncaughtException', listener);
    });
    // Nobody listens to the errors of this stream.
    const careless: Executor = () => {
      new PassThrough().destroy(new Error('lost'));
      return new Promise(() => undefined);
    };
    const { outcome, events } = await run(
      [stage('a'), stage('b')],
      { a: endless, b: careless },
      { onEvent: (event) => event.type === 'stage-failed' && failures.push(event.failure) },
    );
    expect([outcome, events]).toEqual(['failed', ['started a', 'started b', 'failed b', 'cancelled a']]);
    expect(failures).toMatchObject([{ kind: 'unexpected', message: 'lost' }]);
    expect(process.listenerCount('uncaughtException')).toBe(0);
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
    const meet: (id: string) => Executor = (id) => () => {
      arrived.push(id);
      if (arrived.length === 2) open();
      return passed();
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
    const failing: Executor = async () => {
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

  it('says at once what is cancelled, once for each stage, while they still tidy up', async () => {
    const abort = new AbortController();
    const tidied = gate();
    const tidies: Executor = async ({ signal }) => {
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
      await tidied.passed();
      throw new Error('torn down');
    };
    const seen: string[] = [];
    const ended = run(
      [stage('a'), stage('b'), stage('c', ['a'])],
      { a: tidies, b: endless, c: built },
      { signal: abort.signal, onEvent: ({ type }) => seen.push(type) },
    );
    await new Promise((resolve) => setImmediate(resolve));
    abort.abort();
    expect(seen).toEqual(['stage-started', 'stage-started', 'stage-cancelled', 'stage-cancelled']);
    tidied.open();
    expect(await ended).toEqual({
      outcome: 'cancelled',
      events: ['started a', 'started b', 'cancelled a', 'cancelled b'],
    });
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
        diagnose: async ({ id }, given) => {
          expect([id, given]).toEqual(['bad', failure]);
          await passed();
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

  it('hands the result of a stage to the stages that need it, and to no others', async () => {
    const common = { topic: TOPIC, isIncluded: () => true, decide: () => runIt('test') };
    const first = defineResultStage({
      ...common,
      id: 'first',
      knownResult: () => 'known',
      execute: async () => ({ outcome: 'built', result: 'made' }),
    });
    const seen: string[] = [];
    const second = defineStage({
      ...common,
      id: 'second',
      needs: [first],
      execute: async (_, inputs) => {
        seen.push(inputs.of(first));
        return { outcome: 'built' };
      },
    });
    const stranger = defineStage({
      ...common,
      id: 'stranger',
      execute: async (_, inputs) => {
        seen.push(inputs.of(first));
        return { outcome: 'built' };
      },
    });
    const of = (...stages: readonly PlannedStage[]) =>
      runPlan(
        { plan: { stages }, definitions: [first, second, stranger], context: CONTEXT, observed: bare },
        { signal: new AbortController().signal, budget: TWO_CORES, emit: () => undefined },
      );
    expect(await of(stage('first'), stage('second', ['first']))).toBe('done');
    expect(await of(stage('first', [], 'cached'), stage('second', ['first']))).toBe('done');
    expect(await of(stage('second'))).toBe('done');
    expect(seen).toEqual(['made', 'known', 'known']);
    expect(await of(stage('stranger'))).toBe('failed');
  });

  it('gives a failure without lines the last lines of its stage', async () => {
    const failing: Executor = async ({ report }) => {
      for (const line of ['one', 'two']) report.log(line);
      throw new WizardFailure({ kind: 'command', command: 'make', where: 'here', exitCode: 2, tail: [] });
    };
    const events: RunEventBody[] = [];
    await run([stage('a')], { a: failing }, { onEvent: (event) => events.push(event) });
    expect(events.find(({ type }) => type === 'stage-failed')).toMatchObject({
      failure: { tail: ['one', 'two'] },
    });
  });

  it('reports an equivalent command once, however often it is run', async () => {
    const asking: Executor = async ({ report }) => {
      for (let i = 0; i < 3; i++) report.command('docker ps');
      return { outcome: 'built' };
    };
    const { events } = await run([stage('a')], { a: asking });
    expect(events).toEqual(['started a', 'command a', 'finished a']);
  });
});
