/** The script that creates a network's first blocks, channel transactions and anchor peer updates. */
import { join } from 'node:path';
import type { RunContext } from '../context/run-context.ts';
import type { TarEntry } from '../engine/tar-context.ts';
import { networkDir } from '../host/state-folder.ts';
import { onChannel } from '../network/channel-members.ts';
import { configtxYaml, GENESIS_PROFILE, profileOf } from '../network/configtx.ts';
import { WORK } from './tools-container.ts';

/** $1 profile of the genesis block, $2 system channel, then for each channel: its profile, its name, the MSP ids of its members */
const SYSTEM_CHANNEL_SCRIPT = `
mkdir artifacts
configtxgen -profile "$1" -channelID "$2" -outputBlock artifacts/genesis.block
shift 2
while [ $# -gt 0 ]; do
  profile=$1 channel=$2 members=$3; shift 3
  configtxgen -profile "$profile" -channelID "$channel" -outputCreateChannelTx "artifacts/$channel.tx"
  for org in $members; do
    configtxgen -profile "$profile" -channelID "$channel" -asOrg "$org" -outputAnchorPeersUpdate "artifacts/$channel-$org-anchors.tx"
  done
done`;

/** Creates each channel's first block, with its anchor peers. For each channel: its profile and its name */
const FIRST_BLOCK_SCRIPT = `
mkdir artifacts
while [ $# -gt 0 ]; do
  configtxgen -profile "$1" -channelID "$2" -outputBlock "artifacts/$2.block"
  shift 2
done`;

export interface ArtifactsWork {
  readonly configtx: TarEntry;
  readonly script: string;
  readonly args: readonly string[];
  /** Equivalent `configtxgen` calls, to run in the tools image in the network's folder. */
  readonly commands: readonly (readonly string[])[];
}

/** Returns everything that the script needs except the certificates. */
export function artifactsWork({ spec, settings }: Pick<RunContext, 'spec' | 'settings'>): ArtifactsWork {
  const { channels, systemChannel } = spec;
  const configtx = {
    name: 'work/configtx.yaml',
    content: configtxYaml(spec, settings.release, `${WORK}/crypto-config`),
  };
  const configtxgen = (profile: string, channel: string, ...output: readonly string[]) => [
    'configtxgen',
    '-profile',
    profile,
    '-channelID',
    channel,
    ...output,
  ];
  const folder = 'channel-artifacts';
  if (spec.channelCreation === 'participation')
    return {
      configtx,
      script: FIRST_BLOCK_SCRIPT,
      args: channels.flatMap((channel) => [profileOf(spec, channel), channel]),
      commands: channels.map((channel) =>
        configtxgen(profileOf(spec, channel), channel, '-outputBlock', `${folder}/${channel}.block`),
      ),
    };
  const mspIds = (channel: string) => onChannel(spec, channel).orgs.map(({ mspId }) => mspId);
  return {
    configtx,
    script: SYSTEM_CHANNEL_SCRIPT,
    args: [
      GENESIS_PROFILE,
      systemChannel,
      ...channels.flatMap((channel) => [profileOf(spec, channel), channel, mspIds(channel).join(' ')]),
    ],
    commands: [
      configtxgen(GENESIS_PROFILE, systemChannel, '-outputBlock', `${folder}/genesis.block`),
      ...channels.flatMap((channel) => [
        configtxgen(profileOf(spec, channel), channel, '-outputCreateChannelTx', `${folder}/${channel}.tx`),
        ...mspIds(channel).map((mspId) =>
          configtxgen(
            profileOf(spec, channel),
            channel,
            '-asOrg',
            mspId,
            '-outputAnchorPeersUpdate',
            `${folder}/${channel}-${mspId}-anchors.tx`,
          ),
        ),
      ]),
    ],
  };
}

export function artifactsDir({ stateDir }: Pick<RunContext, 'stateDir'>): string {
  return join(networkDir(stateDir), 'channel-artifacts');
}
