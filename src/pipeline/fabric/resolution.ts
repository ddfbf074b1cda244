/** Which images a peer requests, and where each part of each reference comes from. */

import {
  type ImageRole,
  imageRoles,
  type PeerRelease,
  type TemplateVariable,
  templateVariables,
} from './peer-release.ts';
import type { LdflagVariable } from './release-facts.ts';

/** Values compiled into a peer. `BuildSettings` and the output of `peer version` contain them. */
export interface CompiledIn {
  readonly release: PeerRelease;
  readonly version: string;
  readonly baseVersion: string;
  readonly dockerNs: string;
  readonly baseDockerNs: string;
  readonly goArch: string;
}

/** A part of a reference. */
export type ReferencePart =
  /** Literal text of the template. */
  | { readonly from: 'template'; readonly text: string }
  /** A value that the linker set; empty if it set none. */
  | {
      readonly from: 'ldflag';
      readonly text: string;
      readonly variable: TemplateVariable;
      readonly ldflag: LdflagVariable;
    }
  /** The architecture that the peer was compiled for. */
  | { readonly from: 'architecture'; readonly text: string; readonly variable: TemplateVariable }
  /** A variable that the peer does not know. It stays as it is, and no engine accepts it. */
  | { readonly from: 'unknown'; readonly text: string };

const LDFLAG_OF: Readonly<Record<Exclude<TemplateVariable, 'ARCH'>, LdflagVariable>> = {
  PROJECT_VERSION: 'Version',
  TWO_DIGIT_VERSION: 'Version',
  BASE_VERSION: 'BaseVersion',
  DOCKER_NS: 'DockerNamespace',
  BASE_DOCKER_NS: 'BaseDockerNamespace',
};

function variableValue(variable: TemplateVariable, peer: CompiledIn): string {
  const values: Readonly<Record<TemplateVariable, string>> = {
    ARCH: peer.release.peerArch(peer.goArch),
    PROJECT_VERSION: peer.version,
    TWO_DIGIT_VERSION: peer.release.twoDigitVersion(peer.version),
    BASE_VERSION: peer.baseVersion,
    DOCKER_NS: peer.dockerNs,
    BASE_DOCKER_NS: peer.baseDockerNs,
  };
  return values[variable];
}

/** Fills an image template as a peer of the release does, in one pass, and returns its parts. */
export function templateParts(template: string, peer: CompiledIn): ReferencePart[] {
  return template
    .split(/(\$\([^()]*\))/)
    .filter((piece) => piece !== '')
    .map((piece): ReferencePart => {
      if (!piece.startsWith('$(')) return { from: 'template', text: piece };
      const variable = templateVariables.find((name) => piece === `$(${name})`);
      if (variable === undefined || !peer.release.templateVariables.includes(variable))
        return { from: 'unknown', text: piece };
      const text = variableValue(variable, peer);
      return variable === 'ARCH'
        ? { from: 'architecture', text, variable }
        : { from: 'ldflag', text, variable, ldflag: LDFLAG_OF[variable] };
    });
}

/**
 * Fills an image template as a peer of the release does: in one pass. Variables that the release does not know stay as
 * they are, and the engine refuses the reference.
 */
export function fillTemplate(template: string, peer: CompiledIn): string {
  return templateParts(template, peer)
    .map(({ text }) => text)
    .join('');
}

/** An image that a peer requests. */
export interface Resolution {
  readonly role: ImageRole;
  /** Key in core.yaml. */
  readonly key: string;
  /** Environment variable that overrides the key. */
  readonly variable: string;
  /** `core.yaml`, or the name of the environment variable that overrides it. */
  readonly origin: string;
  readonly template: string;
  readonly ref: string;
  readonly parts: readonly ReferencePart[];
}

/** A value of the peer's configuration and its origin: `core.yaml`, or an environment variable. */
export interface ConfigValue {
  readonly value: string;
  readonly origin: string;
}

/** Returns the environment variable of a key: `chaincode.golang.runtime` -> `CORE_CHAINCODE_GOLANG_RUNTIME`. */
export function environmentName(key: string): string {
  return `CORE_${key.replaceAll('.', '_').toUpperCase()}`;
}

/** Before 1.3 the value for Java is a whole Dockerfile. */
function templateOf(key: string, value: string): string {
  if (!key.endsWith('.Dockerfile')) return value.trim();
  return /^\s*from\s+(\S+)/im.exec(value)?.[1] ?? '';
}

/**
 * Returns the images that a peer requests, for each role in its release and its configuration.
 * @param config looks up a key as the peer does: environment, then core.yaml
 */
export function resolveImages(
  peer: CompiledIn,
  config: (key: string) => ConfigValue | undefined,
): Resolution[] {
  return imageRoles.flatMap((role) => {
    const key = peer.release.images[role]?.key;
    const found = key === undefined ? undefined : config(key);
    if (key === undefined || (found === undefined && role !== 'builder' && role !== 'runtime')) return [];
    const template = templateOf(key, found?.value ?? '');
    const parts = templateParts(template, peer);
    return {
      role,
      key,
      variable: environmentName(key),
      origin: found?.origin ?? 'core.yaml',
      template,
      ref: parts.map(({ text }) => text).join(''),
      parts,
    };
  });
}
