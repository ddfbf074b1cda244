/**
 * What a peer of each release requests from the engine, and how. Includes releases that this program does not build.
 * `release.ts` adds these facts to its rows.
 */
import { createHash } from 'node:crypto';
import type { EngineApi } from './engine-api.ts';
import { isAtLeast, isFabricVersion, minorVersion } from './versions.ts';

export const templateVariables = [
  'ARCH',
  'PROJECT_VERSION',
  'TWO_DIGIT_VERSION',
  'BASE_VERSION',
  'DOCKER_NS',
  'BASE_DOCKER_NS',
] as const;
export type TemplateVariable = (typeof templateVariables)[number];

/** The images that a peer requests: one to compile chaincode in, and one per chaincode language to run it on. */
export const imageRoles = ['builder', 'runtime', 'car', 'java', 'node'] as const;
export type ImageRole = (typeof imageRoles)[number];

export interface PeerRelease {
  /** For each image that the release knows, its key in core.yaml and the default template. */
  readonly images: Readonly<
    Partial<Record<ImageRole, { readonly key: string; readonly template: string }>> &
      Record<'builder' | 'runtime', { readonly key: string; readonly template: string }>
  >;
  /** The variables that the peer replaces; it leaves all others as they are. */
  readonly templateVariables: readonly TemplateVariable[];
  /** Value of `$(ARCH)`. */
  readonly peerArch: (goArch: string) => string;
  /** Value of `$(TWO_DIGIT_VERSION)`, if the release has that variable. */
  readonly twoDigitVersion: (version: string) => string;
  /** Whether an empty `CORE_…` variable overrides core.yaml. */
  readonly emptyEnvCounts: boolean;
  /** When the peer has the engine pull the runtime image even if it is local. */
  readonly runtimePull: 'never' | 'chaincode.pull' | 'always';
  readonly engineApi: EngineApi;
  /** Whether `make docker` of the release only tags `latest`. */
  readonly makeTagsLatestOnly: boolean;
  /** `version` is the hash in the package id for the 2.x lifecycle. */
  readonly chaincodeImageName: (networkId: string, peerId: string, name: string, version: string) => string;
  readonly chaincodeContainerName: (
    networkId: string,
    peerId: string,
    name: string,
    version: string,
  ) => string;
}

/** Returns the version up to its last dot, as the peer cuts it: `1.4.12` -> `1.4`, `latest` -> `latest`. */
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
    // The value is a whole Dockerfile; only its `from` matters.
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
  // The hash is of the sanitized name; from 1.1 on it is of the raw name.
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

/** These clients set a network mode and therefore fix the API version that introduced it. */
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

/** Each row applies from its release on; oldest first. */
const ROWS: readonly { readonly from: string; readonly release: PeerRelease }[] = [
  { from: '1.0.0', release: V1_0_0 },
  { from: '1.0.1', release: V1_0_1 },
  { from: '1.1.0', release: V1_1 },
  { from: '1.2.0', release: V1_2 },
  { from: '1.3.0', release: V1_3 },
  { from: '1.4.6', release: V1_4_6 },
  { from: '1.4.8', release: V1_4_8 },
  { from: '2.0.0', release: V2_0 },
  { from: '2.1.0', release: V2_1 },
  { from: '2.2.6', release: V2_2_6 },
  // 2.3 was released before 2.2 got the newer client.
  { from: '2.3.0', release: V2_1 },
  { from: '2.4.0', release: V2_2_6 },
  { from: '2.5.0', release: V2_5 },
  { from: '2.5.15', release: V2_5_15 },
  { from: '2.5.16', release: V2_5_16 },
  { from: '3.0.0', release: V3_0 },
  { from: '3.1.4', release: V3_1_4 },
  { from: '3.1.5', release: V3_1_5 },
];

/** Names of the images that peers of any release request: `fabric-ccenv`, `fabric-baseos`, … */
export const requestedNames: ReadonlySet<string> = new Set(
  ROWS.flatMap(({ release }) =>
    Object.values(release.images).flatMap(({ template }) => /fabric-[a-z]+/.exec(template) ?? []),
  ),
);

/**
 * Returns what a peer of this release does. A release newer than all known ones behaves like the newest known one
 * before it.
 * @returns undefined for 0.x and for a text that is not a version
 */
export function peerReleaseOf(version: string): PeerRelease | undefined {
  if (!isFabricVersion(version)) return undefined;
  return ROWS.findLast(({ from }) => isAtLeast(version, from))?.release;
}

/** Last known patch number of each minor release. */
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
 * Returns the newest patch release of the same minor release that `accepts` takes: `2.5.14` of 2.5.16, for an engine
 * that is too old for 2.5.16.
 */
export function newestReleaseWith(
  version: string,
  accepts: (release: PeerRelease) => boolean,
): string | undefined {
  const minor = minorVersion(version);
  const last = LAST[minor] ?? -1;
  const candidates = Array.from({ length: last + 1 }, (_, back) => `${minor}.${last - back}`);
  return candidates.find((candidate) => {
    const release = peerReleaseOf(candidate);
    return release !== undefined && accepts(release);
  });
}

/** A release that uses each version of the base images. */
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
 * Guesses the release of a peer whose compiled version is not one (`latest`, a custom name): from the version of the
 * base images, and from which fields its `peer version` prints.
 */
export function likelyRelease(fields: {
  readonly commitSha: boolean;
  readonly baseVersion: string | undefined;
  readonly baseDockerNamespace: boolean;
}): string {
  const known = RELEASE_OF_BASE[fields.baseVersion ?? ''];
  if (known !== undefined) return known;
  if (!fields.commitSha) return '1.1.1';
  if (fields.baseVersion !== undefined) return '1.4.12';
  return fields.baseDockerNamespace ? '2.0.1' : '2.5.14';
}
