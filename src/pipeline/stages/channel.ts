/** Channel, joins, anchor peers: each asked about first, so that an interrupted run goes on where it was. */
import { setTimeout as delay } from 'node:timers/promises';
import { FACTS } from '../journal/facts.ts';
import { CLI_ARTIFACTS, cliCrypto } from '../network/network-files.ts';
import { allPeers, firstOrderer, type NetworkSpec, type PeerSpec } from '../network/network-spec.ts';
import {
  joinedChannels,
  nodeContainers,
  nodeLogs,
  ordererFlags,
  outputLines,
  type PeerCli,
  peerCli,
} from '../network/peer-cli.ts';
import { CancelledError, WizardFailure } from '../run/failure.ts';
import type { StageContext, StageExecutor, StageResult } from '../run/stage.ts';
import { until } from '../run/waiting.ts';
import type { Workbench } from '../run/workbench.ts';

const BLOCK = '/tmp/channel.block';

function ordererNames({ orderers }: NetworkSpec): string[] {
  return orderers.map(({ name }) => name);
}

/** @throws WizardFailure `timeout` */
async function awaitChannel(bench: Workbench, cli: PeerCli, { signal }: StageContext): Promise<void> {
  await until({
    what: { say: 'wait.channel', channel: bench.spec.channel },
    deadlineMs: 30_000,
    signal,
    ask: async () => ((await fetchGenesis(bench, cli)) ? { yes: true } : { no: { say: 'last.no-block' } }),
    evidence: () => nodeLogs(bench, ordererNames(bench.spec)),
  });
}

function firstPeer(bench: Workbench): PeerSpec {
  const peer = allPeers(bench.spec)[0];
  if (!peer) throw new Error('a network needs a peer');
  return peer;
}

async function fetchGenesis(bench: Workbench, cli: PeerCli): Promise<boolean> {
  const { channel } = bench.spec;
  const fetched = await cli.ask(firstPeer(bench), [
    'channel',
    'fetch',
    '0',
    BLOCK,
    '-c',
    channel,
    ...ordererFlags(bench.spec),
  ]);
  return fetched.exitCode === 0;
}

const ADMIN_PORT = 7053;
/** The orderer is on the channel already. */
const ON_IT = /Status: 405|channel already exists/i;

/** Tells every orderer to join; each that has done it before says so. */
async function ordererJoins(bench: Workbench, context: StageContext): Promise<StageResult> {
  const { spec, docker } = bench;
  const cli = (await nodeContainers(bench)).get('cli');
  if (!cli) throw new Error('no CLI container');
  const block = `${CLI_ARTIFACTS}/${spec.channel}.block`;
  const { ordererCa, adminCert, adminKey } = cliCrypto(spec);
  let joined = 0;
  await Promise.all(
    spec.orderers.map(async ({ name }) => {
      const tls = ['--ca-file', ordererCa, '--client-cert', adminCert, '--client-key', adminKey];
      const to = ['-o', `${name}:${ADMIN_PORT}`, ...tls];
      const command = [
        'osnadmin',
        'channel',
        'join',
        '--channelID',
        spec.channel,
        '--config-block',
        block,
        ...to,
      ];
      const result = await docker.exec(cli.id, command, { signal: context.signal });
      const lines = outputLines(result);
      // Older ones exit with 0 whatever the orderer answers.
      if (lines.some((line) => /Status: 201/.test(line))) joined += 1;
      else if (!lines.some((line) => ON_IT.test(line))) {
        throw new WizardFailure({
          kind: 'command',
          command: command.join(' '),
          where: { say: 'where.cli-orderer', node: name },
          exitCode: result.exitCode,
          tail: lines.slice(-40),
          nodes: await nodeLogs(bench, [name]),
        });
      }
      context.progress(joined, spec.orderers.length, 'nodes', name);
    }),
  );
  return { outcome: joined > 0 ? 'built' : 'cached', detail: spec.channel };
}

/** Orderers that have no leader yet refuse; the last refusal is the failure. */
const NO_LEADER = /SERVICE_UNAVAILABLE|no Raft leader/i;
const LEADER_MS = 30_000;

/** @throws WizardFailure `command` */
async function createChannel(bench: Workbench, cli: PeerCli, { signal }: StageContext): Promise<void> {
  const { channel } = bench.spec;
  const file = `${CLI_ARTIFACTS}/${channel}.tx`;
  const args = ['channel', 'create', '-c', channel, '-f', file, ...ordererFlags(bench.spec)];
  await until({
    what: { say: 'wait.leader' },
    deadlineMs: LEADER_MS,
    signal,
    ask: async () => {
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

export function channelStage(bench: Workbench): StageExecutor {
  return async (context) => {
    if (bench.spec.channels === 'participation') {
      const result = await ordererJoins(bench, context);
      await awaitChannel(bench, await peerCli(bench, context.signal), context);
      return result;
    }
    const cli = await peerCli(bench, context.signal);
    const { channel } = bench.spec;
    const detail = channel;
    if (!bench.newLedgers && (await fetchGenesis(bench, cli))) return { outcome: 'cached', detail };
    await createChannel(bench, cli, context);
    await awaitChannel(bench, cli, context);
    return { outcome: 'built', detail };
  };
}

export function joinStage(bench: Workbench): StageExecutor {
  return async (context) => {
    const cli = await peerCli(bench, context.signal);
    const peers = allPeers(bench.spec);
    let done = 0;
    let joined = 0;
    await Promise.all(
      peers.map(async (peer) => {
        const known = bench.newLedgers ? [] : await joinedChannels(cli, peer);
        if (!known.includes(bench.spec.channel)) {
          await cli.run(peer, ['channel', 'join', '-b', BLOCK]);
          joined += 1;
        }
        done += 1;
        context.progress(done, peers.length, 'nodes', peer.name);
      }),
    );
    return {
      outcome: joined > 0 ? 'built' : 'cached',
      detail: { say: 'detail.joined', count: peers.length, channel: bench.spec.channel },
    };
  };
}

/** The orderer refuses a second identical update with one of these, by line: then it is there already. */
const ALREADY_SET =
  /requires that key .* (be at version 0|to be at version 0)|readset expected key .* at version 0/i;
const MAX_TRIES = 5;

export function anchorsStage(bench: Workbench): StageExecutor {
  return async (context) => {
    const cli = await peerCli(bench, context.signal);
    const { spec } = bench;
    const artifacts = bench.journal.getFact(FACTS.artifacts.key, FACTS.artifacts.schema);
    const isSet = async () => {
      if (artifacts) await bench.journal.setFact(FACTS.anchors.key, { fingerprint: artifacts.fingerprint });
    };
    if (spec.channels === 'participation') {
      await isSet();
      return { outcome: 'cached', detail: { say: 'detail.in-first-block' } };
    }
    let done = 0;
    let updated = 0;
    await Promise.all(
      spec.orgs.map(async (org) => {
        const peer = org.peers[0];
        if (!peer) throw new Error(`${org.name} has no peer`);
        const args = [
          'channel',
          'update',
          '-c',
          spec.channel,
          '-f',
          `${CLI_ARTIFACTS}/${org.mspId}-anchors.tx`,
          ...ordererFlags(spec),
        ];
        for (let attempt = 1; ; attempt++) {
          const result = await cli.ask(peer, args);
          if (result.exitCode === 0) {
            updated += 1;
            break;
          }
          const lines = outputLines(result);
          if (lines.some((line) => ALREADY_SET.test(line))) break;
          // 1.0's client is told no more than BAD_REQUEST; the reason stands in the orderer's log.
          const [log] = await nodeLogs(bench, [firstOrderer(spec).name]);
          if (log?.lines.some((line) => ALREADY_SET.test(line) && line.includes(`/${org.mspId} `))) break;
          // Updates of several organisations at once can meet in the orderer; the loser asks again.
          if (attempt >= MAX_TRIES) {
            throw new WizardFailure({
              kind: 'command',
              command: `peer ${args.join(' ')}`,
              where: { say: 'where.cli', org: org.name },
              exitCode: result.exitCode,
              tail: lines.slice(-40),
              nodes: await nodeLogs(bench, [...ordererNames(spec), peer.name]),
            });
          }
          await delay(100 * attempt, undefined, { signal: context.signal }).catch(() => {
            throw new CancelledError();
          });
        }
        done += 1;
        context.progress(done, spec.orgs.length, 'nodes', peer.name);
      }),
    );
    await isSet();
    return {
      outcome: updated > 0 ? 'built' : 'cached',
      detail: { say: 'detail.organisations', count: spec.orgs.length },
    };
  };
}
