/** The state of engine, disk and journal before a run, as data: the input of the plan. */
import type { Text } from '../core/phrase.ts';
import type { ImageName } from '../fabric/release-facts.ts';
import type { BuildOutputs } from '../images/build-outputs.ts';
import type { CouchdbImage } from '../images/couchdb-image.ts';
import type { ImageContent } from '../images/image-recipe.ts';
import type { MetricsImage } from '../images/metrics-image.ts';
import type { ChangedNode } from '../network/compose-changes.ts';

export type Freshness = 'absent' | 'changed' | 'same';

export interface ObservedImage {
  readonly present?: {
    readonly id: string;
    readonly ours: boolean;
    readonly fingerprint: string | undefined;
    /** Undefined for images built by other programs or by older versions of this one. */
    readonly content: ImageContent | undefined;
  };
  /** Fingerprint that the image should have; undefined until its programs are compiled. */
  readonly wanted: string | undefined;
  readonly missingRefs: readonly string[];
  /** Set for images that the checkout's own Dockerfile builds; `missing`: base images that are not on the engine. */
  readonly upstream?: { readonly missing: readonly string[] };
  readonly verified: boolean;
}

/** The certificates of a network, and how many ledgers of it the engine has. */
export interface ObservedLedgers {
  readonly instance: string;
  readonly ledgers: number;
  /** Where its files are when another network is in place: relative to the folder of the project. */
  readonly keptIn: string;
}

export interface ObservedState {
  /** True if the source is the bundled practice tree and not Hyperledger Fabric. */
  readonly practice: boolean;
  /** Why the practice source is used in place of Fabric; absent if it was asked for, or is not used. */
  readonly fallback?: Text;
  readonly base: Readonly<Record<'builder' | 'runtime', { readonly run: boolean; readonly cause: Text }>>;
  /** Outputs of the compile stage for exactly this source, ldflags and builder; undefined if they are not on disk. */
  readonly outputs: BuildOutputs | undefined;
  /** Undefined if no chaintool is wanted. */
  readonly chaintool: { readonly from: string; readonly present: boolean } | undefined;
  /** The images of this release. */
  readonly images: Readonly<Partial<Record<ImageName, ObservedImage>>>;
  /** Payload of ccenv: the shim and a build cache, or the cache alone. */
  readonly ccenvPayload: 'goshim' | 'gocache';
  readonly channels: readonly string[];
  /** State database of the peers; undefined: each peer's own LevelDB. */
  readonly couchdb: CouchdbImage | undefined;
  /** Image of the gateway; absent if the network has none. */
  readonly gateway?: { readonly ref: string; readonly present: boolean };
  /** Prometheus image of the network, and whether Prometheus runs; absent without metrics. */
  readonly metrics?: MetricsImage & { readonly runs: boolean };
  /** Image of the CAs; absent if the network has none. */
  readonly ca?: {
    readonly ref: string;
    readonly present: { readonly fingerprint: string | undefined } | undefined;
    /** Fingerprint that the image should have; undefined until its base images are there. */
    readonly wanted: string | undefined;
    /** Set if they make all certificates of the network. */
    readonly issuesAll?: true;
  };
  /** Names of the wanted chaincodes that the network has exactly as they are wanted; absent if it was not asked. */
  readonly deployed?: readonly string[];
  /** True if an earlier run has started the nodes, and has not finished the hooks that follow. */
  readonly hooksDue?: true;
  readonly network: {
    readonly crypto: Freshness;
    /** Why the network in place cannot be kept: how the configured one differs, or which files are lost. */
    readonly changes: readonly Text[];
    /** Paths of the certificates and keys that the network in place needs and that are gone. */
    readonly lost: readonly string[];
    /** Organisations, peers and channels that the run adds to the network in place. */
    readonly joining: readonly string[];
    /** Whether something is added, or an addition that was interrupted is continued. */
    readonly adding: boolean;
    /** Whether organisations were added to the network after it was made, or are now. */
    readonly extended: boolean;
    /** The network in place; undefined if there is none. */
    readonly inPlace: ObservedLedgers | undefined;
    /** A replaced network that has the wanted configuration. */
    readonly kept: ObservedLedgers | undefined;
    readonly artifacts: Freshness;
    readonly compose: Freshness;
    /** Variables and other settings in which the compose file differs from the configuration; empty if it is absent. */
    readonly composeDiffers: readonly string[];
    /** If something joins: the other nodes that the configuration would change. */
    readonly changed: readonly ChangedNode[];
    /** Whether any node runs that the network needs. */
    readonly running: boolean;
    /** Nodes that the network needs and that do not run, or not on the network. */
    readonly down: readonly string[];
    /** Running nodes whose content differs from their image. */
    readonly stale: readonly string[];
    /** Running nodes that differ from the source in more than their programs, so that they need a new container. */
    readonly outdated: readonly string[];
    /** Running nodes whose programs differ from the compiled ones; empty until this is known. */
    readonly otherPrograms: readonly string[];
    readonly unjoined: readonly string[];
    readonly anchorsSet: boolean;
  };
  /** Seconds in earlier runs of this kind of source, by the names of `timingNames`. */
  readonly stageSeconds: Readonly<Record<string, number>>;
}
