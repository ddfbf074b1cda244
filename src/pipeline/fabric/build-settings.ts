/** The settings of a build. */
import type { Release } from './release.ts';

/** Settings of a build, with a value for every choice. */
export interface BuildSettings {
  readonly release: Release;
  /** `-X Version`, e.g. `1.4.12`. */
  readonly version: string;
  readonly commitSha: string;
  /** Version of baseimage and baseos, e.g. `0.4.22`; empty if the release has none. */
  readonly baseVersion: string;
  /** Oldest Go version that compiles the source. */
  readonly goVersion: string;
  readonly dockerNs: string;
  readonly baseDockerNs: string;
  readonly dockerLabel: string;
  readonly goTags: string;
  readonly link: 'static' | 'dynamic';
  /** Dockerfiles of images from 2.0 on. Images of 1.x always follow the checkout's templates. */
  readonly dockerfiles: 'own' | 'upstream';
  /** The engine's architecture as Go names it: `amd64`, `arm64`. */
  readonly goArch: string;
  /** Image that compiles: fabric-baseimage if the release has it. A custom builder image gets this tag. */
  readonly builderImage: string;
  /** Base image of the nodes: fabric-baseos if the release has it; the peer then requests it by this name. */
  readonly runtimeImage: string;
}
