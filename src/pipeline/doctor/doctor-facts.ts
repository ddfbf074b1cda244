/** What `doctor` and the preflight look at: observed facts, before anything is concluded from them. */

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
      /** As Go names it. */
      readonly arch: string;
    }
  | { readonly answers: false; readonly endpoint: string; readonly failure: StageFailure };

/** A file system as seen from a path. */
export interface Room {
  readonly path: string;
  /** Bytes that this user may still write. */
  readonly free: number;
  /** Equal numbers are one file system. */
  readonly device: number;
}

/** An image that a stage of the plan leaves, as it is now. */
export interface PlannedImage {
  readonly ref: string;
  /** Undefined where it is absent. */
  readonly architecture: string | undefined;
  /** Of the references that the stage gives, those that are absent. */
  readonly missingRefs: readonly string[];
}

/** An image that the network's peers will ask the engine for, as `resolve` tells it of the configuration. */
export interface PeerImageFact {
  readonly role: 'builder' | 'runtime';
  readonly ref: string;
  /** Key of core.yaml. */
  readonly key: string;
  /** `core.yaml`, or the variable that overrides the key. */
  readonly origin: string;
  readonly present: boolean;
  /** The stage that makes exactly this reference, where one does. */
  readonly madeBy: string | undefined;
  readonly problem: Problem | undefined;
  /** A local image that may have the name that is asked for. */
  readonly substitute: string | undefined;
  /** What the release's own core.yaml says there. */
  readonly ownTemplate: string;
  readonly coreYaml: string;
}

export type SourceFact =
  | {
      readonly found: true;
      readonly dir: string;
      readonly version: string;
      readonly release: Release;
      /** The oldest Go that compiles it, as far as its release and its go.mod tell. */
      readonly goVersion: string;
      readonly practice: boolean;
      /** How many folders `rebuild --watch` watches. */
      readonly folders: number;
    }
  /** Nothing here yet; `tag` would be cloned, and with `auto` the practice source stands in where that fails. */
  | { readonly found: false; readonly tag: string; readonly auto: boolean }
  | { readonly found: false; readonly failure: StageFailure };

/** What the plan of `up`, or of the run that is about to start, will do. */
export interface PlanFact {
  /** Ids of the stages that will run. */
  readonly stages: ReadonlySet<string>;
  /** Bytes that these stages leave on the engine. */
  readonly engineBytes: number;
  /** Bytes that these stages leave in the state folder. */
  readonly stateBytes: number;
}

export interface DoctorFacts {
  readonly engine: EngineFact;
  readonly engineInfo: {
    /** `name=rootless`, `name=selinux`, `name=userns`, … */
    readonly security: readonly string[];
    /** The engine's clock and ours at the same moment, in milliseconds since the epoch. */
    readonly time: number;
    readonly askedAt: number;
  };
  readonly compose: ComposeProgram | undefined;
  readonly ports: { readonly wanted: number; readonly taken: readonly TakenPort[] };
  readonly disk: { readonly engine: Room | undefined; readonly engineRoot: string; readonly state: Room };
  /** Bytes. */
  readonly memory: { readonly available: number; readonly nodes: number };
  /** Undefined path: the engine is not behind a socket of this machine. */
  readonly socket: {
    readonly endpoint: string;
    readonly path: string | undefined;
    readonly access: 'open' | 'denied' | 'absent';
    /** Name of the group that the socket belongs to. */
    readonly group: string;
    /** In the group by /etc/group, which counts from the next login on. */
    readonly listed: boolean;
    /** In the group now. */
    readonly member: boolean;
  };
  /** The engine that docker's own commands speak to. */
  readonly context: { readonly name: string; readonly endpoint: string; readonly ours: string };
  readonly source: SourceFact;
  /** By base image or image name; the builder and runtime are what `--base` brings. */
  readonly images: Readonly<
    Record<'builder' | 'runtime', PlannedImage> & Partial<Record<ImageName, PlannedImage>>
  >;
  readonly plan: PlanFact;
  readonly base: {
    readonly mode: 'auto' | 'local' | 'pull' | 'debian';
    /** The user's own images that are not here. */
    readonly ownAbsent: readonly string[];
    /** Whether the images were chosen by the user; such are never built. */
    readonly own: { readonly builder: boolean; readonly runtime: boolean };
    readonly root: boolean;
    /** Debian or Ubuntu. */
    readonly debian: boolean;
    readonly debootstrap: boolean;
    /** Every image is built by the checkout's own Dockerfile, which starts from other images. */
    readonly unused: boolean;
  };
  /** As `go version` says: `go1.19.8`; undefined where the builder has no Go. */
  readonly go: { readonly image: string; readonly version: string | undefined };
  readonly asked: readonly PeerImageFact[];
  /** Undefined where no CouchDB is wanted. */
  readonly couchdb:
    | (CouchdbImage & {
        readonly looked: readonly string[];
        /** `--base local` is for images of whatever kind. */
        readonly pulled: boolean;
      })
    | undefined;
  readonly proxies: {
    /** Set for this shell. */
    readonly shell: boolean;
    readonly engine: boolean;
    /** What docker's config.json gives every container, where it gives a proxy. */
    readonly containers: { readonly file: string; readonly noProxy: string } | undefined;
    /** Domain of the network's nodes. */
    readonly domain: string;
  };
  readonly others: readonly OtherNetwork[];
  /** Our own containers that live for one stage and have ended. */
  readonly work: readonly Pick<ContainerInfo, 'id' | 'name'>[];
  readonly git: {
    readonly version: string | undefined;
    /** The source must be cloned. */
    readonly needed: boolean;
    /** The checkout that git refuses to read for this user. */
    readonly dubious: string | undefined;
  };
  readonly folder: {
    readonly dir: string;
    readonly writable: boolean;
    /** Paths in the state folder that belong to other users; at most a few. */
    readonly foreign: readonly string[];
    /** Folders where the network wants files: the engine makes them of a bind mount whose source is missing. */
    readonly folderForFile: readonly string[];
    /** Paths that containers mount and that an engine can't be told, for the colon in them. */
    readonly withColon: readonly string[];
  };
  /** `fs.inotify.max_user_watches`; undefined where the system does not say. */
  readonly watches: { readonly limit: number | undefined };
  /** Milliseconds since the epoch: now, and the youngest file that an earlier run has left. */
  readonly clock: { readonly now: number; readonly youngest: number };
  readonly selinux: { readonly enforcing: boolean };
}

export type FactName = keyof DoctorFacts;

/** How asking for a fact ended. */
export type Answer<T> =
  | { readonly kind: 'known'; readonly value: T }
  /** Not within the deadline. */
  | { readonly kind: 'timed-out' }
  /** It hangs on another one that is not to be had: there is nothing to say. */
  | { readonly kind: 'not-applicable' }
  | { readonly kind: 'failed'; readonly reason: string };
