/** The versions of the engine's API that a peer's client speaks. */
import { compareVersions } from './versions.ts';

/** How the peer's client chooses the API version. Versions have the form `1.25`. */
export type EngineApi =
  /** Requests without a version: the engine uses its own. */
  | { readonly kind: 'unversioned' }
  /** Builds images with exactly this version. */
  | { readonly kind: 'fixed'; readonly version: string }
  /** Negotiates a version in this range. */
  | { readonly kind: 'negotiated'; readonly min: string; readonly max: string };

/** The API versions that an engine supports: `minApi` to `api`. */
export interface EngineApiRange {
  readonly api: string;
  readonly minApi: string;
}

/**
 * Returns the versions that peers have to speak. Undefined if they may speak any: the gateway translates, or no engine is
 * known.
 */
export function apiForPeers(
  { gateway }: { readonly gateway: boolean },
  engine: EngineApiRange | undefined,
): EngineApiRange | undefined {
  return gateway ? undefined : engine;
}

/** Returns which side the engine is out of the peer's range on; undefined if they have a version in common. */
export function apiMismatch(
  peer: EngineApi,
  engine: EngineApiRange,
): 'engine-too-old' | 'engine-too-new' | undefined {
  if (peer.kind === 'unversioned') return undefined;
  const [oldest, newest] = peer.kind === 'fixed' ? [peer.version, peer.version] : [peer.min, peer.max];
  if (compareVersions(engine.api, oldest) < 0) return 'engine-too-old';
  return compareVersions(engine.minApi, newest) > 0 ? 'engine-too-new' : undefined;
}
