/** Channels, joins, anchor peers: each asked about first, so that an interrupted run goes on where it was. */
import { setTimeout as delay } from 'node:timers/promises';
import type { RunContext } from '../context/run-context.ts';
import type { StageContext, StageExecutor } from '../context/stage.ts';
import { CancelledError, WizardFailure } from '../core/failure.ts';
import { until } from '../core/waiting.ts';
import { STATE_KEYS } from '../journal/state-keys.ts';
import { CLI_ARTIFACTS, cliCrypto } from '../network/network-files.ts';
import {
  allPeers,
  anchorPeer,
  firstOrderer,
  type NetworkSpec,
  type OrgSpec,
  type PeerSpec,
} from '../network/network-spec.ts';
import {
  joinedChannels,
  nodeContainers,
  nodeLogs,
  ordererFlags,
  outputLines,
  type PeerCli,
  peerCli,
} from '../network/peer-cli.ts';

/** Where a channel's first block is put in the CLI container. */
function blockOf(channel: string): string {
  return `/tmp/${channel}.block`;
}

function ordererNames({ orderers }: NetworkSpec): string[] {
  return orderers.map(({ name }) => name);
}

/** @throws WizardFailure `timeout` */
async function awaitChannel(
  bench: RunContext,
  cli: PeerCli,
  channel: string,
  { signal }: StageContext,
): Promise<void> {
  await until({
    what: { key: 'wait.channel', channel },
    deadlineMs: 30_000,
    signal,
    poll: async () =>
      (await fetchGenesis(bench, cli, channel)) ? { yes: true } : { no: { key: 'last.no-block' } },
    evidence: () => nodeLogs(bench, ordererNames(bench.spec)),
  });
}

function firstPeer(bench: RunContext): PeerSpec {
  const peer = allPeers(bench.spec)[0];
  if (!peer) throw new Error('a network needs a peer');
  return peer;
}

async function fetchGenesis(bench: RunContext, cli: PeerCli, channel: string): Promise<boolean> {
  const fetched = await cli.ask(firstPeer(bench), [
    'channel',
    'fetch',
    '0',
    blockOf(channel),
    '-c',
    channel,
    ...ordererFlags(bench.spec),
  ]);
  return fetched.exitCode === 0;
}

const ADMIN_PORT = 7053;
/** The orderer is on the channel already. */
const ON_IT = /Status: 405|channel already exists/i;

/** Tells every orderer to join. @returns how many had not done it before */
async function ordererJoins(bench: RunContext, channel: string, context: StageContext): Promise<number> {
  const { spec, docker } = bench;
  const cli = (await nodeContainers(bench)).get('cli');
  if (!cli) throw new Error('no CLI container');
  const block = `${CLI_ARTIFACTS}/${channel}.block`;
  const { ordererCa, adminCert, adminKey } = cliCrypto(spec);
  let joined = 0;
  await Promise.all(
    spec.orderers.map(async ({ name }) => {
      const tls = ['--ca-file', ordererCa, '--client-cert', adminCert, '--client-key', adminKey];
      const to = ['-o', `${name}:${ADMIN_PORT}`, ...tls];
      const command = ['osnadmin', 'channel', 'join', '--channelID', channel, '--config-block', block, ...to];
      const result = await docker.exec(cli.id, command, { signal: context.signal });
      const lines = outputLines(result);
      // Older ones exit with 0 whatever the orderer answers.
      if (lines.some((line) => /Status: 201/.test(line))) joined += 1;
      else if (!lines.some((line) => ON_IT.test(line))) {
        throw new WizardFailure({
          kind: 'command',
          command: command.join(' '),
          where: { key: 'where.cli-orderer', node: name },
          exitCode: result.exitCode,
          tail: lines.slice(-40),
          nodes: await nodeLogs(bench, [name]),
        });
      }
      context.progress(joined, spec.orderers.length, 'nodes', name);
    }),
  );
  return joined;
}

/** Orderers that have no leader yet refuse; the last refusal is the failure. */
const NO_LEADER = /SERVICE_UNAVAILABLE|no Raft leader/i;
const LEADER_MS = 30_000;

/** @throws WizardFailure `command` */
async function createChannel(
  bench: RunContext,
  cli: PeerCli,
  channel: string,
  { signal }: StageContext,
): Promise<void> {
  const file = `${CLI_ARTIFACTS}/${channel}.tx`;
  const args = ['channel', 'create', '-c', channel, '-f', file, ...ordererFlags(bench.spec)];
  await until({
    what: { key: 'wait.leader' },
    deadlineMs: LEADER_MS,
    signal,
    poll: async () => {
      try {
        await cli.run(firstPeer(bench), args);
        return { yes: true };
      } catch (error) {
        const tail = error instanceof WizardFailure && 'tail' in error.failure ? error.failure.tail : [];
        const refused = tail.find((line) => NO_LEADER.test(line));
        if (refused === undefined) throw error;
        return { no: refused };
      }
    },
    evidence: () => nodeLogs(bench, ordererNames(bench.spec)),
  });
}

/** @returns whether it was not there before */
async function makeChannel(
  bench: RunContext,
  cli: PeerCli,
  channel: string,
  context: StageContext,
): Promise<boolean> {
  if (bench.spec.channelCreation === 'participation') {
    const joined = await ordererJoins(bench, channel, context);
    await awaitChannel(bench, cli, channel, context);
    return joined > 0;
  }
  if (!bench.newLedgers && (await fetchGenesis(bench, cli, channel))) return false;
  await createChannel(bench, cli, channel, context);
  await awaitChannel(bench, cli, channel, context);
  return true;
}

export function channelStage(bench: RunContext): StageExecutor {
  return async (context) => {
    const { channels } = bench.spec;
    const cli = await peerCli(bench, context.signal);
    const made = await Promise.all(channels.map((channel) => makeChannel(bench, cli, channel, context)));
    return { outcome: made.includes(true) ? 'built' : 'cached', detail: channels.join(', ') };
  };
}

export function joinStage(bench: RunContext): StageExecutor {
  return async (context) => {
    const cli = await peerCli(bench, context.signal);
    const { channels } = bench.spec;
    const peers = allPeers(bench.spec);
    let done = 0;
    let joined = 0;
    await Promise.all(
      peers.map(async (peer) => {
        const known = bench.newLedgers ? [] : await joinedChannels(cli, peer);
        for (const channel of channels) {
          if (known.includes(channel)) continue;
          await cli.run(peer, ['channel', 'join', '-b', blockOf(channel)]);
          joined += 1;
        }
        done += 1;
        context.progress(done, peers.length, 'nodes', peer.name);
      }),
    );
    return {
      outcome: joined > 0 ? 'built' : 'cached',
      detail: { key: 'detail.joined', count: peers.length, channels: channels.join(', ') },
    };
  };
}

/** The orderer refuses a second identical update with one of these, by line: then it is there already. */
const ALREADY_SET =
  /requires that key .* (be at version 0|to be at version 0)|readset expected key .* at version 0/i;
const MAX_TRIES = 5;

/** One organisation's anchor peer on one channel. @returns whether it was not set before. @throws WizardFailure `command` */
async function updateAnchors(
  bench: RunContext,
  cli: PeerCli,
  { org, channel }: { readonly org: OrgSpec; readonly channel: string },
  signal: AbortSignal,
): Promise<boolean> {
  const { spec } = bench;
  const peer = anchorPeer(org);
  const file = `${CLI_ARTIFACTS}/${channel}-${org.mspId}-anchors.tx`;
  const args = ['channel', 'update', '-c', channel, '-f', file, ...ordererFlags(spec)];
  for (let attempt = 1; ; attempt++) {
    const result = await cli.ask(peer, args);
    if (result.exitCode === 0) return true;
    const lines = outputLines(result);
    if (lines.some((line) => ALREADY_SET.test(line))) return false;
    // 1.0's client is told no more than BAD_REQUEST; the reason stands in the orderer's log.
    const [log] = await nodeLogs(bench, [firstOrderer(spec).name]);
    if (log?.lines.some((line) => ALREADY_SET.test(line) && line.includes(`/${org.mspId} `))) return false;
    // Updates of several organisations at once can meet in the orderer; the loser asks again.
    if (attempt >= MAX_TRIES) {
      throw new WizardFailure({
        kind: 'command',
        command: `peer ${args.join(' ')}`,
        where: { key: 'where.cli', org: org.name },
        exitCode: result.exitCode,
        tail: lines.slice(-40),
        nodes: await nodeLogs(bench, [...ordererNames(spec), peer.name]),
      });
    }
    await delay(100 * attempt, undefined, { signal }).catch(() => {
      throw new CancelledError();
    });
  }
}

export function anchorsStage(bench: RunContext): StageExecutor {
  return async (context) => {
    const cli = await peerCli(bench, context.signal);
    const { spec } = bench;
    const artifacts = bench.journal.getFact(STATE_KEYS.artifacts.key, STATE_KEYS.artifacts.schema);
    const isSet = async () => {
      if (artifacts)
        await bench.journal.setFact(STATE_KEYS.anchors.key, { fingerprint: artifacts.fingerprint });
    };
    if (spec.channelCreation === 'participation') {
      await isSet();
      return { outcome: 'cached', detail: { key: 'detail.in-first-block' } };
    }
    let done = 0;
    let updated = 0;
    await Promise.all(
      spec.orgs.map(async (org) => {
        for (const channel of spec.channels) {
          if (await updateAnchors(bench, cli, { org, channel }, context.signal)) updated += 1;
        }
        done += 1;
        context.progress(done, spec.orgs.length, 'nodes', anchorPeer(org).name);
      }),
    );
    await isSet();
    return {
      outcome: updated > 0 ? 'built' : 'cached',
      detail: { key: 'detail.organisations', count: spec.orgs.length },
    };
  };
}
