/** PURE: selects the Debian package and suite with a sufficient version of Go. */
import { isAtLeast, minorVersion } from '../fabric/versions.ts';
import type { Distribution } from '../host/apt-sources.ts';

export interface GoPackage {
  /** Minimum version in the suite. */
  readonly version: string;
  readonly package: string;
  readonly suite: string;
  /** GOROOT, as shell text. */
  readonly root: string;
}

function defaultGo(version: string, suite: string): GoPackage {
  return { version, package: 'golang-go', suite, root: '"$(go env GOROOT)"' };
}

function versioned(version: string, suite: string): GoPackage {
  const minor = minorVersion(version);
  return { version, package: `golang-${minor}-go`, suite, root: `/usr/lib/go-${minor}` };
}

/** Oldest first. The Go packages of later Debian releases work with bookworm's C library. */
const PACKAGES: Readonly<Record<string, readonly GoPackage[]>> = {
  bookworm: [
    defaultGo('1.19.8', 'bookworm'),
    versioned('1.21.13', 'bookworm-backports'),
    versioned('1.22.12', 'bookworm-backports'),
    versioned('1.23.5', 'bookworm-backports'),
    versioned('1.24.4', 'trixie'),
    versioned('1.25.12', 'trixie-backports'),
    versioned('1.26.11', 'trixie-backports'),
  ],
  trixie: [
    defaultGo('1.24.4', 'trixie'),
    versioned('1.25.12', 'trixie-backports'),
    versioned('1.26.11', 'trixie-backports'),
  ],
  jammy: [defaultGo('1.18.1', 'jammy'), versioned('1.21.1', 'jammy'), versioned('1.22.2', 'jammy')],
  noble: [defaultGo('1.22.2', 'noble'), versioned('1.23.1', 'noble')],
};

/**
 * Returns the oldest sufficient version, which is closest to the one that the release was developed with.
 * @returns undefined if there is none
 */
export function debianGo({ codename }: Distribution, atLeast: string): GoPackage | undefined {
  // An unknown release gets its default Go; the compile stage fails if that is too old.
  const packages = PACKAGES[codename] ?? [defaultGo('1.19', codename)];
  return packages.find(({ version }) => isAtLeast(version, atLeast));
}
