/** Work on several peers at once, and how many. */
import PQueue from 'p-queue';
import type { WizardConfig } from '../config/wizard-config.ts';
import type { StageContext } from '../context/run-context.ts';
import { isGateway, type PeerSpec } from '../network/network-spec.ts';

/**
 * Calls peers, several at once, in their order. After the first failure it calls no other peer.
 * @param limit number of calls at once
 * @throws the first failure
 */
export async function onPeers(
  peers: readonly PeerSpec[],
  limit: number,
  call: (peer: PeerSpec) => Promise<void>,
): Promise<void> {
  const queue = new PQueue({ concurrency: limit });
  const callOrStop = async (peer: PeerSpec) => {
    try {
      await call(peer);
    } catch (error) {
      queue.clear();
      throw error;
    }
  };
  await Promise.all(peers.map((peer) => queue.add(() => callOrStop(peer))));
}

/** Returns how many commands of a stage may run at once. Part of their time they wait for a peer. */
export function callsAtOnce({ jobs }: Pick<WizardConfig, 'jobs'>): number {
  return 4 * jobs;
}

/** Returns how many peers may start chaincode at once. More would not be faster, and a cancel would wait for all. */
export function startsAtOnce({ jobs }: Pick<WizardConfig, 'jobs'>): number {
  return 2 * jobs;
}

/** Returns how many peers may build at once. A compile uses whole cores, and behind a gateway one peer compiles. */
export function buildsAtOnce(
  config: Pick<WizardConfig, 'jobs' | 'proveEveryPeer'>,
  hasGateway: boolean,
): number {
  return hasGateway && !config.proveEveryPeer ? startsAtOnce(config) : config.jobs;
}

/** Returns the ids of the containers of the gateways. @param nodes containers by node name */
export function gatewayIds(nodes: ReadonlyMap<string, { readonly id: string }>): string[] {
  return [...nodes].filter(([node]) => isGateway(node)).map(([, { id }]) => id);
}

/**
 * Tells the gateways how to treat the builds that follow: those of one token are shared, unless each peer has to build, and
 * those of earlier runs count, unless the run is fresh.
 * @param gateways ids of their containers
 */
export async function shareBuilds(
  { docker, config, options }: Pick<StageContext, 'docker' | 'config' | 'options'>,
  gateways: readonly string[],
  token: string,
): Promise<void> {
  const content = JSON.stringify({ token, share: !config.proveEveryPeer, fresh: options.fresh });
  await Promise.all(gateways.map((each) => docker.upload(each, [{ name: 'control.json', content }])));
}
