import type { FabricLine } from '../fabric/fabric-line.ts';

/** What will be built, after the source is known and every choice has its value. */
export interface BuildSettings {
  readonly line: FabricLine;
  /** `-X Version`, e.g. `1.4.12`. */
  readonly version: string;
  readonly commitSha: string;
  /** Version of baseimage and baseos, e.g. `0.4.22`. */
  readonly baseVersion: string;
  readonly dockerNs: string;
  readonly baseDockerNs: string;
  readonly dockerLabel: string;
  readonly goTags: string;
  readonly link: 'static' | 'dynamic';
  /** The engine's architecture as Go names it: `amd64`, `arm64`. */
  readonly goArch: string;
  /** `<baseDockerNs>/fabric-baseimage:<arch>-<baseVersion>`; a user's own image is tagged as this, for the peer asks by this name. */
  readonly builderImage: string;
  readonly runtimeImage: string;
}
