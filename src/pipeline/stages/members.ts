/** Brings organisations into channels that exist without them, by an update of each channel's configuration. */
import type { StageContext } from '../context/run-context.ts';
import { decideBy, defineStage } from '../context/stage-definition.ts';
import { until } from '../core/waiting.ts';
import { type ChannelConfig, organisationsIn, withOrganisations } from '../network/channel-config.ts';
import { onChannel } from '../network/channel-members.ts';
import {
  type ChannelReader,
  configOfBlock,
  currentConfig,
  makeUpdate,
  sendUpdate,
  type Updating,
  withUpdateFolder,
} from '../network/channel-update.ts';
import { CLI_ARTIFACTS } from '../network/cli-environment.ts';
import { deadlineOf } from '../network/deadlines.ts';
import { firstPeer, type NetworkSpec, type OrdererOrgSpec, type PeerSpec } from '../network/network-spec.ts';
import { cliContainer, nodeLogs, ordererNames } from '../network/peer-cli.ts';
import { artifactsStage } from './artifacts.ts';
import { channelStage } from './channel.ts';
import { makesNetwork } from './plan-scope.ts';
import { stageCli } from './stage-cli.ts';

const DEADLINE_MS = 30_000;

/** A stage that updates channels. */
interface StageUpdate extends Updating {
  readonly context: StageContext;
}

/** Whether a channel is the system channel: the admin of the orderers reads and changes it, not those of its members. */
function isSystem({ spec }: Updating, channel: string): boolean {
  return channel === spec.systemChannel;
}

/** Returns the organisation with orderers whose admin reads and changes a channel; undefined: its members do. */
function adminOf(updating: Updating, channel: string): OrdererOrgSpec | undefined {
  return isSystem(updating, channel) ? updating.spec.ordererOrgs[0] : undefined;
}

/** Returns the network with the members of a channel; the system channel has all organisations. */
function membersOf(updating: Updating, channel: string): NetworkSpec {
  return onChannel(updating.spec, channel);
}

/** Returns who reads and changes a channel. */
function readerOf(updating: Updating, channel: string): ChannelReader {
  return { peer: firstPeer(membersOf(updating, channel)), asOrderer: adminOf(updating, channel) };
}

/** Signs the update as the admins of a majority, and sends it. The one who sends signs too. */
async function submit(
  updating: Updating,
  channel: string,
  envelope: string,
  signers: readonly PeerSpec[],
): Promise<void> {
  const { spec, cli } = updating;
  const [first = firstPeer(spec), ...others] = signers;
  const orderers = isSystem(updating, channel) ? spec.ordererOrgs.slice(1) : [];
  // One after another: each adds its signature to the file.
  for (const peer of others) await cli.run(peer, ['channel', 'signconfigtx', '-f', envelope]);
  for (const asOrderer of orderers)
    await cli.run(first, ['channel', 'signconfigtx', '-f', envelope], { asOrderer });
  await sendUpdate(updating, channel, envelope, { peer: first, asOrderer: adminOf(updating, channel) });
}

/**
 * @param source a configuration that has the groups of all members of the channel
 * @returns whether the channel lacked an organisation or an anchor peer
 */
async function bringIn(updating: StageUpdate, channel: string, source: ChannelConfig): Promise<boolean> {
  const { context, signal } = updating;
  const spec = membersOf(updating, channel);
  const reader = readerOf(updating, channel);
  const config = await currentConfig(updating, channel, reader);
  const wanted = withOrganisations(config, source, spec.orgs);
  if (!wanted) return false;
  const envelope = await makeUpdate(updating, channel, config, wanted);
  const present = organisationsIn(config);
  const members = spec.orgs.filter(({ mspId }) => present.includes(mspId));
  const signers = isSystem(updating, channel) ? [] : members.flatMap(({ peers }) => peers.slice(0, 1));
  await submit(updating, channel, envelope, signers);
  await until({
    what: { key: 'wait.members', channel },
    deadlineMs: deadlineOf(context.spec, DEADLINE_MS),
    signal,
    poll: async () => {
      const now = await currentConfig(updating, channel, reader);
      return withOrganisations(now, source, spec.orgs) ? { no: { key: 'last.no-block' } } : { yes: true };
    },
    evidence: () => nodeLogs(context, ordererNames(spec)),
  });
  return true;
}

/** Returns the channels to update: first the system channel, whose consortium new channels are made from. */
function channelsOf({ spec }: StageContext): readonly string[] {
  return spec.channelCreation === 'system' ? [spec.systemChannel, ...spec.channels] : spec.channels;
}

export const membersStage = defineStage({
  id: 'members',
  topic: {
    group: 'network-stages',
    aliases: ['add', 'add org', 'config update', 'consortium'],
    see: ['channel', 'artifacts', 'anchors'],
  },
  needs: [channelStage, artifactsStage],
  waitsFor: () => [channelStage],
  isIncluded: (input) => makesNetwork(input) && input.observed.network.extended,
  decide: ({ runs }) =>
    decideBy([[runs(channelStage), { key: 'cause.channel-state' }]], { key: 'cause.members-known' }),
  cost: () => ({ seconds: 3, cores: 0, memoryMb: 0 }),
  involvesNodes: true,
  execute: async (context) => {
    const { spec } = context;
    const cli = await stageCli(context);
    const { id: cliId } = await cliContainer(context);
    const { docker, signal, report } = context;
    const updating = { context, docker, spec, cli, cliId, signal, onCommand: report.command };
    const configOf = (file: string) => configOfBlock(updating, `${CLI_ARTIFACTS}/${file}`);
    const all = spec.channelCreation === 'system' ? await configOf('genesis.block') : undefined;
    let updated = 0;
    for (const each of channelsOf(context)) {
      // Another channel can have other members.
      const source = all ?? (await configOf(`${each}.block`));
      if (await withUpdateFolder(updating, each, () => bringIn(updating, each, source))) updated += 1;
    }
    return {
      outcome: updated > 0 ? 'built' : 'cached',
      detail: { key: 'detail.organisations', count: spec.orgs.length },
    };
  },
});
