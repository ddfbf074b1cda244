import { describe, expect, it } from 'vitest';
import { CurrentScreen } from '../../../../src/app.tsx';
import type { StageFailure } from '../../../../src/pipeline/core/failure.ts';
import type { SourceCandidate } from '../../../../src/pipeline/fabric/source-candidates.ts';
import { textWidth } from '../../../../src/report/terminal-text.ts';
import type { Size } from '../../../../src/ui/theme.tsx';
import { type FakeOptions, fakeWizard, SOURCE, sourceAt } from '../../../support/questions.ts';
import { fakeApp, KEY, SIZES, showScreen } from '../../../support/screen.tsx';

const PRACTICE = sourceAt('/pkg/sample', '1.4.12', { practice: true });
const DIRTY = sourceAt('/fabric', '1.4.12', {
  tree: { ...SOURCE.tree, dirty: ['core/a.go', 'core/b.go', 'core/c.go', 'core/d.go'] },
});

const CANDIDATES: readonly SourceCandidate[] = [
  { choice: 'auto', finding: { kind: 'here', source: DIRTY } },
  { choice: 'v1.3.0', finding: { kind: 'to-clone', tag: 'v1.3.0', fromHere: true } },
  { choice: 'sample', finding: { kind: 'here', source: PRACTICE } },
];

const ABSENT: StageFailure = {
  kind: 'source',
  path: '/no',
  problem: 'absent',
  detail: 'the folder does not exist',
  looked: [],
};

async function show(options: FakeOptions = {}, size?: Size) {
  const { wizard, calls } = fakeWizard({ candidates: CANDIDATES, ...options });
  const { app } = fakeApp({ id: 'source' }, {}, wizard);
  const shown = await showScreen(<CurrentScreen />, app, { size });
  return { ...shown, wizard, calls, place: () => app.store.now().navigation.at(-1)?.id };
}

describe.each(SIZES)('the source screen at $columns x $rows', (size) => {
  it('fits with a path that is longer than the terminal', async () => {
    const shown = await show({}, size);
    await shown.press(KEY.up, KEY.end, KEY.down, KEY.down, KEY.down, '/very/long/path'.repeat(12));
    expect(shown.rows().length).toBe(size.rows - 1);
    expect(Math.max(...shown.rows().map(textWidth))).toBeLessThanOrEqual(size.columns);
    expect(shown.text()).toContain('/very/long/path');
  });
});

it('the source screen describes each candidate', async () => {
  const shown = await show();
  expect(shown.text()).toContain('› This folder');
  expect(shown.text()).toContain('Fabric 1.4.12 (release 1.4.8-1.4.12)');
  expect(shown.text()).toContain('in /fabric');
  expect(shown.text()).toContain('commit d8a6f12, 4 changed: core/a.go, core/b.go, core/c.go, …');
  await shown.press(KEY.down);
  expect(shown.text()).toMatch(/› Fabric v1\.3\.0 +fetched from a repository on this/);
  expect(shown.text()).toContain('press Enter to clone it');
  await shown.press(KEY.down);
  expect(shown.text()).toContain('practice source 1.4.12 (release 1.4.8-1.4.12), not Hyperledger Fabric');
});

it('the source screen names a newer release if the peers do not support the engine, and the gateway is off', async () => {
  const there = (version: string): SourceCandidate => ({
    choice: 'auto',
    finding: { kind: 'here', source: sourceAt('/fabric', version) },
  });
  const engineText = async (version: string, api: string, minApi: string, gateway = 'false') => {
    const shown = await show({ candidates: [there(version)], engineApi: { api, minApi } });
    shown.wizard.perform('answer', 'gateway', gateway);
    await shown.press();
    return shown.text().replace(/\s+/g, ' ');
  };
  // 2.5.14 would work, and is older.
  expect(await engineText('2.5.16', '1.41', '1.12')).toMatch(/chaincode cannot be built(?!\.)/);
  expect(await engineText('2.5.16', '1.41', '1.12', 'true')).not.toContain('chaincode cannot');
  expect(await engineText('2.5.12', '1.52', '1.44', 'true')).not.toContain('chaincode cannot');
  expect(await engineText('2.5.12', '1.52', '1.44')).toContain('(API 1.44 to 1.52)');
  expect(await engineText('2.5.12', '1.52', '1.44')).toContain('2.5.16 works here');
  expect(await engineText('2.4.9', '1.52', '1.44')).toMatch(/chaincode cannot be built(?!\.)/);
  expect(await engineText('2.5.12', '1.41', '1.12')).not.toContain('chaincode cannot');
});

it('the next screen opens when the source is ready, and not before', async () => {
  const shown = await show({ source: { kind: 'none' } });
  await shown.press(KEY.enter);
  expect(shown.calls).toEqual(['selectSource "auto"']);
  expect(shown.place()).toBe('source');
  shown.wizard.store.updateNow((state) => ({
    ...state,
    source: { kind: 'loading', choice: 'auto', progress: 'Receiving objects: 4 %' },
  }));
  await shown.press(KEY.down, KEY.enter);
  expect(shown.text()).toContain('getting This folder: Receiving objects: 4 %');
  expect(shown.calls).toHaveLength(1);
  shown.wizard.store.updateNow((state) => ({
    ...state,
    source: { kind: 'ready', choice: 'auto', source: SOURCE, core: undefined },
  }));
  await shown.press();
  expect(shown.place()).toBe('build');
});

it('the source screen reports a fallback to the practice source before it goes on', async () => {
  const shown = await show({ source: { kind: 'none' } });
  await shown.press(KEY.enter);
  const fallback = { ...PRACTICE, fallback: 'could not resolve host' };
  shown.wizard.perform('answer', 'source', 'sample');
  shown.wizard.store.updateNow((state) => ({
    ...state,
    source: { kind: 'ready', choice: 'sample', source: fallback, core: undefined },
  }));
  await shown.press();
  expect(shown.place()).toBe('source');
  expect(shown.text()).toContain('› Practice source');
  expect(shown.text()).toContain('Fabric is not available (could not resolve host)');
});

it('the source screen shows why a source could not be read', async () => {
  const shown = await show({ source: { kind: 'none' } });
  await shown.press(KEY.enter);
  shown.wizard.store.updateNow((state) => ({
    ...state,
    source: { kind: 'failed', choice: 'auto', failure: ABSENT },
  }));
  await shown.press();
  expect(shown.place()).toBe('source');
  expect(shown.text()).toContain('There is no source at /no');
});

it('the source screen accepts a typed path or tag, and refuses an unusable one', async () => {
  const shown = await show();
  await shown.press(KEY.up, KEY.down, KEY.down, KEY.down, '~/fab\nrest', '?');
  expect(shown.calls.at(-1)).toBe('previewSource "~/fab?"');
  await shown.press(KEY.backspace);
  shown.wizard.store.updateNow((state) => ({
    ...state,
    typed: { choice: '~/fab', finding: { kind: 'unusable', failure: ABSENT } },
  }));
  await shown.press();
  await shown.press(KEY.enter);
  expect(shown.calls.filter((what) => what.startsWith('selectSource'))).toEqual([]);
  expect(shown.text()).toContain('There is no source at /no');
  shown.wizard.store.updateNow((state) => ({
    ...state,
    typed: { choice: '~/fab', finding: { kind: 'here', source: SOURCE } },
  }));
  await shown.press();
  await shown.press(KEY.enter);
  expect(shown.calls.at(-1)).toBe('selectSource "~/fab"');
});

it('the source screen selects the earlier answer', async () => {
  const answers = { found: { source: { text: 'sample', origin: 'file' } }, typed: {}, valid: {} } as const;
  expect((await show({ answers })).text()).toContain('› Practice source');
});

it('the source screen shows a path that was typed before', async () => {
  const answers = { found: {}, typed: { source: '/fab' }, valid: { source: '/fab' } };
  const typed = { choice: '/fab', finding: { kind: 'here', source: SOURCE } } as const;
  const shown = await show({ answers, typed });
  expect(shown.text()).toContain('› Another folder, tag or branch');
  expect(shown.rows().some((line) => line.trim() === '/fab')).toBe(true);
  expect(shown.text()).toContain('Fabric 1.4.12');
});
