import { describe, expect, it } from 'vitest';
import { textWidth } from '../../../src/report/terminal-text.ts';
import { BlocksScreen } from '../../../src/screens/blocks-screen.tsx';
import type { BlocksState } from '../../../src/screens/blocks-state.ts';
import { blocksFrom } from '../../support/blocks.ts';
import { fakeApp, KEY, SIZES, showScreen } from '../../support/screen.tsx';

async function show(change: Partial<BlocksState> = {}, size = SIZES[1]) {
  const blocks = {
    channel: 'mychannel',
    channels: ['mychannel'],
    blocks: await blocksFrom(5, 45),
    loading: false,
  };
  const { app, calls } = fakeApp({ id: 'blocks' }, { blocks: { ...blocks, ...change } });
  const shown = await showScreen(<BlocksScreen />, app, { size });
  /** Numbers of the blocks in view. */
  const numbers = () =>
    shown
      .rows()
      .flatMap((row) => /^.? +(\d+) {2}/.exec(row)?.[1] ?? [])
      .map(Number);
  const chosen = () => Number(shown.rows().flatMap((row) => /^› +(\d+)/.exec(row)?.[1] ?? [])[0]);
  const add = async (from: number, to: number) => {
    const more = await blocksFrom(from, to);
    app.store.updateNow((state) =>
      state.blocks
        ? { ...state, blocks: { ...state.blocks, blocks: [...state.blocks.blocks, ...more] } }
        : state,
    );
    await shown.press('');
  };
  return { ...shown, app, calls, numbers, chosen, add };
}

describe.each(SIZES)('the blocks screen at $columns x $rows', (size) => {
  it.each([
    ['blocks', {}],
    ['no block yet', { blocks: [], loading: true }],
    ['a problem', { problem: 'peer0.org1.example.com is not running.' }],
  ])('fits its rows and leaves one free with %s', async (_, change) => {
    const { rows } = await show(change, size);
    expect(rows()).toHaveLength(size.rows - 1);
    for (const row of rows()) expect(textWidth(row)).toBeLessThanOrEqual(size.columns);
    expect(rows().at(-1)).toMatch(/q quit$/);
  });

  it('ends with the newest block', async () => {
    const { numbers, chosen } = await show({}, size);
    expect([numbers().at(-1), chosen()]).toEqual([44, 44]);
  });
});

describe('the blocks screen', () => {
  it('follows the channel while it is open', async () => {
    const { calls, add, numbers, chosen } = await show();
    expect(calls).toEqual(['watchBlocks']);
    await add(45, 47);
    expect([numbers().at(-1), chosen()]).toEqual([46, 46]);
  });

  it('stays at a block that the user selects, and follows again at End', async () => {
    const { press, add, chosen, numbers, text } = await show();
    await press(KEY.up, KEY.up);
    await add(45, 60);
    expect(chosen()).toBe(42);
    expect(text()).toContain('Space follow');
    await press(KEY.end);
    await add(60, 61);
    expect([numbers().at(-1), chosen()]).toEqual([60, 60]);
  });

  it('pauses and follows at Space', async () => {
    const { press, add, chosen } = await show();
    await press(' ');
    await add(45, 46);
    expect(chosen()).toBe(44);
    await press(' ');
    expect(chosen()).toBe(45);
  });

  it('reads older blocks at its first one', async () => {
    const { press, calls, chosen } = await show();
    await press(KEY.home);
    expect(chosen()).toBe(5);
    expect(calls).toContain('loadOlderBlocks');
  });

  it('opens the selected block at Enter', async () => {
    const { press, app } = await show();
    await press(KEY.up, KEY.enter);
    const route = app.store.now().navigation.at(-1);
    expect(route).toMatchObject({ id: 'text', title: 'block 43 of mychannel' });
    expect(route?.id === 'text' && route.lines(80).join('\n')).toContain('MVCC_READ_CONFLICT');
  });

  it('goes to the next channel at Tab', async () => {
    const { press, calls } = await show({ channels: ['mychannel', 'other'] });
    await press(KEY.tab);
    expect(calls).toContain('watchBlocks "other"');
  });

  it('says why it has no blocks', async () => {
    const { text } = await show({ blocks: [], problem: 'peer0.org1.example.com is not running.' });
    expect(text()).toContain('peer0.org1.example.com is not running.');
  });
});
