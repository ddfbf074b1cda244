/** The release of Fabric that is offered when there is no checkout. */
import { apiMismatch, type EngineApiRange } from './engine-api.ts';
import { newestReleaseWith, peerReleaseOf } from './peer-release.ts';
import { isAtLeast } from './versions.ts';

/** The newest 2.5, which has long-term support. Its peers work with Engine 25 and later. */
export const DEFAULT_RELEASE = '2.5.16';
export const DEFAULT_TAG = `v${DEFAULT_RELEASE}`;

/** Other minor releases that users still run. */
const OTHER_RELEASES = ['3.1.0', '2.2.0', '1.4.0'];

/** Whether the peers of a release, which may be given by its tag, work with the engine. True if either is unknown. */
export function worksWith(release: string, engine: EngineApiRange | undefined): boolean {
  const peer = peerReleaseOf(release);
  return engine === undefined || peer === undefined || apiMismatch(peer.engineApi, engine) === undefined;
}

/** Returns the newest patch release whose peers work with the engine; undefined if there is none. */
function newestFor(release: string, engine: EngineApiRange | undefined): string | undefined {
  return newestReleaseWith(
    release,
    ({ engineApi }) => engine === undefined || apiMismatch(engineApi, engine) === undefined,
  );
}

/**
 * Returns the newest patch release of the same minor release whose peers work with the engine; undefined if it is not
 * newer than this one: nobody should have to give up what later patches mended.
 */
export function newerReleaseFor(release: string, engine: EngineApiRange): string | undefined {
  const newest = newestFor(release, engine);
  return newest !== undefined && !isAtLeast(release, newest) ? newest : undefined;
}

/** Returns the tag that `auto` clones. If no 2.5 works with the engine, it is the newest: preflight reports why. */
export function defaultTag(engine: EngineApiRange | undefined): string {
  return `v${newestFor(DEFAULT_RELEASE, engine) ?? DEFAULT_RELEASE}`;
}

/** Returns the tags to offer beside the default, of other minor releases; the newest first. */
export function otherTags(engine: EngineApiRange | undefined): readonly string[] {
  return OTHER_RELEASES.flatMap((release) => newestFor(release, engine) ?? []).map(
    (release) => `v${release}`,
  );
}
