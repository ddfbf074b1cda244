import { describe, expect, it } from 'vitest';
import { CurrentScreen } from '../../../../src/app.tsx';
import { makePlan } from '../../../../src/pipeline/plan/make-plan.ts';
import { STAGES } from '../../../../src/pipeline/stages/stage-list.ts';
import { textWidth } from '../../../../src/report/terminal-text.ts';
import type { Work } from '../../../../src/screens/app-state.ts';
import type { NavigationStack } from '../../../../src/screens/navigation.ts';
import type { Size } from '../../../../src/ui/theme.tsx';
import { absentImage, bare, planFor, settled, TWO_CORES, UP } from '../../../support/plans.ts';
import { type FakeOptions, fakeWizard, sourceAt } from '../../../support/questions.ts';
import { fakeApp, KEY, SIZES, showScreen } from '../../../support/screen.tsx';

const request = { command: 'up' } as const;
const PLANNED: Work = { kind: 'planned', request, plan: makePlan(STAGES, bare, UP, TWO_CORES), warnings: [] };

async function show(
  work: Work,
  options: FakeOptions = {},
  size?: Size,
  navigation: NavigationStack = [{ id: 'review' }],
) {
  const { wizard, calls: wizardCalls } = fakeWizard(options);
  const { app, calls } = fakeApp({ id: 'review' }, { work, navigation }, wizard);
  const shown = await showScreen(<CurrentScreen />, app, { size });
  const become = (next: Work) => {
    app.store.updateNow((state) => ({ ...state, work: next }));
    return shown.press();
  };
  return { ...shown, become, calls, wizardCalls, wizard, place: () => app.store.now().navigation.at(-1)?.id };
}

describe.each(SIZES)('the review screen at $columns x $rows', (size) => {
  it('fits, and shows plan, time and the practice source', async () => {
    const practice = sourceAt('/x', '1.4.12', { practice: true });
    const source = { kind: 'ready', choice: 'sample', source: practice, core: undefined } as const;
    const shown = await show(PLANNED, { source, room: 74e9 }, size);
    expect(shown.rows().length).toBe(size.rows - 1);
    expect(Math.max(...shown.rows().map(textWidth))).toBeLessThanOrEqual(size.columns);
    expect(shown.text()).toContain('always runs, to');
    expect(shown.text()).toMatch(/about \d+ (s|min)/);
    expect(shown.text()).toContain('practice source');
  });

  it('scrolls to the last stage', async () => {
    const shown = await show(PLANNED, {}, size);
    await shown.press(KEY.end);
    expect(shown.text()).toMatch(/smoke +always runs/);
  });
});

it('the review screen makes a plan, and shows causes, stages that are up to date and the expected time', async () => {
  const plan = makePlan(STAGES, { ...settled, stageSeconds: { smoke: 12, start: 1 } }, UP, TWO_CORES);
  const shown = await show({ kind: 'planned', request, plan, warnings: [] }, { room: 74e9 });
  expect(shown.calls).toEqual(['preparePlan {"command":"up"}']);
  expect(shown.text()).toMatch(/up to date compile +source, ldflags and builder image are unchanged/);
  expect(shown.text()).toContain('12 s, based on earlier runs');
  expect(shown.text()).toContain('74.0 GB free');
  expect(shown.text()).toMatch(/2 of 20 stages to run/);
});

it('the review screen shows the stages that will run above those that are up to date', async () => {
  const work: Work = { kind: 'planned', request, plan: planFor(settled, UP), warnings: [] };
  const { text } = await show(work, {}, { columns: 80, rows: 24 });
  expect(text()).toMatch(/run +\S* *source .*\nrun +\S* *smoke /);
  expect(text().lastIndexOf('\nrun ')).toBeLessThan(text().indexOf('\nup to date '));
});

describe('opened by the command line', () => {
  const named: NavigationStack = [{ id: 'welcome' }, { id: 'review', unlessCurrent: true }];
  const preparing: Work = { kind: 'preparing', request, notices: [], startsWhenReady: false };

  it('gives way to the dashboard if the network already runs as configured', async () => {
    const shown = await show(preparing, {}, undefined, named);
    await shown.become({ kind: 'planned', request, plan: planFor(settled, UP), warnings: [] });
    expect(shown.place()).toBe('dashboard');
    expect(shown.text()).toContain('The network already runs as configured.');
    expect(shown.calls).toContain('dismissPlan');
  });

  it('stays if something differs', async () => {
    const shown = await show(preparing, {}, undefined, named);
    await shown.become({
      kind: 'planned',
      request,
      plan: planFor({ ...settled, images: { ...settled.images, peer: absentImage } }, UP),
      warnings: [],
    });
    expect(shown.place()).toBe('review');
  });

  it('is not left when the user has opened it', async () => {
    const shown = await show(preparing);
    await shown.become({ kind: 'planned', request, plan: planFor(settled, UP), warnings: [] });
    expect(shown.place()).toBe('review');
  });
});

it('the review screen names the same choices as the equivalent command', async () => {
  const found = {
    orgs: { text: '1', origin: 'file' },
    channel: { text: 'steel', origin: 'flag' },
    peers: { text: '1', origin: 'last-run' },
  } as const;
  const shown = await show(PLANNED, { answers: { found, typed: {}, valid: {} } });
  expect(shown.text()).toContain('saved in fabric-wizard.yaml: orgs; set by flags or the last run:');
  expect(shown.text().replace(/\s+/g, ' ')).toMatch(/last run: (peers, channel|channel, peers)/);
});

describe('ports that are in use', () => {
  it.each([
    { kind: 'port-taken', taken: [{ port: 7051, wantedBy: 'peer0.org1.example.com', owner: '' }] },
    {
      kind: 'preflight',
      command: 'up',
      checks: [
        { id: 'disk', detail: 'little space' },
        { id: 'ports', detail: 'in use', fix: 'fabric-wizard up --port-base 8050' },
      ],
    },
  ] as const)('are replaced by one key, which makes the plan again: $kind', async (failure) => {
    const shown = await show({ kind: 'refused', request, failure });
    expect(shown.text()).toContain('f use ports from 8050');
    await shown.press('f');
    expect(shown.wizardCalls).toContain('answer "portBase" "8050"');
    expect(shown.calls.filter((call) => call.startsWith('preparePlan'))).toHaveLength(2);
  });

  it('have no key if something else refuses the plan', async () => {
    const failure = { kind: 'compose-missing', detail: 'not found' } as const;
    expect((await show({ kind: 'refused', request, failure })).text()).not.toContain('use ports');
  });
});

it('Enter runs the plan', async () => {
  const shown = await show(PLANNED);
  await shown.press(KEY.enter);
  expect(shown.calls).toContain('startPlan');
  await shown.become({ kind: 'running', request, cancelling: false });
  expect(shown.place()).toBe('run');
});

describe('a plan that replaces the network', () => {
  const changes = [{ key: 'change.release', from: '1.4.12', to: '2.5.12' }] as const;
  const plan = planFor({ ...settled, network: { ...settled.network, crypto: 'changed', changes } }, UP);

  it('says what is replaced and what is kept, before the stages', async () => {
    const shown = await show({ kind: 'planned', request, plan, warnings: [] });
    const text = shown.text().replace(/\s+/g, ' ');
    expect(text).toContain('This replaces network c0ffee: Fabric 1.4.12 -> 2.5.12.');
    expect(text).toContain('its certificates move to .fabric-wizard/networks/c0ffee');
    expect(text).toContain('its 3 ledgers stay in their volumes');
    expect(text.indexOf('This replaces')).toBeLessThan(text.indexOf('always runs, to'));
  });

  it('is run by a key of its own, and not by Enter', async () => {
    const shown = await show({ kind: 'planned', request, plan, warnings: [] });
    await shown.press(KEY.enter);
    expect(shown.calls).not.toContain('startPlan');
    expect(shown.text()).toContain('y replace the network and run');
    await shown.press('y');
    expect(shown.calls).toContain('startPlan');
  });
});

describe('Enter before the plan is ready', () => {
  const waiting = { kind: 'preparing', request, notices: ['cloning'], startsWhenReady: false } as const;

  it('shows that the run will start, and opens the run screen', async () => {
    const shown = await show(waiting);
    expect(shown.text()).toContain('cloning');
    await shown.press(KEY.enter);
    expect(shown.calls).toContain('startPlan');
    await shown.become({ ...waiting, startsWhenReady: true });
    expect(shown.text()).toContain('The run starts as soon as the plan is ready');
    expect(shown.text()).toContain('Esc do not start');
    expect(shown.place()).toBe('review');
    await shown.become({ kind: 'running', request, cancelling: false });
    expect(shown.place()).toBe('run');
  });

  it('is reverted by Esc, which stays on the screen', async () => {
    const shown = await show({ ...waiting, startsWhenReady: true });
    await shown.press(KEY.escape);
    expect(shown.calls.at(-1)).toBe('cancelStart');
    expect(shown.place()).toBe('review');
  });

  it('is required: a run that was started elsewhere opens no screen', async () => {
    const shown = await show(waiting);
    await shown.become({ kind: 'running', request, cancelling: false });
    expect(shown.place()).toBe('review');
  });
});

it('p shows the answers as a command and as a file', async () => {
  const equivalent = { command: 'fabric-wizard up --yes --orgs 3', file: '# x\n\n# y\norgs: 3\n' };
  const shown = await show(PLANNED, { equivalent });
  await shown.press('p');
  expect(shown.wizardCalls).toContain('showEquivalent');
  expect(shown.rows()).toContain('fabric-wizard up --yes --orgs 3');
  expect(shown.text()).toContain('orgs: 3');
  // Enter starts nothing there.
  await shown.press(KEY.enter);
  expect(shown.calls).not.toContain('startPlan');
  await shown.press(KEY.escape);
  expect(shown.text()).toContain('always runs, to');
  expect(shown.place()).toBe('review');
});

it('the review screen shows why a plan was refused, and plans again at r', async () => {
  const failure = { kind: 'compose-missing', detail: 'nowhere' } as const;
  const shown = await show({ kind: 'refused', request, failure });
  expect(shown.text()).toContain('✗');
  await shown.press('r');
  expect(shown.calls).toEqual(['preparePlan {"command":"up"}', 'preparePlan {"command":"up"}']);
});

it('the review screen releases the folder when it is left', async () => {
  const shown = await show(PLANNED, {}, undefined, [{ id: 'network' }, { id: 'review' }]);
  await shown.press(KEY.escape);
  expect(shown.place()).toBe('network');
  expect(shown.calls).toEqual(['preparePlan {"command":"up"}', 'dismissPlan']);
});

it('the review screen opens the form with an invalid answer', async () => {
  const answers = { found: { dockerNs: { text: 'A', origin: 'file' } }, typed: {}, valid: {} } as const;
  const shown = await show({ kind: 'idle' }, { answers });
  expect(shown.place()).toBe('build');
  expect(shown.calls).not.toContain('preparePlan {"command":"up"}');
  expect(shown.text()).toContain('is not a valid namespace');
});
