/** PURE: on which ports the nodes of a network listen inside. A network keeps the ports that it was made with. */
import { peerCount } from '../config/organisations.ts';
import { newPortScheme, ordererPorts, type PortScheme, peerPorts } from '../config/port-numbers.ts';
import type { WizardConfig } from '../config/wizard-config.ts';

/** Where every node listened in networks of earlier versions, which recorded no scheme. */
export const UNRECORDED_PORTS = { orderer: 7050, peer: 7051 } as const;

/** How the ports of a network are counted. */
export interface PortSchemes {
  /** Those on the host. */
  readonly published: PortScheme;
  /** Those in the network; undefined for a network of an earlier version. */
  readonly inside: PortScheme | undefined;
}

/**
 * Returns how the ports are counted. Those in the network are part of the configuration of its channels.
 * @param made the network whose ports inside are kept; undefined: they are new
 */
export function portSchemes(
  config: WizardConfig,
  made: { readonly ports?: PortScheme | undefined } | undefined,
): PortSchemes {
  if (!made) {
    const scheme = newPortScheme(config.portBase, peerCount(config));
    return { published: scheme, inside: scheme };
  }
  return { published: { ...made.ports, base: config.portBase }, inside: made.ports };
}

/**
 * Returns the port on which a node listens inside the network. It is the port that was published when the network was
 * made, so that an address that discovery returns works on the host too.
 * @param scheme undefined for a network of an earlier version
 */
export function portInside(scheme: PortScheme | undefined, role: 'orderer' | 'peer', index: number): number {
  if (!scheme) return UNRECORDED_PORTS[role];
  return (role === 'orderer' ? ordererPorts : peerPorts)(scheme, index).main;
}

/** Returns the port inside on which a node serves `/healthz` and `/metrics`. */
export function operationsPortInside(node: { readonly listens: number }, role: 'peer' | 'orderer'): number {
  return portBeside(node, role === 'peer' ? 9443 : 8443);
}

/** Returns the port inside of the channel participation API. */
export function ordererAdminPort(orderer: { readonly listens: number }): number {
  return portBeside(orderer, 7053);
}

/** Returns a port for another purpose in a node's container: the usual one, unless the node listens on it. */
export function portBeside({ listens }: { readonly listens: number }, usual: number): number {
  return listens === usual ? usual + 1000 : usual;
}
