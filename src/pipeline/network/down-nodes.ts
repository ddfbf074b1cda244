/** PURE: the nodes of a network that should run and do not. */

import { UNREACHABLE } from '../core/machine-trouble.ts';
import type { ContainerInfo } from '../engine/engine-types.ts';
import { spareOrderers } from '../fabric/consensus.ts';
import type { RecordedState } from '../journal/wizard-state.ts';
import { caNodes } from './ca-orgs.ts';
import { METRICS, machineOf, type NetworkSpec, nodeNames } from './network-spec.ts';
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

/**
 * Returns those of the nodes that are down without which no proof is possible: all except Prometheus and the CAs, and except stopped
 * orderers if the other orderers still agree on blocks. A paused orderer keeps its connections, so peers wait for it.
 */
export function requiredNodes(spec: NetworkSpec | undefined, all: readonly DownNode[]): readonly DownNode[] {
  const unneeded = new Set([METRICS, ...(spec ? caNodes(spec).map(({ name }) => name) : [])]);
  const down = all.filter(({ node }) => !unneeded.has(node));
  if (!spec) return down;
  const orderers = new Set(spec.orderers.map(({ name }) => name));
  const isDownOrderer = ({ node }: DownNode) => orderers.has(node);
  const isSpare = (each: DownNode) => isDownOrderer(each) && each.state !== 'paused';
  const spares = spareOrderers(spec.consensus, orderers.size);
  return down.filter(isDownOrderer).length > spares ? down : down.filter((each) => !isSpare(each));
}
