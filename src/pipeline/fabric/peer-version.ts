/** Parses the output of `peer version` into the values compiled into the peer. */
import { likelyRelease, peerReleaseOf } from './peer-release.ts';
import type { CompiledIn } from './resolution.ts';

/** The name of a field as the betas and release candidates of 1.0 spell it. */
const MISSPELT: Readonly<Record<string, string>> = { 'Docker Namepace': 'Docker Namespace' };

/** Returns the fields: `Version` -> `1.4.12`, … Fields without a value are left out. */
export function parseVersion(output: string): Record<string, string> {
  return Object.fromEntries(
    output
      .split('\n')
      .map((line) => /^\s*([^:]+):\s*(\S.*)$/.exec(line))
      .filter((match) => match !== null)
      .map(([, name = '', value = '']) => [MISSPELT[name.trim()] ?? name.trim(), value.trim()]),
  );
}

export interface PeerVersion {
  readonly compiled: CompiledIn;
  /** Release that the peer behaves like: its version, or a guess. */
  readonly release: string;
  /** Whether the compiled version is one of a release, so that `release` is not a guess. */
  readonly releaseKnown: boolean;
}

/** Output of 1.0 and 1.1 if no version was compiled in. Templates are then filled with an empty text. */
const NO_VERSION = 'development build';

/** @param fields result of `parseVersion` @returns undefined if they are not from `peer version` */
export function peerVersionOf(fields: Readonly<Record<string, string>>): PeerVersion | undefined {
  const [, goArch] = (fields['OS/Arch'] ?? '').split('/');
  if (goArch === undefined) return undefined;
  const stated = fields.Version ?? '';
  const version = stated === NO_VERSION ? '' : stated;
  const known = peerReleaseOf(version);
  const releaseVersion = known
    ? version.replace(/^v/, '')
    : likelyRelease({
        commitSha: fields['Commit SHA'] !== undefined,
        baseVersion: fields['Base Image Version'],
        baseDockerNamespace: fields['Base Docker Namespace'] !== undefined,
      });
  const release = known ?? peerReleaseOf(releaseVersion);
  if (!release) throw new Error(`no peers of ${releaseVersion}`);
  return {
    compiled: {
      release,
      version,
      baseVersion: fields['Base Image Version'] ?? '',
      dockerNs: fields['Docker Namespace'] ?? '',
      baseDockerNs: fields['Base Docker Namespace'] ?? '',
      goArch,
    },
    release: releaseVersion,
    releaseKnown: known !== undefined,
  };
}
