/** The running network of the folder, as the chaincode commands use it. */
import { recordedDeployments } from '../pipeline/chaincode/deployment-record.ts';
import { WizardFailure } from '../pipeline/core/failure.ts';
import { currentDocker } from '../pipeline/engine/current-docker.ts';
import type { DockerPort } from '../pipeline/engine/docker-port.ts';
import type { ContainerInfo } from '../pipeline/engine/engine-types.ts';
import { type Release, releaseOf } from '../pipeline/fabric/release.ts';
import { readState } from '../pipeline/journal/journal.ts';
import { type RecordedState, recordedState } from '../pipeline/journal/wizard-state.ts';
import { isOnChannel, memberAmong, onChannel } from '../pipeline/network/channel-members.ts';
import { runningPeers } from '../pipeline/network/down-nodes.ts';
import {
  allPeers,
  firstPeer,
  type NetworkSpec,
  type OrgSpec,
  type PeerSpec,
} from '../pipeline/network/network-spec.ts';
import { nodeNamed } from '../pipeline/network/node-names.ts';
import { nodeContainers, type PeerCli, peerCli } from '../pipeline/network/peer-cli.ts';
import { SAVED_NETWORK } from '../pipeline/network/saved-network.ts';
import { nothingRuns, notRunning } from './node-service.ts';
import type { Terminal } from './terminal.ts';
import { unknownName } from './usage-errors.ts';
import { noNetwork, usage } from './usage-failure.ts';

export interface ChaincodeNetwork {
  readonly docker: DockerPort;
  readonly project: string;
  readonly state: RecordedState;
  readonly spec: NetworkSpec;
  readonly release: Release;
  readonly cli: PeerCli;
  /** Id of the CLI container. */
  readonly cliId: string;
  /** The containers of the nodes, by name. */
  readonly containers: ReadonlyMap<string, ContainerInfo>;
  /** The peers that run; at least one. */
  readonly peers: readonly PeerSpec[];
}

/**
 * @param command for messages: `chaincode list`
 * @throws WizardFailure `usage` if the folder has no network, or it does not run; `engine`
 */
export async function chaincodeNetwork(
  { dir }: Pick<Terminal, 'dir'>,
  command: string,
  signal: AbortSignal,
): Promise<ChaincodeNetwork> {
  const state = recordedState(await readState(dir));
  const saved = state.getFact(SAVED_NETWORK);
  const release = saved && releaseOf(saved.version);
  if (!saved || !release) throw noNetwork(dir);
  const { spec } = saved;
  const docker = await currentDocker(signal);
  const containers = await nodeContainers({ docker, project: spec.project });
  if (containers.size === 0) throw await nothingRuns(docker, state, command);
  const peers = runningPeers(spec, containers);
  if (peers.length === 0) throw notRunning(firstPeer(spec).name, containers.get(firstPeer(spec).name));
  const network = { docker, project: spec.project, spec, settings: { release } };
  const cli = await peerCli(network, signal, containers);
  const cliId = containers.get('cli')?.id ?? '';
  return { docker, project: spec.project, state, spec, release, cli, cliId, containers, peers };
}

/** Returns a peer that runs of each organisation on a channel. */
export function endorsersOf(
  { spec, peers }: Pick<ChaincodeNetwork, 'spec' | 'peers'>,
  channel: string,
): readonly PeerSpec[] {
  return onChannel(spec, channel).orgs.flatMap(
    (org) => org.peers.find(({ name }) => peers.some((peer) => peer.name === name)) ?? [],
  );
}

/** Returns the network with those of its running peers that are on a channel; a peer that does not run if there are none. */
export function askedFor<N extends Pick<ChaincodeNetwork, 'spec' | 'peers'>>(network: N, channel: string): N {
  const members = network.peers.filter((peer) => isOnChannel(network.spec, peer, channel));
  return { ...network, peers: members.length > 0 ? members : [askedOn(network, channel)] };
}

/** Returns a peer of a channel, one that runs if there is one. */
export function askedOn(
  { spec, peers }: Pick<ChaincodeNetwork, 'spec' | 'peers'>,
  channel: string,
): PeerSpec {
  return memberAmong(spec, peers, channel);
}

/**
 * Returns the channel with this name, or the first one.
 * @param again returns the user's command with another channel
 * @throws WizardFailure `usage`
 */
export function channelNamed(
  { spec }: Pick<ChaincodeNetwork, 'spec'>,
  name: string | undefined,
  again: (channel: string) => string,
): string {
  if (name === undefined) return spec.channel;
  if (spec.channels.includes(name)) return name;
  throw new WizardFailure(
    unknownName(
      { key: 'usage.unknown-channel', name, channels: spec.channels.join(', ') },
      name,
      spec.channels,
      {
        command: again,
        others: spec.channels.slice(0, 2).map(again),
      },
    ),
  );
}

/** Returns the first channel on which a chaincode was deployed; undefined if none is known. */
export function channelOf(
  { spec, state }: Pick<ChaincodeNetwork, 'spec' | 'state'>,
  name: string,
): string | undefined {
  const deployed = recordedDeployments(state).get(name)?.channels ?? [];
  return spec.channels.find((channel) => deployed.includes(channel));
}

/**
 * @param again returns the user's command with another peer
 * @throws WizardFailure `usage` if a peer is not on the channel
 */
export function requireOnChannel(
  { spec }: Pick<ChaincodeNetwork, 'spec'>,
  peers: readonly PeerSpec[],
  channel: string,
  again: (peer: string) => string,
): void {
  const other = peers.find((peer) => !isOnChannel(spec, peer, channel));
  if (other === undefined) return;
  const members = allPeers(onChannel(spec, channel)).map(({ name }) => name);
  throw usage(
    { key: 'usage.peer-not-on-channel', peer: other.name, channel, peers: members.join(', ') },
    ...members.slice(0, 2).map(again),
  );
}

/** @throws WizardFailure `usage` if no peer or several peers have such a name */
export function peerNamed(
  { spec }: Pick<ChaincodeNetwork, 'spec'>,
  name: string,
  again: (peer: string) => string,
): PeerSpec {
  const peers = allPeers(spec);
  const found = nodeNamed(
    name,
    peers.map((peer) => peer.name),
    again,
  );
  return peers.find((peer) => peer.name === found) ?? firstPeer(spec);
}

/** Returns the organisation with a name or an MSP id. @throws WizardFailure `usage` */
export function orgNamed(
  { spec }: Pick<ChaincodeNetwork, 'spec'>,
  name: string,
  again: (org: string) => string,
): OrgSpec {
  const wanted = name.toLowerCase();
  const found = spec.orgs.find((org) => [org.name, org.mspId].some((each) => each.toLowerCase() === wanted));
  if (found) return found;
  const names = spec.orgs.map((org) => org.name);
  throw new WizardFailure(
    unknownName({ key: 'usage.unknown-organisation', name, organisations: names.join(', ') }, name, names, {
      command: again,
      others: names.slice(0, 2).map(again),
    }),
  );
}
