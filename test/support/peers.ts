/** Peers and engines as `resolve` reads them, for tests that change one part of them. */
import type { ImageInfo } from '../../src/pipeline/engine/engine-types.ts';
import { peerReleaseOf } from '../../src/pipeline/fabric/peer-release.ts';
import type { PeerVersion } from '../../src/pipeline/fabric/peer-version.ts';
import type {
  EngineFacts,
  LocalImage,
  PeerContainer,
  PeerFacts,
} from '../../src/pipeline/resolve/peer-facts.ts';
import { imagesOfPeer } from '../../src/pipeline/resolve/peer-images.ts';
import { findProblems } from '../../src/pipeline/resolve/peer-problems.ts';
import type { ResolveFinding } from '../../src/pipeline/resolve/resolve-report.ts';

export function imageOf(more: Partial<ImageInfo> = {}): ImageInfo {
  return {
    id: 'sha256:1',
    tags: [],
    labels: {},
    layers: [],
    env: {},
    exposedPorts: [],
    architecture: 'amd64',
    size: 1,
    digests: [],
    created: 1000,
    ...more,
  };
}

export function localOf(id: string, tags: readonly string[], more: Partial<LocalImage> = {}): LocalImage {
  return { id, tags, labels: {}, created: 1000, layers: [], architecture: 'amd64', ...more };
}

export function versionOf(version: string, changed: Partial<PeerVersion['compiled']> = {}): PeerVersion {
  const release = peerReleaseOf(version);
  if (!release) throw new Error(version);
  return {
    compiled: {
      release,
      version,
      baseVersion: '0.4.22',
      dockerNs: 'hyperledger',
      baseDockerNs: 'hyperledger',
      goArch: 'amd64',
      ...changed,
    },
    release: version,
    releaseKnown: true,
  };
}

/** Returns the core.yaml of a test network. Templates default to the release's own. */
export function coreYaml(version: string, templates: { builder?: string; runtime?: string } = {}): string {
  const release = peerReleaseOf(version);
  if (!release) throw new Error(version);
  const { builder = release.images.builder.template, runtime = release.images.runtime.template } = templates;
  return [
    'peer:',
    '  address: peer0:7051',
    'vm:',
    '  endpoint: unix:///var/run/docker.sock',
    '  docker:',
    '    hostConfig:',
    '      NetworkMode: net_byfn',
    'chaincode:',
    `  builder: ${builder}`,
    '  pull: false',
    '  golang:',
    `    runtime: ${runtime}`,
    '',
  ].join('\n');
}

/** Returns the container of a peer, attached to these networks under its own name. */
export function peerContainer(
  networks: Readonly<Record<string, string>> = { net_byfn: '172.20.0.2' },
  more: Partial<PeerContainer> = {},
): PeerContainer {
  const attached = Object.entries(networks).map(([name, address]) => ({
    name,
    aliases: ['peer0', 'peer0.org1.example.com'],
    addresses: [address],
  }));
  return { id: 'p0', name: 'peer0', mounts: [], networks: attached, hostPorts: [], ...more };
}

/** Returns a running peer of another network. */
export function peerOf(release: string, more: Partial<PeerFacts> = {}): PeerFacts {
  return {
    subject: { kind: 'container', name: 'peer0', running: true, ours: false },
    imageRef: `hyperledger/fabric-peer:${release}`,
    image: imageOf({ layers: ['base', 'peer'] }),
    version: { ...versionOf(release), origin: 'peer version' },
    versionProblem: undefined,
    coreYaml: { path: '/etc/hyperledger/fabric/core.yaml', text: coreYaml(release) },
    env: {},
    container: peerContainer(),
    madeHere: new Set(),
    ...more,
  };
}

export interface EngineChanges extends Partial<Omit<EngineFacts, 'images'>> {
  /** Local images by reference. Default: one for every reference that the peer asks for. */
  readonly images?: Readonly<Record<string, ImageInfo>>;
}

/** Returns the findings for a peer. By default its engine has every image that the peer asks for. */
export function findingsOf(peer: PeerFacts, changed: EngineChanges = {}): readonly ResolveFinding[] {
  const { builder, runtime, config } = imagesOfPeer(peer);
  const images = [builder, runtime];
  const all = Object.fromEntries(images.map(({ ref }) => [ref, imageOf({ id: `sha256:${ref}` })]));
  return findProblems({
    peer,
    config,
    images,
    engine: {
      reach: { same: true },
      endpoint: 'unix:///var/run/docker.sock',
      version: '20.10.24',
      api: '1.41',
      minApi: '1.12',
      arch: 'amd64',
      locals: [],
      builderSince: undefined,
      chaincode: [],
      networks: [{ id: 'n1', name: 'net_byfn' }],
      hostAddresses: undefined,
      ...changed,
      images: new Map(Object.entries(changed.images ?? all)),
    },
  });
}
