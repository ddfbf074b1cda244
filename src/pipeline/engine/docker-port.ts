/**
 * The engine, behind dockerode's HTTP API: a thin adapter without decisions. Long calls take an AbortSignal, and
 * everything that this module creates carries our labels.
 */

import { hostname } from 'node:os';
import type { Readable } from 'node:stream';
import type Docker from 'dockerode';
import { runsHere, socketElsewhere, socketPathOf } from '../core/engine-origin.ts';
import {
  followLog,
  followOutput,
  type LogFollowing,
  type LogReading,
  logTail,
  type OutputFollowing,
  readLog,
} from './container-log.ts';
import {
  type Collect,
  createLasting,
  type ExecOptions,
  execIn,
  runWorkContainer,
  upload,
} from './container-run.ts';
import { ContainerShells, type ShellOptions } from './container-shells.ts';
import { attachTerminal, type TerminalOptions } from './container-terminal.ts';
import * as containers from './containers.ts';
import type { EngineAddress } from './engine-address.ts';
import { undefinedIfMissing } from './engine-answers.ts';
import { connectionTo, isPodman } from './engine-connection.ts';
import { type WatchEngine, watchEngine } from './engine-events.ts';
import type {
  ContainerDetail,
  ContainerInfo,
  ContainerUsage,
  EngineInfo,
  EngineVersion,
  ExecResult,
  ImageInfo,
  LastingContainer,
  ListedImage,
  ListedVolume,
  WorkContainer,
} from './engine-types.ts';
import { engineVersion } from './engine-version.ts';
import {
  type BuildOptions,
  buildImage,
  type ImportOptions,
  importImage,
  type PullOptions,
  pullImage,
} from './image-source.ts';
import * as images from './images.ts';
import * as swarm from './swarm.ts';
import type { LoadedEntry, TarEntry } from './tar-context.ts';

export class DockerPort {
  readonly #docker: Docker;
  readonly #removals = new Set<Promise<unknown>>();
  readonly #shells = new Map<string, ContainerShells>();
  /** The last one. Images that are removed at once can leave behind the steps of a build that they have in common. */
  #imageRemoval: Promise<unknown> = Promise.resolve();
  readonly address: EngineAddress;

  /**
   * @param signal when it fires, the questions that wait for an answer reject with `CancelledError`
   * @param connectMs see `connectionTo`
   */
  constructor(address: EngineAddress, signal?: AbortSignal, connectMs?: number) {
    this.address = address;
    this.#docker = connectionTo(address, signal, connectMs);
  }

  get endpoint(): string {
    return this.address.endpoint;
  }

  /** Path of the engine's socket on this host; undefined for an engine behind TCP. */
  get socketPath(): string | undefined {
    return socketPathOf(this.endpoint);
  }

  /** Names of the machines of the network that do not answer. */
  get unreachable(): readonly string[] {
    return [];
  }

  /** Returns the engine of a machine of the network; undefined: the only one. */
  on(_machine: string | undefined): DockerPort {
    return this;
  }

  /** Returns the path of the engine's socket where the engine runs: what is mounted in containers. */
  async socketOnHost(): Promise<string> {
    const hosts = { engine: (await this.info()).host, here: hostname() };
    return runsHere(this.address, hosts) ? (this.socketPath ?? '') : socketElsewhere(this.endpoint);
  }

  /** See `engineVersion`. */
  version(timeoutMs = 5000, signal?: AbortSignal): Promise<EngineVersion> {
    return engineVersion(this.#docker, this.address, timeoutMs, signal);
  }

  async info(): Promise<EngineInfo> {
    const info = await this.#docker.info();
    return {
      host: info.Name ?? '',
      // Podman answers another id every time.
      id: isPodman(this.#docker) ? '' : (info.ID ?? ''),
      rootDir: info.DockerRootDir,
      security: info.SecurityOptions ?? [],
      time: Date.parse(info.SystemTime),
      cpus: info.NCPU,
      memory: info.MemTotal,
      proxies: { http: info.HttpProxy ?? '', https: info.HttpsProxy ?? '', no: info.NoProxy ?? '' },
    };
  }

  /** See `watchEngine`. */
  watchEvents(...watch: WatchEngine): Promise<() => void> {
    return watchEngine(this.#docker, this.address, ...watch);
  }

  inspectImage(ref: string): Promise<ImageInfo | undefined> {
    return images.inspectImage(this.#docker, ref);
  }

  /** Returns the images whose labels match (`key` or `key=value`), or all. */
  listImages(labels: readonly string[] = []): Promise<ListedImage[]> {
    return images.listImages(this.#docker, labels);
  }

  /** See `images.imageSteps`. */
  imageSteps(ref: string): Promise<string[]> {
    return images.imageSteps(this.#docker, ref);
  }

  tag(ref: string, target: string): Promise<void> {
    return images.tagImage(this.#docker, ref, target);
  }

  /** Removes a reference or, by id, the image. Does nothing if it does not exist. */
  async removeImage(ref: string, force = false): Promise<void> {
    await this.settled();
    const removal = this.#imageRemoval.then(() => images.removeImage(this.#docker, ref, force));
    this.#imageRemoval = removal.catch(() => undefined);
    await removal;
  }

  pull(ref: string, options: PullOptions): Promise<void> {
    return pullImage(this.#docker, ref, options);
  }

  importImage(tar: Readable, ref: string, options: ImportOptions): Promise<void> {
    return importImage(this.#docker, tar, ref, options);
  }

  /** See `images.saveImages`. */
  saveImages(refs: readonly string[], signal: AbortSignal): Promise<Readable> {
    return images.saveImages(this.#docker, refs, signal);
  }

  /** See `images.loadImages`. */
  loadImages(tar: Readable, signal: AbortSignal): Promise<void> {
    return images.loadImages(this.#docker, tar, signal);
  }

  buildImage(context: readonly TarEntry[], options: BuildOptions): Promise<string> {
    return buildImage(this.#docker, context, options);
  }

  /** See `runWorkContainer`. */
  runToEnd<T>(spec: WorkContainer, collect: Collect<T>): Promise<T> {
    return runWorkContainer(this.#docker, spec, collect, (removal) => this.#removeLater(removal));
  }

  /** See `createLasting`. */
  createContainer(spec: LastingContainer): Promise<string> {
    return createLasting(this.#docker, spec);
  }

  /** See `containers.withCreated`. */
  withCreated<T>(
    image: string,
    labels: Readonly<Record<string, string>>,
    inspect: (files: containers.ContainerFiles) => Promise<T>,
  ): Promise<T> {
    const spec = { image, labels };
    return containers.withCreated(this.#docker, spec, inspect, (removal) => this.#removeLater(removal));
  }

  #removeLater(removal: Promise<unknown>): void {
    this.#removals.add(removal);
    void removal.finally(() => this.#removals.delete(removal));
  }

  /** Resolves when every finished work container is removed. */
  async settled(): Promise<void> {
    await Promise.all(this.#removals);
  }

  /** See `execIn`. */
  exec(containerId: string, cmd: readonly string[], options: ExecOptions): Promise<ExecResult> {
    return execIn(this.#docker, this.address, containerId, cmd, options);
  }

  /**
   * Like `exec`, for many commands: they run in shells that stay in the container for the next one.
   * @param atMost number of commands that run at once, of the first call
   */
  execInShell(
    containerId: string,
    cmd: readonly string[],
    { atMost, ...options }: ShellOptions & { readonly atMost: number },
  ): Promise<ExecResult> {
    const known = this.#shells.get(containerId);
    const shells = known ?? new ContainerShells(this.#docker, this.address, containerId, atMost);
    this.#shells.set(containerId, shells);
    return shells.run(cmd, options);
  }

  /** See `attachTerminal`. */
  attachTerminal(containerId: string, cmd: readonly string[], options: TerminalOptions): Promise<number> {
    return attachTerminal(this.#docker, containerId, cmd, options);
  }

  /** Puts files under `/` of a container, running or not. @throws CancelledError when the signal fires */
  upload(containerId: string, entries: readonly TarEntry[], signal?: AbortSignal): Promise<void> {
    return upload(this.#docker, containerId, entries, signal);
  }

  /** Returns the containers, running or not, whose labels match (`key` or `key=value`). */
  listContainers(filters: containers.ContainerFilters = {}): Promise<ContainerInfo[]> {
    return containers.listContainers(this.#docker, filters);
  }

  /** Returns a container by name or id; undefined if it does not exist. */
  inspectContainer(name: string): Promise<ContainerDetail | undefined> {
    return containers.inspectContainer(this.#docker, name);
  }

  /** See `containers.readFiles`. */
  readFiles(containerId: string, path: string): Promise<LoadedEntry[] | undefined> {
    return containers.readFiles(this.#docker, containerId, path);
  }

  /** See `containers.containerImage`. */
  containerImage(id: string): Promise<{ id: string; name: string } | undefined> {
    return containers.containerImage(this.#docker, id);
  }

  /** Returns the current resource usage of a running container; undefined if it does not run. */
  usage(id: string): Promise<ContainerUsage | undefined> {
    return containers.usage(this.#docker, id);
  }

  /** Starts a container. Does nothing if it runs. */
  startContainer(id: string): Promise<void> {
    return containers.startContainer(this.#docker, id);
  }

  /** Restarts a container as `docker restart` does; it has `graceSeconds` to stop. */
  restartContainer(id: string, graceSeconds: number, signal: AbortSignal): Promise<void> {
    return containers.restartContainer(this.#docker, id, graceSeconds, signal);
  }

  /** Stops a running container; it has `graceSeconds` to stop. */
  stopContainer(id: string, graceSeconds: number): Promise<void> {
    return containers.stopContainer(this.#docker, id, graceSeconds);
  }

  /** @throws Error with the engine's answer if the container does not run */
  pauseContainer(id: string): Promise<void> {
    return containers.pauseContainer(this.#docker, id);
  }

  unpauseContainer(id: string): Promise<void> {
    return containers.unpauseContainer(this.#docker, id);
  }

  renameContainer(id: string, name: string): Promise<void> {
    return containers.renameContainer(this.#docker, id, name);
  }

  /** See `connectAs`. */
  connectAs(id: string, network: string, aliases: readonly string[]): Promise<void> {
    return containers.connectAs(this.#docker, id, network, aliases);
  }

  removeContainer(id: string): Promise<void> {
    return containers.removeContainer(this.#docker, id);
  }

  /** See `logTail`. */
  logTail(id: string, lines: number, since = 0): Promise<string[]> {
    return logTail(this.#docker, id, lines, since);
  }

  /** See `readLog`. */
  readLog(id: string, options: LogReading): Promise<string[]> {
    return readLog(this.#docker, id, options);
  }

  /** See `followLog`. */
  followLog(id: string, options: LogFollowing): Promise<void> {
    return followLog(this.#docker, id, options);
  }

  /** See `followOutput`. */
  followOutput(id: string, options: OutputFollowing): Promise<void> {
    return followOutput(this.#docker, id, options);
  }

  async listVolumes(labels: readonly string[]): Promise<ListedVolume[]> {
    const { Volumes } = await this.#docker.listVolumes({ filters: JSON.stringify({ label: labels }) });
    return (Volumes ?? []).map(({ Name, Labels }) => ({ name: Name, labels: Labels ?? {} }));
  }

  async createVolume(name: string, labels: Readonly<Record<string, string>>): Promise<void> {
    await this.#docker.createVolume({ Name: name, Labels: { ...labels } });
  }

  async removeVolume(name: string): Promise<void> {
    await this.settled();
    await undefinedIfMissing(() => this.#docker.getVolume(name).remove({ force: true }));
  }

  async listNetworks(labels: readonly string[]): Promise<{ id: string; name: string }[]> {
    const networks = await this.#docker.listNetworks({ filters: JSON.stringify({ label: labels }) });
    return networks.map((network) => ({ id: network.Id, name: network.Name }));
  }

  /** Returns the names of what is connected to a network; empty if there is no such network. */
  async networkEndpoints(id: string): Promise<readonly string[]> {
    const network = await undefinedIfMissing(() => this.#docker.getNetwork(id).inspect());
    const connected: Readonly<Record<string, { readonly Name?: string }>> = network?.Containers ?? {};
    return Object.entries(connected).map(([endpoint, { Name: name }]) => name || endpoint);
  }

  /** See `swarm.createOverlay`. */
  createOverlay(name: string, labels: Readonly<Record<string, string>>): Promise<void> {
    return swarm.createOverlay(this.#docker, name, labels);
  }

  /** See `swarm.swarmMember`. */
  swarmMember(): Promise<swarm.SwarmMember> {
    return swarm.swarmMember(this.#docker);
  }

  /** See `swarm.swarmNodes`. */
  swarmNodes(signal?: AbortSignal): Promise<swarm.SwarmNode[] | undefined> {
    return swarm.swarmNodes(this.#docker, signal);
  }

  async removeNetwork(id: string): Promise<void> {
    await undefinedIfMissing(() => this.#docker.getNetwork(id).remove());
  }
}
