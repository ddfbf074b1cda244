/** Finds the machines of a network in a Swarm, and how their engines are reached. */
import { organisationsOf } from '../config/organisations.ts';
import { machineAddresses, ORDERERS, placementRules } from '../config/swarm-choices.ts';
import type { WizardConfig } from '../config/wizard-config.ts';
import type { Machine, Machines } from '../core/engine-origin.ts';
import { CancelledError, toFailure, WizardFailure } from '../core/failure.ts';
import { nearestName } from '../core/nearest.ts';
import { until } from '../core/waiting.ts';
import { DockerPort } from '../engine/docker-port.ts';
import { addressBeside, addressLike, type EngineAddress, machineAddress } from '../engine/engine-address.ts';
import type { SwarmNode } from '../engine/swarm.ts';
import { STATE_KEYS } from '../journal/state-keys.ts';
import type { RecordedState } from '../journal/wizard-state.ts';
import { placedBy } from './network-plan.ts';
import type { NetworkSpec } from './network-spec.ts';
import { listNodes } from './peer-cli.ts';
import { type MachinesByOwner, machinesByOwner, placementOf, requireActive } from './placement.ts';

/** Time for the answer of another machine's engine. */
const ANSWER_MS = 10_000;

/** The machines of a network that is to run in a Swarm. */
export interface SwarmPlan {
  readonly machines: Machines;
  readonly owners: MachinesByOwner;
}

interface Searching {
  readonly docker: DockerPort;
  readonly project: string;
  readonly config: Pick<
    WizardConfig,
    'orgs' | 'organisations' | 'peers' | 'orderers' | 'swarm' | 'placement' | 'machines'
  >;
  /** Whether the network of the folder may be replaced. */
  readonly replaces: boolean;
  readonly journal: Pick<RecordedState, 'getFact'>;
  /** How long a manager that does not know the state of a node is asked again. */
  readonly patienceMs: number;
  readonly signal: AbortSignal;
}

/** @throws WizardFailure `usage` if the engine is no manager of a Swarm */
async function managedNodes(
  docker: DockerPort,
): Promise<{ readonly nodes: SwarmNode[]; readonly selected: string }> {
  const [{ nodeId, isManager }, nodes] = await Promise.all([docker.swarmMember(), docker.swarmNodes()]);
  const own = nodes?.find(({ id }) => id === nodeId);
  if (nodes && own) return { nodes: present(nodes), selected: own.name };
  const isMember = nodeId !== '';
  throw new WizardFailure({
    kind: 'usage',
    message: {
      key: !isMember ? 'usage.no-swarm' : isManager ? 'usage.swarm-leaderless' : 'usage.swarm-worker',
      endpoint: docker.endpoint,
    },
    next: !isMember
      ? ['docker swarm init', 'docker swarm join-token worker']
      : ['docker info', 'docker node ls'],
  });
}

/** Whether a manager that has just started has not heard from a node yet, or has just lost it. */
function isUnheard({ state }: SwarmNode): boolean {
  return state === 'unknown' || state === 'disconnected';
}

/** Returns the nodes when the manager knows the state of all, or when the time is over. */
function heardNodes({ docker, patienceMs, signal }: Searching): ReturnType<typeof managedNodes> {
  const end = performance.now() + patienceMs;
  return until<Awaited<ReturnType<typeof managedNodes>>>({
    what: 'docker node ls',
    deadlineMs: patienceMs,
    signal,
    poll: async () => {
      const found = await managedNodes(docker);
      return performance.now() < end && found.nodes.some(isUnheard) ? { no: '' } : { yes: found };
    },
  });
}

/** Returns the nodes without those that a machine has left behind when it joined again: they stay down, with its name. */
function present(nodes: readonly SwarmNode[]): SwarmNode[] {
  const isBack = ({ id, name }: SwarmNode) =>
    nodes.some((other) => other.id !== id && other.name === name && other.state !== 'down');
  return nodes.filter((node) => node.state !== 'down' || !isBack(node));
}

/** Names must tell the machines apart: they are in the names of gateways and in `placement`. */
function requireDistinct(nodes: readonly SwarmNode[]): void {
  const names = nodes.map(({ name }) => name.toLowerCase());
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice === undefined) return;
  throw new WizardFailure({
    kind: 'usage',
    message: { key: 'usage.same-machines', name: twice },
    next: ['docker node ls', 'hostnamectl set-hostname NAME'],
  });
}

/** Returns the addresses of engines that are named. @throws WizardFailure `usage` for a name that is no node */
function namedAddresses(text: string, nodes: readonly SwarmNode[]): ReadonlyMap<string, string> {
  const named = machineAddresses(text) ?? new Map<string, string>();
  const names = nodes.map(({ name }) => name);
  const unknown = [...named.keys()].find((name) => !names.includes(name));
  if (unknown === undefined) return named;
  const meant = nearestName(unknown, names);
  throw new WizardFailure({
    kind: 'usage',
    message: { key: 'usage.no-such-machine', name: unknown, machines: names.join(', ') },
    next: [
      'docker node ls',
      ...(meant === undefined ? [] : [`fabric-wizard up --swarm --machines ${meant}=${named.get(unknown)}`]),
    ],
  });
}

/** Returns how the engine of a node is reached. */
function addressOf(node: SwarmNode, named: ReadonlyMap<string, string>, selected: EngineAddress): Machine {
  const { name, address } = node;
  const endpoint = named.get(name);
  return {
    name,
    ...(endpoint === undefined ? addressBeside(selected, address) : addressLike(selected, endpoint)),
  };
}

/** @throws WizardFailure `usage` if the engine of the machine does not answer, or is another node; CancelledError */
async function requireEngine(machine: Machine, node: SwarmNode, signal: AbortSignal): Promise<void> {
  const docker = new DockerPort(machineAddress(machine), signal);
  const { name, endpoint } = machine;
  const next = [`fabric-wizard up --swarm --machines ${name}=ssh://USER@HOST`, 'docker node ls'];
  try {
    await docker.version(ANSWER_MS, signal);
    const { nodeId } = await docker.swarmMember();
    if (nodeId === node.id) return;
  } catch (error) {
    if (error instanceof CancelledError || signal.aborted) throw new CancelledError();
    const failure = toFailure(error);
    const detail =
      failure.kind === 'engine' || failure.kind === 'engine-refused'
        ? failure.detail
        : { key: 'detail.no-answer' as const, seconds: ANSWER_MS / 1000 };
    throw new WizardFailure({
      kind: 'usage',
      message: { key: 'usage.machine-silent', name, endpoint, detail },
      next,
      lost: true,
    });
  }
  throw new WizardFailure({ kind: 'usage', message: { key: 'usage.other-machine', name, endpoint }, next });
}

/**
 * Whether a machine has containers of nodes. They are of the network that another one has replaced, and would have the names of
 * its nodes.
 * @throws WizardFailure `engine`; CancelledError
 */
async function hasNodes(
  machine: Machine,
  node: SwarmNode,
  { project, signal }: Pick<Searching, 'project' | 'signal'>,
): Promise<boolean> {
  try {
    await requireEngine(machine, node, signal);
  } catch (error) {
    if (error instanceof CancelledError) throw error;
    // What is on a machine that is gone cannot be removed.
    return false;
  }
  return (await listNodes({ docker: new DockerPort(machineAddress(machine), signal), project })).length > 0;
}

/**
 * Returns the machines for the nodes of a network, and those that still have nodes of the one that it replaces. All of
 * them answer.
 * @throws WizardFailure `usage`, `engine`; CancelledError
 */
export async function findMachines(searching: Searching): Promise<SwarmPlan> {
  const { docker, project, config, replaces, journal, signal } = searching;
  const { nodes, selected } = await heardNodes(searching);
  requireDistinct(nodes);
  const organisations = organisationsOf(config);
  const orgs = organisations.filter(({ peers }) => peers > 0).map(({ name }) => name);
  const nodesOf = (owner: string) => organisations.find(({ name }) => name === owner)?.peers ?? config.peers;
  const made = journal.getFact(STATE_KEYS.crypto);
  // Of a network that is replaced, nothing is started.
  const isKept = !replaces || made?.placedBy === placedBy(config);
  const kept = new Set(isKept ? Object.values(made?.placement ?? {}) : []);
  requireActive(nodes, kept);
  const recorded = made?.members?.orgs.map(({ name }) => name) ?? [];
  const owners = machinesByOwner(
    [...new Set([...orgs, ...recorded]), ORDERERS],
    placementRules(config.placement) ?? [],
    nodes,
    selected,
  );
  // An owner has no more machines than nodes.
  const firstOf = ([owner, names]: readonly [string, readonly string[]]) =>
    names.slice(0, owner === ORDERERS ? config.orderers : nodesOf(owner));
  const used = new Set([...[...owners].flatMap(firstOf), ...kept]);
  const named = namedAddresses(config.machines, nodes);
  const before = journal.getFact(STATE_KEYS.engine)?.machines?.others.map(({ name }) => name) ?? [];
  const found = nodes.map(async (node) => {
    const { name } = node;
    if (name === selected) return [];
    const machine = addressOf(node, named, docker.address);
    if (used.has(name)) await requireEngine(machine, node, signal);
    else if (!before.includes(name) || !(await hasNodes(machine, node, { project, signal }))) return [];
    return [machine];
  });
  return { machines: { selected, others: (await Promise.all(found)).flat() }, owners };
}

/**
 * Returns the network with the machines of its nodes.
 * @throws WizardFailure `usage` if a machine that has its ledgers has left the Swarm, or is not used
 */
export function placed(
  spec: NetworkSpec,
  swarm: SwarmPlan | undefined,
  made: Pick<NetworkSpec, 'placement'> | undefined,
): NetworkSpec {
  if (!swarm) return spec;
  const { selected, others } = swarm.machines;
  const placement = placementOf(spec, swarm.owners, selected, made?.placement);
  const names = [selected, ...others.map(({ name }) => name)];
  const gone = Object.values(placement).find((machine) => !names.includes(machine));
  if (gone === undefined) return { ...spec, placement };
  throw new WizardFailure({
    kind: 'usage',
    message: { key: 'usage.machine-gone', machine: gone },
    next: ['docker node ls', 'fabric-wizard config'],
  });
}
