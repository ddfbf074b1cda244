/** The blocks in the app's state while their screen is open. */
import { describe, expect, it, onTestFinished } from 'vitest';
import { AppStore } from '../../../src/commands/app-store.ts';
import { BlocksController } from '../../../src/commands/blocks-controller.ts';
import type { BlocksState } from '../../../src/screens/blocks-state.ts';
import { createTheme } from '../../../src/ui/theme.tsx';
import { channelOf, FakeBlockPeer } from '../../support/block-peer.ts';
import { whenState } from '../../support/store-state.ts';

function open() {
  const theme = createTheme({ colour: false, unicode: true, language: 'en' });
  const app = new AppStore({ id: 'blocks' }, theme);
  const peer = new FakeBlockPeer();
  const controller = new BlocksController({ open: () => channelOf(peer), app, theme });
  onTestFinished(() => controller.close());
  const until = async (matches: (state: BlocksState) => boolean) => {
    const { blocks } = await whenState(
      app.store,
      (state) => state.blocks !== undefined && matches(state.blocks),
    );
    if (!blocks) throw new Error('no blocks');
    return blocks;
  };
  const ends = (number: number) => until(({ blocks }) => blocks.at(-1)?.number === number);
  return { app, peer, controller, until, ends };
}

describe('the blocks of a channel', () => {
  it('are the last ones, and those that come', async () => {
    const { peer, controller, ends } = open();
    peer.height = 30;
    controller.watch(undefined);
    const state = await ends(29);
    expect(state).toMatchObject({ channel: 'mychannel', channels: ['mychannel'], loading: false });
    expect(state.blocks[0]?.number).toBe(10);
    peer.height = 31;
    await ends(30);
  });

  it('are kept with the selected one while another screen is shown, and only new ones are read', async () => {
    const { app, peer, controller, ends } = open();
    peer.height = 5;
    controller.watch(undefined);
    const { blocks } = await ends(4);
    app.update((state) => (state.blocks ? { ...state, blocks: { ...state.blocks, selected: 2 } } : state));
    controller.close();
    peer.height = 6;
    controller.watch(undefined);
    const state = await ends(5);
    expect(state.selected).toBe(2);
    expect(state.blocks.slice(0, 5)).toEqual(blocks);
    expect(peer.reads).toEqual([5, 1]);
  });

  it('are read further back on request, to the first one', async () => {
    const { peer, controller, ends, until } = open();
    peer.height = 45;
    controller.watch(undefined);
    await ends(44);
    controller.loadOlder();
    await until(({ blocks }) => blocks[0]?.number === 5);
    controller.loadOlder();
    const { blocks } = await until((state) => state.blocks[0]?.number === 0);
    expect(blocks.map(({ number }) => number)).toEqual(Array.from({ length: 45 }, (_, i) => i));
  });

  it('are missing with a reason, and come when the peer answers', async () => {
    const { peer, controller, until, ends } = open();
    peer.height = 1;
    peer.failure = 'Error: connection refused';
    controller.watch(undefined);
    const { problem } = await until((state) => state.problem !== undefined);
    expect(problem).toContain('peer channel getinfo');
    const state = await ends(0);
    expect(state.problem).toBeUndefined();
  });
});
