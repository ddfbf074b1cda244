/** What was read of a peer and of the engine, before anything is concluded from it. */
import type { ContainerMount, ImageInfo, ListedImage } from '../engine/engine-types.ts';
import type { PeerVersion } from '../fabric/peer-version.ts';
import type { Subject, VersionOrigin } from './resolve-report.ts';

export interface PeerFacts {
  readonly subject: Subject;
  /** The name that the image was asked by, and the image where it is there. */
  readonly imageRef: string;
  readonly image: ImageInfo | undefined;
  readonly version: PeerVersion & { readonly origin: VersionOrigin };
  /** Why `peer version` could not be had. */
  readonly versionProblem: string | undefined;
  readonly coreYaml: { readonly path: string; readonly text: string | undefined };
  readonly env: Readonly<Record<string, string>>;
  /** Undefined unless it is a container. */
  readonly container:
    | { readonly mounts: readonly ContainerMount[]; readonly networks: readonly string[] }
    | undefined;
  /** References that `up` and `build` make in this folder. */
  readonly madeHere: ReadonlySet<string>;
}

/** The engine behind the peer's `vm.endpoint`, seen from where we stand. */
export type Reach =
  | { readonly same: true }
  | {
      readonly same: false;
      readonly endpoint: string;
      readonly origin: string;
      readonly how: 'tcp' | 'other-socket' | 'not-mounted' | 'disabled';
      readonly hostPath: string | undefined;
    };

export interface LocalImage extends ListedImage {
  readonly layers: readonly string[];
  readonly architecture: string;
}

export interface EngineFacts {
  readonly reach: Reach;
  readonly endpoint: string;
  readonly version: string;
  readonly api: string;
  readonly minApi: string;
  /** As Go names it. */
  readonly arch: string;
  /** The images that the peer's references name, by reference. */
  readonly asked: ReadonlyMap<string, ImageInfo>;
  /** All tagged images; looked at closely only where something is absent. */
  readonly locals: readonly LocalImage[];
  /** When the builder became what it is, where the journal knows; milliseconds since the epoch. */
  readonly builderSince: number | undefined;
  /** Images of chaincode that this peer would use again. */
  readonly chaincode: readonly { readonly name: string; readonly created: number }[];
  readonly networks: readonly { readonly id: string; readonly name: string }[];
}
