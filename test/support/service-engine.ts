/** An engine for the containers of services. */
import { onTestFinished } from 'vitest';
import type { ServiceContext, ServiceProgram } from '../../src/pipeline/chaincode/service-process.ts';
import type { StageContext } from '../../src/pipeline/context/run-context.ts';
import { CancelledError } from '../../src/pipeline/core/failure.ts';
import type { DockerPort } from '../../src/pipeline/engine/docker-port.ts';
import { RefusedRequest } from '../../src/pipeline/engine/engine-connection.ts';
import type { ContainerDetail, ContainerInfo } from '../../src/pipeline/engine/engine-types.ts';
import { LABEL } from '../../src/pipeline/engine/labels.ts';
import type { LoadedEntry, TarEntry } from '../../src/pipeline/engine/tar-context.ts';
import { type Release, releaseOf } from '../../src/pipeline/fabric/release.ts';
import { openJournal } from '../../src/pipeline/journal/journal.ts';
import { STATE_KEYS } from '../../src/pipeline/journal/state-keys.ts';
import { BUILDER_FOLDER } from '../../src/pipeline/network/external-builder.ts';
import { type Reported, stageContext } from './contexts.ts';
import { nodeLabels } from './fake-engine.ts';
import { tempDir } from './temp-dir.ts';

type Spec = Parameters<ServiceContext['docker']['createContainer']>[0];

/** What the process of a program that ends has printed. */
export const PANIC = [
  'panic: boom',
  '',
  'goroutine 1 [running]:',
  'main.main()',
  '\t/chaincode/src/main.go:80 +0x25',
];

interface Made {
  readonly spec: Spec;
  name: string;
  state: string;
  /** Time of its last start. */
  startedAt: number;
  aliases: readonly string[];
  readonly files: Map<string, LoadedEntry>;
}

const DONE = { exitCode: 0, stdout: '{}', stderr: '' };

interface ExecOptions {
  readonly signal: AbortSignal;
}

/** An engine whose containers take what was brought when they start or when it is offered. */
export class ServiceEngine implements Record<keyof ServiceContext['docker'], unknown> {
  readonly made = new Map<string, Made>();
  /** What has happened to the containers, in order. */
  readonly log: string[] = [];
  /** Whether uploads fail. */
  broken = false;
  /** Ports of the host that other programs have. */
  readonly takenPorts = new Set<number>();
  /** Why the engine refuses to start the next container. */
  refuses: string | undefined;
  /** Called before each upload. */
  onUpload: () => void = () => undefined;
  /** Digests of programs that end as soon as they start. */
  readonly ending = new Set<string>();
  /** Whether every program ends as soon as it starts. */
  allEnd = false;
  /** Digests of programs that run and do not listen. */
  readonly silent = new Set<string>();
  /** Whether chaincode compiles. */
  compiles = true;
  /** Id of the CLI container of `addNode`. */
  cliId = '';
  /** Milliseconds since the epoch, by the clock of the engine. */
  clock = 1_000_000;
  /** Called before each command in a container. */
  onExec: () => void = () => undefined;
  /** Called before a container gets another name. */
  onRename: () => void = () => undefined;
  readonly #output: { readonly at: number; readonly line: string }[] = [];
  /** Whether the process ends just before it would take a program. */
  endsBeforeOffer = false;

  readonly createContainer = async (spec: Spec) => {
    const id = `id-${this.made.size + 1}-${this.log.length}`;
    const name = spec.name ?? id;
    if ([...this.made.values()].some((each) => each.name === name)) throw new Error(`${name} exists`);
    this.made.set(id, {
      spec,
      name,
      state: 'created',
      ...{ startedAt: 0, aliases: spec.aliases ?? [], files: new Map() },
    });
    this.log.push(`create ${name}`);
    return id;
  };
  readonly upload = async (id: string, entries: readonly TarEntry[]) => {
    this.onUpload();
    if (this.broken) throw new Error('disk full');
    for (const entry of entries) this.#of(id).files.set(entry.name, entry as LoadedEntry);
  };
  readonly startContainer = async (id: string) => {
    const container = this.#of(id);
    if (container.spec.cmd[0] === 'sh' && !container.files.has('service/run'))
      throw new Error('sh: cannot open run');
    const why = this.refuses;
    this.refuses = undefined;
    if (why !== undefined) throw new RefusedRequest('POST /containers/start', 500, why);
    const running = [...this.made.values()].filter(({ state }) => state === 'running');
    const taken = new Set([
      ...this.takenPorts,
      ...running.flatMap(({ spec }) => Object.values(spec.ports ?? {})),
    ]);
    if (Object.values(container.spec.ports ?? {}).some((port) => taken.has(port)))
      throw new Error('port is already allocated');
    this.#run(container);
    container.startedAt = this.clock;
    this.log.push(`start ${container.name}`);
  };
  readonly stopContainer = async (id: string) => {
    this.#of(id).state = 'exited';
    this.log.push(`stop ${this.#of(id).name}`);
  };
  readonly removeContainer = async (id: string) => {
    this.log.push(`remove ${this.#of(id).name}`);
    this.made.delete(id);
  };
  readonly renameContainer = async (id: string, name: string) => {
    this.onRename();
    this.#of(id).name = name;
  };
  readonly connectAs = async (id: string, _network: string, aliases: readonly string[]) => {
    this.#of(id).aliases = aliases;
    this.log.push(`connect ${this.#of(id).name}`);
  };
  readonly readFiles = async (id: string, path: string) => {
    const entry = this.#of(id).files.get(path.slice(1));
    if (path === '/chaincode/out/chaincode') return [{ name: 'chaincode', content: 'program' }];
    return entry && [entry];
  };
  readonly inspectContainer = async (id: string) => {
    if (!this.made.has(id)) return undefined;
    const { name, state, startedAt, spec, aliases } = this.#of(id);
    const networks = [{ name: spec.network, aliases, addresses: [] }];
    return {
      name,
      startedAt,
      running: state === 'running',
      networks,
      mounts: [{ source: `/net/${BUILDER_FOLDER}`, destination: '/opt/ccaas' }],
    } as Partial<ContainerDetail> as ContainerDetail;
  };
  readonly listContainers = async (): Promise<ContainerInfo[]> =>
    [...this.made].map(([id, { spec, name, state }]) => ({
      ...{ id, name, state, image: spec.image, imageId: spec.image, labels: spec.labels },
      ...{ status: '', command: '', networks: [spec.network], attached: [], volumes: [] },
      ports: Object.entries(spec.ports ?? {})
        .filter(() => state === 'running')
        .map(([inside, port]) => ({ private: Number(inside), public: port })),
    }));

  /** Lets a container take a program. */
  #offer(id: string, digest: string) {
    const container = this.#of(id);
    this.log.push(`offer ${container.name}`);
    if (this.endsBeforeOffer) {
      container.state = 'exited';
      return { exitCode: 137, stdout: '', stderr: '' };
    }
    container.files.set('service/next', { name: 'service/next', content: digest });
    this.#run(container);
    return DONE;
  }

  /** Runs a command; the table of the sockets of a container says that its process listens if it runs. */
  readonly execInShell = async (id: string, command: readonly string[], { signal }: ExecOptions) => {
    this.onExec();
    if (signal.aborted) throw new CancelledError();
    const [, , , name, digest = ''] = command;
    if (name === 'take') return this.#offer(id, digest);
    if (command.includes('fabric-wizard'))
      return this.compiles ? DONE : { ...DONE, exitCode: 1, stderr: './main.go:3:1: syntax error' };
    if (id === this.cliId) return DONE;
    const row = '0: 00000000:270F 00000000:0000 0A ';
    const container = this.#of(id);
    const listens = container.state === 'running' && !this.silent.has(this.madeOf(container));
    return { exitCode: 0, stdout: listens ? row : '', stderr: '' };
  };
  readonly exec = this.execInShell;
  readonly logTail = async (_id: string, _lines: number, since = 0) =>
    this.#output.filter(({ at }) => at >= since).map(({ line }) => line);
  readonly address = { endpoint: 'tcp://far:2376', origin: { kind: 'variable' } } as const;
  readonly info = async () => ({ time: this.clock });
  readonly inspectImage = async () => ({ id: 'sha256:1', labels: {} });

  readonly createVolume = async () => undefined;

  /** Adds a node that runs. */
  async addNode(project: string, node: string): Promise<void> {
    const spec = { image: 'node', cmd: ['peer'], network: project, labels: nodeLabels(project, node) };
    const id = await this.createContainer({ ...spec, name: `${project}-${node}` });
    this.#of(id).state = 'running';
    if (node === 'cli') this.cliId = id;
  }

  /** Returns the digest of the program that a container runs. */
  madeOf({ files }: Made): string {
    return String(files.get('service/app/.digest')?.content);
  }

  #services(): readonly Made[] {
    return [...this.made.values()].filter(({ spec }) => spec.labels[LABEL.role] === 'service');
  }

  #run(container: Made): void {
    this.#take(container);
    this.clock += 1;
    const ends = this.allEnd || this.ending.has(this.madeOf(container));
    container.state = ends ? 'exited' : 'running';
    if (ends) this.#output.push(...PANIC.map((line) => ({ at: this.clock, line })));
  }

  #take({ files }: Made): void {
    const digest = files.get('service/next')?.content;
    const next = `service/${digest}/`;
    if (!files.has(`${next}.digest`)) return;
    const packages = files.get(`${next}.packages`);
    const installed = files.get('service/app/node_modules/.packages');
    for (const name of [...files.keys()]) if (name.startsWith('service/app/')) files.delete(name);
    for (const [name, entry] of [...files])
      if (name.startsWith(next)) files.set(`service/app/${name.slice(next.length)}`, entry);
    // The packages stay, or are installed.
    const kept = String(installed?.content) === String(packages?.content) ? installed : packages;
    if (kept) files.set('service/app/node_modules/.packages', kept);
    files.delete('service/next');
  }

  #of(id: string): Made {
    const found = this.made.get(id);
    if (!found) throw new Error(`no container ${id}`);
    return found;
  }

  /** The process of a container prints a panic and ends, and the engine starts it again. */
  endAndStart(name: string): void {
    const container = [...this.made.values()].find((each) => each.name === name);
    if (!container) throw new Error(`no container ${name}`);
    this.#output.push(...PANIC.map((line) => ({ at: this.clock, line })));
    this.clock += 1;
    container.startedAt = this.clock;
  }

  names(): string[] {
    return this.#services().map(({ name, state }) => `${name} ${state}`);
  }

  /** Returns name, state and program of each container. */
  programs(): string[] {
    return this.#services().map((each) => `${each.name} ${each.state} ${this.madeOf(each)}`);
  }

  /** Returns the packages of the containers that peers reach. */
  reached(): string[] {
    return [...this.made.values()]
      .filter(({ aliases, state }) => aliases.length > 0 && state === 'running')
      .map(({ spec }) => spec.labels[LABEL.package] ?? '');
  }
}

export interface ServiceNetwork {
  readonly docker: ServiceEngine;
  readonly context: StageContext;
  readonly reported: Reported;
}

/** Returns a network on an engine that has no service yet. */
export async function serviceNetwork(
  signal: AbortSignal = new AbortController().signal,
): Promise<ServiceNetwork> {
  const docker = new ServiceEngine();
  const dir = await tempDir();
  const journal = await openJournal(dir, { command: 'test' });
  onTestFinished(() => journal.close());
  await journal.setFact(STATE_KEYS.crypto, { fingerprint: 'f', instance: 'c0ffee' });
  const release = releaseOf('2.5.12') as Release;
  const choices = { dir, docker: docker as unknown as DockerPort, settings: { release } };
  return { docker, ...(await stageContext(choices, journal, signal)) };
}

/** Returns a program whose only file has its digest as content. */
export function testProgram(digest: string, image = 'sha256:1'): ServiceProgram {
  return { language: 'go', image, digest, files: [{ name: 'chaincode', content: digest }] };
}
