/** PURE: the nodes of a network that should run and do not. */

import { UNREACHABLE } from '../core/machine-trouble.ts';
import type { ContainerInfo } from '../engine/engine-types.ts';
import { spareOrderers } from '../fabric/consensus.ts';
import type { RecordedState } from '../journal/wizard-state.ts';
import { caNodes } from './ca-orgs.ts';
import { peersOn } from './channel-members.ts';
import {
  allPeers,
  gatewayOf,
  METRICS,
  machineOf,
  type NetworkSpec,
  nodeNames,
  type PeerSpec,
} from './network-spec.ts';
import { SAVED_NETWORK } from './saved-network.ts';

export interface DownNode {
  readonly node: string;
  /** State of its container, or `unreachable` with its machine; undefined if it has none. */
  readonly state: string | undefined;
}

/** Returns the project's network as the last `up` in the folder recorded it. */
export function recordedSpec(
  state: Pick<RecordedState, 'getFact'>,
  project: string,
): NetworkSpec | undefined {
  const spec = state.getFact(SAVED_NETWORK)?.spec;
  return spec?.project === project ? spec : undefined;
}

/**
 * Returns the nodes that are down. After `down` there are none, because no node should run.
 * @param spec undefined if it is not recorded
 * @param unreachable names of machines that do not answer
 */
export function downNodes(
  spec: NetworkSpec | undefined,
  containers: ReadonlyMap<string, Pick<ContainerInfo, 'state'>>,
  unreachable: readonly string[] = [],
): DownNode[] {
  if (containers.size === 0) return [];
  const nodes = new Set([...(spec ? nodeNames(spec) : []), ...containers.keys()]);
  return [...nodes].flatMap((node) => {
    const machine = spec && machineOf(spec, node);
    const isLost = machine !== undefined && unreachable.includes(machine);
    const state = containers.get(node)?.state ?? (isLost ? UNREACHABLE : undefined);
    return state === 'running' ? [] : [{ node, state }];
  });
}

/** Returns the peers whose containers run. */
export function runningPeers(
  spec: Pick<NetworkSpec, 'orgs'>,
  containers: ReadonlyMap<string, Pick<ContainerInfo, 'state'>>,
): PeerSpec[] {
  return allPeers(spec).filter(({ name }) => containers.get(name)?.state === 'running');
}

/** Returns the peers that are on none of the channels, and the nodes that only they use. */
function nodesOutside(spec: NetworkSpec, channels: readonly string[]): readonly string[] {
  const members = peersOn(spec, channels);
  const gateways = members.map(({ name }) => gatewayOf(spec, name));
  return allPeers(spec)
    .filter((peer) => !members.includes(peer))
    .flatMap(({ name, couchdb }) => {
      const gateway = gatewayOf(spec, name);
      const own = gateway === undefined || gateways.includes(gateway) ? [] : [gateway];
      return [name, ...(couchdb ? [couchdb.name] : []), ...own];
    });
}

/**
 * Returns those of the nodes that are down without which no proof is possible: all except Prometheus and the CAs, and except stopped
 * orderers if the other orderers still agree on blocks. A paused orderer keeps its connections, so peers wait for it.
 * @param channels if only these are used: peers that are on none of them are not needed
 */
export function requiredNodes(
  spec: NetworkSpec | undefined,
  all: readonly DownNode[],
  channels?: readonly string[],
): readonly DownNode[] {
  const unneeded = new Set([
    METRICS,
    ...(spec ? caNodes(spec).map(({ name }) => name) : []),
    ...(spec && channels ? nodesOutside(spec, channels) : []),
  ]);
  const down = all.filter(({ node }) => !unneeded.has(node));
  if (!spec) return down;
  const orderers = new Set(spec.orderers.map(({ name }) => name));
  const isDownOrderer = ({ node }: DownNode) => orderers.has(node);
  const isSpare = (each: DownNode) => isDownOrderer(each) && each.state !== 'paused';
  const spares = spareOrderers(spec.consensus, orderers.size);
  return down.filter(isDownOrderer).length > spares ? down : down.filter((each) => !isSpare(each));
}
