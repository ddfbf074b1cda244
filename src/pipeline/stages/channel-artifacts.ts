/** The script that creates a network's first blocks, channel transactions and anchor peer updates. */
import { join } from 'node:path';
import type { RunContext } from '../context/run-context.ts';
import type { TarEntry } from '../engine/tar-context.ts';
import { networkDir } from '../host/state-folder.ts';
import { CHANNEL_PROFILE, configtxYaml, GENESIS_PROFILE } from '../network/configtx.ts';
import { WORK } from './tools-container.ts';

/**
 * $1 profile of the genesis block, $2 system channel, $3 profile of all channels, $4 channels separated by blanks, $5
 * … MSP ids
 */
const SYSTEM_CHANNEL_SCRIPT = `
genesis=$1 system=$2 profile=$3 channels=$4; shift 4
mkdir artifacts
configtxgen -profile "$genesis" -channelID "$system" -outputBlock artifacts/genesis.block
for channel in $channels; do
  configtxgen -profile "$profile" -channelID "$channel" -outputCreateChannelTx "artifacts/$channel.tx"
  for org in "$@"; do
    configtxgen -profile "$profile" -channelID "$channel" -asOrg "$org" -outputAnchorPeersUpdate "artifacts/$channel-$org-anchors.tx"
  done
done`;

/** Creates each channel's first block, with its anchor peers. $1 profile, $2 … channels */
const FIRST_BLOCK_SCRIPT = `
profile=$1; shift
mkdir artifacts
for channel in "$@"; do
  configtxgen -profile "$profile" -channelID "$channel" -outputBlock "artifacts/$channel.block"
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
  const { channels, orgs, systemChannel } = spec;
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
      args: [CHANNEL_PROFILE, ...channels],
      commands: channels.map((channel) =>
        configtxgen(CHANNEL_PROFILE, channel, '-outputBlock', `${folder}/${channel}.block`),
      ),
    };
  const mspIds = orgs.map(({ mspId }) => mspId);
  return {
    configtx,
    script: SYSTEM_CHANNEL_SCRIPT,
    args: [GENESIS_PROFILE, systemChannel, CHANNEL_PROFILE, channels.join(' '), ...mspIds],
    commands: [
      configtxgen(GENESIS_PROFILE, systemChannel, '-outputBlock', `${folder}/genesis.block`),
      ...channels.flatMap((channel) => [
        configtxgen(CHANNEL_PROFILE, channel, '-outputCreateChannelTx', `${folder}/${channel}.tx`),
        ...mspIds.map((mspId) =>
          configtxgen(
            CHANNEL_PROFILE,
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
