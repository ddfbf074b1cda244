import { describe, expect, it } from 'vitest';
import { textWidth } from '../../../src/report/terminal-text.ts';
import { ResolveScreen, TextScreen } from '../../../src/screens/text-screen.tsx';
import { fakeApp, KEY, SIZES, showScreen } from '../../support/screen.tsx';

const lines = () => Array.from({ length: 100 }, (_, i) => `line ${i}`);

describe.each(SIZES)('the text screen at $columns x $rows', (size) => {
  it('scrolls by pages, and to the last line', async () => {
    const { app } = fakeApp({ id: 'dashboard' });
    const { rows, text, press } = await showScreen(
      <TextScreen id="text" title="proof" lines={lines} />,
      app,
      { size },
    );
    expect(rows()).toHaveLength(size.rows - 1);
    expect(text()).toContain('line 0\n');
    await press(KEY.pageDown);
    expect(text()).not.toContain('line 0\n');
    await press(KEY.end);
    expect(text()).toContain('line 99');
    await press(KEY.up, KEY.home);
    expect(text()).toContain('line 0\n');
  });

  it('shows a picture whole that is as high as the text may be', async () => {
    const { app } = fakeApp({ id: 'dashboard' });
    const picture = (_columns: number, rows = 0) =>
      Array.from({ length: rows }, (_, row) => (row === rows - 1 ? 'the last row' : `row ${row}`));
    const { text } = await showScreen(<TextScreen id="text" title="network" lines={picture} />, app, {
      size,
    });
    expect(text()).toContain('row 0\n');
    expect(text()).toContain('the last row');
  });
});

it('copies what the text is about, and says so', async () => {
  const { app, calls } = fakeApp({ id: 'dashboard' });
  const copies = { what: 'the command', text: 'ssh -N far' };
  const { text, press } = await showScreen(
    <TextScreen id="text" title="connect" lines={lines} copies={copies} />,
    app,
  );
  expect(text()).toContain('c copy the command');
  await press('c');
  expect(calls).toEqual(['copy "ssh -N far"']);
  expect(text()).toContain('the command was sent to the clipboard');
});

it('has no key that copies if there is nothing to copy', async () => {
  const { app, calls } = fakeApp({ id: 'dashboard' });
  const { text, press } = await showScreen(<TextScreen id="text" title="proof" lines={lines} />, app);
  await press('c');
  expect(text()).not.toContain('copy');
  expect(calls).toEqual([]);
});

describe('the resolve screen', () => {
  const tag = { kind: 'tag', from: 'a/baseos:1', to: 'b/yxbaseos:1' } as const;
  const override = { kind: 'override', role: 'runtime', ref: 'a/baseos:1' } as const;

  it('applies a repair only at the keys that it offers', async () => {
    const { app, calls } = fakeApp({ id: 'dashboard' });
    const screen = (
      <ResolveScreen id="resolve" lines={() => ['x']} repairs={[tag, { ...tag, to: 'c:1' }, override]} />
    );
    const { text, press } = await showScreen(screen, app);
    expect(text()).toMatch(/t tag the image {2}/);
    expect(text()).not.toContain('b build');
    await press('t', 'b', 'e');
    expect(calls).toEqual([`applyRepair ${JSON.stringify(tag)}`]);
    expect(app.store.now().navigation.at(-1)).toEqual({ id: 'override', repair: override });
  });

  const repairing = {
    kind: 'repairing',
    ref: 'hyperledger/fabric-yxbaseos:amd64-0.4.22',
    startedAt: 0,
    progress: { done: 1, total: 4, unit: 'steps', item: 'Unpacking libc6' },
    lines: Array.from({ length: 50 }, (_, i) => `I: package ${i} ${'x'.repeat(100)}`),
    cancelling: false,
  } as const;

  it.each(SIZES)('shows the progress of a build at $columns columns', async (size) => {
    const { app, calls } = fakeApp({ id: 'dashboard' }, { work: repairing });
    const screen = <ResolveScreen id="resolve" lines={() => ['what was wrong']} repairs={[tag]} />;
    const { rows, text, press } = await showScreen(screen, app, { size });
    expect(rows()).toHaveLength(size.rows - 1);
    expect(Math.max(...rows().map(textWidth))).toBeLessThanOrEqual(size.columns);
    expect(text()).toMatch(/█+░+ {2,}25 % {2}\d/);
    expect(text()).toMatch(/Unpacking libc6[\s\S]*I: package 49/);
    expect(text()).not.toContain('what was wrong');
    expect(text()).toContain('building 25 %');
    // No other repair starts meanwhile; Esc cancels the build.
    await press('t', KEY.escape);
    expect(calls).toEqual(['cancel']);
    app.store.updateNow((state) => ({ ...state, work: { kind: 'idle' } }));
    await press();
    expect(text()).toContain('what was wrong');
    expect(text()).toMatch(/t tag the image {2}/);
  });
});
