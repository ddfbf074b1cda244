/** Reads the configuration of a channel, and makes an update of it, in the CLI container. */

import type { DockerPort } from '../engine/docker-port.ts';
import { dockerExec } from '../host/docker-command.ts';
import { type ChannelConfig, configIn } from './channel-config.ts';
import {
  containerName,
  firstPeer,
  type NetworkSpec,
  type OrdererOrgSpec,
  type PeerSpec,
} from './network-spec.ts';
import { cliFailure, ordererFlags, type PeerCli } from './peer-cli.ts';

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
export interface Updating {
  readonly docker: Pick<DockerPort, 'exec' | 'upload'>;
  readonly spec: NetworkSpec;
  readonly cli: PeerCli;
  /** Id of the CLI container. */
  readonly cliId: string;
  readonly signal: AbortSignal;
  /** Receives each command as a user would enter it. */
  readonly onCommand: (line: string) => void;
}

/** Who reads a channel, or changes it. */
export interface ChannelReader {
  readonly peer: PeerSpec;
  /** Set if the admin of this organisation with orderers does it. */
  readonly asOrderer?: OrdererOrgSpec | undefined;
}

/** Folder in the CLI container for the files of one channel's update. */
function folderOf(channel: string): string {
  return `/tmp/update-${channel}`;
}

/** Time limit: the engine may be gone, and the next update overwrites the files. */
const REMOVE_MS = 10_000;

/** Calls `act` with a folder for the files of a channel's update, and removes the folder however it ends. */
export async function withUpdateFolder<T>(
  { docker, cliId }: Pick<Updating, 'docker' | 'cliId'>,
  channel: string,
  act: () => Promise<T>,
): Promise<T> {
  const folder = folderOf(channel);
  await docker.upload(cliId, [{ name: `${folder.slice(1)}/.keep`, content: '' }]);
  try {
    return await act();
  } finally {
    const signal = AbortSignal.timeout(REMOVE_MS);
    await docker.exec(cliId, ['rm', '-rf', folder], { signal }).catch(() => undefined);
  }
}

/** Runs a command in the CLI container. @returns its output. @throws WizardFailure `command` */
async function inCli(
  { docker, spec, cliId, signal, onCommand }: Omit<Updating, 'cli'>,
  command: readonly string[],
): Promise<string> {
  onCommand(dockerExec(containerName(spec, 'cli'), command));
  const result = await docker.exec(cliId, command, { signal });
  if (result.exitCode === 0) return result.stdout;
  throw cliFailure(command, { key: 'where.cli', org: firstPeer(spec).org }, result);
}

/** Returns the configuration in a block. @param block its path in the CLI container */
export async function configOfBlock(updating: Omit<Updating, 'cli'>, block: string): Promise<ChannelConfig> {
  const command = ['configtxlator', 'proto_decode', '--type', 'common.Block', '--input', block];
  return configIn(await inCli(updating, command));
}

/** Fetches the configuration that a channel has now. Needs `withUpdateFolder`. */
export async function currentConfig(
  updating: Updating,
  channel: string,
  { peer, asOrderer }: ChannelReader,
): Promise<ChannelConfig> {
  const { spec, cli } = updating;
  const block = `${folderOf(channel)}/config.block`;
  const args = ['channel', 'fetch', 'config', block, '-c', channel, ...ordererFlags(spec, cli.orderer)];
  await cli.run(peer, args, { awaitLeader: true, asOrderer });
  return configOfBlock(updating, block);
}

/** Makes the update from one configuration to another. @returns path of the envelope in the CLI container */
export async function makeUpdate(
  updating: Updating,
  channel: string,
  before: ChannelConfig,
  after: ChannelConfig,
): Promise<string> {
  const folder = folderOf(channel);
  await updating.docker.upload(updating.cliId, [
    { name: `${folder.slice(1)}/old.json`, content: JSON.stringify(before) },
    { name: `${folder.slice(1)}/new.json`, content: JSON.stringify(after) },
  ]);
  await inCli(updating, ['sh', '-euc', UPDATE_SCRIPT, 'update', channel, folder]);
  return `${folder}/envelope.pb`;
}

/** Sends an update, which the sender signs too. */
export async function sendUpdate(
  { spec, cli }: Updating,
  channel: string,
  envelope: string,
  { peer, asOrderer }: ChannelReader,
): Promise<void> {
  const args = ['channel', 'update', '-c', channel, '-f', envelope, ...ordererFlags(spec, cli.orderer)];
  await cli.run(peer, args, { awaitLeader: true, asOrderer });
}
