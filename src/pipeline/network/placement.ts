/** PURE: on which machines of a Swarm the nodes of a network run. */

import { ORDERERS, type PlacementRule } from '../config/swarm-choices.ts';
import { WizardFailure } from '../core/failure.ts';
import { nearestName } from '../core/nearest.ts';
import { isSameName } from '../core/same-name.ts';
import type { SwarmNode } from '../engine/swarm.ts';
import { allPeers, gatewayOf, type NetworkSpec, type Placement } from './network-spec.ts';

/** The machines of the organisations and of the orderers, each at least one. */
export type MachinesByOwner = ReadonlyMap<string, readonly string[]>;

/** Whether a node of the Swarm can get nodes of a network. */
function isUsable({ state, availability }: SwarmNode): boolean {
  return state === 'ready' && availability === 'active';
}

/** Whether a rule names a node of the Swarm, or a label that it has. */
function fits({ machine, label }: PlacementRule, node: SwarmNode): boolean {
  return label ? node.labels[label.name] === label.value : node.name === machine;
}

function noNode(rule: PlacementRule, nodes: readonly SwarmNode[]): WizardFailure {
  const { owner, machine, label } = rule;
  const names = nodes.map(({ name }) => name);
  const known = nodes.find((node) => fits(rule, node));
  const meant = machine === undefined ? undefined : nearestName(machine, names);
  return new WizardFailure({
    kind: 'usage',
    message: known
      ? { key: 'usage.machine-unusable', machine: known.name, state: stateOf(known) }
      : {
          key: 'usage.no-machine',
          owner,
          wanted: machine ?? `${label?.name}=${label?.value}`,
          machines: names.join(', '),
        },
    next: [
      ...(known ? activation(known) : ['docker node ls']),
      ...(meant === undefined || known ? [] : [`fabric-wizard up --placement ${owner}=${meant}`]),
    ],
  });
}

/** Returns the commands after which containers can start on a node of the Swarm. */
function activation({ name, state }: SwarmNode): string[] {
  return state === 'ready'
    ? [`docker node update --availability active ${name}`]
    : ['fabric-wizard status', 'docker node ls'];
}

/**
 * Containers that run on a drained machine stay, but none can be attached to the network there: one that is restarted stops.
 * @param made names of the machines that have nodes of the network
 * @throws WizardFailure `usage`
 */
export function requireActive(nodes: readonly SwarmNode[], made: ReadonlySet<string>): void {
  const stopped = nodes.find((node) => made.has(node.name) && !isUsable(node));
  if (!stopped) return;
  throw new WizardFailure({
    kind: 'usage',
    message: { key: 'usage.machine-unusable', machine: stopped.name, state: stateOf(stopped) },
    next: activation(stopped),
  });
}

/** Returns why a node of the Swarm gets no nodes of a network: `drain`, `pause`, `down`. */
export function stateOf({ state, availability }: SwarmNode): string {
  return state === 'ready' ? availability : state;
}

/**
 * Returns the machines of each owner. Owners without a rule are spread over all machines, the selected one first.
 * @param selected name of the node of the selected engine
 * @throws WizardFailure `usage` if there is no machine for one
 */
export function machinesByOwner(
  owners: readonly string[],
  rules: readonly PlacementRule[],
  nodes: readonly SwarmNode[],
  selected: string,
): MachinesByOwner {
  const usable = nodes.filter(isUsable).map(({ name }) => name);
  const spread = [
    ...usable.filter((name) => name === selected),
    ...usable.filter((name) => name !== selected),
  ];
  if (spread.length === 0)
    throw new WizardFailure({
      kind: 'usage',
      message: { key: 'usage.no-active-machine' },
      next: ['docker node ls', 'docker node update --availability active NODE'],
    });
  // The orderers share the first machine with the first organisation.
  const places = owners.filter((owner) => owner !== ORDERERS);
  const unknown = rules.find(({ owner }) => !owners.some((known) => isSameName(known, owner)));
  if (unknown) {
    throw new WizardFailure({
      kind: 'usage',
      message: { key: 'usage.no-owner', owner: unknown.owner, owners: owners.join(', ') },
      next: ['fabric-wizard config'],
    });
  }
  const machinesOfOwner = (owner: string): readonly string[] => {
    const rule = rules.find((each) => isSameName(each.owner, owner));
    if (!rule) {
      if (owner === ORDERERS) return spread;
      return [spread[places.indexOf(owner) % spread.length] ?? selected];
    }
    const fitting = nodes.filter((node) => isUsable(node) && fits(rule, node));
    if (fitting.length === 0) throw noNode(rule, nodes);
    return fitting.map(({ name }) => name);
  };
  return new Map(owners.map((owner) => [owner, machinesOfOwner(owner)]));
}

/**
 * Returns the machine of each node. The nodes of an organisation are spread over its machines; a CouchDB is with its peer,
 * the CLI container and Prometheus with the selected engine.
 * @param made machines of the nodes of a network that exists: their ledgers are there
 */
export function placementOf(
  spec: Omit<NetworkSpec, 'placement'>,
  owners: MachinesByOwner,
  selected: string,
  made: Placement = {},
): Placement {
  const at = (owner: string, index: number): string => {
    const machines = owners.get(owner) ?? [];
    return machines[index % machines.length] ?? selected;
  };
  const wanted: Record<string, string> = { cli: selected };
  spec.orderers.forEach(({ name }, index) => {
    wanted[name] = at(ORDERERS, index);
  });
  for (const org of spec.orgs)
    org.peers.forEach(({ name }, index) => {
      wanted[name] = at(org.name, index);
    });
  const placed = Object.fromEntries(
    Object.entries(wanted).map(([name, machine]) => [name, made[name] ?? machine]),
  );
  const couchdbs = allPeers(spec).flatMap(({ name, couchdb }) =>
    couchdb ? [[couchdb.name, placed[name] ?? selected] as const] : [],
  );
  const gateways = allPeers(spec).flatMap(({ name }) => {
    const gateway = gatewayOf({ ...spec, placement: placed }, name);
    return gateway === undefined ? [] : [[gateway, placed[name] ?? selected] as const];
  });
  return {
    ...placed,
    ...Object.fromEntries([...couchdbs, ...gateways]),
    ...(spec.metrics ? { [spec.metrics.name]: selected } : {}),
  };
}

/** Returns the machines of the organisations and of the orderers, such as `Org1: worker1; orderers: manager, worker1`. */
export function placesOf({ orgs, orderers, placement = {} }: NetworkSpec): string {
  const owners = [...orgs.map(({ name, peers }) => [name, peers] as const), [ORDERERS, orderers] as const];
  return owners
    .map(([owner, nodes]) => `${owner}: ${[...new Set(nodes.map(({ name }) => placement[name]))].join(', ')}`)
    .join('; ');
}
