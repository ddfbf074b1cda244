import { describe, expect, it } from 'vitest';
import { CurrentScreen } from '../../../../src/app.tsx';
import type { Answers } from '../../../../src/pipeline/config/answers.ts';
import type { DoctorCheck } from '../../../../src/pipeline/core/doctor-report.ts';
import { textWidth } from '../../../../src/report/terminal-text.ts';
import { welcomeLines } from '../../../../src/screens/wizard/welcome-lines.ts';
import { createTheme, type Size } from '../../../../src/ui/theme.tsx';
import { type FakeOptions, fakeWizard } from '../../../support/questions.ts';
import { fakeApp, KEY, SIZES, showScreen } from '../../../support/screen.tsx';

async function show(options: FakeOptions = {}, size?: Size) {
  const { wizard, calls } = fakeWizard(options);
  const { app } = fakeApp({ id: 'welcome' }, {}, wizard);
  const shown = await showScreen(<CurrentScreen />, app, { size });
  return { ...shown, wizard, calls, place: () => app.store.now().navigation.at(-1)?.id };
}

const ROWS: readonly DoctorCheck[] = [
  { id: 'engine', status: 'fail', detail: 'no engine answers', fix: 'fabric-wizard doctor --fix engine' },
  { id: 'disk', status: 'warn', detail: '3.0 GB free', fix: 'docker image prune' },
  { id: 'memory', status: 'ok', detail: '8.0 GB' },
];

const LAST: Answers = { found: { orgs: { text: '3', origin: 'file' } }, typed: {}, valid: {} };

const RETURNING: FakeOptions = {
  returning: true,
  answers: LAST,
  status: {
    lastRun: { command: 'up', startedAt: 0, ended: { outcome: 'done', seconds: 28 } },
    nodes: { running: 7, all: 8 },
    images: { here: 4, all: 4 },
  },
};

describe.each(SIZES)('the welcome screen at $columns x $rows', (size) => {
  it('fits with status, checks and a repair', async () => {
    const repair = { code: 'engine', notice: 'installing docker.io', ended: false };
    const shown = await show(
      { ...RETURNING, repair, doctor: { rows: ROWS, total: 23, running: true } },
      size,
    );
    expect(shown.rows().length).toBe(size.rows - 1);
    expect(Math.max(...shown.rows().map(textWidth))).toBeLessThanOrEqual(size.columns);
    expect(shown.text()).toContain('› Same as last time');
  });
});

describe('the first start in a folder', () => {
  it('scans the machine, and opens the questions at Enter', async () => {
    const shown = await show();
    expect(shown.calls).toEqual(['scan']);
    expect(shown.text()).toContain('› Start');
    expect(shown.text()).not.toContain('last time');
    await shown.press(KEY.enter);
    expect(shown.place()).toBe('source');
  });

  it.each(SIZES)('says in one sentence what this is, at $columns columns', async (size) => {
    const shown = await show({}, size);
    expect(shown.text().replace(/\s+/g, ' ')).toContain(
      'fabric-wizard builds the Docker images of Hyperledger Fabric from source, starts a test network',
    );
    expect(shown.text()).toContain('› Start');
    expect(shown.rows().at(-1)).toMatch(/q quit$/);
    expect((await show(RETURNING, size)).text()).not.toContain('fabric-wizard builds');
  });

  it('can open the plan directly', async () => {
    const shown = await show();
    expect(shown.text()).toMatch(/Go straight to the plan +all defaults/);
    await shown.press(KEY.down, KEY.enter);
    expect(shown.place()).toBe('review');
  });

  it('shows the flags of the command beside the plan', async () => {
    const found = { orgs: { text: '3', origin: 'flag' as const } };
    const shown = await show({ answers: { found, typed: {}, valid: {} } });
    expect(shown.text()).toMatch(/Go straight to the plan +orgs: 3/);
  });

  it('shows no choices before the folder is loaded', async () => {
    const shown = await show({ loaded: false });
    expect(shown.text()).not.toContain('Start');
    await shown.press(KEY.enter);
    expect(shown.place()).toBe('welcome');
  });
});

describe('a later start in a folder', () => {
  it('offers the same as last time, and shows the status', async () => {
    const shown = await show(RETURNING);
    expect(shown.text()).toMatch(/› Same as last time +orgs: 3/);
    expect(shown.text()).toContain('7 of 8 nodes running; 4 of 4 Fabric images built');
    expect(shown.text()).toContain('last run: up, done in 28 s');
    await shown.press(KEY.enter);
    expect(shown.place()).toBe('review');
  });

  it.each([
    [true, 'last run: up, still running'],
    [false, 'last run: up, interrupted'],
  ])('shows a run without an end, which goes on: %s', async (goesOn, text) => {
    const status = {
      ...RETURNING.status,
      lastRun: { command: 'up', startedAt: 0, ended: undefined, goesOn },
    };
    const shown = await show({ ...RETURNING, status } as FakeOptions);
    expect(shown.text()).toContain(text);
  });

  it.each([
    ['a flag differs', { found: { orgs: { text: '2', origin: 'flag' as const } }, typed: {}, valid: {} }],
    ['an answer was edited', { ...LAST, typed: { orgs: '2' } }],
    ['an answer was added', { ...LAST, typed: { project: 'two' } }],
    ['the answers were reset', { ...LAST, typed: { orgs: '' } }],
  ])('does not call the answers those of last time: %s', async (_, answers) => {
    const shown = await show({ ...RETURNING, answers });
    expect(shown.text()).toMatch(/› Go straight to the plan/);
    expect(shown.text()).not.toContain('last time');
    await shown.press(KEY.enter);
    expect(shown.place()).toBe('review');
  });

  it('can open the running network', async () => {
    const shown = await show(RETURNING);
    await shown.press(KEY.down, KEY.enter);
    expect(shown.place()).toBe('dashboard');
  });

  it('keeps the selection when the network is found later', async () => {
    const { status, ...before } = RETURNING;
    const shown = await show(before);
    await shown.press(KEY.down);
    expect(shown.text()).toContain('› Edit the answers');
    shown.wizard.store.updateNow((state) => ({ ...state, status }));
    await shown.press();
    expect(shown.text()).toContain('Go to the running network');
    expect(shown.text()).toContain('› Edit the answers');
  });

  it('resets the answers if the user starts with the defaults', async () => {
    const shown = await show({ ...RETURNING, status: undefined });
    await shown.press(KEY.end, KEY.enter);
    expect(shown.calls).toContain('resetAnswers');
    expect(shown.place()).toBe('source');
  });
});

describe('the machine checks', () => {
  it('show problems first, each with its fix, as results arrive', async () => {
    const shown = await show({ doctor: { rows: [], total: 23, running: true } });
    expect(shown.text()).toContain('checking this machine: 0 of 23');
    shown.wizard.store.updateNow((state) => ({
      ...state,
      doctor: { rows: ROWS, total: 23, running: false },
    }));
    await shown.press();
    const text = shown.text();
    expect(text).toContain('1 problem to fix:');
    expect(text).toContain('fix: fabric-wizard doctor --fix engine');
    expect(text).toContain('OK: memory');
    expect(text.indexOf('engine: no engine')).toBeLessThan(text.indexOf('disk: 3.0 GB'));
  });

  it('do not call a machine ready that did not answer', async () => {
    const rows = [...ROWS.slice(1), { id: 'go', status: 'unknown', detail: 'no answer in time' } as const];
    const text = (await show({ doctor: { rows, total: 23, running: false } })).text();
    expect(text).toContain('Readiness unknown: 1 check got no answer.');
    expect(text).toContain('? go: no answer in time');
    expect(text).not.toContain('Ready');
  });

  it('offer a key for a known repair', async () => {
    const shown = await show({ doctor: { rows: ROWS, total: 23, running: false } });
    expect(shown.text()).toContain('f repair engine');
    await shown.press('f', 'r');
    expect(shown.calls).toEqual(['scan', 'repair "engine"', 'scan']);
    const healthy = await show({ doctor: { rows: ROWS.slice(1), total: 23, running: false } });
    expect(healthy.text()).not.toContain('repair');
    expect(healthy.text()).toContain('Ready, with notes');
  });

  it('show how a repair ended', async () => {
    const failure = { kind: 'compose-missing', detail: 'apt-get failed' } as const;
    const shown = await show({ repair: { code: 'compose', notice: '', ended: true, failure } });
    expect(shown.text()).toContain('compose could not be repaired');
  });
});

it('the welcome screen shows why a file is invalid, and reads it again at r', async () => {
  const issue = { path: 'orgs', message: '"x" must be a whole number', where: 'fabric-wizard.yaml:1:7' };
  const shown = await show({ loaded: false, loadFailure: { kind: 'config', issues: [issue] } });
  expect(shown.text()).toContain('fabric-wizard.yaml:1:7');
  await shown.press('r');
  expect(shown.calls).toEqual(['scan', 'scan']);
});

it('a fix names the folder of the screens', async () => {
  const { wizard } = fakeWizard({ doctor: { rows: ROWS, total: 3, running: false } });
  const given = ['--dir /net'];
  const theme = createTheme({ colour: false, unicode: true, language: 'en', given });
  const lines = welcomeLines(wizard.store.now(), 0, { columns: 100, rows: 30, theme });
  expect(lines.join('\n')).toContain('fabric-wizard doctor --fix engine --dir /net');
  expect(lines.join('\n')).toMatch(/docker image prune$/m);
});
