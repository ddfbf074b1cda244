/** What the commands and the screens share to act on one node: its network, its container, and the requests. */
import { join } from 'node:path';
import { WizardFailure } from '../pipeline/core/failure.ts';
import { ComposePort } from '../pipeline/engine/compose-port.ts';
import { currentDocker } from '../pipeline/engine/current-docker.ts';
import type { DockerPort } from '../pipeline/engine/docker-port.ts';
import { currentEngine } from '../pipeline/engine/engine-address.ts';
import type { ContainerInfo } from '../pipeline/engine/engine-types.ts';
import { takenPorts } from '../pipeline/host/ports.ts';
import { projectNetworkDir } from '../pipeline/host/state-folder.ts';
import { readState, withJournal } from '../pipeline/journal/journal.ts';
import { recordedState } from '../pipeline/journal/wizard-state.ts';
import { composeUp } from '../pipeline/network/compose-up.ts';
import { recordedSpec } from '../pipeline/network/down-nodes.ts';
import { requireEngineOfNetwork } from '../pipeline/network/network-engine.ts';
import { machineOf, type NetworkSpec, nodeNames } from '../pipeline/network/network-spec.ts';
import { type NodeAction, requestsFor, sendRequest } from '../pipeline/network/node-actions.ts';
import { nodeContainers } from '../pipeline/network/peer-cli.ts';
import { requireActive } from '../pipeline/network/placement.ts';
import { publishedPorts } from '../pipeline/network/published-ports.ts';
import { projectOf } from './load-config.ts';
import type { Terminal } from './terminal.ts';

export interface RunningNetwork {
  readonly docker: DockerPort;
  readonly dir: string;
  readonly project: string;
  /** Absent if the project was started from another folder. */
  readonly spec: NetworkSpec | undefined;
  readonly containers: ReadonlyMap<string, ContainerInfo>;
  /** Sorted; those whose container was removed are included. */
  readonly nodes: readonly string[];
}

/** Returns the failure for a network without containers; the network may be on another engine. */
export async function nothingRuns(
  docker: DockerPort,
  state: Parameters<typeof requireEngineOfNetwork>[1],
  command: string,
): Promise<WizardFailure> {
  await requireEngineOfNetwork(docker, state, command);
  return new WizardFailure({
    kind: 'usage',
    message: { key: 'usage.nothing-runs' },
    next: ['fabric-wizard status', 'fabric-wizard up --yes'],
  });
}

/** Returns the failure for a node that a command needs. @param container undefined if it was removed */
export function notRunning(node: string, container: { readonly state: string } | undefined): WizardFailure {
  const isPaused = container?.state === 'paused';
  return new WizardFailure({
    kind: 'usage',
    message: { key: isPaused ? 'usage.node-paused' : 'usage.node-not-running', node },
    next: [`fabric-wizard node ${isPaused ? 'unpause' : 'start'} ${node}`, 'fabric-wizard status'],
  });
}

/** @throws WizardFailure `engine`, or `usage` if nothing of the network exists or another engine has it */
export async function runningNetwork(terminal: Terminal, command: string): Promise<RunningNetwork> {
  const { dir } = terminal;
  const docker = await currentDocker();
  await docker.version();
  const project = await projectOf(dir, terminal.project);
  const containers = await nodeContainers({ docker, project });
  const state = recordedState(await readState(dir));
  if (containers.size === 0) throw await nothingRuns(docker, state, command);
  const spec = recordedSpec(state, project);
  const nodes = [...new Set([...containers.keys(), ...(spec ? nodeNames(spec) : [])])].sort();
  return { docker, dir, project, spec, containers, nodes };
}

/** Folder of the crypto material on this host. */
export function cryptoFolder(dir: string): string {
  return join(projectNetworkDir(dir), 'crypto-config');
}

/** @throws WizardFailure `compose-missing`, `command`; CancelledError */
async function recreate(dir: string, project: string, node: string, signal: AbortSignal): Promise<void> {
  const { ensureCompose } = await import('../pipeline/host/host-setup.ts');
  const engine = await currentEngine();
  const setup = { allowInstall: false, onNotice: () => undefined, signal };
  const compose = new ComposePort(await ensureCompose(setup, engine), engine);
  const folder = projectNetworkDir(dir);
  const spec = recordedSpec(recordedState(await readState(dir)), project) ?? {};
  await composeUp(compose, { dir: folder, project, spec, services: [node], signal, onLine: () => undefined });
}

/** Returns the failure for a node on a machine that does not answer; undefined for any other. */
export function onLostMachine(
  { unreachable }: Pick<DockerPort, 'unreachable'>,
  spec: NetworkSpec | undefined,
  node: string,
): WizardFailure | undefined {
  const machine = spec && machineOf(spec, node);
  if (machine === undefined || !unreachable.includes(machine)) return undefined;
  return new WizardFailure({
    kind: 'usage',
    message: { key: 'usage.node-unreachable', node, machine },
    next: ['fabric-wizard status', 'docker node ls'],
  });
}

export interface NodeRequest {
  readonly docker: DockerPort;
  readonly dir: string;
  readonly project: string;
  readonly node: string;
  /** Undefined if it was removed. */
  readonly container: { readonly id: string; readonly state: string; readonly machine?: string } | undefined;
  readonly action: NodeAction;
  readonly signal: AbortSignal;
}

/**
 * Actions that can begin without a container, because ledger and certificates are outside of it. They attach a container to its
 * network anew.
 */
const STARTING: readonly NodeAction[] = ['start', 'restart'];

/**
 * Acts on a node with the folder's lock, and recreates it if its container was removed. Does nothing if the node is as it
 * should be.
 * @throws WizardFailure `usage` if the node must be started before; `locked`; CancelledError
 */
export function actOnNode(request: NodeRequest): Promise<void> {
  return withJournal(request.dir, `fabric-wizard node ${request.action}`, () => act(request));
}

/** @throws WizardFailure `usage` if no container can start on the machine of the node */
async function requireActiveMachine({ docker, node, container, dir, project }: NodeRequest): Promise<void> {
  if (!docker.address.machines) return;
  const spec = recordedSpec(recordedState(await readState(dir)), project);
  const machine = container?.machine ?? (spec && machineOf(spec, node));
  if (machine !== undefined) requireActive((await docker.swarmNodes()) ?? [], new Set([machine]));
}

/** While a node is down, others can take its ports. @throws WizardFailure `port-taken` */
async function requirePorts({ docker, node, dir, project }: NodeRequest): Promise<void> {
  const spec = recordedSpec(recordedState(await readState(dir)), project);
  const wanted = spec ? publishedPorts(spec).filter((each) => each.node === node) : [];
  if (wanted.length === 0) return;
  const taken = await takenPorts(wanted, docker, project);
  if (taken.length > 0) throw new WizardFailure({ kind: 'port-taken', taken });
}

async function act(request: NodeRequest): Promise<void> {
  const { docker, dir, project, node, container, action, signal } = request;
  if (STARTING.includes(action)) {
    await requireActiveMachine(request);
    await requirePorts(request);
  }
  const requests = container ? requestsFor(action, container.state) : undefined;
  if (container && requests) {
    for (const each of requests) await sendRequest({ docker, signal }, container.id, each);
  } else if (!container && STARTING.includes(action)) await recreate(dir, project, node, signal);
  else throw notRunning(node, container);
}
