/**
 * The engine as the pipeline needs it: a thin adapter over dockerode's HTTP API. No decisions here.
 * Everything is cancellable by an AbortSignal and everything this module creates carries our labels.
 */
import { PassThrough, type Readable } from 'node:stream';
import Docker from 'dockerode';
import { orCancelled } from '../core/cancellation.ts';
import { CancelledError, WizardFailure } from '../core/failure.ts';
import {
  type Collect,
  demuxLines,
  type ExecOptions,
  execIn,
  runWorkContainer,
  upload,
} from './container-run.ts';
import { envRecord, messageOf, release, retryOnRace, statusOf, usageOf } from './engine-answers.ts';
import { type WatchEngine, watchEngine } from './engine-events.ts';
import type {
  ContainerDetail,
  ContainerInfo,
  ContainerUsage,
  ExecResult,
  ImageInfo,
  ListedImage,
  WorkContainer,
} from './engine-types.ts';
import {
  type BuildOptions,
  buildImage,
  type ImportOptions,
  importImage,
  type PullOptions,
  pullImage,
} from './image-source.ts';
import { LABEL } from './labels.ts';
import { type TarEntry, unpackTar } from './tar-context.ts';

/** What dockerode takes and its types do not say. */
interface AbortableVersion {
  version(options: { readonly abortSignal: AbortSignal }): Promise<Docker.DockerVersion>;
}

export class DockerPort {
  readonly #docker: Docker;
  readonly #removals = new Set<Promise<unknown>>();
  readonly endpoint: string;

  constructor(endpoint: string = process.env.DOCKER_HOST ?? 'unix:///var/run/docker.sock') {
    this.endpoint = endpoint;
    this.#docker = endpoint.startsWith('unix://')
      ? new Docker({ socketPath: endpoint.slice('unix://'.length) })
      : new Docker();
  }

  /** Path of the engine's socket on this host, or undefined for an engine behind TCP. */
  get socketPath(): string | undefined {
    return this.endpoint.startsWith('unix://') ? this.endpoint.slice('unix://'.length) : undefined;
  }

  /** @throws WizardFailure `engine` when nothing answers within `timeoutMs`; CancelledError */
  async version(
    timeoutMs = 5000,
    signal?: AbortSignal,
  ): Promise<{ engine: string; api: string; minApi: string; arch: string }> {
    const late = new AbortController();
    const timer = setTimeout(() => late.abort(), timeoutMs);
    const abortSignal = signal ? AbortSignal.any([late.signal, signal]) : late.signal;
    try {
      // Aborted and not only given up: an open question keeps its socket, and the process, alive.
      const version = await orCancelled(
        (this.#docker as unknown as AbortableVersion).version({ abortSignal }),
        abortSignal,
      );
      return {
        engine: version.Version,
        api: version.ApiVersion,
        minApi: version.MinAPIVersion ?? '1.12',
        arch: version.Arch,
      };
    } catch (error) {
      if (signal?.aborted) throw new CancelledError();
      const code = error instanceof Error && 'code' in error ? String(error.code) : '';
      throw new WizardFailure({
        kind: 'engine',
        problem: code === 'EACCES' || code === 'EPERM' ? 'denied' : 'unreachable',
        endpoint: this.endpoint,
        detail: late.signal.aborted ? `no answer within ${timeoutMs} ms` : messageOf(error),
      });
    } finally {
      clearTimeout(timer);
    }
  }

  /** `time` is the engine's clock, in milliseconds since the epoch. */
  async info(): Promise<{
    rootDir: string;
    cpus: number;
    memory: number;
    security: string[];
    time: number;
    proxies: Record<string, string>;
  }> {
    const info = await this.#docker.info();
    return {
      rootDir: info.DockerRootDir,
      security: info.SecurityOptions ?? [],
      time: Date.parse(info.SystemTime),
      cpus: info.NCPU,
      memory: info.MemTotal,
      proxies: { http: info.HttpProxy ?? '', https: info.HttpsProxy ?? '', no: info.NoProxy ?? '' },
    };
  }

  async inspectImage(ref: string): Promise<ImageInfo | undefined> {
    try {
      const image = await this.#docker.getImage(ref).inspect();
      return {
        id: image.Id,
        tags: image.RepoTags ?? [],
        labels: image.Config.Labels ?? {},
        layers: image.RootFS.Layers ?? [],
        env: envRecord(image.Config.Env),
        exposedPorts: Object.keys(image.Config.ExposedPorts ?? {}),
        architecture: image.Architecture,
        size: image.Size,
        digests: image.RepoDigests ?? [],
        created: Date.parse(image.Created),
      };
    } catch (error) {
      if (statusOf(error) === 404) return undefined;
      throw error;
    }
  }

  /** Images whose labels match (`key` or `key=value`), or all; `created` in milliseconds since the epoch. */
  async listImages(labels: readonly string[] = []): Promise<ListedImage[]> {
    const images = await retryOnRace(() =>
      this.#docker.listImages({ filters: JSON.stringify({ label: labels }) }),
    );
    return images.map((image) => ({
      id: image.Id,
      tags: (image.RepoTags ?? []).filter((tag) => tag !== '<none>:<none>'),
      labels: image.Labels ?? {},
      created: image.Created * 1000,
    }));
  }

  async tag(ref: string, target: string): Promise<void> {
    const cut = target.lastIndexOf(':');
    await this.#docker.getImage(ref).tag({ repo: target.slice(0, cut), tag: target.slice(cut + 1) });
  }

  /** Removes one reference (or, by id, the image). Absent already is fine. */
  async removeImage(ref: string, force = false): Promise<void> {
    await this.settled();
    try {
      await retryOnRace(() => this.#docker.getImage(ref).remove({ force }));
    } catch (error) {
      // Of two that are removed at once, the name of one is gone and the engine minds the layers of the other.
      if (statusOf(error) === 409 && !(await this.inspectImage(ref))) return;
      if (statusOf(error) !== 404) throw error;
    }
  }

  pull(ref: string, options: PullOptions): Promise<void> {
    return pullImage(this.#docker, ref, options);
  }

  importImage(tar: Readable, ref: string, options: ImportOptions): Promise<void> {
    return importImage(this.#docker, tar, ref, options);
  }

  /** See the functions of these names. */
  buildImage(context: readonly TarEntry[], options: BuildOptions): Promise<string> {
    return buildImage(this.#docker, context, options);
  }

  /** See `runWorkContainer`. */
  runToEnd<T>(spec: WorkContainer, collect: Collect<T>): Promise<T> {
    return runWorkContainer(this.#docker, spec, collect, (removal) => this.#later(removal));
  }

  #later(removal: Promise<unknown>): void {
    this.#removals.add(removal);
    void removal.finally(() => this.#removals.delete(removal));
  }

  /** Ends when every work container that has done its work is removed. */
  async settled(): Promise<void> {
    await Promise.all(this.#removals);
  }

  /** See `execIn`. */
  exec(containerId: string, cmd: readonly string[], options: ExecOptions): Promise<ExecResult> {
    return execIn(this.#docker, containerId, cmd, options);
  }

  /** Puts files under `/` of a container, running or not. */
  upload(containerId: string, entries: readonly TarEntry[]): Promise<void> {
    return upload(this.#docker, containerId, entries);
  }

  /** Creates a container of an image, lets `look` examine its files, and removes it: it never runs. */
  async withCreated<T>(
    image: string,
    labels: Readonly<Record<string, string>>,
    look: (files: {
      has: (path: string) => Promise<boolean>;
      read: (path: string) => Promise<TarEntry[]>;
    }) => Promise<T>,
  ): Promise<T> {
    const container = await this.#docker.createContainer({
      Image: image,
      Cmd: ['true'],
      Labels: { ...labels, [LABEL.role]: 'work' },
    });
    try {
      return await look({
        has: async (path) => {
          try {
            // The answer is in the header, but an unread body keeps the connection, and us, alive.
            const answer = (await container.infoArchive({ path })) as NodeJS.ReadableStream;
            answer.resume();
            return true;
          } catch (error) {
            if (statusOf(error) === 404) return false;
            throw error;
          }
        },
        read: async (path) => unpackTar(await container.getArchive({ path })),
      });
    } finally {
      this.#later(container.remove({ force: true, v: true }).catch(() => undefined));
    }
  }

  /** Containers, running or not, whose labels match (`key` or `key=value`). */
  async listContainers(
    filters: { label?: readonly string[]; name?: readonly string[] } = {},
  ): Promise<ContainerInfo[]> {
    const containers = await this.#docker.listContainers({
      all: true,
      filters: JSON.stringify({ label: filters.label ?? [], name: filters.name ?? [] }),
    });
    return containers.map((container) => ({
      id: container.Id,
      name: (container.Names[0] ?? '').replace(/^\//, ''),
      image: container.Image,
      imageId: container.ImageID,
      state: container.State,
      status: container.Status,
      labels: container.Labels ?? {},
      ports: container.Ports.map((port) => ({
        private: port.PrivatePort,
        public: port.PublicPort,
        ip: port.IP,
      })),
    }));
  }

  /** By name or id; undefined when there is no such container. */
  async inspectContainer(name: string): Promise<ContainerDetail | undefined> {
    try {
      const found = await this.#docker.getContainer(name).inspect();
      return {
        id: found.Id,
        name: found.Name.replace(/^\//, ''),
        imageId: found.Image,
        imageName: found.Config.Image,
        running: found.State.Running && !found.State.Paused && !found.State.Restarting,
        labels: found.Config.Labels ?? {},
        env: envRecord(found.Config.Env),
        mounts: found.Mounts.map(({ Source, Destination }) => ({ source: Source, destination: Destination })),
        networks: Object.keys(found.NetworkSettings.Networks ?? {}),
        state: found.State.Status,
        startedAt: Date.parse(found.State.StartedAt),
        exitCode: found.State.ExitCode,
        outOfMemory: found.State.OOMKilled,
      };
    } catch (error) {
      if (statusOf(error) === 404) return undefined;
      throw error;
    }
  }

  /** The regular files at a path of a container, running or not, its mounts included; undefined when there is nothing. */
  async readFiles(containerId: string, path: string): Promise<TarEntry[] | undefined> {
    try {
      return await unpackTar(await this.#docker.getContainer(containerId).getArchive({ path }));
    } catch (error) {
      if (statusOf(error) === 404) return undefined;
      throw error;
    }
  }

  /** The image that a container was made from, by id (`sha256:…`) and by the name that it had then; undefined when the container is gone. */
  async containerImage(id: string): Promise<{ id: string; name: string } | undefined> {
    try {
      const { Image, Config } = await this.#docker.getContainer(id).inspect();
      return { id: Image, name: Config.Image };
    } catch (error) {
      if (statusOf(error) === 404) return undefined;
      throw error;
    }
  }

  /** Starts a container that is not running; nothing where it is. */
  async startContainer(id: string): Promise<void> {
    try {
      await this.#docker.getContainer(id).start();
    } catch (error) {
      // 304: it runs already.
      if (statusOf(error) !== 304) throw error;
    }
  }

  /** What a running container takes at this moment; undefined where it does not run. */
  async usage(id: string): Promise<ContainerUsage | undefined> {
    try {
      return usageOf(await this.#docker.getContainer(id).stats({ stream: false, 'one-shot': true }));
    } catch (error) {
      if (statusOf(error) === 404 || statusOf(error) === 409) return undefined;
      throw error;
    }
  }

  /** Stops a container as `docker restart` does, with `graceSeconds` to end by itself, and starts it again. */
  async restartContainer(id: string, graceSeconds: number, abortSignal: AbortSignal): Promise<void> {
    if (abortSignal.aborted) throw new CancelledError();
    // Given up is the waiting alone: the engine starts again what it has stopped.
    await this.#docker.getContainer(id).restart({ t: graceSeconds, abortSignal });
  }

  /** Ends a running container, with `graceSeconds` to end by itself. */
  async stopContainer(id: string, graceSeconds: number): Promise<void> {
    try {
      await this.#docker.getContainer(id).stop({ t: graceSeconds });
    } catch (error) {
      // 304: it has ended meanwhile.
      if (statusOf(error) !== 404 && statusOf(error) !== 304) throw error;
    }
  }

  async removeContainer(id: string): Promise<void> {
    try {
      await this.#docker.getContainer(id).remove({ force: true, v: true });
    } catch (error) {
      // 409: somebody else is removing it at this moment.
      if (statusOf(error) !== 404 && statusOf(error) !== 409) throw error;
    }
  }

  /** The last lines of a container's log, both streams in order. @param since milliseconds since the epoch */
  async logTail(id: string, lines: number, since = 0): Promise<string[]> {
    const collected: string[] = [];
    const output = await this.#docker
      .getContainer(id)
      .logs({ stdout: true, stderr: true, tail: lines, since: since / 1000, follow: false });
    const stream = new PassThrough();
    stream.end(output);
    await demuxLines(this.#docker, stream, (line) => collected.push(line));
    return collected.slice(-lines);
  }

  /**
   * Follows a container's log until it ends or the signal fires.
   * @param options.since milliseconds since the epoch: nothing older
   * @param options.timestamps each line begins with the time at which it was said, and a blank
   */
  async followLog(
    id: string,
    options: {
      tail: number;
      since?: number;
      timestamps?: boolean;
      signal: AbortSignal;
      onLine: (line: string) => void;
    },
  ): Promise<void> {
    const output = (await this.#docker.getContainer(id).logs({
      stdout: true,
      stderr: true,
      tail: options.tail,
      since: (options.since ?? 0) / 1000,
      timestamps: options.timestamps,
      follow: true,
      abortSignal: options.signal,
    })) as NodeJS.ReadWriteStream;
    await orCancelled(
      demuxLines(this.#docker, output, (line) => options.onLine(line)),
      options.signal,
    );
  }

  /** Hears what a container says from its start on, be it only created or begun, until it ends or the signal fires. */
  async hear(
    id: string,
    options: { readonly signal: AbortSignal; readonly onLine: (line: string) => void },
  ): Promise<void> {
    const output = await this.#docker
      .getContainer(id)
      .attach({ stream: true, logs: true, stdout: true, stderr: true, abortSignal: options.signal });
    try {
      await orCancelled(
        demuxLines(this.#docker, output, (line) => options.onLine(line)),
        options.signal,
      );
    } finally {
      release(output);
    }
  }

  /** See `watchEngine`. */
  watchEvents(...watch: WatchEngine): Promise<() => void> {
    return watchEngine(this.#docker, ...watch);
  }

  async listVolumes(labels: readonly string[]): Promise<string[]> {
    const { Volumes } = await this.#docker.listVolumes({ filters: JSON.stringify({ label: labels }) });
    return (Volumes ?? []).map((volume) => volume.Name);
  }

  async createVolume(name: string, labels: Readonly<Record<string, string>>): Promise<void> {
    await this.#docker.createVolume({ Name: name, Labels: { ...labels } });
  }

  async removeVolume(name: string): Promise<void> {
    await this.settled();
    try {
      await this.#docker.getVolume(name).remove({ force: true });
    } catch (error) {
      if (statusOf(error) !== 404) throw error;
    }
  }

  async listNetworks(labels: readonly string[]): Promise<{ id: string; name: string }[]> {
    const networks = await this.#docker.listNetworks({ filters: JSON.stringify({ label: labels }) });
    return networks.map((network) => ({ id: network.Id, name: network.Name }));
  }

  async removeNetwork(id: string): Promise<void> {
    try {
      await this.#docker.getNetwork(id).remove();
    } catch (error) {
      if (statusOf(error) !== 404) throw error;
    }
  }
}
