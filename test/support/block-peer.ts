/** A network whose peer has the blocks that a test gives it. */
import { tmpdir } from 'node:os';
import type { OpenChannel } from '../../src/commands/block-feed.ts';
import { loadConfig } from '../../src/pipeline/config/config.ts';
import { releaseOf } from '../../src/pipeline/fabric/release.ts';
import { firstPeer, networkSpec } from '../../src/pipeline/network/network-spec.ts';

/** A peer with blocks that have their numbers only. */
export class FakeBlockPeer {
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

export async function channelOf(docker: FakeBlockPeer): Promise<OpenChannel> {
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
