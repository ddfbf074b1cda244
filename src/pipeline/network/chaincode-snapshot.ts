/** PURE: which chaincode a container of a network runs. */
import type { ContainerInfo } from '../engine/engine-types.ts';
import { isServiceOf, LABEL } from '../engine/labels.ts';
import { withoutHash } from '../engine/short-id.ts';
import { type ChaincodeSnapshot, SERVICE } from './network-events.ts';
import { type NetworkSpec, networkNodes } from './network-spec.ts';
import { isChaincodeOf } from './ownership.ts';

/** Returns the chaincode of a container; none if it is no chaincode of the network. */
export function chaincodeIn(
  container: ContainerInfo,
  { project, spec }: { readonly project: string; readonly spec: NetworkSpec },
): readonly ChaincodeSnapshot[] {
  const { id, name, state, labels } = container;
  const running = state === 'running';
  if (isServiceOf(container, project))
    return [{ peer: SERVICE, container: id, chaincode: labels[LABEL.chaincode] ?? '', running }];
  if (!isChaincodeOf(container, project)) return [];
  const rest = name.slice(spec.networkId.length + 1);
  const peer = networkNodes(spec).find(({ node }) => rest.startsWith(`${node.name}-`))?.node.name;
  if (peer === undefined) return [];
  return [{ peer, container: id, chaincode: withoutHash(rest.slice(peer.length + 1)), running }];
}
