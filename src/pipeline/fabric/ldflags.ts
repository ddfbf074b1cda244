/** The linker flags of the release's Makefile, in the same order. */

import { unreachable } from '../core/unreachable.ts';
import type { BuildSettings } from './build-settings.ts';
import type { LdflagVariable } from './release-facts.ts';

const LINKER_SAFE = /^[A-Za-z0-9._:/@+-]*$/;

/**
 * Whether a value is allowed in `-X name=value`. `go` splits `-ldflags` at blanks and quotes, and a peer whose version
 * contains a blank fails at its first chaincode.
 */
export function isLinkerSafe(value: string): boolean {
  return LINKER_SAFE.test(value);
}

function variableValue(variable: LdflagVariable, settings: BuildSettings): string {
  switch (variable) {
    case 'Version':
      return settings.version;
    case 'CommitSHA':
      return settings.commitSha;
    case 'BaseVersion':
      return settings.baseVersion;
    case 'BaseDockerLabel':
      return settings.dockerLabel;
    case 'DockerNamespace':
      return settings.dockerNs;
    case 'BaseDockerNamespace':
      return settings.baseDockerNs;
    case 'Experimental':
      // EXPERIMENTAL=true of the Makefile sets both the variable and the build tag.
      return String(settings.goTags.split(/[ ,]+/).includes('experimental'));
    default:
      return unreachable(variable);
  }
}

/** The tools that have their own metadata package, in releases with `toolMetadata`. */
const TOOLS = ['cryptogen', 'configtxgen', 'configtxlator', 'idemixgen'] as const;

function toolAssignments(settings: BuildSettings): string[] {
  const { programs, modulePath, toolMetadata: variable } = settings.release;
  if (variable === undefined) return [];
  const value = variableValue(variable, settings);
  return TOOLS.flatMap((tool) => programs[tool] ?? []).map(
    (path) => `${modulePath}/${path}/metadata.${variable}=${value}`,
  );
}

/**
 * Returns `-X`, `package.Variable=value`, … as separate arguments: first those of peer and orderer, then those of the
 * tools. The linker ignores flags for packages that a program does not contain, so one list serves all programs.
 */
export function ldflags(settings: BuildSettings): string[] {
  const { release } = settings;
  const assignments = [
    ...release.ldflagVariables.map(
      (variable) => `${release.metadataPackage}.${variable}=${variableValue(variable, settings)}`,
    ),
    ...toolAssignments(settings),
  ];
  return assignments.flatMap((assignment) => ['-X', assignment]);
}

/** Returns the Makefile's flags for a static link; empty for a dynamic one. */
export function linkFlags(link: BuildSettings['link']): string {
  return link === 'static' ? "-linkmode external -extldflags '-static -lpthread'" : '';
}

/** Returns the argument of `go install -ldflags`, which `go` splits itself. */
export function ldflagsText(settings: BuildSettings): string {
  return [...ldflags(settings), linkFlags(settings.link)].filter((part) => part !== '').join(' ');
}
