/** Sets each organisation's anchor peer on each channel. */

import { setTimeout as delay } from 'node:timers/promises';
import type { StageContext } from '../context/run-context.ts';
import { decideBy, defineStage } from '../context/stage-definition.ts';
import { CancelledError } from '../core/failure.ts';
import { STATE_KEYS } from '../journal/state-keys.ts';
import { onChannel } from '../network/channel-members.ts';
import { CLI_ARTIFACTS } from '../network/cli-environment.ts';
import { anchorPeer, type OrgSpec } from '../network/network-spec.ts';
import {
  cliFailure,
  nodeLogs,
  ordererFlags,
  ordererNames,
  outputLines,
  type PeerCli,
} from '../network/peer-cli.ts';
import { channelStage } from './channel.ts';
import { joinStage } from './join.ts';
import { makesNetwork } from './plan-scope.ts';
import { stageCli } from './stage-cli.ts';

/** Errors of the orderer for a repeated update, in different releases: the anchor peer is already set. */
const SET_BEFORE =
  /requires that key .* (be at version 0|to be at version 0)|readset expected key .* at version 0/i;
const MAX_TRIES = 5;

/**
 * Updates one organisation's anchor peer on one channel.
 * @returns whether it was not set before
 * @throws WizardFailure `command`
 */
async function updateAnchors(
  context: StageContext,
  cli: PeerCli,
  { org, channel }: { readonly org: OrgSpec; readonly channel: string },
): Promise<boolean> {
  const { spec, signal } = context;
  const peer = anchorPeer(org);
  const file = `${CLI_ARTIFACTS}/${channel}-${org.mspId}-anchors.tx`;
  const args = ['channel', 'update', '-c', channel, '-f', file, ...ordererFlags(spec, cli.orderer)];
  for (let attempt = 1; ; attempt++) {
    const result = await cli.ask(peer, args, { awaitLeader: true });
    if (result.exitCode === 0) return true;
    const lines = outputLines(result);
    if (lines.some((line) => SET_BEFORE.test(line))) return false;
    // The client of 1.0 reports BAD_REQUEST only; the reason is in the orderer's log.
    const [log] = await nodeLogs(context, [cli.orderer.name]);
    if (log?.lines.some((line) => SET_BEFORE.test(line) && line.includes(`/${org.mspId} `))) return false;
    // Simultaneous updates of several organisations can collide in the orderer.
    if (attempt >= MAX_TRIES) {
      const nodes = await nodeLogs(context, [...ordererNames(spec), peer.name]);
      throw cliFailure(['peer', ...args], { key: 'where.cli', org: org.name }, result, nodes);
    }
    await delay(100 * attempt, undefined, { signal }).catch(() => {
      throw new CancelledError();
    });
  }
}

/** Records that the anchor peers of the current artifacts are set. */
async function recordAnchors({ journal }: StageContext): Promise<void> {
  const artifacts = journal.getFact(STATE_KEYS.artifacts);
  if (artifacts) await journal.setFact(STATE_KEYS.anchors, { fingerprint: artifacts.fingerprint });
}

export const anchorsStage = defineStage({
  id: 'anchors',
  topic: {
    group: 'network-stages',
    aliases: ['anchor', 'anchor peer', 'anchor peers', 'gossip'],
    see: ['channel', 'artifacts'],
  },
  needs: [joinStage],
  isIncluded: makesNetwork,
  decide: ({ observed: { network }, runs }) =>
    decideBy(
      [
        [runs(channelStage), { key: 'cause.channel-state' }],
        [!network.anchorsSet, { key: 'cause.no-anchors' }],
      ],
      { key: 'cause.anchors-set' },
    ),
  cost: () => ({ seconds: 1, cores: 0, memoryMb: 0 }),
  involvesNodes: true,
  execute: async (context) => {
    const { spec, report } = context;
    if (spec.channelCreation === 'participation') {
      await recordAnchors(context);
      return { outcome: 'cached', detail: { key: 'detail.in-first-block' } };
    }
    // The stage `members` has set them: these updates are made for a channel that no organisation was added to.
    if (spec.orgs.some(({ added }) => added)) {
      await recordAnchors(context);
      return { outcome: 'cached', detail: { key: 'detail.with-members' } };
    }
    const cli = await stageCli(context);
    let done = 0;
    let updated = 0;
    await Promise.all(
      spec.orgs.map(async (org) => {
        for (const channel of spec.channels) {
          const member = onChannel(spec, channel).orgs.find(({ name }) => name === org.name);
          if (member && (await updateAnchors(context, cli, { org: member, channel }))) updated += 1;
        }
        done += 1;
        report.progress(done, spec.orgs.length, 'nodes', anchorPeer(org).name);
      }),
    );
    await recordAnchors(context);
    return {
      outcome: updated > 0 ? 'built' : 'cached',
      detail: { key: 'detail.organisations', count: spec.orgs.length },
    };
  },
});
