/**
 * The engine as the pipeline needs it: a thin adapter over dockerode's HTTP API. No decisions here.
 * Everything is cancellable by an AbortSignal and everything this module creates carries our labels.
 */
import { PassThrough, type Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import Docker from 'dockerode';
import { CancelledError, WizardFailure } from './failure.ts';
import { LineSplitter } from './line-splitter.ts';
import { packTar, type TarEntry, unpackTar } from './tar-context.ts';

/** Labels on everything that we create; `down` and `clean` select by them and by nothing else. */
export const LABEL = {
  project: 'io.fabric-wizard.project',
  /** `work` containers live for one stage; `node` containers are the network's. */
  role: 'io.fabric-wizard.role',
  run: 'io.fabric-wizard.run',
  node: 'io.fabric-wizard.node',
  fingerprint: 'io.fabric-wizard.fingerprint',
  origin: 'io.fabric-wizard.origin',
} as const;

export interface ImageInfo {
  readonly id: string;
  readonly tags: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  /** Digests of the uncompressed layers, lowest first. */
  readonly layers: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly exposedPorts: readonly string[];
  readonly architecture: string;
  /** Bytes. */
  readonly size: number;
}

export interface ContainerInfo {
  readonly id: string;
  readonly name: string;
  readonly image: string;
  readonly imageId: string;
  /** created, running, exited, … */
  readonly state: string;
  /** The engine's own phrase, e.g. "Up 3 minutes". */
  readonly status: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly ports: readonly { readonly private: number; readonly public?: number; readonly ip?: string }[];
}

export interface WorkContainer {
  readonly image: string;
  readonly cmd: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Engine bind syntax: `source:target[:ro]`; a source without a slash is a volume. */
  readonly binds?: readonly string[];
  readonly workdir?: string;
  readonly networkMode?: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Files put into the container before it starts, under `/`. */
  readonly inputs?: readonly TarEntry[];
  readonly signal: AbortSignal;
  readonly onLine?: (line: string, stream: 'stdout' | 'stderr') => void;
}

export interface ExecResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface EngineEvent {
  readonly type: string;
  readonly action: string;
  readonly id: string;
  readonly attributes: Readonly<Record<string, string>>;
}

export interface PullLayer {
  readonly id: string;
  readonly status: string;
  readonly current: number;
  readonly total: number;
}

interface StreamMessage {
  readonly stream?: string;
  readonly status?: string;
  readonly id?: string;
  readonly progressDetail?: { current?: number; total?: number };
  readonly error?: string;
  readonly aux?: { ID?: string };
}

/** What dockerode takes and its types do not say. */
interface AbortableVersion {
  version(options: { readonly abortSignal: AbortSignal }): Promise<Docker.DockerVersion>;
}

function statusOf(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null || !('statusCode' in error)) return undefined;
  return typeof error.statusCode === 'number' ? error.statusCode : undefined;
}

export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // dockerode prefixes "(HTTP code 404) no such image - "; the engine's own words come after it.
  return error.message.replace(/^\(HTTP code \d+\) [^-]*- /, '').trim();
}

function envRecord(env: readonly string[] | null | undefined): Record<string, string> {
  return Object.fromEntries(
    (env ?? []).map((pair) => {
      const cut = pair.indexOf('=');
      return [pair.slice(0, cut), pair.slice(cut + 1)];
    }),
  );
}

function envList(env: Readonly<Record<string, string>> | undefined): string[] {
  return Object.entries(env ?? {}).map(([key, value]) => `${key}=${value}`);
}

/** Rejects with `CancelledError` as soon as the signal fires, whatever `work` is doing. */
export async function orCancelled<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  if (signal.aborted) {
    work.catch(() => undefined);
    throw new CancelledError();
  }
  let onAbort: (() => void) | undefined;
  const cancelled = new Promise<never>((_, reject) => {
    onAbort = () => reject(new CancelledError());
    signal.addEventListener('abort', onAbort, { once: true });
  });
  try {
    return await Promise.race([work, cancelled]);
  } finally {
    if (onAbort) signal.removeEventListener('abort', onAbort);
    work.catch(() => undefined);
  }
}

/** Closes the connection of an engine's answer; one that stays open keeps the process alive. */
function release(output: NodeJS.ReadableStream | undefined): void {
  if (output && 'destroy' in output && typeof output.destroy === 'function') output.destroy();
}

const RACE_RETRIES = 5;

/** Engine 20.10 answers 500 to a list or a removal when an image (a shared parent) disappears meanwhile. */
async function retryOnRace<T>(ask: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await ask();
    } catch (error) {
      const race = statusOf(error) === 500 && /unrecognized image ID|no such image/i.test(messageOf(error));
      if (!race || attempt >= RACE_RETRIES) throw error;
    }
  }
}

/** Reads the engine's newline-separated JSON; an in-band `error` (HTTP status 200 all the same) rejects. */
async function* messages(stream: NodeJS.ReadableStream): AsyncGenerator<StreamMessage> {
  const splitter = new LineSplitter();
  for await (const chunk of stream) {
    for (const line of splitter.push(chunk as Buffer)) {
      if (line.trim()) yield JSON.parse(line) as StreamMessage;
    }
  }
  const rest = splitter.end();
  if (rest?.trim()) yield JSON.parse(rest) as StreamMessage;
}

export class DockerPort {
  readonly #docker: Docker;
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

  async info(): Promise<{ rootDir: string; cpus: number; memory: number; proxies: Record<string, string> }> {
    const info = await this.#docker.info();
    return {
      rootDir: info.DockerRootDir,
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
      };
    } catch (error) {
      if (statusOf(error) === 404) return undefined;
      throw error;
    }
  }

  /** Images whose labels match (`key` or `key=value`), or all. */
  async listImages(
    labels: readonly string[] = [],
  ): Promise<{ id: string; tags: string[]; labels: Record<string, string> }[]> {
    const images = await retryOnRace(() =>
      this.#docker.listImages({ filters: JSON.stringify({ label: labels }) }),
    );
    return images.map((image) => ({
      id: image.Id,
      tags: (image.RepoTags ?? []).filter((tag) => tag !== '<none>:<none>'),
      labels: image.Labels ?? {},
    }));
  }

  async tag(ref: string, target: string): Promise<void> {
    const cut = target.lastIndexOf(':');
    await this.#docker.getImage(ref).tag({ repo: target.slice(0, cut), tag: target.slice(cut + 1) });
  }

  /** Removes one reference (or, by id, the image). Absent already is fine. */
  async removeImage(ref: string, force = false): Promise<void> {
    try {
      await retryOnRace(() => this.#docker.getImage(ref).remove({ force }));
    } catch (error) {
      if (statusOf(error) !== 404) throw error;
    }
  }

  /**
   * Pulls one reference. Progress is per layer, in bytes.
   * @param stallMs give up when the engine says nothing for this long
   * @throws WizardFailure `pull`
   */
  async pull(
    ref: string,
    options: { signal: AbortSignal; stallMs: number; onLayer: (layer: PullLayer) => void },
  ): Promise<void> {
    const stall = new AbortController();
    let timer = setTimeout(() => stall.abort(), options.stallMs);
    const abortSignal = AbortSignal.any([options.signal, stall.signal]);
    try {
      // Without a tag the engine would pull every one there is.
      const whole = /[:@][^/]*$/.test(ref) ? ref : `${ref}:latest`;
      const stream = await this.#docker.pull(whole, { abortSignal });
      for await (const message of messages(stream)) {
        clearTimeout(timer);
        timer = setTimeout(() => stall.abort(), options.stallMs);
        if (message.error) throw new Error(message.error);
        if (message.id && message.progressDetail) {
          options.onLayer({
            id: message.id,
            status: message.status ?? '',
            current: message.progressDetail.current ?? 0,
            total: message.progressDetail.total ?? 0,
          });
        }
      }
    } catch (error) {
      if (options.signal.aborted) throw new CancelledError();
      const detail = messageOf(error);
      const seconds = Math.round(options.stallMs / 1000);
      throw new WizardFailure({
        kind: 'pull',
        ref,
        problem: stall.signal.aborted ? 'stalled' : pullProblem(detail),
        detail: stall.signal.aborted ? `the registry sent nothing for ${seconds} seconds` : detail,
      });
    } finally {
      clearTimeout(timer);
    }
  }

  /** Makes an image of a root file system tar. `changes` are Dockerfile instructions. */
  async importImage(
    tar: Readable,
    ref: string,
    options: { changes: readonly string[]; signal: AbortSignal },
  ): Promise<void> {
    const cut = ref.lastIndexOf(':');
    const stream = await this.#docker.importImage(tar, {
      repo: ref.slice(0, cut),
      tag: ref.slice(cut + 1),
      changes: [...options.changes],
      abortSignal: options.signal,
    });
    for await (const message of messages(stream)) {
      if (message.error) throw new Error(message.error);
    }
  }

  /**
   * Builds an image with the classic builder, which every engine from 17.x on has without a plugin.
   * @returns the image id
   * @throws WizardFailure `image-build` with the last lines
   */
  async buildImage(
    context: readonly TarEntry[],
    options: {
      tag: string;
      labels?: Readonly<Record<string, string>>;
      buildArgs?: Readonly<Record<string, string>>;
      networkMode?: string;
      signal: AbortSignal;
      onLine: (line: string) => void;
    },
  ): Promise<string> {
    const tail: string[] = [];
    let id = '';
    const tar = packTar(context);
    try {
      const stream = await this.#docker.buildImage(tar as unknown as NodeJS.ReadableStream, {
        t: options.tag,
        labels: options.labels ? { ...options.labels } : undefined,
        buildargs: options.buildArgs ? { ...options.buildArgs } : undefined,
        networkmode: options.networkMode,
        forcerm: true,
        abortSignal: options.signal,
      });
      for await (const message of messages(stream)) {
        if (message.aux?.ID) id = message.aux.ID;
        for (const line of (message.stream ?? '').split('\n')) {
          if (!line.trim()) continue;
          tail.push(line);
          if (tail.length > 40) tail.shift();
          options.onLine(line);
        }
        if (message.error) throw new Error(message.error);
      }
    } catch (error) {
      if (options.signal.aborted) throw new CancelledError();
      throw new WizardFailure({ kind: 'image-build', image: options.tag, detail: messageOf(error), tail });
    } finally {
      // Of an upload that was cut off, the file that was being read is still open.
      tar.destroy();
    }
    return id;
  }

  /**
   * Runs a container to its end, then lets `collect` read its files, then removes it, whatever happened.
   * Cancelling kills it at once.
   */
  async runToEnd<T>(
    spec: WorkContainer,
    collect: (ended: {
      exitCode: number;
      archive: (path: string) => Promise<NodeJS.ReadableStream>;
    }) => Promise<T>,
  ): Promise<T> {
    if (spec.signal.aborted) throw new CancelledError();
    // Not given up when the signal fires: only what we know of can be removed.
    const container = await this.#docker.createContainer({
      Image: spec.image,
      // An image's own entry point must not swallow our command.
      Entrypoint: [],
      Cmd: [...spec.cmd],
      Env: envList(spec.env),
      WorkingDir: spec.workdir,
      User: '0',
      Labels: { ...spec.labels, [LABEL.role]: 'work' },
      HostConfig: { Binds: [...(spec.binds ?? [])], NetworkMode: spec.networkMode ?? 'default' },
    });
    let removal: Promise<unknown> | undefined;
    const remove = () => {
      removal ??= container.remove({ force: true, v: true }).catch(() => undefined);
      return removal;
    };
    const onAbort = () => void remove();
    const abortSignal = spec.signal;
    abortSignal.addEventListener('abort', onAbort, { once: true });
    let output: NodeJS.ReadWriteStream | undefined;
    try {
      if (abortSignal.aborted) throw new CancelledError();
      if (spec.inputs?.length) await this.upload(container.id, spec.inputs, abortSignal);
      output = await container.attach({ stream: true, stdout: true, stderr: true, abortSignal });
      const finished = this.#demuxLines(output, spec.onLine);
      await container.start({ abortSignal });
      const { StatusCode } = (await orCancelled(container.wait({ abortSignal }), abortSignal)) as {
        StatusCode: number;
      };
      await orCancelled(finished, abortSignal);
      return await orCancelled(
        collect({
          exitCode: StatusCode,
          archive: async (path) => container.getArchive({ path, abortSignal }),
        }),
        abortSignal,
      );
    } catch (error) {
      if (abortSignal.aborted) throw new CancelledError();
      throw error;
    } finally {
      abortSignal.removeEventListener('abort', onAbort);
      release(output);
      await remove();
    }
  }

  async #demuxLines(output: NodeJS.ReadWriteStream, onLine: WorkContainer['onLine']): Promise<void> {
    const pipes = { stdout: new PassThrough(), stderr: new PassThrough() };
    this.#docker.modem.demuxStream(output, pipes.stdout, pipes.stderr);
    const end = () => {
      pipes.stdout.end();
      pipes.stderr.end();
    };
    output.on('end', end);
    output.on('close', end);
    output.on('error', end);
    await Promise.all(
      (['stdout', 'stderr'] as const).map(async (name) => {
        const splitter = new LineSplitter();
        for await (const chunk of pipes[name]) {
          for (const line of splitter.push(chunk as Buffer)) onLine?.(line, name);
        }
        const rest = splitter.end();
        if (rest) onLine?.(rest, name);
      }),
    );
  }

  /**
   * Runs a command in a running container. The engine has no way to end an exec, so the command says its
   * process id first, and cancelling kills that.
   */
  async exec(
    containerId: string,
    cmd: readonly string[],
    options: { env?: Readonly<Record<string, string>>; workdir?: string; signal: AbortSignal },
  ): Promise<ExecResult> {
    if (options.signal.aborted) throw new CancelledError();
    const container = this.#docker.getContainer(containerId);
    const exec = await container.exec({
      Cmd: ['sh', '-c', 'echo $$; exec "$@"', 'sh', ...cmd],
      Env: envList(options.env),
      WorkingDir: options.workdir,
      AttachStdout: true,
      AttachStderr: true,
    });
    if (options.signal.aborted) throw new CancelledError();
    const output = await exec.start({ hijack: false, stdin: false });
    const stdout = new PassThrough();
    const stderr = new PassThrough();
    this.#docker.modem.demuxStream(output, stdout, stderr);
    const end = () => {
      stdout.end();
      stderr.end();
    };
    output.on('end', end);
    output.on('close', end);
    output.on('error', end);
    const pid = new Promise<string>((resolve) => {
      stdout.once('data', (chunk: Buffer) => resolve(chunk.toString().split('\n')[0] ?? ''));
      stdout.once('close', () => resolve(''));
    });
    const finished = Promise.all([text(stdout), text(stderr)]);
    try {
      const [out, err] = await orCancelled(finished, options.signal);
      const { ExitCode } = await exec.inspect();
      return { exitCode: ExitCode ?? -1, stdout: out.slice(out.indexOf('\n') + 1), stderr: err };
    } catch (error) {
      if (options.signal.aborted) {
        // The shell's own `kill`: the images have no program of that name.
        await container
          .exec({ Cmd: ['sh', '-c', 'kill -9 "$1"', 'sh', await pid], AttachStdout: true })
          .then((kill) => kill.start({ hijack: false, stdin: false }))
          .then((said) => said.resume())
          // Gone with its container, or ended meanwhile.
          .catch(() => undefined);
        throw new CancelledError();
      }
      throw error;
    } finally {
      release(output);
    }
  }

  /** Puts files under `/` of a container, running or not. */
  async upload(containerId: string, entries: readonly TarEntry[], abortSignal?: AbortSignal): Promise<void> {
    const tar = packTar(entries);
    try {
      await this.#docker
        .getContainer(containerId)
        .putArchive(tar as unknown as NodeJS.ReadableStream, { path: '/', abortSignal });
    } finally {
      tar.destroy();
    }
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
      await container.remove({ force: true, v: true }).catch(() => undefined);
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

  /** `sha256:…` of the image that a container was made from, or undefined when the container is gone. */
  async containerImageId(id: string): Promise<string | undefined> {
    try {
      return (await this.#docker.getContainer(id).inspect()).Image;
    } catch (error) {
      if (statusOf(error) === 404) return undefined;
      throw error;
    }
  }

  async containerEnv(id: string): Promise<Record<string, string>> {
    return envRecord((await this.#docker.getContainer(id).inspect()).Config.Env);
  }

  async removeContainer(id: string): Promise<void> {
    try {
      await this.#docker.getContainer(id).remove({ force: true, v: true });
    } catch (error) {
      // 409: somebody else is removing it at this moment.
      if (statusOf(error) !== 404 && statusOf(error) !== 409) throw error;
    }
  }

  /** The last lines of a container's log, both streams in order. */
  async logTail(id: string, lines: number): Promise<string[]> {
    const collected: string[] = [];
    const output = await this.#docker
      .getContainer(id)
      .logs({ stdout: true, stderr: true, tail: lines, follow: false });
    const stream = new PassThrough();
    stream.end(output);
    await this.#demuxLines(stream, (line) => collected.push(line));
    return collected.slice(-lines);
  }

  /** Follows a container's log until it ends or the signal fires. */
  async followLog(
    id: string,
    options: { tail: number; signal: AbortSignal; onLine: (line: string) => void },
  ): Promise<void> {
    const output = (await this.#docker.getContainer(id).logs({
      stdout: true,
      stderr: true,
      tail: options.tail,
      follow: true,
      abortSignal: options.signal,
    })) as NodeJS.ReadWriteStream;
    await orCancelled(
      this.#demuxLines(output, (line) => options.onLine(line)),
      options.signal,
    );
  }

  /** The engine's events from now on, until `stop` is called. Resolves once the engine is listening. */
  async watchEvents(
    filters: Readonly<Record<string, readonly string[]>>,
    onEvent: (event: EngineEvent) => void,
  ): Promise<() => void> {
    const abort = new AbortController();
    const stream = await this.#docker.getEvents({
      filters: JSON.stringify(filters),
      abortSignal: abort.signal,
    });
    const splitter = new LineSplitter();
    // The end of the engine, or of our interest.
    stream.on('error', () => undefined);
    stream.on('data', (chunk: Buffer) => {
      if (abort.signal.aborted) return;
      for (const line of splitter.push(chunk)) {
        if (!line.trim()) continue;
        const event = JSON.parse(line) as {
          Type: string;
          Action: string;
          Actor: { ID: string; Attributes: Record<string, string> };
        };
        onEvent({
          type: event.Type,
          action: event.Action,
          id: event.Actor.ID,
          attributes: event.Actor.Attributes,
        });
      }
    });
    return () => abort.abort();
  }

  async listVolumes(labels: readonly string[]): Promise<string[]> {
    const { Volumes } = await this.#docker.listVolumes({ filters: JSON.stringify({ label: labels }) });
    return (Volumes ?? []).map((volume) => volume.Name);
  }

  async createVolume(name: string, labels: Readonly<Record<string, string>>): Promise<void> {
    await this.#docker.createVolume({ Name: name, Labels: { ...labels } });
  }

  async removeVolume(name: string): Promise<void> {
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

function pullProblem(detail: string): 'missing' | 'denied' | 'unreachable' | 'other' {
  // The Hub answers "pull access denied … repository does not exist or may require 'docker login'" for both.
  if (/manifest unknown|manifest for .* not found|not found: manifest|does not exist/i.test(detail))
    return 'missing';
  if (/unauthorized|denied|authentication required|no basic auth/i.test(detail)) return 'denied';
  if (
    /no such host|connection refused|i\/o timeout|network is unreachable|server gave HTTP|EOF|TLS handshake|x509/i.test(
      detail,
    )
  ) {
    return 'unreachable';
  }
  return 'other';
}
