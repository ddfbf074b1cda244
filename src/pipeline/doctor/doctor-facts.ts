/** The facts that `doctor` and preflight observe. The checks draw the conclusions. */

import type { EngineOrigin } from '../core/engine-origin.ts';
import type { ChaincodeFailure, StageFailure } from '../core/failure.ts';
import type { MachineTrouble } from '../core/machine-trouble.ts';
import type { ComposeProgram, UnknownCompose } from '../engine/compose-port.ts';
import type { ContainerInfo } from '../engine/engine-types.ts';
import type { Release } from '../fabric/release.ts';
import type { ImageName } from '../fabric/release-facts.ts';
import type { TakenPort } from '../host/ports.ts';
import type { CouchdbImage } from '../images/couchdb-image.ts';
import type { CertificateDamage } from '../network/certificate-files.ts';
import type { DownNode } from '../network/down-nodes.ts';
import type { OtherEngine } from '../network/other-engine.ts';
import type { Problem } from '../resolve/resolve-report.ts';
import type { StageId } from '../stages/stage-list.ts';
import type { OtherNetwork } from './other-networks.ts';

export type EngineFact =
  | {
      readonly answers: true;
      readonly endpoint: string;
      readonly origin: EngineOrigin;
      /** `Docker Engine`, `Podman Engine`. */
      readonly name: string;
      readonly version: string;
      readonly api: string;
      readonly minApi: string;
      /** Go's name of the architecture. */
      readonly arch: string;
    }
  | {
      readonly answers: false;
      readonly endpoint: string;
      readonly origin: EngineOrigin;
      readonly failure: StageFailure;
    };

/** Free space of the file system of a path. */
export interface DiskSpace {
  readonly path: string;
  /** Bytes that this user can still write. */
  readonly free: number;
  /** Equal numbers mean the same file system. */
  readonly device: number;
}

/** The current state of an image that the plan builds or pulls. */
export interface PlannedImage {
  readonly ref: string;
  /** Undefined if the image is missing. */
  readonly architecture: string | undefined;
  /** References that the stage creates and that are missing. */
  readonly missingRefs: readonly string[];
}

/** An image that the network's peers will use, as `resolve` reports it for the configuration. */
export interface PeerImageFact {
  readonly role: 'builder' | 'runtime';
  readonly ref: string;
  /** Key of core.yaml. */
  readonly key: string;
  /** `core.yaml`, or the variable that overrides the key. */
  readonly origin: string;
  readonly present: boolean;
  /** The stage that creates exactly this reference, if there is one. */
  readonly madeBy: StageId | undefined;
  readonly problem: Problem | undefined;
  /** A local image that can be tagged with this reference. */
  readonly substitute: string | undefined;
  /** The value in the release's own core.yaml. */
  readonly ownTemplate: string;
  readonly coreYaml: string;
}

export type SourceFact =
  | {
      readonly found: true;
      readonly dir: string;
      readonly version: string;
      readonly release: Release;
      /** Oldest Go that compiles it, from its release and go.mod. */
      readonly goVersion: string;
      readonly practice: boolean;
      /** Number of folders that `rebuild --watch` watches. */
      readonly folders: number;
    }
  /** Not cloned yet. With `auto`, the practice source is used if cloning `tag` fails. */
  | {
      readonly found: false;
      readonly tag: string;
      readonly auto: boolean;
      /** Folder with a repository that has it; absent: it comes from Fabric's own. */
      readonly from?: string;
    }
  | { readonly found: false; readonly failure: StageFailure };

/** The Fabric CA that the network's CAs are built from. */
export type CaFact =
  | {
      readonly found: true;
      readonly dir: string;
      readonly version: string;
      /** Oldest Go that compiles it. */
      readonly goVersion: string;
      /** Version of Go in the builder, if it is known: `1.19.8`. */
      readonly builderGo: string | undefined;
      /** Where SQLite comes from; `none`: the checkout lacks it, and no package can be installed. */
      readonly sqlite: 'bundled' | 'builder' | 'package' | 'none';
    }
  /** It will be fetched. */
  | { readonly found: false; readonly tag: string }
  | { readonly found: false; readonly failure: StageFailure };

/** What the plan of `up`, or of the run that is about to start, does. */
export interface PlanFact {
  /** Ids of the stages to run. */
  readonly stages: ReadonlySet<StageId>;
  /** Megabytes that the stage with the highest need takes. */
  readonly memoryMb: number;
  /** Bytes that these stages add to the engine. */
  readonly engineBytes: number;
  /** Bytes that these stages add to the state folder. */
  readonly stateBytes: number;
}

/** What a network costs the machine depends on these numbers. */
export interface NetworkSize {
  readonly orgs: number;
  readonly peers: number;
  /** How many nodes come with a peer: itself and its CouchDB. */
  readonly perPeer: number;
  readonly orderers: number;
  /** Whether a Prometheus asks the nodes. */
  readonly metrics: boolean;
}

export interface DoctorFacts {
  readonly engine: EngineFact;
  readonly engineInfo: {
    /** `name=rootless`, `name=selinux`, `name=userns`, … */
    readonly security: readonly string[];
    /** The clocks of the engine and of this machine at the same moment, in milliseconds since the epoch. */
    readonly time: number;
    readonly requestedAt: number;
  };
  readonly compose: ComposeProgram | UnknownCompose | undefined;
  readonly ports: {
    readonly wanted: number;
    /** Undefined if no engine answers: only an engine knows the containers that publish ports. */
    readonly taken: readonly TakenPort[] | undefined;
    /** Command that stops the folder's network on the engine where it runs, if it has all of the taken ports. */
    readonly stop?: string | undefined;
    /** Whether the network exists: then its nodes keep their ports in the network. */
    readonly made?: boolean;
    /** Whether they are ports of another host, of which only the containers are known. */
    readonly elsewhere?: boolean;
  };
  /** The engine of the folder's network, if it is another one. */
  readonly otherEngine: OtherEngine | undefined;
  /** The nodes of the folder's network: how many containers there are, and which nodes are down. */
  readonly nodes: {
    readonly containers: number;
    readonly down: readonly DownNode[];
    /** Absent if the network has only one engine. */
    readonly machines?: readonly MachineTrouble[];
  };
  readonly disk: {
    readonly engine: DiskSpace | undefined;
    readonly engineRoot: string;
    readonly state: DiskSpace;
  };
  /** Bytes: what is available where the engine runs, or all of it if the engine runs elsewhere and only its size is known. */
  readonly memory: ({ readonly available: number } | { readonly total: number }) & {
    /** Number of nodes that do not run yet. */
    readonly nodes: number;
    readonly size: NetworkSize;
    /** Whether the network exists, and is not made by this run. */
    readonly made: boolean;
  };
  /** Where the nodes of a network in a Swarm run, or why `up` would refuse; undefined for a network on one engine. */
  readonly machines: { readonly places: string } | { readonly failure: StageFailure } | undefined;
  /** The kernel's table of neighbours where the engine runs. */
  readonly neighbours: {
    /** How many entries it holds; undefined if that is not known. */
    readonly limit: number | undefined;
    /** How many entries others use. */
    readonly others: number;
    readonly size: NetworkSize;
  };
  /** The path is undefined if the engine is not reached through a Unix socket. */
  readonly socket: {
    readonly path: string | undefined;
    readonly access: 'open' | 'denied' | 'absent';
    /** Group of the socket. */
    readonly group: string;
    /** Whether /etc/group lists the user in the group, which takes effect at the next login. */
    readonly listed: boolean;
    /** Whether the process is in the group. */
    readonly member: boolean;
  };
  /** What protects the connection to the engine. */
  readonly encryption: {
    readonly endpoint: string;
    /** `plain`: TCP without TLS; `unverified`: any certificate of the engine is accepted; `full`: nobody else can read it. */
    readonly kind: 'plain' | 'unverified' | 'full';
  };
  /** How docker's own client finds its engine. */
  readonly context: {
    /** The address that it uses. */
    readonly endpoint: string;
    readonly ours: string;
    /** Path of docker's configuration file, if its content is invalid. */
    readonly unreadable: string | undefined;
    /** Whether `DOCKER_TLS_VERIFY` makes it expect TLS at a Unix socket. */
    readonly tls: boolean;
  };
  readonly source: SourceFact;
  /** Undefined if the network has no CAs. */
  readonly ca: CaFact | undefined;
  /** Whether the network has the gateway, through which its peers use the engine. */
  readonly gateway: boolean;
  /** Files of the checkout that a shell or make executes in a container. */
  readonly scripts: {
    readonly dir: string;
    readonly isGit: boolean;
    /** Those with CRLF line endings, relative to the checkout. */
    readonly withCrlf: readonly string[];
  };
  /** Keyed by image; builder and runtime are the base images of `--base`. */
  readonly images: Readonly<
    Record<'builder' | 'runtime', PlannedImage> & Partial<Record<ImageName, PlannedImage>>
  >;
  readonly plan: PlanFact;
  readonly base: {
    readonly mode: 'auto' | 'local' | 'pull' | 'debian';
    /** Base images that the user chose and that are missing. */
    readonly ownAbsent: readonly string[];
    /** Base images that the user chose and that are for another architecture than the engine. */
    readonly ownForeign: readonly { readonly ref: string; readonly architecture: string }[];
    /** Whether the user chose the image. Such images are never built. */
    readonly own: { readonly builder: boolean; readonly runtime: boolean };
    readonly root: boolean;
    /** Whether the host is Debian or Ubuntu. */
    readonly debian: boolean;
    /** The architectures of this machine and of the engine, if they differ. */
    readonly foreign: { readonly host: string; readonly arch: string } | undefined;
    /** Whether Fabric has not published the release's base images for the engine's architecture. */
    readonly unpublished: boolean;
    /** Whether every image is built by the checkout's own Dockerfiles, which use other base images. */
    readonly unused: boolean;
  };
  /** Version that `go version` reports: `go1.19.8`; undefined if the builder has no Go. */
  readonly go: { readonly image: string; readonly version: string | undefined };
  readonly peerImages: readonly PeerImageFact[];
  /** Undefined if the network uses no CouchDB. */
  readonly couchdb:
    | (CouchdbImage & {
        readonly looked: readonly string[];
        /** Whether none of them is published for the engine's architecture. */
        readonly unpublished: boolean;
        /** False with `--base local`, which applies to all images. */
        readonly pulled: boolean;
      })
    | undefined;
  /** The user's own chaincode; undefined if the bundled one is used. */
  readonly chaincode: { readonly dir: string; readonly problem: ChaincodeFailure | undefined } | undefined;
  readonly proxies: {
    /** Whether a proxy is set in this shell. */
    readonly shell: boolean;
    readonly engine: boolean;
    /** Running nodes of this project that connect to other nodes through a proxy. */
    readonly nodes: readonly string[];
  };
  readonly others: readonly OtherNetwork[];
  /** Containers of ended runs of this program that were started by a single stage. */
  readonly work: readonly Pick<ContainerInfo, 'id' | 'name'>[];
  readonly git: {
    readonly version: string | undefined;
    /** Whether the source must be cloned. */
    readonly needed: boolean;
    /** A checkout that git refuses to read because of its owner. */
    readonly dubious: string | undefined;
  };
  readonly folder: {
    readonly dir: string;
    readonly writable: boolean;
    /** Paths in the state folder that belong to other users; not all of them. */
    readonly foreign: readonly string[];
    /** Folders in place of files: the engine creates them for a bind mount whose source is missing. */
    readonly folderForFile: readonly string[];
    /** Paths that cannot be mounted because they contain a colon. */
    readonly withColon: readonly string[];
  };
  /** The certificates and keys of the folder's network; undefined if it has none. */
  readonly certificates: (CertificateDamage & { readonly folder: string }) | undefined;
  /** `fs.inotify.max_user_watches`; undefined if the system does not have it. */
  readonly watches: { readonly limit: number | undefined };
  /** Milliseconds since the epoch: the current time, and that of the newest file of an earlier run. */
  readonly clock: { readonly now: number; readonly youngest: number };
  readonly selinux: { readonly enforcing: boolean };
}

export type FactName = keyof DoctorFacts;

/** A fact, or the reason why there is none. */
export type Answer<T> =
  | { readonly kind: 'known'; readonly value: T }
  /** Not known before the deadline. */
  | { readonly kind: 'timed-out' }
  /** It depends on something that is missing, which has a check of its own. */
  | { readonly kind: 'not-applicable' }
  | { readonly kind: 'failed'; readonly reason: string };
