/** An engine with the containers of a network, for tests of what watches it. */
import { WizardFailure } from '../../src/pipeline/core/failure.ts';
import type { DockerPort } from '../../src/pipeline/engine/docker-port.ts';
import type {
  ContainerDetail,
  ContainerInfo,
  ContainerUsage,
  ExecResult,
  ImageInfo,
} from '../../src/pipeline/engine/engine-types.ts';
import { COMPOSE_LABEL, LABEL } from '../../src/pipeline/engine/labels.ts';
import type { SwarmNode } from '../../src/pipeline/engine/swarm.ts';
import type { WatchedNetwork } from '../../src/pipeline/network/network-watch.ts';
import type { SwappedPrograms } from '../../src/pipeline/network/node-content.ts';

type Docker = WatchedNetwork['docker'];
type OnEvent = Parameters<Docker['watchEvents']>[1];
type LogOptions = Parameters<Docker['followLog']>[1];

export interface FakeContainer {
  readonly id: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly networks: readonly string[];
  readonly state: string;
  readonly startedAt: number;
  readonly exitCode: number;
}

/** Labels of a node: ours, and those of compose. */
export function nodeLabels(project: string, node: string): Record<string, string> {
  return {
    [LABEL.project]: project,
    [LABEL.role]: 'node',
    [LABEL.node]: node,
    [COMPOSE_LABEL.project]: project,
  };
}

export function nodeContainer(
  project: string,
  node: string,
  more: Partial<FakeContainer> = {},
): FakeContainer {
  return {
    id: `id-of-${node}`,
    name: `${project}-${node}`,
    labels: nodeLabels(project, node),
    networks: [project],
    state: 'running',
    startedAt: 1000,
    exitCode: 0,
    ...more,
  };
}

export class FakeEngine implements Docker {
  readonly address = { endpoint: 'unix:///var/run/docker.sock', origin: { kind: 'default' } } as const;
  readonly #containers = new Map<string, FakeContainer>();
  readonly #logs = new Map<string, LogOptions>();
  #onEvent: OnEvent | undefined;
  #onEnd: Parameters<Docker['watchEvents']>[2];
  /** Options of every `followLog` call, by container id. */
  readonly followed: { readonly id: string; readonly since: number | undefined }[] = [];
  /** Arguments of every command. */
  readonly commands: (readonly string[])[] = [];
  /** Machines of nodes, by the names of the nodes. */
  machines: Readonly<Record<string, string>> = {};
  /** Names of machines that do not answer. */
  unreachable: readonly string[] = [];
  /** What the manager of the Swarm tells of its nodes. */
  #members: readonly SwarmNode[] = [];
  /** Programs that were copied into running containers, as the journal has them. */
  swapped: SwappedPrograms = {};
  /** Labels of the image that every container was created from, and its id. */
  image: Pick<ImageInfo, 'id' | 'labels'> = { id: 'sha256:1', labels: {} };
  /** Output of commands. */
  stdout = '';
  /** Answers to the next commands, in order; after them, every command prints `stdout`. */
  readonly answers: ExecResult[] = [];

  constructor(containers: readonly FakeContainer[]) {
    for (const container of containers) this.#containers.set(container.id, container);
  }

  get isWatched(): boolean {
    return this.#onEvent !== undefined;
  }

  /** Changes a container, or adds it, and emits an event. */
  set(container: FakeContainer, action: string): void {
    this.#containers.set(container.id, container);
    this.#emit(container, action);
  }

  remove(id: string): void {
    const container = this.#containers.get(id);
    this.#containers.delete(id);
    if (container) this.#emit(container, 'destroy');
  }

  print(id: string, at: string, line: string): void {
    this.#logs.get(id)?.onLine(`${at} ${line}`);
  }

  /** Cuts a machine off. */
  cut(machine: string): void {
    this.unreachable = [machine];
    this.#onEvent?.({ type: 'machine', action: 'lost', id: machine, attributes: {} });
  }

  /** A machine that was cut off is back. */
  join(machine: string): void {
    this.unreachable = [];
    this.#onEvent?.({ type: 'machine', action: 'back', id: machine, attributes: {} });
  }

  drain(machine: string): void {
    const known = { id: 'n1', address: '', state: 'ready', labels: {}, updatedAt: 1 } as const;
    this.#members = [{ ...known, name: machine, availability: 'drain' }];
    this.#onEvent?.({ type: 'node', action: 'update', id: 'n1', attributes: { name: machine } });
  }

  /** Ends the event stream, as a restart of the engine does. */
  endEvents(): void {
    this.#onEvent = undefined;
    const endpoint = 'unix:///var/run/docker.sock';
    this.#onEnd?.(new WizardFailure({ kind: 'engine', problem: 'gone', endpoint, detail: '' }));
  }

  #emit({ id, name, labels }: FakeContainer, action: string): void {
    this.#onEvent?.({ type: 'container', action, id, attributes: { ...labels, name } });
  }

  async swarmNodes(): Promise<SwarmNode[]> {
    return [...this.#members];
  }

  attachTerminal(): Promise<never> {
    return Promise.reject(new Error('no terminal is needed'));
  }

  async watchEvents(...[, onEvent, onEnd]: Parameters<Docker['watchEvents']>): Promise<() => void> {
    this.#onEvent = onEvent;
    this.#onEnd = onEnd;
    return () => {
      this.#onEvent = undefined;
    };
  }

  async listContainers(): Promise<ContainerInfo[]> {
    const machineOf = ({ labels }: Pick<FakeContainer, 'labels'>) => this.machines[labels[LABEL.node] ?? ''];
    const listed = [...this.#containers.values()].filter(
      (each) => !this.unreachable.includes(machineOf(each) ?? ''),
    );
    return listed.map(({ id, name, labels, networks, state }) => ({
      id,
      machine: machineOf({ labels }),
      name,
      labels,
      networks,
      state,
      command: '',
      attached: [],
      volumes: [],
      image: 'acme/fabric:1',
      imageId: 'sha256:1',
      status: state,
      ports: [],
    }));
  }

  async inspectContainer(id: string): Promise<ContainerDetail | undefined> {
    const container = this.#containers.get(id);
    return (
      container && {
        ...container,
        imageId: 'sha256:1',
        imageName: 'acme/fabric:1',
        running: container.state === 'running',
        env: {},
        mounts: [],
        networks: [],
        hostPorts: [],
        outOfMemory: false,
        endedAt: -1,
      }
    );
  }

  async inspectImage(ref: string): Promise<ImageInfo | undefined> {
    const lists = { layers: [], exposedPorts: [], digests: [], tags: [ref] };
    return { ...this.image, ...lists, env: {}, architecture: 'amd64', size: 1, created: 0 };
  }

  followLog(id: string, options: LogOptions): Promise<void> {
    this.#logs.set(id, options);
    this.followed.push({ id, since: options.since });
    return new Promise((_, reject) => {
      options.signal.addEventListener('abort', () => reject(new Error('cancelled')), { once: true });
    });
  }

  async usage(): Promise<ContainerUsage | undefined> {
    return { memory: 1e6, cpu: 1, machine: 2, cores: 2 };
  }

  async exec(...[, command]: Parameters<Docker['exec']>) {
    this.commands.push(command);
    return this.answers.shift() ?? { exitCode: 0, stdout: this.stdout, stderr: '' };
  }

  execInShell(...call: Parameters<DockerPort['execInShell']>) {
    return this.exec(...call);
  }

  async logTail(): Promise<string[]> {
    return [];
  }
}
