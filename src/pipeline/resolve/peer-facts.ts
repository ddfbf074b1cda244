/** Facts about a peer and its engine: the input of the problem checks. */
import type { ContainerDetail, ImageInfo, ListedImage } from '../engine/engine-types.ts';
import type { PeerVersion } from '../fabric/peer-version.ts';
import type { Subject, VersionOrigin } from './resolve-report.ts';

/** A peer's container, as far as its chaincode depends on it. */
export type PeerContainer = Pick<ContainerDetail, 'id' | 'name' | 'mounts' | 'networks' | 'hostPorts'>;

export interface PeerFacts {
  readonly subject: Subject;
  /** Reference of the peer's image. */
  readonly imageRef: string;
  /** Undefined if the image is absent. */
  readonly image: ImageInfo | undefined;
  readonly version: PeerVersion & { readonly origin: VersionOrigin };
  /** Why `peer version` failed; undefined if it succeeded. */
  readonly versionProblem: string | undefined;
  readonly coreYaml: { readonly path: string; readonly text: string | undefined };
  readonly env: Readonly<Record<string, string>>;
  /** Undefined for an image or a configuration. */
  readonly container: PeerContainer | undefined;
  /** Whether it uses the engine through the gateway of its network. */
  readonly gateway?: boolean;
  /** References that `up` and `build` produce in this folder. */
  readonly madeHere: ReadonlySet<string>;
}

/** Whether the engine at the peer's `vm.endpoint` is the one that the wizard uses. */
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
  /** Architecture as Go names it. */
  readonly arch: string;
  /** Local images that the peer asks for, by reference. */
  readonly images: ReadonlyMap<string, ImageInfo>;
  /** All tagged images; empty unless a required image is absent. */
  readonly locals: readonly LocalImage[];
  /** Since when the builder is this image, in milliseconds since the epoch; undefined if the journal has no record. */
  readonly builderSince: number | undefined;
  /** Chaincode images that this peer would reuse. */
  readonly chaincode: readonly { readonly name: string; readonly created: number }[];
  readonly networks: readonly { readonly id: string; readonly name: string }[];
  /** IP addresses that the engine's machine knows for the peer's name; undefined if they were not looked up. */
  readonly hostAddresses: readonly string[] | undefined;
}
