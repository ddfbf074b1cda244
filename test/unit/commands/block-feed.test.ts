/** Blocks of a channel as they come, from a network whose peer answers as told. */
import { tmpdir } from 'node:os';
import { describe, expect, it } from 'vitest';
import { followBlocks, lastBlocks, type OpenChannel } from '../../../src/commands/block-feed.ts';
import { loadConfig } from '../../../src/pipeline/config/config.ts';
import { releaseOf } from '../../../src/pipeline/fabric/release.ts';
import { firstPeer, networkSpec } from '../../../src/pipeline/network/network-spec.ts';

/** A peer with blocks that have their numbers only. */
class FakePeer {
  height = 0;
  /** Message of the next command, which fails with it. */
  failure: string | undefined;
  /** Number of blocks of each command that read some. */
  readonly reads: number[] = [];

  readonly exec = async (_: string, command: readonly string[]) => {
    const failure = this.failure;
    this.failure = undefined;
    if (failure !== undefined) return { exitCode: 1, stdout: '', stderr: failure };
    if (command[0] === 'peer')
      return { exitCode: 0, stdout: `Blockchain info: {"height":${this.height}}`, stderr: '' };
    const numbers = command.slice(6);
    this.reads.push(numbers.length);
    const stdout = numbers.map((number) => `${JSON.stringify({ header: { number } })}\n`).join('');
    return { exitCode: 0, stdout, stderr: '' };
  };
}

async function channelOf(docker: FakePeer): Promise<OpenChannel> {
  const { values } = await loadConfig({ dir: tmpdir(), flags: {} });
  const release = releaseOf('2.5.12');
  if (!release) throw new Error('no release');
  const spec = networkSpec(values, release, 'fw-test');
  return {
    network: { docker, spec, version: '2.5.12', cli: 'cli' },
    place: { peer: firstPeer(spec), channel: spec.channel },
    channels: spec.channels,
  };
}

async function follow(peer: FakePeer, from?: number) {
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
  const next = async () => ((await found.next()).value ?? []).map(({ number }) => number);
  return { next, failures, opened: () => opened, abort };
}

describe('following blocks', () => {
  it('begins with the last ones, and reads only what is new', async () => {
    const peer = new FakePeer();
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
    const peer = new FakePeer();
    peer.height = 30;
    const { next } = await follow(peer, 12);
    expect((await next()).at(0)).toBe(12);
    await next();
    expect(peer.reads).toEqual([10, 8]);
  });

  it('looks for another peer after a failure', async () => {
    const peer = new FakePeer();
    peer.height = 1;
    peer.failure = 'connection refused';
    const { next, failures, opened } = await follow(peer);
    expect(await next()).toEqual([0]);
    expect([failures.length, opened()]).toEqual([1, 2]);
  });

  it('begins again with a ledger that was replaced', async () => {
    const peer = new FakePeer();
    peer.height = 40;
    const { next } = await follow(peer);
    expect(await next()).toEqual([37, 38, 39]);
    peer.height = 2;
    expect(await next()).toEqual([0, 1]);
  });
});

describe('the last blocks', () => {
  it('are all if there are fewer', async () => {
    const peer = new FakePeer();
    peer.height = 2;
    const blocks = await lastBlocks(await channelOf(peer), 10, new AbortController().signal);
    expect(blocks.map(({ number }) => number)).toEqual([0, 1]);
  });

  it('fail with what the peer said', async () => {
    const peer = new FakePeer();
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
