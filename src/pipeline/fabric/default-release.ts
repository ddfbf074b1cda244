/** The release of Fabric that is offered when there is no checkout. */
import { apiMismatch, type EngineApi, type EngineApiRange } from './engine-api.ts';
import { newestReleaseWith, peerReleaseOf } from './peer-release.ts';

/** The newest 2.5, which has long-term support. Its peers work with Engine 25 and later. */
export const DEFAULT_RELEASE = '2.5.16';
export const DEFAULT_TAG = `v${DEFAULT_RELEASE}`;

/** Other minor releases that users still run. */
const OTHER_RELEASES = ['3.1.0', '2.2.0', '1.4.0'];

/** Returns the newest patch release whose peers work with the engine; undefined if there is none. */
function newestFor(release: string, engine: EngineApiRange | undefined): string | undefined {
  return newestReleaseWith(
    release,
    ({ engineApi }) => engine === undefined || apiMismatch(engineApi, engine) === undefined,
  );
}

/** Returns the tag that `auto` clones. If no 2.5 works with the engine, it is the newest: preflight reports why. */
export function defaultTag(engine: EngineApiRange | undefined): string {
  return `v${newestFor(DEFAULT_RELEASE, engine) ?? DEFAULT_RELEASE}`;
}

/** Returns every tag that `auto` can clone, depending on the engine; the newest first. */
export function possibleDefaultTags(): readonly string[] {
  const tags: string[] = [];
  const known = new Set<EngineApi | undefined>();
  for (;;) {
    const release = newestReleaseWith(DEFAULT_RELEASE, ({ engineApi }) => !known.has(engineApi));
    if (release === undefined) return tags;
    known.add(peerReleaseOf(release)?.engineApi);
    tags.push(`v${release}`);
  }
}

/** Returns the tags to offer beside the default, of other minor releases; the newest first. */
export function otherTags(engine: EngineApiRange | undefined): readonly string[] {
  return OTHER_RELEASES.flatMap((release) => newestFor(release, engine) ?? []).map(
    (release) => `v${release}`,
  );
}
