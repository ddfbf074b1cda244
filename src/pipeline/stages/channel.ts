/** Channel, joins, anchor peers: each asked about first, so that an interrupted run goes on where it was. */
import { setTimeout as delay } from 'node:timers/promises';
import { FACTS } from '../journal/facts.ts';
import { CLI_ARTIFACTS } from '../network/network-files.ts';
import { allPeers, type PeerSpec } from '../network/network-spec.ts';
import {
  joinedChannels,
  nodeLogs,
  ordererFlags,
  outputLines,
  type PeerCli,
  peerCli,
} from '../network/peer-cli.ts';
import { CancelledError, WizardFailure } from '../run/failure.ts';
import type { StageExecutor } from '../run/stage.ts';
import { until } from '../run/waiting.ts';
import type { Workbench } from '../run/workbench.ts';

const BLOCK = '/tmp/channel.block';

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

export function channelStage(bench: Workbench): StageExecutor {
  return async (context) => {
    const cli = await peerCli(bench, context.signal);
    const { channel } = bench.spec;
    const detail = channel;
    if (!bench.newLedgers && (await fetchGenesis(bench, cli))) return { outcome: 'cached', detail };
    await cli.run(firstPeer(bench), [
      'channel',
      'create',
      '-c',
      channel,
      '-f',
      `${CLI_ARTIFACTS}/${channel}.tx`,
      ...ordererFlags(bench.spec),
    ]);
    await until({
      what: { say: 'wait.channel', channel },
      deadlineMs: 30_000,
      signal: context.signal,
      ask: async () => ((await fetchGenesis(bench, cli)) ? { yes: true } : { no: { say: 'last.no-block' } }),
      evidence: () => nodeLogs(bench, [bench.spec.orderer.name]),
    });
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
          const [log] = await nodeLogs(bench, [spec.orderer.name]);
          if (log?.lines.some((line) => ALREADY_SET.test(line) && line.includes(`/${org.mspId} `))) break;
          // Updates of several organisations at once can meet in the orderer; the loser asks again.
          if (attempt >= MAX_TRIES) {
            throw new WizardFailure({
              kind: 'command',
              command: `peer ${args.join(' ')}`,
              where: { say: 'where.cli', org: org.name },
              exitCode: result.exitCode,
              tail: lines.slice(-40),
              nodes: await nodeLogs(bench, [spec.orderer.name, peer.name]),
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
    const artifacts = bench.journal.getFact(FACTS.artifacts.key, FACTS.artifacts.schema);
    if (artifacts) await bench.journal.setFact(FACTS.anchors.key, { fingerprint: artifacts.fingerprint });
    return {
      outcome: updated > 0 ? 'built' : 'cached',
      detail: { say: 'detail.organisations', count: spec.orgs.length },
    };
  };
}
