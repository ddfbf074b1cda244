/** Blocks of a channel as they come, from a network whose peer answers as told. */
import { describe, expect, it } from 'vitest';
import { followBlocks, lastBlocks } from '../../../src/commands/block-feed.ts';
import { channelOf, FakeBlockPeer } from '../../support/block-peer.ts';

async function follow(peer: FakeBlockPeer, from?: number) {
  const failures: unknown[] = [];
  let opened = 0;
  const abort = new AbortController();
  const found = followBlocks({
    open: () => {
      opened += 1;
      return channelOf(peer);
    },
    last: 3,
    ...(from === undefined ? {} : { from }),
    onFailure: (error) => failures.push(error),
    signal: abort.signal,
    pollMs: 1,
  });
  const next = async () => {
    const result = await found.next();
    return result.done ? [] : result.value.map(({ number }) => number);
  };
  return { next, failures, opened: () => opened, abort };
}

describe('following blocks', () => {
  it('begins with the last ones, and reads only what is new', async () => {
    const peer = new FakeBlockPeer();
    peer.height = 5;
    const { next, opened, abort } = await follow(peer);
    expect(await next()).toEqual([2, 3, 4]);
    peer.height = 7;
    expect(await next()).toEqual([5, 6]);
    expect([peer.reads, opened()]).toEqual([[3, 2], 1]);
    abort.abort();
    expect(await next()).toEqual([]);
  });

  it('continues after the blocks that are known', async () => {
    const peer = new FakeBlockPeer();
    peer.height = 30;
    const { next } = await follow(peer, 12);
    expect((await next()).at(0)).toBe(12);
    await next();
    expect(peer.reads).toEqual([10, 8]);
  });

  it('looks for another peer after a failure', async () => {
    const peer = new FakeBlockPeer();
    peer.height = 1;
    peer.failure = 'connection refused';
    const { next, failures, opened } = await follow(peer);
    expect(await next()).toEqual([0]);
    expect([failures.length, opened()]).toEqual([1, 2]);
  });

  it('begins again with a ledger that was replaced', async () => {
    const peer = new FakeBlockPeer();
    peer.height = 40;
    const { next } = await follow(peer);
    expect(await next()).toEqual([37, 38, 39]);
    peer.height = 2;
    expect(await next()).toEqual([0, 1]);
  });
});

describe('the last blocks', () => {
  it('are all if there are fewer', async () => {
    const peer = new FakeBlockPeer();
    peer.height = 2;
    const blocks = await lastBlocks(await channelOf(peer), 10, new AbortController().signal);
    expect(blocks.map(({ number }) => number)).toEqual([0, 1]);
  });

  it('fail with what the peer said', async () => {
    const peer = new FakeBlockPeer();
    peer.failure = 'Error: access denied';
    const read = lastBlocks(await channelOf(peer), 10, new AbortController().signal);
    await expect(read).rejects.toMatchObject({
      failure: {
        kind: 'command',
        command: 'peer channel getinfo -c mychannel',
        tail: ['Error: access denied'],
      },
    });
  });
});
