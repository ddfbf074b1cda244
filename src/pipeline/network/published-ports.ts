/** PURE: the ports that a network publishes. */
import { caNodes } from './ca-orgs.ts';
import { allPeers, couchdbNodes, machineOf, type NetworkSpec, type NodeSpec } from './network-spec.ts';

export interface PublishedPort {
  readonly port: number;
  readonly node: string;
  /** The node, and what the port is for if it is not the node's main port. */
  readonly wantedBy: string;
  /** The machine that publishes it, see `machineOf`. */
  readonly machine?: string | undefined;
}

/** Returns every port that the network publishes, with the node that needs it. */
export function publishedPorts(spec: NetworkSpec): PublishedPort[] {
  const of = ({ name, ...ports }: NodeSpec & { eventPort?: number; adminPort?: number }) =>
    [
      { port: ports.port, wantedBy: name },
      { port: ports.eventPort, wantedBy: `${name} events` },
      { port: ports.adminPort, wantedBy: `${name} admin` },
      { port: ports.operationsPort, wantedBy: `${name} operations` },
    ].flatMap(({ port, wantedBy }) =>
      port === undefined ? [] : [{ port, node: name, wantedBy, machine: machineOf(spec, name) }],
    );
  const metrics = spec.metrics ? [spec.metrics] : [];
  return [...spec.orderers, ...allPeers(spec), ...couchdbNodes(spec), ...caNodes(spec), ...metrics].flatMap(
    of,
  );
}
