import { describe, expect, it } from 'vitest';
import { PlaceScreen } from '../../../../src/app.tsx';
import { makePlan } from '../../../../src/pipeline/plan/make-plan.ts';
import { STAGES } from '../../../../src/pipeline/stages/stage-list.ts';
import { textWidth } from '../../../../src/report/terminal-text.ts';
import type { Work } from '../../../../src/screens/app-state.ts';
import type { NavigationStack } from '../../../../src/screens/navigation.ts';
import type { Size } from '../../../../src/ui/theme.tsx';
import { bare, settled, TWO_CORES, UP } from '../../../support/plans.ts';
import { type FakeOptions, fakeQuestions, sourceAt } from '../../../support/questions.ts';
import { fakeDesk, KEY, SIZES, showScreen } from '../../../support/screen.tsx';

const request = { command: 'up' } as const;
const PLANNED: Work = { kind: 'planned', request, plan: makePlan(STAGES, bare, UP, TWO_CORES) };

async function show(
  work: Work,
  options: FakeOptions = {},
  size?: Size,
  navigation: NavigationStack = [{ id: 'review' }],
) {
  const { wizard, asked: ofWizard } = fakeQuestions(options);
  const { app, asked } = fakeDesk({ id: 'review' }, { work, navigation }, wizard);
  const shown = await showScreen(<PlaceScreen />, app, { size });
  const become = (next: Work) => {
    app.store.updateNow((state) => ({ ...state, work: next }));
    return shown.press();
  };
  return { ...shown, become, asked, ofWizard, wizard, place: () => app.store.now().navigation.at(-1)?.id };
}

describe.each(SIZES)('at $columns columns and $rows rows', (size) => {
  it('fits, with plan, time, disk and what is kept in sight', async () => {
    const practice = sourceAt('/x', '1.4.12', { practice: true });
    const source = { kind: 'here', choice: 'sample', source: practice, core: undefined } as const;
    const shown = await show(PLANNED, { source, room: 74e9 }, size);
    expect(shown.rows().length).toBe(size.rows - 1);
    expect(Math.max(...shown.rows().map(textWidth))).toBeLessThanOrEqual(size.columns);
    expect(shown.text()).toContain('always runs, to');
    expect(shown.text()).toMatch(/about \d+ (s|min)/);
    expect(shown.text()).toContain('practice source');
  });

  it('can be read to its end', async () => {
    const shown = await show(PLANNED, {}, size);
    await shown.press(KEY.end);
    expect(shown.text()).toMatch(/smoke +always runs/);
  });
});

it('plans by itself, and tells causes, what is cached and how long it takes by earlier runs', async () => {
  const plan = makePlan(STAGES, { ...settled, stageSeconds: { smoke: 12, start: 1 } }, UP, TWO_CORES);
  const shown = await show({ kind: 'planned', request, plan }, { room: 74e9 });
  expect(shown.asked).toEqual(['prepare {"command":"up"}']);
  expect(shown.text()).toMatch(/cached compile +source, ldflags and builder image are unchanged/);
  expect(shown.text()).toContain('12 s, based on earlier runs');
  expect(shown.text()).toContain('74.0 GB free');
  expect(shown.text()).toMatch(/\d+ of \d+ stages up to date/);
});

it('Enter runs it', async () => {
  const shown = await show(PLANNED);
  await shown.press(KEY.enter);
  expect(shown.asked).toContain('start');
  await shown.become({ kind: 'running', request, cancelling: false });
  expect(shown.place()).toBe('run');
});

describe('Enter before there is a plan', () => {
  const waiting = { kind: 'preparing', request, said: ['cloning'], starts: false } as const;

  it('is not lost: it is said that it waits, and leads to the run', async () => {
    const shown = await show(waiting);
    expect(shown.text()).toContain('cloning');
    await shown.press(KEY.enter);
    expect(shown.asked).toContain('start');
    await shown.become({ ...waiting, starts: true });
    expect(shown.text()).toContain('The run starts as soon as the plan is ready');
    expect(shown.text()).toContain('Esc do not start');
    expect(shown.place()).toBe('review');
    await shown.become({ kind: 'running', request, cancelling: false });
    expect(shown.place()).toBe('run');
  });

  it('is taken back by Esc, which then leads nowhere else', async () => {
    const shown = await show({ ...waiting, starts: true });
    await shown.press(KEY.escape);
    expect(shown.asked.at(-1)).toBe('hold');
    expect(shown.place()).toBe('review');
  });

  it('is needed: what another began leads nowhere', async () => {
    const shown = await show(waiting);
    await shown.become({ kind: 'running', request, cancelling: false });
    expect(shown.place()).toBe('review');
  });
});

it('p shows the same as a command and as a file', async () => {
  const equivalent = { command: 'fabric-wizard up --yes --orgs 3', file: '# x\n\n# y\norgs: 3\n' };
  const shown = await show(PLANNED, { equivalent });
  await shown.press('p');
  expect(shown.ofWizard).toContain('compare');
  expect(shown.rows()).toContain('fabric-wizard up --yes --orgs 3');
  expect(shown.text()).toContain('orgs: 3');
  // It does not run from there.
  await shown.press(KEY.enter);
  expect(shown.asked).not.toContain('start');
  await shown.press(KEY.escape);
  expect(shown.text()).toContain('always runs, to');
  expect(shown.place()).toBe('review');
});

it('a plan that can not be made says why, and is tried again', async () => {
  const failure = { kind: 'compose-missing', detail: 'nowhere' } as const;
  const shown = await show({ kind: 'refused', request, failure });
  expect(shown.text()).toContain('✗');
  await shown.press('r');
  expect(shown.asked).toEqual(['prepare {"command":"up"}', 'prepare {"command":"up"}']);
});

it('gives the folder free when it is left', async () => {
  const shown = await show(PLANNED, {}, undefined, [{ id: 'network' }, { id: 'review' }]);
  await shown.press(KEY.escape);
  expect(shown.place()).toBe('network');
  expect(shown.asked).toEqual(['prepare {"command":"up"}', 'dismiss']);
});

it('what is wrong in an answer is shown where it was asked', async () => {
  const answers = { found: { dockerNs: { text: 'A', origin: 'file' } }, typed: {}, valid: {} } as const;
  const shown = await show({ kind: 'idle' }, { answers });
  expect(shown.place()).toBe('build');
  expect(shown.asked).not.toContain('prepare {"command":"up"}');
  expect(shown.text()).toContain('is not a valid namespace');
});
