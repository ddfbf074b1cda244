/** Compares the orderers' ledgers with the peers', so that nothing waits for blocks that no orderer can deliver. */

import type { StageContext } from '../context/run-context.ts';
import { type OrdererBehind, toFailure, WizardFailure } from '../core/failure.ts';
import { until } from '../core/waiting.ts';
import type { ExecResult } from '../engine/engine-types.ts';
import { onChannel } from '../network/channel-members.ts';
import { allPeers, type NetworkSpec, type OrdererSpec, type PeerSpec } from '../network/network-spec.ts';
import { ordererFlags, outputLines, type PeerCli } from '../network/peer-cli.ts';

/** Answer of an orderer that does not have the channel. */
export const NO_CHANNEL = /\bNOT_FOUND\b/;
/** How long orderers may take after a start to write the blocks that they had agreed on. */
const CATCH_UP_MS = 5000;

function numberIn(result: ExecResult, pattern: RegExp): number | undefined {
  const found = outputLines(result).map((line) => pattern.exec(line)?.[1]);
  const digits = found.find((each) => each !== undefined);
  return digits === undefined ? undefined : Number(digits);
}

/** Returns the number of blocks; 0 without the channel, undefined if the orderer does not say. */
async function blocksOfOrderer(
  spec: NetworkSpec,
  cli: PeerCli,
  channel: string,
  orderer: OrdererSpec,
): Promise<number | undefined> {
  const [peer] = allPeers(spec);
  if (!peer) return undefined;
  const args = ['channel', 'fetch', 'newest', '/dev/null', '-c', channel, ...ordererFlags(spec, orderer)];
  const result = await cli.ask(peer, args, { logging: 'info', awaitLeader: true });
  if (result.exitCode !== 0) return outputLines(result).some((line) => NO_CHANNEL.test(line)) ? 0 : undefined;
  const newest = numberIn(result, /Received block: (\d+)/);
  return newest === undefined ? undefined : newest + 1;
}

/** Returns the number of blocks; 0 if the peer has not joined the channel or does not say. */
async function blocksOfPeer(cli: PeerCli, channel: string, peer: PeerSpec): Promise<number> {
  const result = await cli.ask(peer, ['channel', 'getinfo', '-c', channel]);
  return result.exitCode === 0 ? (numberIn(result, /Blockchain info: .*"height":(\d+)/) ?? 0) : 0;
}

/** Returns how the orderers are behind; undefined if one of them has all blocks of the peers, or does not say. */
async function behind(
  context: StageContext,
  cli: PeerCli,
  channel: string,
  asked: (spec: NetworkSpec) => PeerSpec[],
): Promise<OrdererBehind | undefined> {
  const spec = onChannel(context.spec, channel);
  // The peers first: meanwhile the orderers can only get more blocks.
  const peers = await Promise.all(
    asked(spec).map(async (peer) => ({
      peer: peer.name,
      peerBlocks: await blocksOfPeer(cli, channel, peer),
    })),
  );
  const ahead = peers.toSorted((one, other) => other.peerBlocks - one.peerBlocks)[0];
  if (!ahead || ahead.peerBlocks === 0) return undefined;
  let blocks = 0;
  for (const orderer of spec.orderers) {
    const own = await blocksOfOrderer(spec, cli, channel, orderer);
    if (own === undefined || own >= ahead.peerBlocks) return undefined;
    blocks = Math.max(blocks, own);
  }
  return { kind: 'orderer-behind', channel, blocks, ...ahead };
}

/**
 * Requires that an orderer has every block of the peers. One that has lost its ledger gets the blocks from the others.
 * @param asked the peers to compare with; those on the channel if absent
 * @throws WizardFailure `orderer-behind`
 */
export async function requireOrdererLedger(
  context: StageContext,
  cli: PeerCli,
  channel: string,
  asked: (spec: NetworkSpec) => PeerSpec[] = allPeers,
): Promise<void> {
  let last = await behind(context, cli, channel, asked);
  if (!last) return;
  try {
    await until({
      what: { key: 'wait.channel', channel },
      deadlineMs: CATCH_UP_MS,
      signal: context.signal,
      poll: async () => {
        const now = await behind(context, cli, channel, asked);
        if (!now) return { yes: true };
        last = now;
        return { no: '' };
      },
    });
  } catch (error) {
    throw toFailure(error).kind === 'timeout' ? new WizardFailure(last) : error;
  }
}
