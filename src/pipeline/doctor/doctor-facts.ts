/** The facts that `doctor` and the preflight observe. The checks judge them. */

import type { StageFailure } from '../core/failure.ts';
import type { ComposeProgram } from '../engine/compose-port.ts';
import type { ContainerInfo } from '../engine/engine-types.ts';
import type { Release } from '../fabric/release.ts';
import type { ImageName } from '../fabric/release-facts.ts';
import type { TakenPort } from '../host/ports.ts';
import type { CouchdbImage } from '../images/couchdb-image.ts';
import type { Problem } from '../resolve/resolve-report.ts';
import type { OtherNetwork } from './other-networks.ts';

export type EngineFact =
  | {
      readonly answers: true;
      readonly endpoint: string;
      readonly version: string;
      readonly api: string;
      readonly minApi: string;
      /** In Go's spelling: `amd64`. */
      readonly arch: string;
    }
  | { readonly answers: false; readonly endpoint: string; readonly failure: StageFailure };

/** The file system of a path. */
export interface Room {
  readonly path: string;
  /** Bytes available to this user. */
  readonly free: number;
  /** Device number; equal numbers mean the same file system. */
  readonly device: number;
}

/** The current state of an image that a stage of the plan produces. */
export interface PlannedImage {
  readonly ref: string;
  /** Undefined if it is absent. */
  readonly architecture: string | undefined;
  /** References that the stage will create and that do not exist yet. */
  readonly missingRefs: readonly string[];
}

/** An image that the network's peers will request, as `resolve` finds it from the configuration. */
export interface PeerImageFact {
  readonly role: 'builder' | 'runtime';
  readonly ref: string;
  /** Key of core.yaml. */
  readonly key: string;
  /** `core.yaml`, or the variable that overrides the key. */
  readonly origin: string;
  readonly present: boolean;
  /** The stage that creates exactly this reference, if there is one. */
  readonly madeBy: string | undefined;
  readonly problem: Problem | undefined;
  /** A local image that can be tagged with the required name. */
  readonly substitute: string | undefined;
  /** Value of the key in the release's own core.yaml. */
  readonly ownTemplate: string;
  readonly coreYaml: string;
}

export type SourceFact =
  | {
      readonly found: true;
      readonly dir: string;
      readonly version: string;
      readonly release: Release;
      /** The oldest Go that compiles it, according to its release and its go.mod. */
      readonly goVersion: string;
      readonly practice: boolean;
      /** Number of folders that `rebuild --watch` watches. */
      readonly folders: number;
    }
  /** No local source: `tag` would be cloned. With `auto`, the practice source replaces it if that fails. */
  | { readonly found: false; readonly tag: string; readonly auto: boolean }
  | { readonly found: false; readonly failure: StageFailure };

/** The plan of `up`, or of the run that is about to start. */
export interface PlanFact {
  /** Ids of the stages that will run. */
  readonly stages: ReadonlySet<string>;
  /** Bytes that these stages will use on the engine. */
  readonly engineBytes: number;
  /** Bytes that these stages will use in the state folder. */
  readonly stateBytes: number;
}

export interface DoctorFacts {
  readonly engine: EngineFact;
  readonly engineInfo: {
    /** `name=rootless`, `name=selinux`, `name=userns`, … */
    readonly security: readonly string[];
    /** Clocks of the engine and of this machine at the same moment, in milliseconds since the epoch. */
    readonly time: number;
    readonly askedAt: number;
  };
  readonly compose: ComposeProgram | undefined;
  readonly ports: { readonly wanted: number; readonly taken: readonly TakenPort[] };
  readonly disk: { readonly engine: Room | undefined; readonly engineRoot: string; readonly state: Room };
  /** Bytes. */
  readonly memory: { readonly available: number; readonly nodes: number };
  /** The path is undefined if the engine has no socket on this machine. */
  readonly socket: {
    readonly endpoint: string;
    readonly path: string | undefined;
    readonly access: 'open' | 'denied' | 'absent';
    /** Name of the group that the socket belongs to. */
    readonly group: string;
    /** Whether /etc/group lists the user in the group, which takes effect at the next login. */
    readonly listed: boolean;
    /** Whether this process has the group. */
    readonly member: boolean;
  };
  /** The engine that the `docker` command uses. */
  readonly context: { readonly name: string; readonly endpoint: string; readonly ours: string };
  readonly source: SourceFact;
  /** By base image or image name. Builder and runtime are the images that `--base` selects. */
  readonly images: Readonly<
    Record<'builder' | 'runtime', PlannedImage> & Partial<Record<ImageName, PlannedImage>>
  >;
  readonly plan: PlanFact;
  readonly base: {
    readonly mode: 'auto' | 'local' | 'pull' | 'debian';
    /** Missing images that the user has named. */
    readonly ownAbsent: readonly string[];
    /** Whether the user has named the images; such images are never built. */
    readonly own: { readonly builder: boolean; readonly runtime: boolean };
    readonly root: boolean;
    /** Whether this host is Debian or Ubuntu. */
    readonly debian: boolean;
    readonly debootstrap: boolean;
    /** Whether every image is built by the checkout's own Dockerfile, which has other base images. */
    readonly unused: boolean;
  };
  /** From `go version`: `go1.19.8`; undefined if the builder has no Go. */
  readonly go: { readonly image: string; readonly version: string | undefined };
  readonly asked: readonly PeerImageFact[];
  /** Undefined without CouchDB. */
  readonly couchdb:
    | (CouchdbImage & {
        readonly looked: readonly string[];
        /** Whether a missing image will be pulled; false with `--base local`. */
        readonly pulled: boolean;
      })
    | undefined;
  readonly proxies: {
    /** Whether this shell has a proxy. */
    readonly shell: boolean;
    readonly engine: boolean;
    /** The proxy that docker's config.json sets in every container, if any. */
    readonly containers: { readonly file: string; readonly noProxy: string } | undefined;
    /** Domain of the network's nodes. */
    readonly domain: string;
  };
  readonly others: readonly OtherNetwork[];
  /** Exited containers of this program that existed for one stage. */
  readonly work: readonly Pick<ContainerInfo, 'id' | 'name'>[];
  readonly git: {
    readonly version: string | undefined;
    /** Whether the source must be cloned. */
    readonly needed: boolean;
    /** Checkout that git refuses to read as this user. */
    readonly dubious: string | undefined;
  };
  readonly folder: {
    readonly dir: string;
    readonly writable: boolean;
    /** A few paths in the state folder that belong to other users. */
    readonly foreign: readonly string[];
    /** Folders where the network needs files: the engine creates them if the source of a bind mount is missing. */
    readonly folderForFile: readonly string[];
    /** Paths that containers mount and that contain a colon, so that the engine cannot mount them. */
    readonly withColon: readonly string[];
  };
  /** `fs.inotify.max_user_watches`; undefined if the system does not have it. */
  readonly watches: { readonly limit: number | undefined };
  /** Milliseconds since the epoch: now, and the time of the newest file of an earlier run. */
  readonly clock: { readonly now: number; readonly youngest: number };
  readonly selinux: { readonly enforcing: boolean };
}

export type FactName = keyof DoctorFacts;

/** Result of gathering a fact. */
export type Answer<T> =
  | { readonly kind: 'known'; readonly value: T }
  /** The deadline passed. */
  | { readonly kind: 'timed-out' }
  /** It depends on another fact that is not available. */
  | { readonly kind: 'not-applicable' }
  | { readonly kind: 'failed'; readonly reason: string };
