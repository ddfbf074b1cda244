import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { RunEvent } from '../../../src/pipeline/core/events.ts';
import type { StageFailure } from '../../../src/pipeline/core/failure.ts';
import { initialRunState, reduceRun } from '../../../src/pipeline/core/run-state.ts';
import { textWidth } from '../../../src/report/terminal-text.ts';
import type { AppState } from '../../../src/screens/app-state.ts';
import { RunScreen } from '../../../src/screens/run-screen.tsx';
import { BROKEN_BUILD } from '../../support/broken-build.ts';
import { planOf, stageOf } from '../../support/plans.ts';
import { fakeWizard } from '../../support/questions.ts';
import { recordedPlan, recordedState } from '../../support/recorded.ts';
import { fakeApp, KEY, SIZES, showScreen } from '../../support/screen.tsx';

const request = { command: 'up' } as const;
const running = (run: AppState['run']): Partial<AppState> => ({
  run,
  work: { kind: 'running', request, cancelling: false },
});
/** The images are cached, and the network is being made. */
const MIDWAY = recordedState(
  'up-1.4.12',
  (event) => event.type === 'stage-finished' && event.stage === 'artifacts',
);
const FAILED = recordedState('up-practice-failed');

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: (MIDWAY.startedAt ?? 0) + 95_000 });
});
afterEach(() => {
  vi.useRealTimers();
});

function show(state: Partial<AppState>, size = SIZES[1]) {
  const { wizard, calls: wizardCalls } = fakeWizard();
  const { app, calls } = fakeApp({ id: 'run' }, state, wizard);
  return showScreen(<RunScreen />, app, { size }).then((shown) => ({ ...shown, app, calls, wizardCalls }));
}

describe.each(SIZES)('the run screen at $columns x $rows', (size) => {
  it.each([
    ['planned', { work: { kind: 'planned', request, plan: recordedPlan('up-1.4.12'), warnings: [] } }],
    ['running', running(MIDWAY)],
    ['failed', { run: FAILED, work: { kind: 'ended', request } }],
    ['cancelled', { run: { ...MIDWAY, outcome: 'cancelled' }, work: { kind: 'ended', request } }],
    [
      'preparing',
      {
        work: {
          kind: 'preparing',
          request,
          notices: ['cloning v1.4.12', 'x'.repeat(300)],
          startsWhenReady: true,
        },
      },
    ],
  ] as [string, Partial<AppState>][])('fits its rows and leaves one free: %s', async (_, state) => {
    const { rows } = await show(state, size);
    expect(rows()).toHaveLength(size.rows - 1);
    for (const row of rows()) expect(textWidth(row)).toBeLessThanOrEqual(size.columns);
    expect(rows().at(-1)).toMatch(/q quit$/);
  });
});

describe.each(SIZES)('a warning of the stage that runs, at $columns x $rows', (size) => {
  it('is in view', async () => {
    const started = reduceRun(MIDWAY, { type: 'stage-started', at: 0, stage: 'smoke' });
    const facts = { peer: 'peer0.org1.example.com', request: 'POST /exec', reason: 'not needed' };
    const message = { key: 'warning.gateway-refused', ...facts } as const;
    const warned = reduceRun(started, {
      ...{ type: 'stage-warning', at: 0, stage: 'smoke', code: 'gateway-refused' },
      message,
    });
    const { text } = await show(running(warned), size);
    expect(text().replace(/\s+/g, ' ')).toContain('smoke: the gateway refused POST /exec of');
  });
});

describe.each(SIZES)('a run of unit tests at $columns x $rows', (size) => {
  const testing = { command: 'test' } as const;
  const plan = planOf(stageOf('source'), stageOf('test'));
  const begun = [
    { type: 'run-started', at: 0, runId: 'r', command: 'test', project: 'p', practice: false, plan },
    { type: 'stage-started', at: 0, stage: 'test' },
    {
      type: 'stage-progress',
      at: 1,
      stage: 'test',
      done: 3,
      total: 4,
      unit: 'packages',
      item: 'core/peer TestA',
    },
  ] as const satisfies readonly RunEvent[];
  const failure: StageFailure = {
    kind: 'tests',
    failed: [
      {
        package: 'core/peer',
        test: 'TestA',
        problem: 'failed',
        place: { file: 'core/peer/peer_test.go', line: 12 },
        output: ['Error: Not equal'],
      },
    ],
    count: 1,
    packages: ['core/peer'],
    tested: 4,
    again: 'fabric-wizard test --yes',
  };
  const runOf = (...events: readonly RunEvent[]) => [...begun, ...events].reduce(reduceRun, initialRunState);

  it('shows the progress by package, and the test that runs', async () => {
    const { text } = await show(
      { run: runOf(), work: { kind: 'running', request: testing, cancelling: false } },
      size,
    );
    expect(text()).toMatch(/test .*75 %/);
    if (size.columns >= 80) expect(text()).toContain('core/peer TestA');
  });

  it('stays when all have passed: their number is on no other screen', async () => {
    const detail = { key: 'detail.tests', packages: 4, count: 31, skipped: '', untested: '' } as const;
    const ended = runOf(
      { type: 'stage-finished', at: 2, stage: 'test', outcome: 'built', seconds: 9, detail },
      { type: 'run-finished', at: 2, outcome: 'done', exitCode: 0, seconds: 9 },
    );
    const { text, app } = await show({ run: ended, work: { kind: 'ended', request: testing } }, size);
    expect(app.store.now().navigation.at(-1)).toEqual({ id: 'run' });
    if (size.columns >= 80) expect(text()).toContain('31 tests passed in 4 packages');
  });

  it('shows what failed, and opens its line in the editor', async () => {
    const failed = runOf(
      { type: 'stage-failed', at: 2, stage: 'test', seconds: 9, failure },
      { type: 'run-finished', at: 2, outcome: 'failed', exitCode: 1, seconds: 9 },
    );
    const { text, press, calls } = await show(
      { run: failed, work: { kind: 'ended', request: testing } },
      size,
    );
    expect(text()).toMatch(/1 test failed in 1 of 4/);
    expect(text().replace(/\s+/g, ' ')).toContain('peer_test.go:12');
    await press('e');
    expect(calls).toContain('openEditor {"file":"core/peer/peer_test.go","line":12}');
  });
});

describe('a run in progress', () => {
  it('shows overall progress, time elapsed and left, and a line for each stage', async () => {
    const { text } = await show(running(MIDWAY), SIZES[2]);
    expect(text()).toMatch(
      /[█░]{20,} +\d+ % {2}1:35 {2}(about \d+:\d\d left|longer than expected|time left unknown)/,
    );
    expect(text()).toMatch(/✓ crypto +built \d/);
    expect(text()).toMatch(/✓ base\.builder +up to date/);
    expect(text()).toMatch(/· smoke +/);
  });

  it('shows the log of the stage with the most output, and the next log at Tab', async () => {
    const lines = (stage: string, count: number) =>
      Array.from(
        { length: count },
        (_, i) => ({ type: 'stage-log', at: 1, stage, line: `${stage} ${i}` }) as const,
      );
    const begun = ['image.peer', 'image.tools'].map(
      (stage) => ({ type: 'stage-started', at: 1, stage }) as const,
    );
    const talking = [...begun, ...lines('image.tools', 30), ...lines('image.peer', 5)].reduce(
      reduceRun,
      MIDWAY,
    );
    const { text, press } = await show(running(talking));
    expect(text()).toMatch(/── image\.tools: 30 lines ─+\n[\s\S]*image\.tools 29/);
    await press(KEY.tab);
    expect(text()).not.toContain('── image.tools');
    await press(KEY.tab, KEY.tab);
    expect(text()).toMatch(/── image\.\w+/);
  });

  it('is cancelled by Ctrl-C, and opens a log in the pager', async () => {
    const talking = reduceRun(MIDWAY, { type: 'stage-log', at: 1, stage: 'compose', line: 'x' });
    const { press, calls, text, app } = await show(running(talking));
    expect(text()).toContain('Ctrl-C cancel');
    await press(KEY.ctrlC, 'o', '?');
    expect(calls).toEqual(['interrupt', 'openLog "compose"']);
    expect(app.store.now().overlay).toEqual({ id: 'help', topic: 'compose' });
  });
});

it.each(SIZES)('the run screen shows a cancelled stage at $columns columns', async (size) => {
  const run = reduceRun(reduceRun(MIDWAY, { type: 'stage-started', at: 1, stage: 'start' }), {
    type: 'stage-cancelled',
    at: 2,
    stage: 'start',
  });
  const { text } = await show({ run, work: { kind: 'ended', request } }, size);
  expect(text()).toMatch(/! start +cancelled/);
});

describe('a failed run', () => {
  it('shows the cause and the commands that help, and is retried by r', async () => {
    const { text, press, calls } = await show({ run: FAILED, work: { kind: 'ended', request } });
    expect(text()).toContain('up failed');
    expect(text()).toMatch(/cause: .*chaincode\.golang\.runtime/);
    expect(text()).toMatch(/Next:\n +docker tag \S+ \\\n\s+hyperledger\/fabric-yxbaseos/);
    expect(text()).toContain('r retry from here');
    await press(KEY.up, 'r', KEY.enter);
    expect(calls).toEqual(['run {"command":"up"}']);
  });

  it.each([
    ['review', 'Esc edit answers'],
    ['dashboard', 'Esc back'],
  ] as const)('returns to the %s at Esc', async (id, label) => {
    const { app } = fakeApp({ id }, { run: FAILED, work: { kind: 'ended', request } });
    app.store.updateNow((state) => ({ ...state, navigation: [{ id }, { id: 'run' }] }));
    const { text, press } = await showScreen(<RunScreen />, app);
    expect(text()).toContain(label);
    await press(KEY.escape);
    expect(app.store.now().navigation).toEqual([{ id }]);
  });

  it.each(SIZES)('shows the title of the failure without scrolling at $columns columns', async (size) => {
    const { text, press } = await show({ run: FAILED, work: { kind: 'ended', request } }, size);
    expect(text()).toMatch(/^✗ smoke: /m);
    expect(text()).toContain('up failed');
    await press(KEY.end);
    expect(text()).toContain('fabric-wizard logs');
    await press(KEY.home);
    expect(text()).toMatch(/── smoke/);
  });
});

describe('a refused plan', () => {
  it('shows its failure, and is tried again at r', async () => {
    const failure = { kind: 'engine', problem: 'unreachable', endpoint: 'unix:///x', detail: 'no' } as const;
    const { text, press, calls } = await show({ work: { kind: 'refused', request, failure } });
    expect(text()).toContain('not started');
    expect(text()).toContain('unix:///x');
    await press('r');
    expect(calls).toEqual(['run {"command":"up"}']);
  });
});

describe('ports in use', () => {
  const failure = {
    kind: 'port-taken',
    taken: [{ port: 7051, wantedBy: 'peer0.org1.example.com', owner: '' }],
  } as const;
  const diagnosed = recordedState('up-practice-failed', (event) => event.type === 'stage-failed');
  const inUse = reduceRun(
    reduceRun(diagnosed, {
      ...{ type: 'stage-failed', at: 1, stage: 'start', seconds: 1 },
      failure: { kind: 'engine-refused', request: 'POST /start', status: 500, detail: 'port in use' },
      diagnosis: {
        symptom: 'port-in-use',
        proof: { source: 'failure', name: '', line: 'port in use' },
        facts: { port: '7051' },
      },
    }),
    { type: 'run-finished', at: 2, outcome: 'failed', exitCode: 1, seconds: 1 },
  );

  it.each<[string, Partial<AppState>, string]>([
    ['before the run', { work: { kind: 'refused', request, failure } }, '8050'],
    ['of a stage', { run: inUse, work: { kind: 'ended', request } }, '17050'],
    ['after other work', { run: inUse, lastRequest: request, work: { kind: 'idle' } }, '17050'],
  ])('are replaced by one key, which starts the network again: %s', async (_, state, port) => {
    const { text, press, calls, wizardCalls } = await show(state);
    expect(text()).toContain(`f use ports from ${port}`);
    await press('f');
    expect(wizardCalls).toContain(`answer "portBase" "${port}"`);
    expect(calls).toEqual(['preparePlan {"command":"up"}', 'startPlan']);
  });

  it('have no key if the failure has another cause, or the command does not start a network', async () => {
    const given = ['--port-base 7050'];
    for (const work of [
      { kind: 'refused', request, failure: { kind: 'compose-missing', detail: 'no', given } },
      { kind: 'refused', request: { command: 'smoke' }, failure },
    ] as const)
      expect((await show({ work })).text()).not.toContain('use ports');
  });
});

describe('a finished run', () => {
  it('opens the dashboard', async () => {
    const run = recordedState('up-1.4.12');
    const { app } = await show({ run, work: { kind: 'ended', request } });
    expect(app.store.now().navigation).toEqual([{ id: 'dashboard' }]);
  });

  it('of a deployment returns to the chaincodes', async () => {
    const run = recordedState('up-1.4.12');
    const { app } = await show({ run, work: { kind: 'ended', request: { command: 'deploy' } } });
    expect(app.store.now().navigation).toEqual([{ id: 'chaincodes' }]);
  });
});

describe('a plan', () => {
  it('is started by Enter and by no other key', async () => {
    const { text, press, calls } = await show({
      work: { kind: 'planned', request, plan: recordedPlan('up-1.4.12'), warnings: [] },
    });
    expect(text()).toMatch(/run +\* crypto/);
    await press('r', 'o', KEY.tab, KEY.down, KEY.enter);
    expect(calls).toEqual(['startPlan']);
  });
});

describe('a failed compile', () => {
  it('is opened in the editor by e', async () => {
    const { text, press, calls } = await show({ run: BROKEN_BUILD, work: { kind: 'ended', request } });
    expect(text()).toContain('e edit peer.go:12');
    await press('e');
    expect(calls).toEqual(['openEditor {"file":"core/peer/peer.go","line":12,"message":"undefined: x"}']);
  });

  it('of a chaincode is opened in its own folder', async () => {
    const failure: StageFailure = {
      kind: 'command',
      command: 'peer',
      where: 'cli',
      exitCode: 1,
      tail: [],
      chaincode: { name: 'basic', dir: '/work/basic' },
    };
    const stage = BROKEN_BUILD.stages.find(({ status }) => status === 'failed');
    if (!stage) throw new Error('no failed stage');
    const diagnosis = {
      symptom: 'chaincode-does-not-compile',
      proof: { source: 'failure', name: '', line: 'basic/main.go:7:2: undefined: x' },
      facts: { file: 'basic/main.go', line: '7', problem: 'undefined: x' },
    } as const;
    const run = { ...BROKEN_BUILD, stages: [{ ...stage, id: 'deploy', failure, diagnosis }] };
    const { text, press, calls } = await show({
      run,
      work: { kind: 'ended', request: { command: 'deploy' } },
    });
    expect(text()).toContain('e edit main.go:7');
    await press('e');
    expect(calls).toEqual(['openEditor {"file":"basic/main.go","line":7,"dir":"/work/basic"}']);
  });

  it('is shown after other work, too', async () => {
    const { text } = await show({ run: BROKEN_BUILD, work: { kind: 'idle' } });
    expect(text()).toContain('core/peer/peer.go:12');
    expect((await show({ run: FAILED, work: { kind: 'idle' } })).text()).not.toContain('e edit');
    const rebuild = { command: 'rebuild', smoke: true } as const;
    const shown = await show({ run: BROKEN_BUILD, lastRequest: rebuild, work: { kind: 'idle' } });
    await shown.press('r');
    expect(shown.calls).toEqual(['run {"command":"rebuild","smoke":true}']);
  });
});

describe('a run that is refused after another run', () => {
  it('does not offer the log of the other run', async () => {
    const failure = { kind: 'usage', message: 'No.', next: [] } as const;
    const { text, press, calls } = await show({ run: FAILED, work: { kind: 'refused', request, failure } });
    expect(text()).toContain('try again');
    expect(text()).not.toContain('full log');
    await press('o');
    expect(calls).toEqual([]);
  });
});
