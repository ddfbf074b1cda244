/** What the engine says and is asked, in our words. */
import type { TarEntry } from './tar-context.ts';

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
  /** What registries know it by; none of an image that was only ever built or imported here. */
  readonly digests: readonly string[];
  /** Milliseconds since the epoch. */
  readonly created: number;
}

/** What `listImages` tells of an image. */
export type ListedImage = Pick<ImageInfo, 'id' | 'tags' | 'labels' | 'created'>;

export interface ContainerMount {
  /** Path on the engine's host. */
  readonly source: string;
  readonly destination: string;
}

/** All that a container was made with. */
export interface ContainerDetail {
  readonly id: string;
  readonly name: string;
  readonly imageId: string;
  /** The image's name when the container was made. */
  readonly imageName: string;
  /** And neither paused nor between two starts: a command can be run in it. */
  readonly running: boolean;
  readonly labels: Readonly<Record<string, string>>;
  readonly env: Readonly<Record<string, string>>;
  readonly mounts: readonly ContainerMount[];
  /** Names of the networks that it is attached to. */
  readonly networks: readonly string[];
  /** created, running, exited, … */
  readonly state: string;
  /** Milliseconds since the epoch; of the last start. */
  readonly startedAt: number;
  /** Of the last end; 0 while it runs. */
  readonly exitCode: number;
  /** It was ended because it, or the machine, had no memory left. */
  readonly outOfMemory: boolean;
}

/** Two of them, some time apart, say how busy the container was in between. */
export interface ContainerUsage {
  /** Bytes, without what the system would give back at once. */
  readonly memory: number;
  /** Nanoseconds of one core that the container has had. */
  readonly cpu: number;
  /** Nanoseconds of all cores together that the machine has been on meanwhile. */
  readonly machine: number;
  readonly cores: number;
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
  /** A container whose mounts this one gets too. */
  readonly volumesFrom?: string;
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
