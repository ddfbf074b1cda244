/** PURE: which package of which suite brings a Go that is new enough. */
import { isAtLeast, minorVersion } from '../fabric/versions.ts';
import type { Distribution } from '../host/apt-sources.ts';

export interface GoPackage {
  /** What the suite has at least. */
  readonly version: string;
  readonly package: string;
  readonly suite: string;
  /** GOROOT, as shell text. */
  readonly root: string;
}

function own(version: string, suite: string): GoPackage {
  return { version, package: 'golang-go', suite, root: '"$(go env GOROOT)"' };
}

function versioned(version: string, suite: string): GoPackage {
  const minor = minorVersion(version);
  return { version, package: `golang-${minor}-go`, suite, root: `/usr/lib/go-${minor}` };
}

/** Oldest first. Go of a later Debian release needs no newer C library than bookworm has. */
const PACKAGES: Readonly<Record<string, readonly GoPackage[]>> = {
  bookworm: [
    own('1.19.8', 'bookworm'),
    versioned('1.21.13', 'bookworm-backports'),
    versioned('1.22.12', 'bookworm-backports'),
    versioned('1.23.5', 'bookworm-backports'),
    versioned('1.24.4', 'trixie'),
    versioned('1.25.12', 'trixie-backports'),
    versioned('1.26.11', 'trixie-backports'),
  ],
  trixie: [
    own('1.24.4', 'trixie'),
    versioned('1.25.12', 'trixie-backports'),
    versioned('1.26.11', 'trixie-backports'),
  ],
  jammy: [own('1.18.1', 'jammy'), versioned('1.21.1', 'jammy'), versioned('1.22.2', 'jammy')],
  noble: [own('1.22.2', 'noble'), versioned('1.23.1', 'noble')],
};

/**
 * The oldest that is new enough: what a release was made with is nearest to it.
 * @returns undefined where none is known
 */
export function debianGo({ codename }: Distribution, atLeast: string): GoPackage | undefined {
  // Of a release that is not known, its default Go is taken; the compile tells if it is too old.
  const packages = PACKAGES[codename] ?? [own('1.19', codename)];
  return packages.find(({ version }) => isAtLeast(version, atLeast));
}
