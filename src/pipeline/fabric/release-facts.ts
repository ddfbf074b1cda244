/** The type of a row in the table of releases. The rows are in `older-releases` and `newer-releases`. */
import { twoDigitVersion } from './peer-release.ts';

/** The images that this program builds, in build order. Not every release has all of them. */
export const imageNames = ['baseos', 'ccenv', 'peer', 'orderer', 'tools'] as const;
export type ImageName = (typeof imageNames)[number];

export type ProgramName =
  | 'peer'
  | 'orderer'
  | 'cryptogen'
  | 'configtxgen'
  | 'configtxlator'
  | 'discover'
  | 'idemixgen'
  | 'osnadmin'
  | 'ledgerutil';

export type LdflagVariable =
  | 'Version'
  | 'CommitSHA'
  | 'BaseVersion'
  | 'BaseDockerLabel'
  | 'DockerNamespace'
  | 'BaseDockerNamespace'
  | 'Experimental';

export const LANGUAGES = ['go', 'node', 'java'] as const;
export type ChaincodeLanguage = (typeof LANGUAGES)[number];

export type Consensus = 'solo' | 'kafka' | 'etcdraft' | 'BFT';

/** Values that image tags consist of. */
export interface TagInputs {
  readonly version: string;
  readonly commitSha: string;
  /** As Go names it: `amd64`. */
  readonly goArch: string;
}

/** Values that references to CouchDB images consist of. */
export interface CouchdbInputs extends Pick<TagInputs, 'version' | 'goArch'> {
  readonly dockerNs: string;
  readonly baseDockerNs: string;
  readonly baseVersion: string;
}

/** The environment variable for the log level, and its values for two levels. */
export interface LoggingVariable {
  readonly variable: string;
  readonly info: string;
  readonly warning: string;
}

/** The facts of a release, without those of its peers in `peer-release`. */
export interface ReleaseFacts {
  /** Releases of this row: `1.0.0`, `1.0.1-1.0.6`, `1.1`, … */
  readonly id: string;
  /** Import path of the whole tree. */
  readonly modulePath: string;
  /** Import path of the package whose variables the linker sets in peer and orderer. */
  readonly metadataPackage: string;
  /** In the Makefile's order. */
  readonly ldflagVariables: readonly LdflagVariable[];
  /** Oldest Go version that a release of this row was built with. */
  readonly releaseGo: string;
  /** Variable in the tools' own metadata packages, if they have them. */
  readonly toolMetadata: 'Version' | 'CommitSHA' | undefined;
  /** Whether the tree is compiled in GOPATH or as a module. Both use its `vendor` folder. */
  readonly goMode: 'gopath' | 'modules';
  /** Package path of each program in the images, relative to `modulePath`. */
  readonly programs: Readonly<Partial<Record<ProgramName, string>>>;
  /** In build order. */
  readonly imagesBuilt: readonly ImageName[];
  /**
   * `fabric`: images are built on fabric-baseimage and fabric-baseos, with the checkout's Dockerfile.in. `ours`: on this
   * program's own builder and runtime, because the checkout's Dockerfiles compile again, with tools from the internet.
   */
  readonly baseImages: 'fabric' | 'ours';
  readonly staticByDefault: boolean;
  /** Whether the default build needs the header of libltdl. */
  readonly pkcs11ByDefault: boolean;
  /** Whether the version of a tree that is not a release is `<base>-snapshot-<commit>`. */
  readonly versionHasSnapshot: boolean;
  /** Returns the tags that `make docker` creates and that peers and users expect, without duplicates. */
  readonly imageTags: (settings: TagInputs) => readonly string[];
  /** Returns the tag with which the peer requests fabric-baseimage and fabric-baseos. */
  readonly baseTag: (goArch: string, baseVersion: string) => string;
  readonly logging: { readonly peer: LoggingVariable; readonly orderer: LoggingVariable };
  /** Whether chaincode connects to a port of its own (7052) instead of the peer's. */
  readonly chaincodeListener: boolean;
  /** Port of the event hub, if there is one. */
  readonly eventPort: number | undefined;
  /** Whether nodes serve `/healthz` and `/metrics` on 9443 (peer) and 8443 (orderer). */
  readonly operations: boolean;
  /** Whether peers tell clients of the other nodes. */
  readonly discoveryService: boolean;
  /** Whether peers have the Gateway service, which `@hyperledger/fabric-gateway` uses. */
  readonly gatewayService: boolean;
  /** Newest capabilities of the release; 1.0 has none. */
  readonly capabilities:
    | { readonly channel: string; readonly orderer: string; readonly application: string }
    | undefined;
  /** Whether configtxgen reads `Policies`. */
  readonly policies: boolean;
  /** Returns the CouchDB images that work with the release, the one most similar to its own first. */
  readonly couchdbImages: (settings: CouchdbInputs) => readonly string[];
  /** Whether each chaincode has its own database `<channel>_<chaincode>`; otherwise each channel has one. */
  readonly couchdbPerChaincode: boolean;
  /** The default first. */
  readonly consensus: readonly Consensus[];
  /** Whether channels are created through a system channel, by `osnadmin` at each orderer, or either. */
  readonly channels: 'system' | 'both' | 'participation';
  /** `ORDERER_GENERAL_<this>METHOD` and `…FILE` configure the orderer's first block. */
  readonly ordererFirstBlock: 'GENESIS' | 'BOOTSTRAP';
  /** `legacy`: install and instantiate; `package`: install, approve, commit. */
  readonly lifecycle: 'legacy' | 'package';
  /** Languages of chaincode that its peers can build and that this program supports. */
  readonly languages: readonly ChaincodeLanguage[];
  /** Whether peers have external builders, so that chaincode can run as a service. */
  readonly externalBuilders: boolean;
  /** Whether a peer that calls a chaincode builds its image again if the image is absent. */
  readonly rebuildsChaincode: boolean;
  /** Import paths of chaincode. */
  readonly shim: {
    readonly shim: string;
    readonly protos: string;
    /** Return type of `Init` and `Invoke`, with `pb` for `protos`. */
    readonly response: 'pb.Response' | '*pb.Response';
  };
  /** `FABRIC_CFG_PATH` of peer, orderer and tools images. */
  readonly cfgPath: string;
  /** Whether these images have `FABRIC_VER` in their environment. */
  readonly fabricVer: boolean;
  /** Volumes of the tools image. */
  readonly toolsVolumes: readonly string[];
  /** Command of the orderer image. */
  readonly ordererCommand: readonly string[];
  /** Whether the peer's CLI has `channel getinfo`. */
  readonly channelGetinfo: boolean;
  /** Whether the peer's CLI has `chaincode list`. */
  readonly chaincodeList: boolean;
  /** Whether its tools can add peers and organisations to a network that exists. */
  readonly extendsNetworks: boolean;
  /** Whether chaincode can have private data collections. */
  readonly privateData: boolean;
  /** Whether a call can carry transient data. */
  readonly transientData: boolean;
  /** Whether `peer chaincode invoke` can ask several peers for endorsements and wait for the block. */
  readonly invokeTargets: boolean;
  /**
   * How a peer's blocks are read: `fetch`, or `query` of its system chaincode where `peer channel fetch` asks orderers
   * only; `none` where configtxlator cannot decode transactions.
   */
  readonly blockReading: 'none' | 'query' | 'fetch';
  /** Text that `peer chaincode query` prints before the value. */
  readonly queryPrefix: string;
  /**
   * Whether the network's certificates contain node OUs. Nodes before 2.5 that are compiled with Go 1.19 or later refuse
   * about half of the root CAs with them, because Go does not recognise the node's sanitized copy of the certificate.
   */
  readonly nodeOus: boolean;
  /** Script that lists the shim's files; without it `go list` does. */
  readonly goshimScript: string | undefined;
  /** Whether it also lists the dependencies of the packages below the shim (`shim/ext/…`). */
  readonly goshimSubpackages: boolean;
  /** Which of the checkout's Dockerfile.in need the internet. */
  readonly dockerfileNeedsInternet: Readonly<Record<ImageName, boolean>>;
}

/** The releases from this one on, up to the next row's. */
export interface ReleaseRow {
  readonly from: string;
  readonly facts: ReleaseFacts;
}

export function unique(values: readonly string[]): readonly string[] {
  return [...new Set(values)];
}

export function versionTags(version: string): string[] {
  // The Makefile uses the first two parts, the peer all but the last. They differ for `1.4.12.1`.
  return [version, version.split('.').slice(0, 2).join('.'), twoDigitVersion(version), 'latest'];
}
