/**
 * THE table of the lines that we build: every fact that differs between them. A row (`older-lines`, `newer-lines`) is a
 * range of releases within which nothing that matters here changes; a later row states only what it changes.
 * What the peers of a release ask for stands in `peer-line`, and each line has it too.
 */

import { NEWER_RELEASES } from './newer-releases.ts';
import { OLDER_RELEASES } from './older-releases.ts';
import { isBefore, type PeerRelease, peerReleaseOf, versionNumbers } from './peer-release.ts';
import type { ReleaseFacts } from './release-facts.ts';

export interface Release extends PeerRelease, ReleaseFacts {}

function numbersOf(release: string): readonly [number, number, number] {
  const numbers = versionNumbers(release);
  if (!numbers) throw new Error(`no release ${release}`);
  return numbers;
}

const ROWS = [...OLDER_RELEASES, ...NEWER_RELEASES].map(({ from, facts }) => ({
  from: numbersOf(from),
  facts,
}));

/** For messages. */
export const KNOWN_RELEASES = '1.0 to 1.4, 2.0 to 2.5, 3.0 and 3.1';

/**
 * The line of a release: `1.4.12`, `v1.4.12`, `1.4.13-foo`. A patch release newer than all that are known is taken
 * for the newest known one of its minor release.
 * @returns undefined for other minor releases and for what is no version
 */
export function releaseOf(version: string): Release | undefined {
  const numbers = versionNumbers(version);
  const peers = peerReleaseOf(version);
  if (!numbers || !peers) return undefined;
  const row = ROWS.findLast(({ from }) => !isBefore(numbers, from));
  const isKnown = row?.from[0] === numbers[0] && row.from[1] === numbers[1];
  return isKnown ? { ...peers, ...row.facts } : undefined;
}
