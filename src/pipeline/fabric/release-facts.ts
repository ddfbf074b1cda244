/** What a row of the table of lines says; the rows stand in `older-lines` and `newer-lines`. */
import { twoDigitVersion } from './peer-release.ts';

/** All that we build, of whatever line, in the order in which one stands on another. */
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

export type Consensus = 'solo' | 'kafka' | 'etcdraft' | 'BFT';

/** What an image's tags are made of. */
export interface TagInputs {
  readonly version: string;
  readonly commitSha: string;
  /** As Go names it: `amd64`. */
  readonly goArch: string;
}

/** What an image of CouchDB is named by. */
export interface CouchdbInputs extends Pick<TagInputs, 'version' | 'goArch'> {
  readonly dockerNs: string;
  readonly baseDockerNs: string;
  readonly baseVersion: string;
}

/** An environment variable that sets what is logged, with its value for two levels. */
export interface LoggingVariable {
  readonly variable: string;
  readonly info: string;
  readonly warning: string;
}

/** All of a line but what `peer-line` knows of its peers. */
export interface ReleaseFacts {
  /** The releases of this row: `1.0.0`, `1.0.1-1.0.6`, `1.1`, … */
  readonly id: string;
  /** Import path of the whole tree. */
  readonly modulePath: string;
  /** Import path of the package whose variables the linker sets in peer and orderer. */
  readonly metadataPackage: string;
  /** In the Makefile's order. */
  readonly ldflagVariables: readonly LdflagVariable[];
  /** The oldest Go that a release of the line was made with. */
  readonly releaseGo: string;
  /** The variable of the tools' own metadata packages, where they have them. */
  readonly toolMetadata: 'Version' | 'CommitSHA' | undefined;
  /** How the tree is compiled: at its place in GOPATH, or as a module; with its own `vendor` in both. */
  readonly goMode: 'gopath' | 'modules';
  /** Package path of each program that the line's images have, relative to `modulePath`. */
  readonly programs: Readonly<Partial<Record<ProgramName, string>>>;
  /** In the order in which they are built. */
  readonly imagesBuilt: readonly ImageName[];
  /**
   * `fabric`: on fabric-baseimage and fabric-baseos, by the checkout's own Dockerfile.in. `ours`: on a builder and
   * a runtime of ours, for the checkout's Dockerfiles compile once more, with tools from the internet.
   */
  readonly baseImages: 'fabric' | 'ours';
  readonly staticByDefault: boolean;
  /** True where the default build needs libltdl's header. */
  readonly pkcs11ByDefault: boolean;
  /** True where a tree that is no release is compiled with Version `<base>-snapshot-<commit>`. */
  readonly versionHasSnapshot: boolean;
  /** Every tag that `make docker` gives and that the peer and its users expect, without doubles. */
  readonly imageTags: (settings: TagInputs) => readonly string[];
  /** Tag of fabric-baseimage and fabric-baseos as the peer asks for it. */
  readonly baseTag: (goArch: string, baseVersion: string) => string;
  readonly logging: { readonly peer: LoggingVariable; readonly orderer: LoggingVariable };
  /** Chaincode dials its own port (7052) instead of the peer's. */
  readonly chaincodeListener: boolean;
  /** Port of the event hub, where there is one. */
  readonly eventPort: number | undefined;
  /** `/healthz` and `/metrics` on 9443 (peer) and 8443 (orderer). */
  readonly operations: boolean;
  /** The newest capabilities that every node of the line has; the oldest line has none. */
  readonly capabilities:
    | { readonly channel: string; readonly orderer: string; readonly application: string }
    | undefined;
  /** Whether configtxgen reads `Policies`. */
  readonly policies: boolean;
  /** The images that its peers can keep their state in, the nearest to the release's own first. */
  readonly couchdbImages: (settings: CouchdbInputs) => readonly string[];
  /** Each chaincode has a database of its own, `<channel>_<chaincode>`; else the channel has one. */
  readonly couchdbPerChaincode: boolean;
  /** The default first. */
  readonly consensus: readonly Consensus[];
  /** Whether channels are made by a system channel, or by each orderer that is told to join (`osnadmin`). */
  readonly channels: 'system' | 'both' | 'participation';
  /** `ORDERER_GENERAL_<this>METHOD` and `…FILE` say where the orderer has its first block from. */
  readonly ordererFirstBlock: 'GENESIS' | 'BOOTSTRAP';
  /** `legacy`: install and instantiate; `package`: install, approve, commit. */
  readonly lifecycle: 'legacy' | 'package';
  /** What chaincode imports. */
  readonly shim: {
    readonly shim: string;
    readonly protos: string;
    /** Of `Init` and `Invoke`, where `pb` is `protos`. */
    readonly response: 'pb.Response' | '*pb.Response';
  };
  /** `FABRIC_CFG_PATH` of peer, orderer and tools images. */
  readonly cfgPath: string;
  /** Whether these images have `FABRIC_VER` in their environment. */
  readonly fabricVer: boolean;
  /** Of the tools image. */
  readonly toolsVolumes: readonly string[];
  /** Command of the orderer's image. */
  readonly ordererCommand: readonly string[];
  /** Whether the peer's CLI has `channel getinfo` and `chaincode list`. */
  readonly channelGetinfo: boolean;
  /** What `peer chaincode query` prints before the value. */
  readonly queryPrefix: string;
  /**
   * Whether the network's certificates say who is peer and who is admin. Compiled with Go 1.19 or later, nodes before
   * 2.5 refuse one root CA in two that is named for this: of their own clean copy Go says that it is another.
   */
  readonly nodeOus: boolean;
  /** The organisation's TLS root is baked into the chaincode image: no sharing across organisations. */
  readonly tlsRootInChaincodeImage: boolean;
  /** What lists the shim's files; without it the shim's packages are listed by go. */
  readonly goshimScript: string | undefined;
  /** Whether dependencies of the packages below the shim (`shim/ext/…`) are listed too. */
  readonly goshimSubpackages: boolean;
  /** Which of the checkout's own Dockerfile.in can't be used without the internet. */
  readonly dockerfileNeedsInternet: Readonly<Record<ImageName, boolean>>;
}

/** The releases from this one on to the next row's. */
export interface ReleaseRow {
  readonly from: string;
  readonly facts: ReleaseFacts;
}

export function unique(values: readonly string[]): readonly string[] {
  return [...new Set(values)];
}

export function versionTags(version: string): string[] {
  // The Makefile takes the first two parts, the peer all but the last: they differ for `1.4.12.1`.
  return [version, version.split('.').slice(0, 2).join('.'), twoDigitVersion(version), 'latest'];
}
