/**
 * THE table of the lines that we build: every fact that differs between them. A row is a range of releases
 * within which nothing that matters here changes; a later row states only what it changes. What the peers
 * of all lines ask for stands in `peer-line`, and each row has it too.
 */
import { type PeerLine, peerLineOf, twoDigitVersion, unamePeerArch, versionNumbers } from './peer-line.ts';

/** The images that we build of every line. */
export const imagesBuilt = ['ccenv', 'peer', 'orderer', 'tools'] as const;
export type ImageName = (typeof imagesBuilt)[number];

export type ProgramName =
  | 'peer'
  | 'orderer'
  | 'cryptogen'
  | 'configtxgen'
  | 'configtxlator'
  | 'discover'
  | 'idemixgen';

export type LdflagVariable =
  | 'Version'
  | 'CommitSHA'
  | 'BaseVersion'
  | 'BaseDockerLabel'
  | 'DockerNamespace'
  | 'BaseDockerNamespace'
  | 'Experimental';

export type Consensus = 'solo' | 'kafka' | 'etcdraft';

/** What an image's tags are made of. */
export interface TagInputs {
  readonly version: string;
  readonly commitSha: string;
  /** As Go names it: `amd64`. */
  readonly goArch: string;
}

/** An environment variable that sets what is logged, with its value for two levels. */
export interface LoggingVariable {
  readonly variable: string;
  readonly info: string;
  readonly warning: string;
}

export interface FabricLine extends PeerLine {
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
  /** The variable of the tools' own metadata packages. */
  readonly toolMetadata: 'Version' | 'CommitSHA';
  /** Package path of each program that the line's images have, relative to `modulePath`. */
  readonly programs: Readonly<Partial<Record<ProgramName, string>>>;
  readonly staticByDefault: boolean;
  /** True where the default build needs libltdl's header. */
  readonly pkcs11ByDefault: boolean;
  /** `uname`: image tags say `x86_64`; `go`: they say `amd64`. */
  readonly archNaming: 'uname' | 'go';
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
  readonly consensus: readonly Consensus[];
  readonly lifecycle: 'legacy';
  /** Unit of `peer channel create -t`. */
  readonly channelTimeout: 'seconds' | 'duration';
  readonly cli: {
    /** `--peerAddresses` and `--tlsRootCertFiles` of `peer chaincode`. */
    readonly peerAddresses: boolean;
    readonly waitForEvent: boolean;
    /** `peer channel getinfo`, `peer chaincode list`. */
    readonly getinfo: boolean;
    /** `peer channel create --outputBlock`. */
    readonly outputBlock: boolean;
    /** `configtxgen -configPath`. */
    readonly configPath: boolean;
  };
  /** What `peer chaincode query` prints before the value. */
  readonly queryPrefix: string;
  /** Whether cryptogen knows `EnableNodeOUs` and the line's capabilities let the network use it. */
  readonly nodeOus: boolean;
  /** The organisation's TLS root is baked into the chaincode image: no sharing across organisations. */
  readonly tlsRootInChaincodeImage: boolean;
  readonly goshimScript: string;
  /** Extensions of the files that `goshimScript` lists. */
  readonly goshimExtensions: readonly string[];
  /** Whether dependencies of the packages below the shim (`shim/ext/…`) are listed too. */
  readonly goshimSubpackages: boolean;
  /** Which of the checkout's own Dockerfile.in can't be used without the internet. */
  readonly dockerfileNeedsInternet: Readonly<Record<ImageName, boolean>>;
}

/** `uname -m` of a Linux machine with this Go architecture. */
const UNAME: Readonly<Record<string, string>> = { amd64: 'x86_64', arm64: 'aarch64' };

function unique(values: readonly string[]): readonly string[] {
  return [...new Set(values)];
}

function versionTags(version: string): string[] {
  // The Makefile takes the first two parts, the peer all but the last: they differ for `1.4.12.1`.
  return [version, version.split('.').slice(0, 2).join('.'), twoDigitVersion(version), 'latest'];
}

/** A row without what `peer-line` knows of its peers. */
type BuildFacts = Omit<FabricLine, keyof PeerLine>;

const MODULE = 'github.com/hyperledger/fabric';

const LEVEL_NAMES = { info: 'info', warning: 'warning' };
const LOGGING_SPEC = { variable: 'FABRIC_LOGGING_SPEC', ...LEVEL_NAMES };

const V1_0_0: BuildFacts = {
  id: '1.0.0',
  modulePath: MODULE,
  metadataPackage: `${MODULE}/common/metadata`,
  ldflagVariables: ['Version', 'BaseVersion', 'BaseDockerLabel', 'DockerNamespace', 'BaseDockerNamespace'],
  releaseGo: '1.7.5',
  toolMetadata: 'Version',
  programs: {
    peer: 'peer',
    orderer: 'orderer',
    cryptogen: 'common/tools/cryptogen',
    configtxgen: 'common/configtx/tool/configtxgen',
    configtxlator: 'common/tools/configtxlator',
  },
  staticByDefault: true,
  pkcs11ByDefault: true,
  archNaming: 'uname',
  versionHasSnapshot: true,
  imageTags: ({ version, goArch }) =>
    unique([
      // On arm64 the Makefile says aarch64 and the peer asks for arm64: both names must exist.
      `${unamePeerArch(goArch)}-${version}`,
      `${UNAME[goArch] ?? goArch}-${version}`,
      ...versionTags(version),
    ]),
  baseTag: (goArch, baseVersion) => `${unamePeerArch(goArch)}-${baseVersion}`,
  logging: {
    peer: { variable: 'CORE_LOGGING_LEVEL', ...LEVEL_NAMES },
    orderer: { variable: 'ORDERER_GENERAL_LOGLEVEL', ...LEVEL_NAMES },
  },
  chaincodeListener: false,
  eventPort: 7053,
  operations: false,
  capabilities: undefined,
  policies: false,
  consensus: ['solo', 'kafka'],
  lifecycle: 'legacy',
  channelTimeout: 'seconds',
  cli: { peerAddresses: false, waitForEvent: false, getinfo: false, outputBlock: false, configPath: false },
  queryPrefix: 'Query Result: ',
  nodeOus: false,
  tlsRootInChaincodeImage: true,
  goshimScript: 'scripts/goListFiles.sh',
  goshimExtensions: ['.go', '.h', '.c'],
  goshimSubpackages: false,
  dockerfileNeedsInternet: { ccenv: false, peer: false, orderer: false, tools: false },
};

const V1_0_1: BuildFacts = { ...V1_0_0, id: '1.0.1-1.0.6' };

const V1_1: BuildFacts = {
  ...V1_0_1,
  id: '1.1',
  releaseGo: '1.9.2',
  ldflagVariables: [...V1_0_1.ldflagVariables, 'Experimental'],
  programs: { ...V1_0_1.programs, configtxgen: 'common/tools/configtxgen' },
  chaincodeListener: true,
  capabilities: { channel: 'V1_1', orderer: 'V1_1', application: 'V1_1' },
  cli: { ...V1_0_1.cli, getinfo: true },
  nodeOus: true,
  tlsRootInChaincodeImage: false,
};

const V1_2: BuildFacts = {
  ...V1_1,
  id: '1.2',
  releaseGo: '1.10',
  ldflagVariables: [
    'Version',
    'CommitSHA',
    'BaseVersion',
    'BaseDockerLabel',
    'DockerNamespace',
    'BaseDockerNamespace',
    'Experimental',
  ],
  toolMetadata: 'CommitSHA',
  pkcs11ByDefault: false,
  archNaming: 'go',
  versionHasSnapshot: false,
  imageTags: ({ version, commitSha, goArch }) =>
    unique([
      `${goArch}-${version}`,
      `${goArch}-${version}-snapshot-${commitSha}`,
      `${goArch}-latest`,
      ...versionTags(version),
    ]),
  baseTag: (goArch, baseVersion) => `${goArch}-${baseVersion}`,
  capabilities: { channel: 'V1_1', orderer: 'V1_1', application: 'V1_2' },
  policies: true,
  channelTimeout: 'duration',
  cli: { peerAddresses: true, waitForEvent: true, getinfo: true, outputBlock: true, configPath: true },
  queryPrefix: '',
  goshimExtensions: ['.go', '.h', '.c', '.s'],
  dockerfileNeedsInternet: { ...V1_1.dockerfileNeedsInternet, tools: true },
};

const V1_3: BuildFacts = {
  ...V1_2,
  id: '1.3',
  releaseGo: '1.10.4',
  programs: { ...V1_2.programs, discover: 'cmd/discover', idemixgen: 'common/tools/idemixgen' },
  eventPort: undefined,
  capabilities: { channel: 'V1_3', orderer: 'V1_1', application: 'V1_3' },
};

const V1_4_0: BuildFacts = {
  ...V1_3,
  id: '1.4.0',
  releaseGo: '1.11.1',
  ldflagVariables: V1_3.ldflagVariables.filter((variable) => variable !== 'Experimental'),
  logging: { peer: LOGGING_SPEC, orderer: LOGGING_SPEC },
  operations: true,
};

const V1_4_1: BuildFacts = {
  ...V1_4_0,
  id: '1.4.1',
  releaseGo: '1.11.5',
  consensus: ['solo', 'kafka', 'etcdraft'],
};

const V1_4_2: BuildFacts = {
  ...V1_4_1,
  id: '1.4.2',
  capabilities: { channel: 'V1_4_2', orderer: 'V1_4_2', application: 'V1_4_2' },
  goshimSubpackages: true,
};

const V1_4_3: BuildFacts = {
  ...V1_4_2,
  id: '1.4.3',
  capabilities: { channel: 'V1_4_3', orderer: 'V1_4_2', application: 'V1_4_2' },
  dockerfileNeedsInternet: { ...V1_4_2.dockerfileNeedsInternet, ccenv: true },
};

const V1_4_4: BuildFacts = {
  ...V1_4_3,
  id: '1.4.4-1.4.5',
  releaseGo: '1.12.12',
  staticByDefault: false,
};

const V1_4_6: BuildFacts = { ...V1_4_4, id: '1.4.6-1.4.7' };

const V1_4_8: BuildFacts = { ...V1_4_6, id: '1.4.8-1.4.12', releaseGo: '1.13.12' };

/** Rows of minor release `1.<index>`, each with the first patch release that it holds for. */
const BUILD_ROWS: readonly (readonly { readonly fromPatch: number; readonly line: BuildFacts }[])[] = [
  [
    { fromPatch: 0, line: V1_0_0 },
    { fromPatch: 1, line: V1_0_1 },
  ],
  [{ fromPatch: 0, line: V1_1 }],
  [{ fromPatch: 0, line: V1_2 }],
  [{ fromPatch: 0, line: V1_3 }],
  [
    { fromPatch: 0, line: V1_4_0 },
    { fromPatch: 1, line: V1_4_1 },
    { fromPatch: 2, line: V1_4_2 },
    { fromPatch: 3, line: V1_4_3 },
    { fromPatch: 4, line: V1_4_4 },
    { fromPatch: 6, line: V1_4_6 },
    { fromPatch: 8, line: V1_4_8 },
  ],
];

const ROWS = BUILD_ROWS.map((rows, minor) =>
  rows.map(({ fromPatch, line }): { fromPatch: number; line: FabricLine } => {
    const peers = peerLineOf(`1.${minor}.${fromPatch}`);
    if (!peers) throw new Error(`no peers of ${line.id}`);
    return { fromPatch, line: { ...peers, ...line } };
  }),
);

/** For messages. */
export const KNOWN_LINES = '1.0.x, 1.1.x, 1.2.x, 1.3.x and 1.4.x';

/**
 * The row for a release: `1.4.12`, `v1.4.12`, `1.4.13-foo`. A patch release newer than all that are known
 * is taken for the newest known one of its line.
 * @returns undefined for 0.x, for 2.x and later, and for what is no version
 */
export function lineOf(version: string): FabricLine | undefined {
  const numbers = versionNumbers(version);
  if (numbers?.[0] !== 1) return undefined;
  return ROWS[numbers[1]]?.findLast((row) => row.fromPatch <= numbers[2])?.line;
}

/** Whether this is Fabric 2.x or later, which this release recognises and does not support yet. */
export function knownLater(version: string): boolean {
  const numbers = versionNumbers(version);
  return numbers !== undefined && numbers[0] >= 2;
}
