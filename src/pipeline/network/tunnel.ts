/** PURE: how clients of this host reach ports that are published on the host of an engine elsewhere. */
import { isSsh, type Machines, sharesHost, sshTarget, sshWords } from '../core/engine-origin.ts';
import { shellLine } from '../core/shell-text.ts';
import { machineOf, type NetworkSpec } from './network-spec.ts';
import { publishedPorts } from './published-ports.ts';

export interface Tunnel {
  /** Host of the engine. */
  readonly host: string;
  /** Name of its machine in the Swarm, of a network on several. */
  readonly machine?: string;
  /** `ssh`: the engine is reached in the same way; `other`: whether the host has SSH is not known. */
  readonly kind: 'ssh' | 'other';
  /** Command that runs as long as the tunnel exists. */
  readonly command: string;
}

/** The engine of a network, with those of its machines. */
export interface TunnelledEngine {
  readonly endpoint: string;
  readonly machines?: Machines;
}

function tunnelTo(endpoint: string, ports: readonly number[]): Tunnel | undefined {
  if (sharesHost({ endpoint }) || !URL.canParse(endpoint) || ports.length === 0) return undefined;
  const { host } = sshTarget(endpoint);
  const forwarded = ports.flatMap((each) => ['-L', `${each}:127.0.0.1:${each}`]);
  const kind = isSsh({ endpoint }) ? 'ssh' : 'other';
  return { host, kind, command: shellLine(sshWords(endpoint, ['-N', ...forwarded])) };
}

/**
 * Returns the tunnels after which every published port of the network is a port of this host: one to each machine that is not
 * this host, the selected one first.
 */
export function tunnelsTo({ endpoint, machines }: TunnelledEngine, spec: NetworkSpec): Tunnel[] {
  const others = machines?.others ?? [];
  const places = [{ name: machines?.selected, endpoint }, ...others];
  const isElsewhere = (machine: string | undefined) => others.some(({ name }) => name === machine);
  return places.flatMap((place) => {
    const isSelected = place.name === machines?.selected;
    const here = publishedPorts(spec).filter(({ node }) => {
      const machine = machineOf(spec, node);
      return isSelected ? !isElsewhere(machine) : machine === place.name;
    });
    const ports = [...new Set(here.map(({ port }) => port))].sort((a, b) => a - b);
    const tunnel = tunnelTo(place.endpoint, ports);
    if (!tunnel) return [];
    return place.name === undefined ? tunnel : { ...tunnel, machine: place.name };
  });
}
