/** What `peer version` says, and what that tells of the values compiled into the peer. */
import { likelyRelease, peerReleaseOf } from './peer-release.ts';
import type { CompiledIn } from './resolution.ts';

/** `Version` -> `1.4.12`, …; a field without a value is left out. */
export function parseVersion(output: string): Record<string, string> {
  return Object.fromEntries(
    output
      .split('\n')
      .map((line) => /^\s*([^:]+):\s*(\S.*)$/.exec(line))
      .filter((match) => match !== null)
      .map((match) => [(match[1] ?? '').trim(), (match[2] ?? '').trim()]),
  );
}

export interface PeerVersion {
  readonly compiled: CompiledIn;
  /** The release whose ways the peer has: its version, or the likeliest one. */
  readonly release: string;
  /** Whether the version compiled in is one of a release, and `release` therefore no guess. */
  readonly releaseKnown: boolean;
}

/** What 1.0 and 1.1 say where nothing was compiled in; templates are filled with nothing then. */
const NO_VERSION = 'development build';

/** @returns undefined for what is no answer of `peer version` */
export function peerVersionOf(said: Readonly<Record<string, string>>): PeerVersion | undefined {
  const [, goArch] = (said['OS/Arch'] ?? '').split('/');
  if (goArch === undefined) return undefined;
  const stated = said.Version ?? '';
  const version = stated === NO_VERSION ? '' : stated;
  const known = peerReleaseOf(version);
  const releaseVersion = known
    ? version.replace(/^v/, '')
    : likelyRelease({
        commitSha: said['Commit SHA'] !== undefined,
        baseVersion: said['Base Image Version'],
        baseDockerNamespace: said['Base Docker Namespace'] !== undefined,
      });
  const release = known ?? peerReleaseOf(releaseVersion);
  if (!release) throw new Error(`no peers of ${releaseVersion}`);
  return {
    compiled: {
      release,
      version,
      baseVersion: said['Base Image Version'] ?? '',
      dockerNs: said['Docker Namespace'] ?? '',
      baseDockerNs: said['Base Docker Namespace'] ?? '',
      goArch,
    },
    release: releaseVersion,
    releaseKnown: known !== undefined,
  };
}
