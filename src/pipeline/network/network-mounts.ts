/**
 * PURE: how nodes get their files. They mount folders beside the compose file; on an engine that does not have these, each
 * node mounts a volume with a copy of what it needs, at the same place.
 */
import { basename } from 'node:path';
import type { ContainerMount } from '../engine/engine-types.ts';
import { LABEL } from '../engine/labels.ts';
import { CERTIFICATES } from './certificate-files.ts';
import { CLI_ARTIFACTS, CLI_CRYPTO } from './cli-environment.ts';
import { readOnlyBind } from './compose-parts.ts';
import { ordererDir, peerDir } from './crypto-layout.ts';
import { BUILDER_FOLDER, builderMounts, CORE_YAML, type ExternalBuilder } from './external-builder.ts';
import { METRICS_FOLDER } from './metrics-parts.ts';
import { allPeers, type NetworkSpec, type PeerSpec, volumeName } from './network-spec.ts';

export const ORDERER_HOME = '/var/hyperledger/orderer';
export const PEER_HOME = '/etc/hyperledger/fabric';
const ARTIFACTS = 'channel-artifacts';
const GENESIS = 'genesis.block';

/** The files of a volume: each a file or a folder beside the compose file, and its place in the volume. */
export interface FilesVolume {
  /** Key in the compose file. */
  readonly key: string;
  /** The nodes that mount it. */
  readonly nodes: readonly string[];
  readonly parts: readonly { readonly from: string; readonly at: string }[];
  /** Whether a file below a part is left out. The path is relative to the part. */
  readonly leavesOut?: (path: string) => boolean;
}

function keyOf(name: string): string {
  return `${name}-files`;
}

const BUILDER = 'builder';
const CRYPTO = 'cli-crypto';
const CLI_BLOCKS = 'cli-artifacts';

/** What the mounts of a network depend on. */
export interface MountedNetwork {
  readonly spec: NetworkSpec;
  /** Whether the engine has other files than this host. Default: no. */
  readonly elsewhere?: boolean;
}

function startsFromBlock({ channelCreation }: NetworkSpec): boolean {
  return channelCreation !== 'participation';
}

function filesMount(name: string, target: string) {
  return { type: 'volume', source: keyOf(name), target, read_only: true, volume: { nocopy: true } };
}

export function ordererMounts({ spec, elsewhere }: MountedNetwork, name: string) {
  if (elsewhere) return [filesMount(name, ORDERER_HOME)];
  const crypto = `./${CERTIFICATES}/${ordererDir(spec, name)}`;
  return [
    ...(startsFromBlock(spec)
      ? [readOnlyBind(`./${ARTIFACTS}/${GENESIS}`, `${ORDERER_HOME}/${GENESIS}`)]
      : []),
    readOnlyBind(`${crypto}/msp`, `${ORDERER_HOME}/msp`),
    readOnlyBind(`${crypto}/tls`, `${ORDERER_HOME}/tls`),
  ];
}

/** @param cfgPath folder of core.yaml in the image */
export function peerMounts(
  { spec, elsewhere }: MountedNetwork,
  peer: PeerSpec,
  builder: ExternalBuilder | undefined,
  cfgPath: string,
) {
  if (elsewhere)
    return [filesMount(peer.name, PEER_HOME), ...(builder ? [filesMount(BUILDER, builder.path)] : [])];
  const crypto = `./${CERTIFICATES}/${peerDir(spec, peer)}`;
  return [
    readOnlyBind(`${crypto}/msp`, `${PEER_HOME}/msp`),
    readOnlyBind(`${crypto}/tls`, `${PEER_HOME}/tls`),
    ...builderMounts(builder, cfgPath),
  ];
}

/** Whether a mount of a container is the external builder. */
export function isBuilderMount({ source, volume }: Pick<ContainerMount, 'source' | 'volume'>): boolean {
  return volume === undefined ? basename(source) === BUILDER_FOLDER : volume.endsWith(`-${keyOf(BUILDER)}`);
}

/** Returns the variables of a peer that its mounts need: a volume hides the core.yaml of the image. */
export function peerMountEnv({ elsewhere }: Pick<MountedNetwork, 'elsewhere'>): Record<string, string> {
  return elsewhere ? { FABRIC_CFG_PATH: PEER_HOME } : {};
}

export function cliMounts({ elsewhere }: Pick<MountedNetwork, 'elsewhere'>) {
  return elsewhere
    ? [filesMount(CRYPTO, CLI_CRYPTO), filesMount(CLI_BLOCKS, CLI_ARTIFACTS)]
    : [readOnlyBind(`./${CERTIFICATES}`, CLI_CRYPTO), readOnlyBind(`./${ARTIFACTS}`, CLI_ARTIFACTS)];
}

export function metricsMount({ elsewhere }: Pick<MountedNetwork, 'elsewhere'>, name: string, target: string) {
  return elsewhere ? filesMount(name, target) : readOnlyBind(`./${METRICS_FOLDER}`, target);
}

/** Whether a file is the private key of a CA, which no node and no client needs. */
function isCaKey(path: string): boolean {
  return /(^|\/)(ca|tlsca)\/[^/]*_sk$/.test(path);
}

/** Returns the volumes of a network on an engine elsewhere. A node gets its own keys and no others. */
export function filesVolumes(spec: NetworkSpec, hasBuilder: boolean): FilesVolume[] {
  const whole = (name: string, from: string, nodes: readonly string[]): FilesVolume => ({
    key: keyOf(name),
    nodes,
    parts: [{ from, at: '' }],
  });
  const peers = allPeers(spec);
  const genesis = { from: `${ARTIFACTS}/${GENESIS}`, at: GENESIS };
  return [
    ...spec.orderers.map(({ name }) => ({
      key: keyOf(name),
      nodes: [name],
      parts: [
        { from: `${CERTIFICATES}/${ordererDir(spec, name)}`, at: '' },
        ...(startsFromBlock(spec) ? [genesis] : []),
      ],
    })),
    ...peers.map((peer) => ({
      key: keyOf(peer.name),
      nodes: [peer.name],
      parts: [
        { from: `${CERTIFICATES}/${peerDir(spec, peer)}`, at: '' },
        { from: CORE_YAML, at: 'core.yaml' },
      ],
    })),
    ...(hasBuilder
      ? [
          whole(
            BUILDER,
            BUILDER_FOLDER,
            peers.map(({ name }) => name),
          ),
        ]
      : []),
    { ...whole(CRYPTO, CERTIFICATES, ['cli']), leavesOut: isCaKey },
    whole(CLI_BLOCKS, ARTIFACTS, ['cli']),
    ...(spec.metrics ? [whole(spec.metrics.name, METRICS_FOLDER, [spec.metrics.name])] : []),
  ];
}

/** Returns the volumes for the compose file. `external`, because they must have their files before a node starts. */
export function filesVolumeParts(
  { spec, elsewhere }: MountedNetwork,
  instance: string,
  hasBuilder: boolean,
): Record<string, unknown> {
  if (!elsewhere) return {};
  return Object.fromEntries(
    filesVolumes(spec, hasBuilder).map(({ key }) => [
      key,
      { name: volumeName(spec, instance, key), external: true },
    ]),
  );
}

export function filesLabels(project: string): Record<string, string> {
  return { [LABEL.project]: project, [LABEL.role]: 'files' };
}
