/** Who takes part in a network: organisations with their nodes, and channels with their peers and chaincodes. */

export interface TopologyNode {
  readonly name: string;
  /** Whether its container runs. */
  readonly runs: boolean;
}

export interface TopologyPeer extends TopologyNode {
  /** The CouchDB that has its state. */
  readonly couchdb?: TopologyNode;
}

export interface TopologyOrganisation {
  readonly name: string;
  readonly mspId: string;
  readonly orderers: readonly TopologyNode[];
  readonly peers: readonly TopologyPeer[];
  /** Absent if it has none. */
  readonly ca?: TopologyNode;
}

export interface TopologyChannel {
  readonly name: string;
  /** Names of the peers that are on it. */
  readonly peers: readonly string[];
  /** Names of chaincodes, each with its version if that is known. */
  readonly chaincodes: readonly string[];
}

export interface Topology {
  readonly project: string;
  /** Of the orderers: `etcdraft`. */
  readonly consensus: string;
  /** Those with peers first. */
  readonly organisations: readonly TopologyOrganisation[];
  /** Nodes of no organisation: the gateways, and Prometheus. */
  readonly shared: readonly TopologyNode[];
  readonly channels: readonly TopologyChannel[];
}
