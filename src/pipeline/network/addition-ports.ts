/** Chooses the ports of peers that are added to a network. */
import { HIGHEST_PORT, MOST_PEERS } from '../config/port-numbers.ts';
import type { WizardConfig } from '../config/wizard-config.ts';
import { WizardFailure } from '../core/failure.ts';
import type { Release } from '../fabric/release.ts';
import { type PortEngine, takenPorts } from '../host/ports.ts';
import { type Addition, freePorts, type Members, membersOf, withAddition } from './members.ts';
import { type MadeNetwork, networkSpec } from './network-spec.ts';
import { type PublishedPort, publishedPorts } from './published-ports.ts';

export interface ExtendedNetwork {
  readonly config: WizardConfig;
  readonly release: Release;
  readonly project: string;
  readonly made: MadeNetwork | undefined;
}

/** Returns the ports that only the network with the addition publishes. */
function newPorts({ config, release, project, made }: ExtendedNetwork, addition: Addition): PublishedPort[] {
  const members = membersOf(config, made);
  const portsOf = (who: Members) => publishedPorts(networkSpec(config, release, project, made, who));
  const known = new Set(portsOf(members).map(({ port }) => port));
  return portsOf(withAddition(members, addition)).filter(({ port }) => !known.has(port));
}

/** @throws WizardFailure `usage` */
function requireRoom({ orgs }: Members, count: number): void {
  const have = orgs.reduce((sum, { peers }) => sum + peers.length, 0);
  if (have + count <= MOST_PEERS) return;
  throw new WizardFailure({
    kind: 'usage',
    message: { key: 'usage.too-many-peers', have, count, most: MOST_PEERS },
    next: ['fabric-wizard status'],
  });
}

/**
 * Returns the addition with the first numbers of ports that nobody uses: another network or program may have the next
 * ones.
 * @throws WizardFailure `usage` if there are none left, or if the network would have too many peers
 */
export async function withFreePorts(
  addition: Addition,
  network: ExtendedNetwork,
  docker: () => Promise<PortEngine>,
): Promise<Addition> {
  if (addition.kind === 'channel') return addition;
  const count = addition.kind === 'org' ? addition.peers : 1;
  const members = membersOf(network.config, network.made);
  requireRoom(members, count);
  const ports: number[] = [];
  for (let next = freePorts(members); ports.length < count; next += 1) {
    const one = { ...addition, ports: [next], ...(addition.kind === 'org' ? { peers: 1 } : {}) };
    const wanted = newPorts(network, one);
    const beyond = wanted.find(({ port }) => port > HIGHEST_PORT);
    if (beyond)
      throw new WizardFailure({
        kind: 'usage',
        message: { key: 'usage.no-port', node: beyond.node, port: beyond.port, last: HIGHEST_PORT },
        next: ['fabric-wizard status'],
      });
    const taken = await takenPorts(wanted, await docker(), network.project);
    if (taken.length === 0) ports.push(next);
  }
  return { ...addition, ports };
}
