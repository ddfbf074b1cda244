/** Queries the engine that a peer uses, if it is the engine that the wizard uses. */
import { readFile, realpath } from 'node:fs/promises';
import type { DockerPort } from '../engine/docker-port.ts';
import type { ContainerMount, ImageInfo } from '../engine/engine-types.ts';
import type { ConfigValue } from '../fabric/resolution.ts';
import { nameToLookUp } from './chaincode-network.ts';
import type { EngineFacts, LocalImage, PeerFacts, Reach } from './peer-facts.ts';

/** Returns the host path that is mounted at a path of a container; undefined if none is. */
export function hostPathOf(path: string, mounts: readonly ContainerMount[]): string | undefined {
  const [closest] = mounts
    .map(({ source, destination }) => ({ source, destination: destination.replace(/\/+$/, '') }))
    .filter(({ destination }) => path === destination || path.startsWith(`${destination}/`))
    .sort((a, b) => b.destination.length - a.destination.length);
  return closest && `${closest.source.replace(/\/+$/, '')}${path.slice(closest.destination.length)}`;
}

type EndpointTarget =
  | { readonly kind: 'socket'; readonly hostPath: string }
  | { readonly kind: 'tcp' | 'not-mounted' | 'disabled' }
  /** An image or a configuration has no mounts; its peer is assumed to use our engine. */
  | { readonly kind: 'ours' };

/** Resolves a peer's `vm.endpoint`. */
export function endpointTarget(
  endpoint: string,
  mounts: readonly ContainerMount[] | undefined,
): EndpointTarget {
  if (endpoint === '') return { kind: 'disabled' };
  const socket = /^unix:\/\/(\/.*)$/.exec(endpoint)?.[1];
  if (socket === undefined) return { kind: 'tcp' };
  if (mounts === undefined) return { kind: 'ours' };
  const hostPath = hostPathOf(socket, mounts);
  return hostPath === undefined ? { kind: 'not-mounted' } : { kind: 'socket', hostPath };
}

async function realPathOf(path: string): Promise<string> {
  return realpath(path).catch(() => path);
}

async function reachOf(
  docker: DockerPort,
  peer: PeerFacts,
  configured: ConfigValue | undefined,
): Promise<Reach> {
  // The gateway runs beside the peer, on the same engine.
  if (peer.container && peer.gateway) return { same: true };
  // Without a core.yaml the endpoint is unknown; `core-yaml-missing` reports that.
  if (!configured && peer.coreYaml.text === undefined) return { same: true };
  const { value: endpoint, origin } = configured ?? { value: '', origin: 'core.yaml' };
  const target = endpointTarget(endpoint, peer.container?.mounts);
  if (target.kind === 'ours') return { same: true };
  if (target.kind !== 'socket')
    return { same: false, endpoint, origin, how: target.kind, hostPath: undefined };
  const { hostPath } = target;
  const ours = await docker.socketOnHost();
  // The container runs on our engine, so a path on its host is a path on ours.
  const same = hostPath === ours || (await realPathOf(hostPath)) === (await realPathOf(ours));
  return same ? { same } : { same, endpoint, origin, how: 'other-socket', hostPath };
}

/** Finds the peer's chaincode images by name prefix: names end with a hash, or before 1.0.1 begin with the peer only. */
async function chaincodeOf(
  docker: DockerPort,
  peer: PeerFacts,
  config: (key: string) => ConfigValue | undefined,
): Promise<EngineFacts['chaincode']> {
  const { release } = peer.version.compiled;
  const networkId = config('peer.networkId')?.value ?? '';
  const peerId = config('peer.id')?.value ?? '';
  // The ids in an image are placeholders.
  if (!peer.container || peerId === '') return [];
  const prefix = `${release.chaincodeContainerName(networkId, peerId, '', '').toLowerCase()}-`;
  return (await docker.listImages()).flatMap(({ tags, created }) =>
    tags
      .filter((tag) => tag.startsWith(prefix))
      .map((tag) => ({ name: tag.replace(/:latest$/, ''), created })),
  );
}

const CHAINCODE_IMAGE = /-[0-9a-f]{64}:latest$/;

/** Returns the local images that can replace an absent one, with layers; chaincode images are left out. */
async function localImages(docker: DockerPort): Promise<LocalImage[]> {
  const listed = await docker.listImages();

  const named = listed.filter(({ tags }) => tags.some((tag) => !CHAINCODE_IMAGE.test(tag)));
  const inspected = await Promise.all(
    named.map(async (image): Promise<LocalImage[]> => {
      const info = await docker.inspectImage(image.id);
      return info ? [{ ...image, layers: info.layers, architecture: info.architecture }] : [];
    }),
  );
  return inspected.flat();
}

/** Milliseconds for the name servers of this machine. */
const LOOKUP_MS = 1000;

/** Looks up the peer's name where chaincode that uses the host's network looks it up: /etc/hosts, then name servers. */
async function addressesHere(
  docker: DockerPort,
  peer: PeerFacts,
  config: (key: string) => ConfigValue | undefined,
): Promise<string[] | undefined> {
  const name = nameToLookUp(config);
  // Only an engine with a local socket is known to run on this machine.
  if (name === undefined || !peer.container || docker.socketPath === undefined) return undefined;
  const listed = (await readFile('/etc/hosts', 'utf8').catch(() => ''))
    .split('\n')
    .map((line) => line.replace(/#.*/, '').trim().split(/\s+/))
    .flatMap(([address = '', ...names]) => (names.includes(name) ? address : []));
  if (listed.length > 0) return listed;
  // Not loaded before: few peers have such an address, and it takes a millisecond at each start.
  const { Resolver } = await import('node:dns/promises');
  const resolver = new Resolver({ timeout: LOOKUP_MS, tries: 1 });
  return resolver.resolve4(name).catch(() => []);
}

export interface EngineQuery {
  readonly peer: PeerFacts;
  readonly config: (key: string) => ConfigValue | undefined;
  /** References to inspect. */
  readonly refs: readonly string[];
  /** References without which Go chaincode cannot be built. */
  readonly required: readonly string[];
  /** Since when a builder image belongs to this project, from the journal. */
  readonly ccenv: { readonly id: string; readonly since: number } | undefined;
  readonly builder: string;
}

/** @throws WizardFailure `engine`; CancelledError */
export async function engineFacts(docker: DockerPort, query: EngineQuery): Promise<EngineFacts> {
  const { peer, config, refs, required, ccenv, builder } = query;
  const [version, reach, chaincode, networks] = await Promise.all([
    docker.version(),
    reachOf(docker, peer, config('vm.endpoint')),
    chaincodeOf(docker, peer, config),
    docker.listNetworks([]),
  ]);
  const images = new Map<string, ImageInfo>();
  await Promise.all(
    refs.map(async (ref) => {
      // The engine rejects an invalid reference as a bad request; the image counts as absent.
      const image = ref === '' ? undefined : await docker.inspectImage(ref).catch(() => undefined);
      if (image) images.set(ref, image);
    }),
  );
  const builderSince = images.get(builder)?.id === ccenv?.id ? ccenv?.since : undefined;
  return {
    reach,
    endpoint: docker.endpoint,
    version: version.engine,
    api: version.api,
    minApi: version.minApi,
    arch: version.arch,
    images,
    locals: required.every((ref) => images.has(ref)) ? [] : await localImages(docker),
    builderSince,
    chaincode,
    networks,
    hostAddresses: await addressesHere(docker, peer, config),
  };
}
