/** PURE: the tags of Fabric CA that are fetched without a checkout. */
import { isAtLeast } from './versions.ts';

/** The newest that was tested, with the oldest Go that compiles it. */
const NEWEST = { tag: 'v1.5.15', go: '1.23.5' };
/** The tag that most builders can compile. */
export const COMMON_CA_TAG = 'v1.5.5';

/** Returns the tag that `--ca-source auto` fetches. @param goVersion oldest Go that the builder has */
export function defaultCaTag(goVersion: string): string {
  return isAtLeast(goVersion, NEWEST.go) ? NEWEST.tag : COMMON_CA_TAG;
}
