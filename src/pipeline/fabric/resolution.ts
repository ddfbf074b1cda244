/** Which builder and runtime image a peer asks for. */
import { type FabricLine, twoDigitVersion } from './fabric-line.ts';

/** What is compiled into a peer; `BuildSettings` has it, and so has the output of `peer version`. */
export interface CompiledIn {
  readonly line: FabricLine;
  readonly version: string;
  readonly baseVersion: string;
  readonly dockerNs: string;
  readonly baseDockerNs: string;
  readonly goArch: string;
}

/**
 * Fills an image template as a peer of that line does: in one pass, and a variable that the line does not
 * know stays as it is written (the engine then refuses the reference).
 */
export function fillTemplate(template: string, peer: CompiledIn): string {
  const values: Readonly<Record<string, string | undefined>> = {
    ARCH: peer.line.peerArch(peer.goArch),
    PROJECT_VERSION: peer.version,
    TWO_DIGIT_VERSION: peer.line.twoDigitKnown ? twoDigitVersion(peer.version) : undefined,
    BASE_VERSION: peer.baseVersion,
    DOCKER_NS: peer.dockerNs,
    BASE_DOCKER_NS: peer.baseDockerNs,
  };
  return template.replace(/\$\(([A-Z_]+)\)/g, (whole, name: string) => values[name] ?? whole);
}

/** What a peer with its line's own core.yaml compiles chaincode in. */
export function expectedBuilder(peer: CompiledIn): string {
  return fillTemplate(peer.line.builderTemplate, peer);
}

/** What a peer with its line's own core.yaml puts Go chaincode on. */
export function expectedRuntime(peer: CompiledIn): string {
  return fillTemplate(peer.line.runtimeTemplate, peer);
}
