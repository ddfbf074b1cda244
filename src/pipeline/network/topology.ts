/** PURE: the topology of a network, from what is recorded of it and from the nodes that run. */
import type * as z from 'zod/mini';
import type { Topology, TopologyNode, TopologyOrganisation } from '../core/topology.ts';
import type { deployedSchema } from '../journal/state-keys.ts';
import { onChannel } from './channel-members.ts';
import { allPeers, gatewayNames, type NetworkSpec } from './network-spec.ts';

export interface DeployedFacts {
  readonly deployed: Readonly<z.infer<typeof deployedSchema>>;
  /** The chaincode that `up` has left running, which is on every channel. */
  readonly kept?: string | undefined;
}

type NodeOf = (node: { readonly name: string }) => TopologyNode;

function organisationsOf(spec: NetworkSpec, nodeOf: NodeOf): readonly TopologyOrganisation[] {
  const orderersOf = (org: string) => spec.orderers.filter((each) => each.org === org).map(nodeOf);
  const withPeers = spec.orgs.map(({ name, mspId, peers, ca }) => ({
    ...{ name, mspId, orderers: orderersOf(name) },
    peers: peers.map((peer) => ({
      ...nodeOf(peer),
      ...(peer.couchdb ? { couchdb: nodeOf(peer.couchdb) } : {}),
    })),
    ...(ca ? { ca: nodeOf(ca) } : {}),
  }));
  const others = spec.ordererOrgs.filter(({ name }) => !spec.orgs.some((org) => org.name === name));
  return [
    ...withPeers,
    ...others.map(({ name, mspId, ca }) => ({
      ...{ name, mspId, orderers: orderersOf(name), peers: [] },
      ...(ca ? { ca: nodeOf(ca) } : {}),
    })),
  ];
}

/** @param runs whether the container of a node runs */
export function topologyOf(
  spec: NetworkSpec,
  runs: (name: string) => boolean,
  { deployed, kept }: DeployedFacts,
): Topology {
  const nodeOf: NodeOf = ({ name }) => ({ name, runs: runs(name) });
  const chaincodesOn = (channel: string) => [
    ...(kept === undefined ? [] : [kept]),
    ...Object.entries(deployed)
      .filter(([, { channels, removed }]) => !removed && (channels ?? spec.channels).includes(channel))
      .map(([name, { version }]) => `${name} ${version}`),
  ];
  return {
    project: spec.project,
    consensus: spec.consensus,
    organisations: organisationsOf(spec, nodeOf),
    shared: [...gatewayNames(spec).map((name) => ({ name })), ...(spec.metrics ? [spec.metrics] : [])].map(
      nodeOf,
    ),
    channels: spec.channels.map((name) => ({
      name,
      peers: allPeers(onChannel(spec, name)).map((peer) => peer.name),
      chaincodes: chaincodesOn(name),
    })),
  };
}
