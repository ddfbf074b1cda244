/** Blocks of a channel of the folder's network, read from a peer that runs. */
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { WizardFailure } from '../pipeline/core/failure.ts';
import { currentDocker } from '../pipeline/engine/current-docker.ts';
import { STATE_FOLDER } from '../pipeline/host/state-folder.ts';
import { readState } from '../pipeline/journal/journal.ts';
import { isPracticeNetwork } from '../pipeline/journal/run-record.ts';
import { recordedState } from '../pipeline/journal/wizard-state.ts';
import {
  type BlockNetwork,
  type BlockPlace,
  blockHeight,
  blockReading,
  readBlocks,
} from '../pipeline/network/block-reader.ts';
import type { DecodedBlock } from '../pipeline/network/block-summary.ts';
import { onChannel } from '../pipeline/network/channel-members.ts';
import { allPeers } from '../pipeline/network/network-spec.ts';
import { nodeContainers } from '../pipeline/network/peer-cli.ts';
import { SAVED_NETWORK } from '../pipeline/network/saved-network.ts';
import { commandWith } from './command-with.ts';
import { nothingRuns, notRunning } from './node-service.ts';
import { noNetwork } from './usage-failure.ts';

export interface OpenChannel {
  readonly network: BlockNetwork;
  readonly place: BlockPlace;
  /** All channels of the network. */
  readonly channels: readonly string[];
}

/**
 * Finds a peer of the folder's network that runs, and the CLI container.
 * @param name of the channel; by default the first one
 * @throws WizardFailure `usage`, `engine`
 */
export async function openChannel(dir: string, name: string | undefined): Promise<OpenChannel> {
  const state = recordedState(await readState(dir));
  const saved = state.getFact(SAVED_NETWORK);
  if (!saved) throw noNetwork(dir);
  const { spec, version } = saved;
  const channel = spec.channels.find((each) => each === (name ?? spec.channel));
  if (channel === undefined) {
    const wrong = name ?? '';
    throw new WizardFailure({
      kind: 'usage',
      message: { key: 'usage.unknown-channel', name: wrong, channels: spec.channels.join(', ') },
      next: spec.channels
        .slice(0, 2)
        .map((each) => commandWith(wrong, each) ?? `fabric-wizard blocks --channel ${each}`),
    });
  }
  blockReading(version);
  if (await isPracticeNetwork(join(dir, STATE_FOLDER)))
    throw new WizardFailure({
      kind: 'usage',
      message: { key: 'usage.practice-blocks' },
      next: ['fabric-wizard status', 'fabric-wizard logs orderer'],
    });
  const docker = await currentDocker();
  await docker.version();
  const containers = await nodeContainers({ docker, project: spec.project });
  if (containers.size === 0) throw await nothingRuns(docker, state, 'blocks');
  const runs = (node: string) => containers.get(node)?.state === 'running';
  const members = allPeers(onChannel(spec, channel));
  const peer = members.find((each) => runs(each.name));
  const cli = containers.get('cli');
  if (!peer) throw notRunning(members[0]?.name ?? '', containers.get(members[0]?.name ?? ''));
  if (!cli || !runs('cli')) throw notRunning('cli', cli);
  const network = { docker, spec, version, cli: cli.id };
  return { network, place: { peer, channel }, channels: spec.channels };
}

/** Asking for the height costs a process in the container. */
const POLL_MS = 1000;
/** Blocks that one command in the container reads. */
const BATCH = 10;

export interface Following {
  readonly open: () => Promise<OpenChannel>;
  /** Number of blocks to begin with. */
  readonly last: number;
  /** Number of the first block to read, instead of `last`. */
  readonly from?: number;
  /** Called with a failure, after which the blocks are read from a peer that runs then. It may throw. */
  readonly onFailure: (error: unknown) => void;
  readonly signal: AbortSignal;
  /** Time between two questions for the height. */
  readonly pollMs?: number;
}

/** Yields the last blocks of a channel, and then those that come, until the signal fires. */
export async function* followBlocks(
  following: Following,
): AsyncGenerator<readonly DecodedBlock[], undefined> {
  const { open, last, onFailure, signal, pollMs = POLL_MS } = following;
  let next = following.from;
  let opened: OpenChannel | undefined;
  while (!signal.aborted) {
    try {
      opened ??= await open();
      const { network, place } = opened;
      const height = await blockHeight(network, place, signal);
      // A ledger that was replaced begins again.
      if (next === undefined || next > height) next = Math.max(0, height - last);
      while (next < height) {
        const to = Math.min(height, next + BATCH);
        const blocks = await readBlocks(network, place, { from: next, to }, signal);
        next = to;
        yield blocks;
      }
    } catch (error) {
      if (signal.aborted) return;
      opened = undefined;
      onFailure(error);
    }
    await delay(pollMs, undefined, { signal }).catch(() => undefined);
  }
}

/** Returns the last blocks of a channel. @throws WizardFailure; CancelledError */
export async function lastBlocks(
  { network, place }: OpenChannel,
  count: number,
  signal: AbortSignal,
): Promise<DecodedBlock[]> {
  const to = await blockHeight(network, place, signal);
  return readBlocks(network, place, { from: Math.max(0, to - count), to }, signal);
}
