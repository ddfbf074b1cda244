/**
 * The table of the releases that this program builds: every fact that differs between them. A row (`older-releases`,
 * `newer-releases`) covers a range of releases with the same facts; each row only states what differs from the one
 * before. `peer-release` holds what the peers request from the engine, and every release includes it.
 */

import { NEWER_RELEASES } from './newer-releases.ts';
import { OLDER_RELEASES } from './older-releases.ts';
import { type PeerRelease, peerReleaseOf } from './peer-release.ts';
import type { Consensus, ReleaseFacts } from './release-facts.ts';
import { isAtLeast, minorVersion } from './versions.ts';

export interface Release extends PeerRelease, ReleaseFacts {}

const ROWS = [...OLDER_RELEASES, ...NEWER_RELEASES];

/** For messages. */
export const KNOWN_RELEASES = '1.0 to 1.4, 2.0 to 2.5, 3.0 and 3.1';

/**
 * Returns the facts of a release: `1.4.12`, `v1.4.12`, `1.4.13-foo`. A patch release newer than all known ones has the
 * facts of the newest known one of its minor release.
 * @returns undefined for other minor releases and for a text that is not a version
 */
export function releaseOf(version: string): Release | undefined {
  const peers = peerReleaseOf(version);
  const row = ROWS.findLast(({ from }) => isAtLeast(version, from));
  const isKnown = row !== undefined && minorVersion(row.from) === minorVersion(version);
  return peers && isKnown ? { ...peers, ...row.facts } : undefined;
}

/**
 * Returns the releases whose orderers can use a consensus type.
 * @returns `from`: undefined if the first release has it; `to`: undefined if the newest one has it
 */
export function releasesWith(consensus: Consensus): {
  readonly from: string | undefined;
  readonly to: string | undefined;
} {
  const has = ROWS.map(({ facts }) => facts.consensus.includes(consensus));
  const [first, last] = [has.indexOf(true), has.lastIndexOf(true)];
  return {
    from: first > 0 ? ROWS[first]?.from : undefined,
    to: last < ROWS.length - 1 ? minorVersion(ROWS[last]?.from ?? '') : undefined,
  };
}
