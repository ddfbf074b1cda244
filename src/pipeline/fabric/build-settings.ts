import type { Release } from './release.ts';

/** What will be built, after the source is known and every choice has its value. */
export interface BuildSettings {
  readonly release: Release;
  /** `-X Version`, e.g. `1.4.12`. */
  readonly version: string;
  readonly commitSha: string;
  /** Version of baseimage and baseos, e.g. `0.4.22`; empty where the line has none. */
  readonly baseVersion: string;
  /** The oldest Go that compiles the source. */
  readonly goVersion: string;
  readonly dockerNs: string;
  readonly baseDockerNs: string;
  readonly dockerLabel: string;
  readonly goTags: string;
  readonly link: 'static' | 'dynamic';
  /** Whose Dockerfiles the images are built by; the checkout's templates of 1.x are always followed. */
  readonly dockerfiles: 'own' | 'upstream';
  /** The engine's architecture as Go names it: `amd64`, `arm64`. */
  readonly goArch: string;
  /** What compiles: fabric-baseimage where the line has it; a user's own image is tagged as this. */
  readonly builderImage: string;
  /** What nodes stand on: fabric-baseos where the line has it, and there the peer asks by this name. */
  readonly runtimeImage: string;
}
