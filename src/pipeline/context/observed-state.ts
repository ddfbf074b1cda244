/** What the engine, the disk and the journal hold, as data: the input of the plan. */
import type { Text } from '../core/phrase.ts';
import type { ImageName } from '../fabric/release-facts.ts';
import type { BuildOutputs } from '../images/build-outputs.ts';
import type { CouchdbImage } from '../images/couchdb-image.ts';
import type { ImageContent } from '../images/image-recipe.ts';

export type Freshness = 'absent' | 'changed' | 'same';

export interface ObservedImage {
  readonly present?: {
    readonly id: string;
    readonly ours: boolean;
    readonly fingerprint: string | undefined;
    /** Undefined for images that other programs, or older versions of this one, have built. */
    readonly content: ImageContent | undefined;
  };
  /** Fingerprint that the image should have; undefined until its programs are compiled. */
  readonly wanted: string | undefined;
  readonly missingRefs: readonly string[];
  /** Set for images that the checkout's own Dockerfile builds; `missing`: base images that are not on the engine. */
  readonly upstream?: { readonly missing: readonly string[] };
  readonly verified: boolean;
}

export interface ObservedState {
  /** True if the source is the bundled practice tree and not Hyperledger Fabric. */
  readonly practice: boolean;
  readonly base: Readonly<Record<'builder' | 'runtime', { readonly run: boolean; readonly cause: Text }>>;
  /** What the compile stage left for exactly this source, these ldflags and this builder; undefined if it is not on disk. */
  readonly outputs: BuildOutputs | undefined;
  /** Undefined if no chaintool is wanted. */
  readonly chaintool: { readonly from: string; readonly present: boolean } | undefined;
  /** The images that this release has. */
  readonly images: Readonly<Partial<Record<ImageName, ObservedImage>>>;
  /** What goes into ccenv: the shim and a build cache, or the cache alone. */
  readonly ccenvPayload: 'goshim' | 'gocache';
  readonly channels: readonly string[];
  /** State database of the peers; undefined: each peer's own LevelDB. */
  readonly couchdb: CouchdbImage | undefined;
  readonly network: {
    readonly crypto: Freshness;
    /** The ledgers use another kind of state database than the configuration asks for. */
    readonly otherState: boolean;
    readonly artifacts: Freshness;
    readonly compose: Freshness;
    /** Whether any node runs. */
    readonly running: boolean;
    readonly down: readonly string[];
    /** Running, and not what its image is. */
    readonly stale: readonly string[];
    /** Running, and other than the source in more than programs: only a new container will do. */
    readonly outdated: readonly string[];
    /** Running with other programs than the compile has left; empty while that is not known. */
    readonly otherPrograms: readonly string[];
    readonly unjoined: readonly string[];
    readonly anchorsSet: boolean;
  };
  /** By stage id, how long it took in earlier runs of such a source. */
  readonly stageSeconds: Readonly<Record<string, number>>;
}
