/**
 * What a peer of each release asks the engine for, and how: all lines, those included that we do not build.
 * `fabric-line` takes its rows from here, so that no fact stands twice.
 */
import { createHash } from 'node:crypto';

export const templateVariables = [
  'ARCH',
  'PROJECT_VERSION',
  'TWO_DIGIT_VERSION',
  'BASE_VERSION',
  'DOCKER_NS',
  'BASE_DOCKER_NS',
] as const;
export type TemplateVariable = (typeof templateVariables)[number];

/** The images that a peer asks for: one to compile in, and per kind of chaincode one to run on. */
export const imageRoles = ['builder', 'runtime', 'car', 'java', 'node'] as const;
export type ImageRole = (typeof imageRoles)[number];

/** How the peer's client speaks to the engine's API. Versions as `1.25`. */
export type EngineApi =
  /** Paths without a version: whatever the engine likes best. */
  | { readonly kind: 'unversioned' }
  /** Image builds by exactly this version. */
  | { readonly kind: 'fixed'; readonly version: string }
  /** Anything between the two. */
  | { readonly kind: 'negotiated'; readonly min: string; readonly max: string };

export interface PeerRelease {
  /** Key in core.yaml and template of the release's own core.yaml, of each image that the line knows. */
  readonly images: Readonly<
    Partial<Record<ImageRole, { readonly key: string; readonly template: string }>> &
      Record<'builder' | 'runtime', { readonly key: string; readonly template: string }>
  >;
  /** The variables that the peer fills in; any other stays as it is written. */
  readonly templateVariables: readonly TemplateVariable[];
  /** What `$(ARCH)` becomes. */
  readonly peerArch: (goArch: string) => string;
  /** What `$(TWO_DIGIT_VERSION)` becomes, where the line knows it. */
  readonly twoDigitVersion: (version: string) => string;
  /** Whether a `CORE_…` variable that is set and empty counts. */
  readonly emptyEnvCounts: boolean;
  /** When the engine is told to pull the runtime although it is local. */
  readonly runtimePull: 'never' | 'chaincode.pull' | 'always';
  readonly engineApi: EngineApi;
  /** Whether the release's `make docker` tags `latest` and nothing else. */
  readonly makeTagsLatestOnly: boolean;
  /** `version` is, for a package of the 2.x lifecycle, the hash behind its label. */
  readonly chaincodeImageName: (networkId: string, peerId: string, name: string, version: string) => string;
  readonly chaincodeContainerName: (
    networkId: string,
    peerId: string,
    name: string,
    version: string,
  ) => string;
}

/**
 * The version up to its last dot, as the peer cuts it: `1.4.12` -> `1.4`, `latest` -> `latest`.
 */
export function twoDigitVersion(version: string): string {
  const cut = version.lastIndexOf('.');
  return cut < 0 ? version : version.slice(0, cut);
}

export const unamePeerArch = (goArch: string) => (goArch === 'amd64' ? 'x86_64' : goArch);
const goPeerArch = (goArch: string) => goArch;

function sanitized(text: string): string {
  return text.replace(/[^a-zA-Z0-9\-_.]/g, '-');
}

function rawChaincodeName(networkId: string, peerId: string, name: string, version: string): string {
  return [networkId, peerId, name, version].filter((part) => part !== '').join('-');
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

const BUILDER = 'chaincode.builder';
const GO = 'chaincode.golang.runtime';
const CAR = 'chaincode.car.runtime';
const JAVA = 'chaincode.java.runtime';
const NODE = 'chaincode.node.runtime';
const BASEOS = '$(BASE_DOCKER_NS)/fabric-baseos:$(ARCH)-$(BASE_VERSION)';
const JAVAENV_ARCH = '$(DOCKER_NS)/fabric-javaenv:$(ARCH)-$(PROJECT_VERSION)';

const V1_0_0: PeerRelease = {
  images: {
    builder: { key: BUILDER, template: '$(DOCKER_NS)/fabric-ccenv:$(ARCH)-$(PROJECT_VERSION)' },
    runtime: { key: GO, template: BASEOS },
    car: { key: CAR, template: BASEOS },
    // A whole Dockerfile; its `from` is what counts.
    java: { key: 'chaincode.java.Dockerfile', template: `from ${JAVAENV_ARCH}` },
  },
  templateVariables: ['ARCH', 'PROJECT_VERSION', 'BASE_VERSION', 'DOCKER_NS', 'BASE_DOCKER_NS'],
  peerArch: unamePeerArch,
  twoDigitVersion,
  emptyEnvCounts: false,
  runtimePull: 'never',
  engineApi: { kind: 'unversioned' },
  makeTagsLatestOnly: false,
  chaincodeImageName: (...parts) => sanitized(rawChaincodeName(...parts)).toLowerCase(),
  chaincodeContainerName: (...parts) => sanitized(rawChaincodeName(...parts)).toLowerCase(),
};

const V1_0_1: PeerRelease = {
  ...V1_0_0,
  // Here the hash is of the cleaned name; from 1.1 on it is of the raw one.
  chaincodeImageName: (...parts) => {
    const clean = sanitized(rawChaincodeName(...parts));
    return `${clean}-${sha256(clean)}`.toLowerCase();
  },
  chaincodeContainerName: (...parts) => sanitized(rawChaincodeName(...parts)),
};

const V1_1: PeerRelease = {
  ...V1_0_1,
  images: {
    ...V1_0_1.images,
    node: { key: NODE, template: '$(BASE_DOCKER_NS)/fabric-baseimage:$(ARCH)-$(BASE_VERSION)' },
  },
  runtimePull: 'chaincode.pull',
  chaincodeImageName: (...parts) => {
    const raw = rawChaincodeName(...parts);
    return `${sanitized(raw)}-${sha256(raw)}`.toLowerCase();
  },
};

const V1_2: PeerRelease = {
  ...V1_1,
  images: {
    ...V1_1.images,
    builder: { key: BUILDER, template: '$(DOCKER_NS)/fabric-ccenv:latest' },
    java: {
      key: 'chaincode.java.Dockerfile',
      template: 'from $(DOCKER_NS)/fabric-javaenv:$(ARCH)-1.1.0',
    },
  },
  peerArch: goPeerArch,
};

const V1_3: PeerRelease = {
  ...V1_2,
  images: { ...V1_2.images, java: { key: JAVA, template: JAVAENV_ARCH } },
};

const V1_4_6: PeerRelease = { ...V1_3, templateVariables };

const V1_4_8: PeerRelease = {
  ...V1_4_6,
  images: {
    ...V1_4_6.images,
    builder: { key: BUILDER, template: '$(DOCKER_NS)/fabric-ccenv:$(TWO_DIGIT_VERSION)' },
    java: { key: JAVA, template: '$(DOCKER_NS)/fabric-javaenv:$(TWO_DIGIT_VERSION)' },
  },
};

const V2_0: PeerRelease = {
  ...V1_4_8,
  images: {
    builder: V1_4_8.images.builder,
    runtime: { key: GO, template: '$(DOCKER_NS)/fabric-baseos:$(TWO_DIGIT_VERSION)' },
    java: { key: JAVA, template: '$(DOCKER_NS)/fabric-javaenv:$(TWO_DIGIT_VERSION)' },
    node: { key: NODE, template: '$(DOCKER_NS)/fabric-nodeenv:$(TWO_DIGIT_VERSION)' },
  },
  templateVariables: ['ARCH', 'PROJECT_VERSION', 'TWO_DIGIT_VERSION', 'DOCKER_NS', 'BASE_DOCKER_NS'],
};

const V2_1: PeerRelease = {
  ...V2_0,
  templateVariables: ['ARCH', 'PROJECT_VERSION', 'TWO_DIGIT_VERSION', 'DOCKER_NS'],
};

/** Clients that ask for a network mode demand the API that has it, and leave out that others are newer. */
const FIXED_1_25: EngineApi = { kind: 'fixed', version: '1.25' };

const V2_2_6: PeerRelease = { ...V2_1, engineApi: FIXED_1_25 };

const V2_5: PeerRelease = {
  ...V2_2_6,
  twoDigitVersion: (version) => twoDigitVersion(version.replace(/^v/, '')),
  makeTagsLatestOnly: true,
};

const V2_5_15: PeerRelease = {
  ...V2_5,
  runtimePull: 'always',
  engineApi: { kind: 'negotiated', min: '1.44', max: '1.52' },
};

const V2_5_16: PeerRelease = { ...V2_5_15, runtimePull: 'chaincode.pull' };

const V3_0: PeerRelease = {
  ...V2_5,
  images: {
    ...V2_5.images,
    java: { key: JAVA, template: '$(DOCKER_NS)/fabric-javaenv:2.5' },
    node: { key: NODE, template: '$(DOCKER_NS)/fabric-nodeenv:2.5' },
  },
  emptyEnvCounts: true,
  makeTagsLatestOnly: false,
};

const V3_1_4: PeerRelease = { ...V3_0, runtimePull: 'always', engineApi: V2_5_15.engineApi };

const V3_1_5: PeerRelease = {
  ...V3_1_4,
  runtimePull: 'chaincode.pull',
  engineApi: { kind: 'negotiated', min: '1.40', max: '1.54' },
};

/** Each with the first release that it holds for, oldest first. */
const ROWS: readonly { readonly from: readonly [number, number, number]; readonly release: PeerRelease }[] = [
  { from: [1, 0, 0], release: V1_0_0 },
  { from: [1, 0, 1], release: V1_0_1 },
  { from: [1, 1, 0], release: V1_1 },
  { from: [1, 2, 0], release: V1_2 },
  { from: [1, 3, 0], release: V1_3 },
  { from: [1, 4, 6], release: V1_4_6 },
  { from: [1, 4, 8], release: V1_4_8 },
  { from: [2, 0, 0], release: V2_0 },
  { from: [2, 1, 0], release: V2_1 },
  { from: [2, 2, 6], release: V2_2_6 },
  // 2.3 was cut before the client that 2.2 got later.
  { from: [2, 3, 0], release: V2_1 },
  { from: [2, 4, 0], release: V2_2_6 },
  { from: [2, 5, 0], release: V2_5 },
  { from: [2, 5, 15], release: V2_5_15 },
  { from: [2, 5, 16], release: V2_5_16 },
  { from: [3, 0, 0], release: V3_0 },
  { from: [3, 1, 4], release: V3_1_4 },
  { from: [3, 1, 5], release: V3_1_5 },
];

const VERSION = /^v?(\d+)\.(\d+)\.(\d+)(?:[-+.].*)?$/;

/** `1.4.12`, `v1.4.12`, `1.4.13-foo` -> [1, 4, 12]. */
export function versionNumbers(version: string): readonly [number, number, number] | undefined {
  const match = VERSION.exec(version);
  return match ? [Number(match[1]), Number(match[2]), Number(match[3])] : undefined;
}

export function isBefore(a: readonly number[], b: readonly number[]): boolean {
  const index = a.findIndex((part, i) => part !== b[i]);
  return index >= 0 && (a[index] ?? 0) < (b[index] ?? 0);
}

/**
 * What a peer of this release does. A release newer than all that are known is taken for the newest one
 * before it.
 * @returns undefined for 0.x and for what is no version
 */
export function peerReleaseOf(version: string): PeerRelease | undefined {
  const numbers = versionNumbers(version);
  if (!numbers) return undefined;
  return ROWS.findLast(({ from }) => !isBefore(numbers, from))?.release;
}

/** The last release of each minor release that is known. */
const LAST: Readonly<Record<string, number>> = {
  '1.0': 6,
  '1.1': 1,
  '1.2': 1,
  '1.3': 0,
  '1.4': 12,
  '2.0': 1,
  '2.1': 1,
  '2.2': 15,
  '2.3': 3,
  '2.4': 9,
  '2.5': 16,
  '3.0': 0,
  '3.1': 5,
};

/**
 * The newest release of the same minor release whose peers are like this: `2.5.14` for one that speaks to an older
 * engine than 2.5.16 does.
 */
export function newestReleaseWith(
  version: string,
  accepts: (line: PeerRelease) => boolean,
): string | undefined {
  const [major = 0, minor = 0] = versionNumbers(version) ?? [];
  const last = LAST[`${major}.${minor}`] ?? -1;
  const releases = Array.from({ length: last + 1 }, (_, back) => `${major}.${minor}.${last - back}`);
  return releases.find((release) => {
    const line = peerReleaseOf(release);
    return line !== undefined && accepts(line);
  });
}

/** The first release that compiled with each version of the base images. */
const RELEASE_OF_BASE: Readonly<Record<string, string>> = {
  '0.3.1': '1.0.0',
  '0.3.2': '1.0.6',
  '0.4.6': '1.1.1',
  '0.4.10': '1.2.1',
  '0.4.13': '1.3.0',
  '0.4.14': '1.4.0',
  '0.4.15': '1.4.1',
  '0.4.18': '1.4.4',
  '0.4.20': '1.4.7',
  '0.4.21': '1.4.8',
  '0.4.22': '1.4.10',
};

/**
 * The release that a peer is most like, where the version compiled into it is none (`latest`, a name of
 * somebody's own): by the version of the base images, and by what its `peer version` knows to say.
 */
export function likelyRelease(said: {
  readonly commitSha: boolean;
  readonly baseVersion: string | undefined;
  readonly baseDockerNamespace: boolean;
}): string {
  const known = RELEASE_OF_BASE[said.baseVersion ?? ''];
  if (known !== undefined) return known;
  if (!said.commitSha) return '1.1.1';
  if (said.baseVersion !== undefined) return '1.4.12';
  return said.baseDockerNamespace ? '2.0.1' : '2.5.14';
}
