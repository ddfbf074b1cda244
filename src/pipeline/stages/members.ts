/** Brings organisations into channels that exist without them, by an update of each channel's configuration. */
import type { StageContext } from '../context/run-context.ts';
import { decideBy, defineStage } from '../context/stage-definition.ts';
import { until } from '../core/waiting.ts';
import { dockerExec } from '../host/docker-command.ts';
import {
  type ChannelConfig,
  configIn,
  organisationsIn,
  withOrganisations,
} from '../network/channel-config.ts';
import { onChannel } from '../network/channel-members.ts';
import { CLI_ARTIFACTS } from '../network/cli-environment.ts';
import { deadlineOf } from '../network/deadlines.ts';
import {
  containerName,
  firstPeer,
  type NetworkSpec,
  type OrdererOrgSpec,
  type PeerSpec,
} from '../network/network-spec.ts';
import {
  cliContainer,
  cliFailure,
  nodeLogs,
  ordererFlags,
  ordererNames,
  type PeerCli,
} from '../network/peer-cli.ts';
import { artifactsStage } from './artifacts.ts';
import { channelStage } from './channel.ts';
import { makesNetwork } from './plan-scope.ts';
import { stageCli } from './stage-cli.ts';

const DEADLINE_MS = 30_000;

/** Makes the update from two configurations. $1 channel, $2 folder with `old.json` and `new.json` */
const UPDATE_SCRIPT = `
cd "$2"
for each in old new; do configtxlator proto_encode --type common.Config --input $each.json --output $each.pb; done
configtxlator compute_update --channel_id "$1" --original old.pb --updated new.pb --output update.pb
configtxlator proto_decode --type common.ConfigUpdate --input update.pb --output update.json
printf '{"payload":{"header":{"channel_header":{"channel_id":"%s","type":2}},"data":{"config_update":%s}}}' \
  "$1" "$(cat update.json)" >envelope.json
configtxlator proto_encode --type common.Envelope --input envelope.json --output envelope.pb
`;

/** The CLI container, and what is done in it. */
interface Updating {
  readonly context: StageContext;
  readonly cli: PeerCli;
  /** Id of the CLI container. */
  readonly cliId: string;
}

/** Folder in the CLI container for the files of one channel's update. */
function folderOf(channel: string): string {
  return `/tmp/update-${channel}`;
}

/** Time limit: the engine may be gone, and the next update overwrites the files. */
const REMOVE_MS = 10_000;

/** Removes the files of a channel's update, however it has ended. */
async function removeFolder(docker: StageContext['docker'], cliId: string, channel: string): Promise<void> {
  const signal = AbortSignal.timeout(REMOVE_MS);
  await docker.exec(cliId, ['rm', '-rf', folderOf(channel)], { signal }).catch(() => undefined);
}

/** Runs a command in the CLI container. @returns its output. @throws WizardFailure `command` */
async function inCli(
  { context, cliId }: Pick<Updating, 'context' | 'cliId'>,
  command: readonly string[],
): Promise<string> {
  const { docker, spec, signal, report } = context;
  report.command(dockerExec(containerName(spec, 'cli'), command));
  const result = await docker.exec(cliId, command, { signal });
  if (result.exitCode === 0) return result.stdout;
  throw cliFailure(command, { key: 'where.cli', org: firstPeer(spec).org }, result);
}

function decoded(of: Pick<Updating, 'context' | 'cliId'>, block: string): Promise<string> {
  return inCli(of, ['configtxlator', 'proto_decode', '--type', 'common.Block', '--input', block]);
}

/** Whether a channel is the system channel: the admin of the orderers reads and changes it, not those of its members. */
function isSystem({ context }: Updating, channel: string): boolean {
  return channel === context.spec.systemChannel;
}

/** Returns the organisation with orderers whose admin reads and changes a channel; undefined: its members do. */
function adminOf(updating: Updating, channel: string): OrdererOrgSpec | undefined {
  return isSystem(updating, channel) ? updating.context.spec.ordererOrgs[0] : undefined;
}

/** Returns the network with the members of a channel; the system channel has all organisations. */
function membersOf(updating: Updating, channel: string): NetworkSpec {
  return onChannel(updating.context.spec, channel);
}

async function currentConfig(updating: Updating, channel: string): Promise<ChannelConfig> {
  const { context, cli } = updating;
  const block = `${folderOf(channel)}/config.block`;
  const args = [
    'channel',
    'fetch',
    'config',
    block,
    '-c',
    channel,
    ...ordererFlags(context.spec, cli.orderer),
  ];
  await cli.run(firstPeer(membersOf(updating, channel)), args, {
    awaitLeader: true,
    asOrderer: adminOf(updating, channel),
  });
  return configIn(await decoded(updating, block));
}

/** Signs the update as the admins of a majority, and sends it. The one who sends signs too. */
async function submit(updating: Updating, channel: string, signers: readonly PeerSpec[]): Promise<void> {
  const { context, cli } = updating;
  const file = `${folderOf(channel)}/envelope.pb`;
  const { spec } = context;
  const [first = firstPeer(spec), ...others] = signers;
  const orderers = isSystem(updating, channel) ? spec.ordererOrgs.slice(1) : [];
  // One after another: each adds its signature to the file.
  for (const peer of others) await cli.run(peer, ['channel', 'signconfigtx', '-f', file]);
  for (const asOrderer of orderers)
    await cli.run(first, ['channel', 'signconfigtx', '-f', file], { asOrderer });
  const args = ['channel', 'update', '-c', channel, '-f', file, ...ordererFlags(context.spec, cli.orderer)];
  await cli.run(first, args, { awaitLeader: true, asOrderer: adminOf(updating, channel) });
}

/**
 * @param source a configuration that has the groups of all members of the channel
 * @returns whether the channel lacked an organisation or an anchor peer
 */
async function bringIn(updating: Updating, channel: string, source: ChannelConfig): Promise<boolean> {
  const { context, cliId } = updating;
  const { docker, signal } = context;
  const spec = membersOf(updating, channel);
  const folder = folderOf(channel);
  await docker.upload(cliId, [{ name: `${folder.slice(1)}/.keep`, content: '' }]);
  const config = await currentConfig(updating, channel);
  const wanted = withOrganisations(config, source, spec.orgs);
  if (!wanted) return false;
  await docker.upload(cliId, [
    { name: `${folder.slice(1)}/old.json`, content: JSON.stringify(config) },
    { name: `${folder.slice(1)}/new.json`, content: JSON.stringify(wanted) },
  ]);
  await inCli(updating, ['sh', '-euc', UPDATE_SCRIPT, 'update', channel, folder]);
  const present = organisationsIn(config);
  const members = spec.orgs.filter(({ mspId }) => present.includes(mspId));
  const signers = isSystem(updating, channel) ? [] : members.flatMap(({ peers }) => peers.slice(0, 1));
  await submit(updating, channel, signers);
  await until({
    what: { key: 'wait.members', channel },
    deadlineMs: deadlineOf(context.spec, DEADLINE_MS),
    signal,
    poll: async () => {
      const now = await currentConfig(updating, channel);
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
    const updating: Updating = { context, cli, cliId };
    const configOf = async (file: string) => configIn(await decoded(updating, `${CLI_ARTIFACTS}/${file}`));
    const all = spec.channelCreation === 'system' ? await configOf('genesis.block') : undefined;
    let updated = 0;
    for (const each of channelsOf(context)) {
      try {
        // Another channel can have other members.
        if (await bringIn(updating, each, all ?? (await configOf(`${each}.block`)))) updated += 1;
      } finally {
        await removeFolder(context.docker, cliId, each);
      }
    }
    return {
      outcome: updated > 0 ? 'built' : 'cached',
      detail: { key: 'detail.organisations', count: spec.orgs.length },
    };
  },
});
