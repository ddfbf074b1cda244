/** Number of blocks of each channel, as the first peer that runs has them. */
import { CancelledError } from '../core/failure.ts';
import type { DockerPort } from '../engine/docker-port.ts';
import { blockHeight } from './block-reader.ts';
import { onChannel } from './channel-members.ts';
import { allPeers } from './network-spec.ts';
import { nodeContainers } from './peer-cli.ts';
import type { SavedNetwork } from './saved-network.ts';

/** Returns the heights by channel. A channel whose height cannot be asked is left out: Fabric 1.0 has no such command. */
export async function channelHeights(
  docker: Pick<DockerPort, 'exec' | 'listContainers'>,
  { spec, version }: SavedNetwork,
  signal: AbortSignal,
): Promise<Record<string, number>> {
  const containers = await nodeContainers({ docker, project: spec.project });
  const runs = (node: string) => containers.get(node)?.state === 'running';
  const cli = containers.get('cli');
  if (cli?.state !== 'running') return {};
  const network = { docker, spec, version, cli: cli.id };
  const found = spec.channels.map(async (channel) => {
    const peer = allPeers(onChannel(spec, channel)).find(({ name }) => runs(name));
    if (!peer) return [];
    try {
      return [[channel, await blockHeight(network, { peer, channel }, signal)] as const];
    } catch (error) {
      if (error instanceof CancelledError) throw error;
      return [];
    }
  });
  return Object.fromEntries((await Promise.all(found)).flat());
}
