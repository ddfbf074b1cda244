/** PURE: who is on which channel. */

import { isPeerNamed } from '../config/channel-list.ts';
import { isSameName } from '../core/same-name.ts';
import { allPeers, firstPeer, type NetworkSpec, type PeerSpec } from './network-spec.ts';

/** The part of a network that says who is on its channels. */
export type ChannelMembers = Pick<NetworkSpec, 'orgs' | 'channels' | 'channelSettings'>;

/** Whether a peer joins a channel. */
export function isOnChannel(
  { channelSettings }: Pick<NetworkSpec, 'channelSettings'>,
  peer: Pick<PeerSpec, 'name' | 'org'>,
  channel: string,
): boolean {
  const { organisations, peers } = channelSettings?.[channel] ?? {};
  const isMember = organisations === undefined || organisations.some((name) => isSameName(name, peer.org));
  return isMember && (peers === undefined || peers.some((given) => isPeerNamed(given, peer.name)));
}

/** Returns the network as a channel sees it: with the organisations and peers that are on it. */
export function onChannel<S extends Pick<NetworkSpec, 'orgs' | 'channelSettings'>>(
  spec: S,
  channel: string,
): S {
  if (!spec.channelSettings?.[channel]) return spec;
  const orgs = spec.orgs.flatMap((org) => {
    const peers = org.peers.filter((peer) => isOnChannel(spec, peer, channel));
    return peers.length > 0 ? [{ ...org, peers }] : [];
  });
  return { ...spec, orgs };
}

/** Returns the channels that a peer joins. */
export function channelsOfPeer(
  spec: Pick<NetworkSpec, 'channels' | 'channelSettings'>,
  peer: PeerSpec,
): readonly string[] {
  return spec.channels.filter((channel) => isOnChannel(spec, peer, channel));
}

/** Returns the channels that at least one of the peers joins. */
export function channelsOfPeers(
  spec: Pick<NetworkSpec, 'channels' | 'channelSettings'>,
  peers: readonly PeerSpec[],
): readonly string[] {
  return spec.channels.filter((channel) => peers.some((peer) => isOnChannel(spec, peer, channel)));
}

/** Returns the first channel that a peer joins; the first one of the network if it joins none. */
export function firstChannelOf(
  spec: Pick<NetworkSpec, 'channel' | 'channels' | 'channelSettings'>,
  peer: PeerSpec,
): string {
  return channelsOfPeer(spec, peer)[0] ?? spec.channel;
}

/** Returns the peers that are on any of these channels. */
export function peersOn(spec: ChannelMembers, channels: readonly string[]): PeerSpec[] {
  return allPeers(spec).filter((peer) => channels.some((channel) => isOnChannel(spec, peer, channel)));
}

/** Returns the first peer of a channel: only members can ask about it. */
export function firstPeerOn(spec: ChannelMembers, channel: string): PeerSpec {
  return firstPeer(onChannel(spec, channel));
}

/** Returns the first of the given peers that is on a channel; the first peer of the channel if none of them is. */
export function memberAmong(spec: ChannelMembers, peers: readonly PeerSpec[], channel: string): PeerSpec {
  return peers.find((peer) => isOnChannel(spec, peer, channel)) ?? firstPeerOn(spec, channel);
}

/** Returns the names of the organisations, peers and channels that only the second network has. */
export function newMembers(before: NetworkSpec, after: NetworkSpec): readonly string[] {
  const namesIn = (spec: NetworkSpec) => [
    ...spec.orgs.map(({ name }) => name),
    ...allPeers(spec).map(({ name }) => name),
    ...spec.channels,
  ];
  const known = namesIn(before);
  return namesIn(after).filter((name) => !known.includes(name));
}
