/**
 * The engines of a network on several machines as one engine. What exists once, as images that are built, is on the
 * selected engine. Containers and volumes are on any of them: a request for a container goes to the engine that has it.
 */
import type { WizardFailure } from '../core/failure.ts';
import type { LogFollowing, LogReading, OutputFollowing } from './container-log.ts';
import type { ExecOptions } from './container-run.ts';
import type { ShellOptions } from './container-shells.ts';
import type { TerminalOptions } from './container-terminal.ts';
import type { ContainerFilters } from './containers.ts';
import { DockerPort } from './docker-port.ts';
import type { EngineAddress } from './engine-address.ts';
import type { WatchEngine } from './engine-events.ts';
import type {
  ContainerDetail,
  ContainerInfo,
  ContainerUsage,
  ExecResult,
  ListedImage,
  ListedVolume,
} from './engine-types.ts';
import { type Asking, OtherEngine } from './other-machine.ts';
import type { LoadedEntry, TarEntry } from './tar-context.ts';

/** How long a removal on another machine may take. */
const REMOVAL_MS = 120_000;

export class MachinesPort extends DockerPort {
  readonly #others: readonly OtherEngine[];
  /** The selected engine alone. */
  readonly #selected: DockerPort;
  /** What has each container that was seen, by id and by name; undefined: the selected engine. */
  readonly #holders = new Map<string, OtherEngine | undefined>();

  /** @param address with its machines */
  constructor(address: EngineAddress, signal?: AbortSignal) {
    super(address, signal);
    const { machines, ...selected } = address;
    this.#selected = new DockerPort(selected, signal);
    const others = machines?.others ?? [];
    this.#others = others.map((machine) => new OtherEngine(machine, signal));
  }

  override get unreachable(): readonly string[] {
    return this.#others.filter(({ isSilent }) => isSilent).map(({ machine }) => machine.name);
  }

  override on(name: string | undefined): DockerPort {
    if (name === undefined || name === this.address.machines?.selected) return this.#selected;
    const other = this.#others.find(({ machine }) => machine.name === name);
    // Any other engine would get private keys and ledgers of another machine.
    if (!other) throw new Error(`no engine of ${name}`);
    return other.port;
  }

  /** Asks all other machines. @returns the answers of those that answer */
  async #everywhere<T>(
    question: (docker: DockerPort, other: OtherEngine) => Promise<T>,
    asking?: Asking,
  ): Promise<T[]> {
    const answers = this.#others.map(async (other) => {
      const answer = await other.ask(async (docker) => ({ value: await question(docker, other) }), asking);
      return answer ? [answer.value] : [];
    });
    return (await Promise.all(answers)).flat();
  }

  #note({ id, name }: Pick<ContainerInfo, 'id' | 'name'>, holder: OtherEngine | undefined): void {
    this.#holders.set(id, holder);
    // Only the id of a container says that it is nowhere else: another one gets the name on the machine of its node.
    if (holder) this.#holders.set(name, holder);
    else this.#holders.delete(name);
  }

  /** Returns what has a container; undefined: the selected engine. One that was not seen is looked for. */
  async #holderOf(idOrName: string): Promise<OtherEngine | undefined> {
    if (this.#holders.has(idOrName)) return this.#holders.get(idOrName);
    const own = await super.inspectContainer(idOrName);
    if (own) {
      this.#note(own, undefined);
      return undefined;
    }
    const found = await this.#everywhere(async (docker, other) => {
      const container = await docker.inspectContainer(idOrName);
      if (!container) return [];
      this.#note(container, other);
      return [other];
    });
    return found.flat()[0];
  }

  override async listContainers(filters: ContainerFilters = {}): Promise<ContainerInfo[]> {
    const [own, others] = await Promise.all([
      super.listContainers(filters),
      this.#everywhere(async (docker, other) => {
        const found = await docker.listContainers(filters);
        for (const container of found) this.#note(container, other);
        return found.map((each) => ({ ...each, machine: other.machine.name }));
      }),
    ]);
    for (const container of own) this.#note(container, undefined);
    const machine = this.address.machines?.selected;
    return [...own.map((each) => ({ ...each, machine })), ...others.flat()];
  }

  /** @throws WizardFailure `engine` if the machine that has the container does not answer */
  override async inspectContainer(name: string): Promise<ContainerDetail | undefined> {
    const holder = await this.#holderOf(name);
    if (!holder) return super.inspectContainer(name);
    const answer = await holder.ask(async (docker) => ({ value: await docker.inspectContainer(name) }));
    if (!answer) throw holder.lost();
    return answer.value;
  }

  override async containerImage(id: string): Promise<{ id: string; name: string } | undefined> {
    const holder = await this.#holderOf(id);
    return holder ? holder.ask((docker) => docker.containerImage(id)) : super.containerImage(id);
  }

  override async usage(id: string): Promise<ContainerUsage | undefined> {
    const holder = await this.#holderOf(id);
    return holder ? holder.ask((docker) => docker.usage(id)) : super.usage(id);
  }

  override async logTail(id: string, lines: number, since = 0): Promise<string[]> {
    const holder = await this.#holderOf(id);
    if (!holder) return super.logTail(id, lines, since);
    return (await holder.ask((docker) => docker.logTail(id, lines, since))) ?? [];
  }

  override async readLog(id: string, options: LogReading): Promise<string[]> {
    const holder = await this.#holderOf(id);
    return holder ? holder.port.readLog(id, options) : super.readLog(id, options);
  }

  override async followLog(id: string, options: LogFollowing): Promise<void> {
    const holder = await this.#holderOf(id);
    return holder ? holder.port.followLog(id, options) : super.followLog(id, options);
  }

  override async followOutput(id: string, options: OutputFollowing): Promise<void> {
    const holder = await this.#holderOf(id);
    return holder ? holder.port.followOutput(id, options) : super.followOutput(id, options);
  }

  override async exec(id: string, cmd: readonly string[], options: ExecOptions): Promise<ExecResult> {
    const holder = await this.#holderOf(id);
    return holder ? holder.port.exec(id, cmd, options) : super.exec(id, cmd, options);
  }

  override async execInShell(
    id: string,
    cmd: readonly string[],
    options: ShellOptions & { readonly atMost: number },
  ): Promise<ExecResult> {
    const holder = await this.#holderOf(id);
    return holder ? holder.port.execInShell(id, cmd, options) : super.execInShell(id, cmd, options);
  }

  override async attachTerminal(
    id: string,
    cmd: readonly string[],
    options: TerminalOptions,
  ): Promise<number> {
    const holder = await this.#holderOf(id);
    return holder ? holder.port.attachTerminal(id, cmd, options) : super.attachTerminal(id, cmd, options);
  }

  override async upload(id: string, entries: readonly TarEntry[], signal?: AbortSignal): Promise<void> {
    const holder = await this.#holderOf(id);
    return holder ? holder.port.upload(id, entries, signal) : super.upload(id, entries, signal);
  }

  override async readFiles(id: string, path: string): Promise<LoadedEntry[] | undefined> {
    const holder = await this.#holderOf(id);
    return holder ? holder.port.readFiles(id, path) : super.readFiles(id, path);
  }

  override async startContainer(id: string): Promise<void> {
    const holder = await this.#holderOf(id);
    return holder ? holder.port.startContainer(id) : super.startContainer(id);
  }

  override async restartContainer(id: string, graceSeconds: number, signal: AbortSignal): Promise<void> {
    const holder = await this.#holderOf(id);
    return holder
      ? holder.port.restartContainer(id, graceSeconds, signal)
      : super.restartContainer(id, graceSeconds, signal);
  }

  override async stopContainer(id: string, graceSeconds: number): Promise<void> {
    const holder = await this.#holderOf(id);
    return holder ? holder.port.stopContainer(id, graceSeconds) : super.stopContainer(id, graceSeconds);
  }

  override async pauseContainer(id: string): Promise<void> {
    const holder = await this.#holderOf(id);
    return holder ? holder.port.pauseContainer(id) : super.pauseContainer(id);
  }

  override async unpauseContainer(id: string): Promise<void> {
    const holder = await this.#holderOf(id);
    return holder ? holder.port.unpauseContainer(id) : super.unpauseContainer(id);
  }

  override async removeContainer(id: string): Promise<void> {
    const holder = await this.#holderOf(id);
    return holder ? holder.port.removeContainer(id) : super.removeContainer(id);
  }

  override async listImages(labels: readonly string[] = []): Promise<ListedImage[]> {
    const [own, others] = await Promise.all([
      super.listImages(labels),
      this.#everywhere((docker) => docker.listImages(labels)),
    ]);
    const byId = new Map<string, ListedImage>();
    for (const image of [...own, ...others.flat()]) {
      const tags = [...new Set([...(byId.get(image.id)?.tags ?? []), ...image.tags])];
      byId.set(image.id, { ...image, tags });
    }
    return [...byId.values()];
  }

  override async imageSteps(ref: string): Promise<string[]> {
    const own = await super.imageSteps(ref);
    if (own.length > 0) return own;
    const others = await this.#everywhere((docker) => docker.imageSteps(ref));
    return others.find((steps) => steps.length > 0) ?? [];
  }

  override async removeImage(ref: string, force = false): Promise<void> {
    await Promise.all([
      super.removeImage(ref, force),
      this.#everywhere((docker) => docker.removeImage(ref, force), { patienceMs: REMOVAL_MS }),
    ]);
  }

  override async listVolumes(labels: readonly string[]): Promise<ListedVolume[]> {
    const lists = await Promise.all([
      super.listVolumes(labels),
      this.#everywhere((docker) => docker.listVolumes(labels)).then((found) => found.flat()),
    ]);
    return [...new Map(lists.flat().map((volume) => [volume.name, volume])).values()];
  }

  override async removeVolume(name: string): Promise<void> {
    await Promise.all([
      super.removeVolume(name),
      this.#everywhere((docker) => docker.removeVolume(name), { patienceMs: REMOVAL_MS }),
    ]);
  }

  override async settled(): Promise<void> {
    await Promise.all([
      super.settled(),
      this.#selected.settled(),
      ...this.#others.map(({ port }) => port.settled()),
    ]);
  }

  /** Besides the events of the containers, tells when a machine has gone or is back. The watch ends with the selected engine. */
  override async watchEvents(...[filters, onEvent, onEnd, signal]: WatchEngine): Promise<() => void> {
    const ended = new AbortController();
    const others = this.#others.map((other) => other.watch(filters, onEvent, ended.signal));
    const end = (lost: WizardFailure) => {
      ended.abort();
      onEnd?.(lost);
    };
    try {
      const [stop] = await Promise.all([super.watchEvents(filters, onEvent, end, signal), ...others]);
      return () => {
        ended.abort();
        stop();
      };
    } catch (error) {
      ended.abort();
      throw error;
    }
  }
}
