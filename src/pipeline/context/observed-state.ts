/** What there is, as data: the input of the plan. */

import type { Text } from '../core/phrase.ts';
import type { ImageName } from '../fabric/release-facts.ts';
import type { CouchdbImage } from '../images/couchdb-image.ts';
import type { ImageContent } from '../images/image-recipe.ts';

export type Freshness = 'absent' | 'changed' | 'same';

export interface ObservedImage {
  readonly present?: {
    readonly id: string;
    readonly ours: boolean;
    readonly fingerprint: string | undefined;
    /** Undefined for what somebody else, or an older program, has built. */
    readonly content: ImageContent | undefined;
  };
  /** Undefined while what goes into it is not known (nothing compiled yet). */
  readonly wanted: string | undefined;
  readonly missingRefs: readonly string[];
  /** Built by the checkout's own Dockerfile; with what that starts from and is not here. */
  readonly upstream?: { readonly missing: readonly string[] };
  readonly verified: boolean;
}

export interface ObservedState {
  /** True where the source is the bundled practice tree and not Hyperledger Fabric. */
  readonly practice: boolean;
  readonly base: Readonly<Record<'builder' | 'runtime', { readonly run: boolean; readonly cause: Text }>>;
  /** The compile stage's results for exactly this source, these ldflags and this builder are on disk. */
  readonly outputsKept: boolean;
  /** Undefined where no chaintool is asked for. */
  readonly chaintool: { readonly from: string; readonly present: boolean } | undefined;
  /** Those that the line has. */
  readonly images: Readonly<Partial<Record<ImageName, ObservedImage>>>;
  /** What ccenv is given: the shim and a build cache, or the cache alone. */
  readonly ccenvPayload: 'goshim' | 'gocache';
  readonly channels: readonly string[];
  /** What shall keep the peers' state, where that is not each one's own LevelDB. */
  readonly couchdb: CouchdbImage | undefined;
  readonly network: {
    readonly crypto: Freshness;
    /** The ledgers' state is kept by CouchDBs and shall not be, or the other way round. */
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
