/** Creates the channels. It first checks whether each exists, so that an interrupted run can continue. */

import type { StageContext } from '../context/run-context.ts';
import { decideBy, defineStage } from '../context/stage-definition.ts';
import { until } from '../core/waiting.ts';
import { dockerExec } from '../host/docker-command.ts';
import { STATE_KEYS } from '../journal/state-keys.ts';
import { firstPeerOn } from '../network/channel-members.ts';
import { CLI_ARTIFACTS, cliCrypto } from '../network/cli-environment.ts';
import { deadlineOf } from '../network/deadlines.ts';
import { keepPorts, recordChannels } from '../network/kept-networks.ts';
import { channelRecord } from '../network/network-plan.ts';
import { containerName } from '../network/network-spec.ts';
import {
  cliContainer,
  cliFailure,
  nodeLogs,
  ordererFlags,
  ordererNames,
  outputLines,
  type PeerCli,
} from '../network/peer-cli.ts';
import { ordererAdminPort } from '../network/port-scheme.ts';
import { cryptoStage } from './crypto.ts';
import { NO_CHANNEL, requireOrdererLedger } from './orderer-ledger.ts';
import { makesNetwork } from './plan-scope.ts';
import { readyStage } from './ready.ts';
import { stageCli } from './stage-cli.ts';
import { startStage } from './start.ts';

const DEADLINE_MS = 30_000;
/** Answer of an orderer that has already joined the channel. */
const JOINED_BEFORE = /Status: 405|channel already exists/i;

/** Path of a channel's first block in the CLI container. */
export function blockOf(channel: string): string {
  return `/tmp/${channel}.block`;
}

function fetchArgs({ spec }: StageContext, { orderer }: PeerCli, channel: string): string[] {
  return ['channel', 'fetch', '0', blockOf(channel), '-c', channel, ...ordererFlags(spec, orderer)];
}

/**
 * Fetches the channel's first block. Only an orderer's own answer proves that there is no such channel.
 * @returns whether the channel exists
 * @throws WizardFailure `command` for any other answer; `timeout` if the orderers elect no leader
 */
async function channelExists(context: StageContext, cli: PeerCli, channel: string): Promise<boolean> {
  const answers = { awaitLeader: true, accepts: NO_CHANNEL } as const;
  return (
    (await cli.run(firstPeerOn(context.spec, channel), fetchArgs(context, cli, channel), answers))
      .exitCode === 0
  );
}

/** @throws WizardFailure `timeout` */
async function awaitChannel(context: StageContext, cli: PeerCli, channel: string): Promise<void> {
  await until({
    what: { key: 'wait.channel', channel },
    deadlineMs: deadlineOf(context.spec, DEADLINE_MS),
    signal: context.signal,
    poll: async () => {
      const { exitCode } = await cli.ask(
        firstPeerOn(context.spec, channel),
        fetchArgs(context, cli, channel),
      );
      return exitCode === 0 ? { yes: true } : { no: { key: 'last.no-block' } };
    },
    evidence: () => nodeLogs(context, ordererNames(context.spec)),
  });
}

/** Joins every orderer to the channel. @returns number of orderers that had not joined before */
async function joinOrderers(context: StageContext, channel: string): Promise<number> {
  const { spec, docker, signal, report } = context;
  const cli = await cliContainer(context);
  const block = `${CLI_ARTIFACTS}/${channel}.block`;
  let joined = 0;
  await Promise.all(
    spec.orderers.map(async (orderer) => {
      const { name } = orderer;
      const { ordererCa, adminCert, adminKey } = cliCrypto(spec, orderer);
      const tls = ['--ca-file', ordererCa, '--client-cert', adminCert, '--client-key', adminKey];
      const to = ['-o', `${name}:${ordererAdminPort(orderer)}`, ...tls];
      const command = ['osnadmin', 'channel', 'join', '--channelID', channel, '--config-block', block, ...to];
      report.command(dockerExec(containerName(spec, 'cli'), command));
      const result = await docker.exec(cli.id, command, { signal });
      const lines = outputLines(result);
      // Older releases exit with 0 even if the orderer returns an error.
      if (lines.some((line) => /Status: 201/.test(line))) joined += 1;
      else if (!lines.some((line) => JOINED_BEFORE.test(line))) {
        const nodes = await nodeLogs(context, [name]);
        throw cliFailure(command, { key: 'where.cli-orderer', node: name }, result, nodes);
      }
      report.progress(joined, spec.orderers.length, 'nodes', name);
    }),
  );
  return joined;
}

/** @returns whether the channel is new */
async function makeChannel(
  context: StageContext,
  cli: PeerCli,
  { channel, newLedgers }: { readonly channel: string; readonly newLedgers: boolean },
): Promise<boolean> {
  if (context.spec.channelCreation === 'participation') {
    const joined = await joinOrderers(context, channel);
    await awaitChannel(context, cli, channel);
    return joined > 0;
  }
  if (!newLedgers) {
    if (await channelExists(context, cli, channel)) return false;
    // A new channel would not be the one that the peers have.
    await requireOrdererLedger(context, cli, channel);
  }
  // What is recorded is about an earlier channel.
  await context.journal.setFact(STATE_KEYS.anchors, undefined);
  const file = `${CLI_ARTIFACTS}/${channel}.tx`;
  const args = ['channel', 'create', '-c', channel, '-f', file, ...ordererFlags(context.spec, cli.orderer)];
  // After it has sent the transaction, the command connects once more to fetch the block.
  const isDone = () => channelExists(context, cli, channel);
  await cli.run(firstPeerOn(context.spec, channel), args, { awaitLeader: true, isDone });
  await awaitChannel(context, cli, channel);
  return true;
}

export const channelStage = defineStage({
  id: 'channel',
  topic: {
    group: 'network-stages',
    aliases: ['channels', 'channel create', 'mychannel'],
    see: ['join', 'artifacts', 'ledger'],
  },
  needs: [readyStage, cryptoStage],
  waitsFor: () => [readyStage],
  isIncluded: makesNetwork,
  decide: ({ observed: { network, channels }, runs }) =>
    decideBy(
      [
        [runs(startStage), { key: 'cause.started' }],
        [network.unjoined.length > 0, { key: 'cause.some-unjoined' }],
      ],
      { key: 'cause.on-channel', channels: channels.join(', ') },
    ),
  cost: () => ({ seconds: 1, cores: 0, memoryMb: 0 }),
  involvesNodes: true,
  execute: async (context, inputs) => {
    const { channels } = context.spec;
    const { newLedgers } = inputs.of(cryptoStage);
    await keepPorts(context, context.spec.ports);
    const cli = await stageCli(context);
    const made = await Promise.all(
      channels.map((channel) => makeChannel(context, cli, { channel, newLedgers })),
    );
    await recordChannels(context, channelRecord(context.spec));
    return { outcome: made.includes(true) ? 'built' : 'cached', detail: channels.join(', ') };
  },
});
