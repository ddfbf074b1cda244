/** The linker flags that the line's Makefile gives, in its order. */

import { unreachable } from '../core/unreachable.ts';
import type { BuildSettings } from './build-settings.ts';
import type { LdflagVariable } from './release-facts.ts';

const LINKER_SAFE = /^[A-Za-z0-9._:/@+-]*$/;

/**
 * Whether a value can stand in `-X name=value`. `go` cuts its `-ldflags` at blanks and quotes, and a peer
 * whose version has a blank fails at its first chaincode.
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
      // The Makefile's EXPERIMENTAL=true sets the variable and the tag; without the tag it is off.
      return String(settings.goTags.split(/[ ,]+/).includes('experimental'));
    default:
      return unreachable(variable);
  }
}

/** The tools that have a metadata package of their own, in lines where they do. */
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
 * `-X`, `package.Variable=value`, … as separate arguments: those of peer and orderer, then those of the
 * other programs. The linker ignores a flag for a package that a program does not have, so one list
 * serves one `go install` of them all.
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

/** What makes the link static, as the Makefile does it; nothing for a dynamic one. */
export function linkFlags(link: BuildSettings['link']): string {
  return link === 'static' ? "-linkmode external -extldflags '-static -lpthread'" : '';
}

/** The text of `go install -ldflags "<text>"`: one argument, which `go` splits itself. */
export function ldflagsText(settings: BuildSettings): string {
  return [...ldflags(settings), linkFlags(settings.link)].filter((part) => part !== '').join(' ');
}
