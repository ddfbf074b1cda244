/** An engine for the containers of services. */
import type { ServiceContext } from '../../src/pipeline/chaincode/service-process.ts';
import type { ContainerDetail, ContainerInfo } from '../../src/pipeline/engine/engine-types.ts';
import type { TarEntry } from '../../src/pipeline/engine/tar-context.ts';

type Spec = Parameters<ServiceContext['docker']['createContainer']>[0];

/** What the process of a program that ends has printed. */
const PANIC = [
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
  aliases: readonly string[];
  readonly files: Map<string, TarEntry>;
}

/** An engine whose containers take what was brought when they start or get a signal. */
export class ServiceEngine implements Record<keyof ServiceContext['docker'], unknown> {
  readonly made = new Map<string, Made>();
  /** What has happened to the containers, in order. */
  readonly log: string[] = [];
  /** Whether uploads fail. */
  broken = false;
  /** Called before each upload. */
  onUpload: () => void = () => undefined;
  /** Digests of programs that end as soon as they start. */
  readonly ending = new Set<string>();
  /** Whether the process ends just before it would get a signal. */
  endsBeforeSignal = false;

  readonly createContainer = async (spec: Spec) => {
    const name = spec.name ?? '';
    if ([...this.made.values()].some((each) => each.name === name)) throw new Error(`${name} exists`);
    const id = `id-${this.made.size + 1}-${this.log.length}`;
    this.made.set(id, { spec, name, state: 'created', aliases: spec.aliases ?? [], files: new Map() });
    this.log.push(`create ${name}`);
    return id;
  };
  readonly upload = async (id: string, entries: readonly TarEntry[]) => {
    this.onUpload();
    if (this.broken) throw new Error('disk full');
    for (const entry of entries) this.#of(id).files.set(entry.name, entry);
  };
  readonly startContainer = async (id: string) => {
    const container = this.#of(id);
    if (!container.files.has('service/run')) throw new Error('sh: cannot open run');
    this.#run(container);
    this.log.push(`start ${container.name}`);
  };
  readonly signalContainer = async (id: string) => {
    const container = this.#of(id);
    if (this.endsBeforeSignal) container.state = 'exited';
    else this.#run(container);
    this.log.push(`signal ${container.name}`);
  };
  readonly removeContainer = async (id: string) => {
    this.log.push(`remove ${this.#of(id).name}`);
    this.made.delete(id);
  };
  readonly renameContainer = async (id: string, name: string) => {
    this.#of(id).name = name;
  };
  readonly connectAs = async (id: string, _network: string, aliases: readonly string[]) => {
    this.#of(id).aliases = aliases;
    this.log.push(`connect ${this.#of(id).name}`);
  };
  readonly readFiles = async (id: string, path: string) => {
    const entry = this.#of(id).files.get(path.slice(1));
    return entry && [entry];
  };
  readonly inspectContainer = async (id: string) => {
    const { name, state, spec, aliases } = this.#of(id);
    const networks = [{ name: spec.network, aliases, addresses: [] }];
    return {
      name,
      startedAt: 1,
      running: state === 'running',
      networks,
    } as Partial<ContainerDetail> as ContainerDetail;
  };
  readonly listContainers = async (): Promise<ContainerInfo[]> =>
    [...this.made].map(([id, { spec, name, state }]) => ({
      ...{ id, name, state, image: spec.image, imageId: spec.image, labels: spec.labels },
      ...{ status: '', command: '', networks: [spec.network], attached: [], volumes: [], ports: [] },
    }));

  /** The table of the sockets of a container: its process listens if it runs. */
  readonly exec = async (id: string) => {
    const row = '0: 00000000:270F 00000000:0000 0A ';
    return { exitCode: 0, stdout: this.#of(id).state === 'running' ? row : '', stderr: '' };
  };
  readonly logTail = async () => PANIC;

  #run(container: Made): void {
    this.#take(container);
    const made = String(container.files.get('service/app/.digest')?.content);
    container.state = this.ending.has(made) ? 'exited' : 'running';
  }

  #take({ files }: Made): void {
    const digest = files.get('service/next')?.content;
    const made = files.get(`service/${digest}/.digest`);
    if (made) files.set('service/app/.digest', made);
    files.delete('service/next');
  }

  #of(id: string): Made {
    const found = this.made.get(id);
    if (!found) throw new Error(`no container ${id}`);
    return found;
  }

  names(): string[] {
    return [...this.made.values()].map(({ name, state }) => `${name} ${state}`);
  }
}
