/** Requests to the engine and its responses, reduced to the fields in use. */
import type { TarEntry } from './tar-context.ts';

export interface EngineVersion {
  /** Name of the engine: `Docker Engine`, `Podman Engine`. */
  readonly name: string;
  /** Version of the engine, e.g. `28.5.1`. */
  readonly engine: string;
  /** Newest API version that the engine supports, e.g. `1.51`. */
  readonly api: string;
  /** Oldest API version that the engine supports. */
  readonly minApi: string;
  /** As Go names it: `amd64`, `arm64`. */
  readonly arch: string;
}

export interface EngineInfo {
  /** Name of the host that the engine runs on. */
  readonly host: string;
  /** Identifies the installation, but engines on one machine can share it; empty if the engine has none. */
  readonly id: string;
  readonly rootDir: string;
  readonly cpus: number;
  /** Bytes. */
  readonly memory: number;
  readonly security: readonly string[];
  /** The engine's clock, in milliseconds since the epoch. */
  readonly time: number;
  readonly proxies: Readonly<Record<string, string>>;
}

export interface ImageInfo {
  readonly id: string;
  readonly tags: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  /** Digests of the uncompressed layers, lowest first. */
  readonly layers: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly exposedPorts: readonly string[];
  /** As Go names it. */
  readonly architecture: string;
  /** Bytes. */
  readonly size: number;
  /** Digests in registries; none for an image that was built or imported here and never pushed. */
  readonly digests: readonly string[];
  /** Milliseconds since the epoch. */
  readonly created: number;
}

/** An image in the result of `listImages`. */
export type ListedImage = Pick<ImageInfo, 'id' | 'tags' | 'labels' | 'created'>;

export interface ContainerMount {
  /** Name of the volume; absent for a mounted path. */
  readonly volume?: string;
  /** Path on the engine's host. */
  readonly source: string;
  readonly destination: string;
}

/** A network that a container is attached to. */
export interface ContainerNetwork {
  readonly name: string;
  /** Names of the container that the engine resolves in the network. */
  readonly aliases: readonly string[];
  /** IP addresses; none while the container is stopped. */
  readonly addresses: readonly string[];
}

/** A container with its configuration and state. */
export interface ContainerDetail {
  readonly id: string;
  readonly name: string;
  readonly imageId: string;
  /** The image's name when the container was created. */
  readonly imageName: string;
  /** Running, and neither paused nor restarting: a command can be run in it. */
  readonly running: boolean;
  readonly labels: Readonly<Record<string, string>>;
  readonly env: Readonly<Record<string, string>>;
  readonly mounts: readonly ContainerMount[];
  readonly networks: readonly ContainerNetwork[];
  /** Ports of the host that are published for the container. */
  readonly hostPorts: readonly number[];
  /** created, running, exited, … */
  readonly state: string;
  /** Time of the last start, in milliseconds since the epoch. */
  readonly startedAt: number;
  /** Time of the last end, which can be before the last start; negative if it has not ended yet. */
  readonly endedAt: number;
  /** Exit code of the last run; 0 while the container runs. */
  readonly exitCode: number;
  /** Whether the kernel killed the container because memory ran out. */
  readonly outOfMemory: boolean;
}

/** Resource usage. CPU usage is the difference of two measurements. */
export interface ContainerUsage {
  /** Bytes, without the inactive page cache. */
  readonly memory: number;
  /** CPU time of the container, in nanoseconds. */
  readonly cpu: number;
  /** CPU time of the machine, all cores together, in nanoseconds. */
  readonly machine: number;
  readonly cores: number;
}

export interface ContainerInfo {
  readonly id: string;
  /** The machine that it is on; absent if the network has only one engine. */
  readonly machine?: string;
  readonly name: string;
  readonly image: string;
  readonly imageId: string;
  /** created, running, exited, … */
  readonly state: string;
  /** The engine's text, e.g. "Up 3 minutes". */
  readonly status: string;
  readonly labels: Readonly<Record<string, string>>;
  /** The command as one text. */
  readonly command: string;
  /** Names of the networks that the container was created for or is attached to. */
  readonly networks: readonly string[];
  /** The networks that the container is attached to. The id is empty until the container was started. */
  readonly attached: readonly { readonly id: string; readonly name: string }[];
  /** Names of the mounted volumes. */
  readonly volumes: readonly string[];
  readonly ports: readonly { readonly private: number; readonly public?: number; readonly ip?: string }[];
}

export interface WorkContainer {
  readonly image: string;
  readonly cmd: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Engine bind syntax: `source:target[:ro]`; a source without a slash is a volume. */
  readonly binds?: readonly string[];
  readonly workdir?: string;
  /** Folders that are kept in memory: thousands of files on disk would take seconds to remove. */
  readonly inMemory?: readonly string[];
  readonly networkMode?: string;
  /** A container whose mounts this container also gets. */
  readonly volumesFrom?: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Files that are put under `/` before the container starts. */
  readonly inputs?: readonly TarEntry[];
  /** Receives the number of bytes of the inputs that have been sent so far. */
  readonly onSent?: (bytes: number) => void;
  readonly signal: AbortSignal;
  readonly onLine?: (line: string, stream: 'stdout' | 'stderr') => void;
}

/** A container that stays. */
export interface LastingContainer extends Pick<WorkContainer, 'image' | 'cmd' | 'env' | 'binds' | 'labels'> {
  readonly name?: string;
  readonly network: string;
  /** Names that the network resolves besides that of the container. */
  readonly aliases?: readonly string[];
  /** Ports of the engine's 127.0.0.1, by TCP port of the container. */
  readonly ports?: Readonly<Record<number, number>>;
  /** Whether it has no privileges, and the engine limits the size of its log. Default: no. */
  readonly confined?: boolean;
  /** Whether the engine starts it again, with growing pauses, when it has failed. Default: no. */
  readonly restarts?: boolean;
}

export interface ListedVolume {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
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
