/** What the network says about its chaincodes: which a channel has, and which are installed on a peer. */
import type { ReleaseFacts } from '../fabric/release-facts.ts';
import { channelsOfPeers, firstChannelOf, memberAmong } from '../network/channel-members.ts';
import { allPeers, type NetworkSpec, type PeerSpec } from '../network/network-spec.ts';
import { outputLines, type PeerCli } from '../network/peer-cli.ts';
import { isLabelOf } from './chaincode-version.ts';
import { callText } from './lifecycle-calls.ts';
import { chaincodesInAnswer } from './lscc-answer.ts';

/** A chaincode of a channel. */
export interface CommittedChaincode {
  readonly name: string;
  readonly version: string;
  /** 0 in the legacy lifecycle. */
  readonly sequence: number;
}

/** A chaincode on a peer's disk. */
export type InstalledChaincode =
  | { readonly name: string; readonly version: string }
  | { readonly label: string; readonly id: string };

/** The chaincodes of a network. */
export interface ObservedNetwork {
  /** By channel. */
  readonly committed: ReadonlyMap<string, readonly CommittedChaincode[]>;
  /** By peer; `recorded` if an earlier deployment has recorded that each peer has what the channels have. */
  readonly installed: ReadonlyMap<string, readonly InstalledChaincode[]> | 'recorded';
}

/** Returns what `namesOnPeer` needs to know of the packages of one chaincode that a peer has. */
export function marksOf(
  { installed }: Pick<ObservedNetwork, 'installed'>,
  peer: Pick<PeerSpec, 'name'>,
  name: string,
): { readonly label: string; readonly mark: string }[] {
  const all = installed === 'recorded' ? [] : (installed.get(peer.name) ?? []);
  return all.flatMap((each) => {
    if ('version' in each) return each.name === name ? [{ label: name, mark: each.version }] : [];
    const { label, id } = each;
    return isLabelOf(label, name) ? [{ label, mark: id.slice(label.length + 1) }] : [];
  });
}

const LISTED = /\bName: (\S+), Version: (\S+), Path:/;

/** Parses the output of `peer chaincode list`. */
export function listedChaincodes(lines: readonly string[]): { name: string; version: string }[] {
  return lines.flatMap((line) => {
    const [, name, version] = LISTED.exec(line) ?? [];
    return name === undefined || version === undefined ? [] : [{ name, version }];
  });
}

interface CommittedJson {
  readonly chaincode_definitions?: readonly { name?: string; version?: string; sequence?: number }[];
}

/** Parses the output of `peer lifecycle chaincode querycommitted --output json`. */
export function committedChaincodes(text: string): CommittedChaincode[] {
  const { chaincode_definitions: all = [] } = JSON.parse(text) as CommittedJson;
  return all.map(({ name = '', version = '', sequence = 0 }) => ({ name, version, sequence }));
}

interface InstalledJson {
  readonly installed_chaincodes?: readonly { package_id?: string; label?: string }[];
}

/** Parses the output of `peer lifecycle chaincode queryinstalled --output json`. */
export function installedPackages(text: string): { label: string; id: string }[] {
  const { installed_chaincodes: all = [] } = JSON.parse(text) as InstalledJson;
  return all.map(({ label = '', package_id: id = '' }) => ({ label, id }));
}

export interface AskedNetwork {
  readonly cli: Pick<PeerCli, 'run'>;
  readonly spec: NetworkSpec;
  readonly release: Pick<ReleaseFacts, 'lifecycle' | 'chaincodeList' | 'queryPrefix'>;
}

/** Asks the lifecycle system chaincode of a release without `peer chaincode list`. */
async function askLscc(
  { cli, release }: AskedNetwork,
  peer: PeerSpec,
  channel: string,
  question: 'getchaincodes' | 'getinstalledchaincodes',
): Promise<{ name: string; version: string }[]> {
  const args = ['chaincode', 'query', '-C', channel, '-n', 'lscc', '-c', callText([question]), '--hex'];
  const { stdout } = await cli.run(peer, args);
  const line = stdout.split('\n').find((each) => each.includes(release.queryPrefix)) ?? '';
  return chaincodesInAnswer(line.replace(release.queryPrefix, '').trim());
}

/** Returns the chaincodes of a channel, as a peer knows them. @throws WizardFailure `command` */
export async function committedOn(
  network: AskedNetwork,
  peer: PeerSpec,
  channel: string,
): Promise<CommittedChaincode[]> {
  const { cli, release } = network;
  if (release.lifecycle === 'package') {
    const args = ['lifecycle', 'chaincode', 'querycommitted', '--channelID', channel, '--output', 'json'];
    return committedChaincodes((await cli.run(peer, args)).stdout);
  }
  const list = ['chaincode', 'list', '--instantiated', '-C', channel];
  const found = release.chaincodeList
    ? listedChaincodes(outputLines(await cli.run(peer, list)))
    : await askLscc(network, peer, channel, 'getchaincodes');
  return found.map((each) => ({ ...each, sequence: 0 }));
}

/** Returns the chaincodes on a peer's disk. @throws WizardFailure `command` */
export async function installedOn(network: AskedNetwork, peer: PeerSpec): Promise<InstalledChaincode[]> {
  const { cli, release, spec } = network;
  if (release.lifecycle === 'package') {
    const args = ['lifecycle', 'chaincode', 'queryinstalled', '--output', 'json'];
    return installedPackages((await cli.run(peer, args)).stdout);
  }
  if (!release.chaincodeList)
    return askLscc(network, peer, firstChannelOf(spec, peer), 'getinstalledchaincodes');
  return listedChaincodes(outputLines(await cli.run(peer, ['chaincode', 'list', '--installed'])));
}

/**
 * Asks one peer for each channel, and every peer for what is installed.
 * @param peers those to ask, at least one; by default all
 * @param ofChannel returns the chaincodes of a channel; by default it asks one of the peers, and a channel without any is left out
 * @throws WizardFailure `command`
 */
export async function observeChaincodes(
  network: AskedNetwork,
  peers: readonly PeerSpec[] = allPeers(network.spec),
  ofChannel?: (channel: string) => Promise<CommittedChaincode[]>,
): Promise<ObservedNetwork> {
  const { spec } = network;
  const onePeer = (channel: string) => committedOn(network, memberAmong(spec, peers, channel), channel);
  const { ask, channels } = ofChannel
    ? { ask: ofChannel, channels: spec.channels }
    : { ask: onePeer, channels: channelsOfPeers(spec, peers) };
  const [committed, installed] = await Promise.all([
    Promise.all(channels.map(async (channel) => [channel, await ask(channel)] as const)),
    Promise.all(peers.map(async (peer) => [peer.name, await installedOn(network, peer)] as const)),
  ]);
  return { committed: new Map(committed), installed: new Map(installed) };
}
