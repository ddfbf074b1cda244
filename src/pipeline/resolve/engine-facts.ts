/** Asks the engine that a peer talks to, as far as it is the one that we talk to. */
import { realpath } from 'node:fs/promises';
import type { DockerPort } from '../engine/docker-port.ts';
import type { ContainerMount, ImageInfo } from '../engine/engine-types.ts';
import type { ConfigValue } from '../fabric/resolution.ts';
import type { EngineFacts, LocalImage, PeerFacts, Reach } from './peer-facts.ts';

/** The path on the engine's host that stands at a path of a container. */
export function hostPathOf(path: string, mounts: readonly ContainerMount[]): string | undefined {
  const [closest] = mounts
    .map(({ source, destination }) => ({ source, destination: destination.replace(/\/+$/, '') }))
    .filter(({ destination }) => path === destination || path.startsWith(`${destination}/`))
    .sort((a, b) => b.destination.length - a.destination.length);
  return closest && `${closest.source.replace(/\/+$/, '')}${path.slice(closest.destination.length)}`;
}

type Target =
  | { readonly how: 'socket'; readonly hostPath: string }
  | { readonly how: 'tcp' | 'not-mounted' | 'disabled' }
  /** An image or a configuration has no mounts to follow. */
  | { readonly how: 'ours' };

/** Where a peer's `vm.endpoint` leads. */
export function endpointTarget(endpoint: string, mounts: readonly ContainerMount[] | undefined): Target {
  if (endpoint === '') return { how: 'disabled' };
  const socket = /^unix:\/\/(\/.*)$/.exec(endpoint)?.[1];
  if (socket === undefined) return { how: 'tcp' };
  if (mounts === undefined) return { how: 'ours' };
  const hostPath = hostPathOf(socket, mounts);
  return hostPath === undefined ? { how: 'not-mounted' } : { how: 'socket', hostPath };
}

async function realPathOf(path: string): Promise<string> {
  return realpath(path).catch(() => path);
}

async function reachOf(docker: DockerPort, peer: PeerFacts, found: ConfigValue | undefined): Promise<Reach> {
  // Without a core.yaml nobody knows where the peer looks; that is said elsewhere.
  if (!found && peer.coreYaml.text === undefined) return { same: true };
  const { value: endpoint, origin } = found ?? { value: '', origin: 'core.yaml' };
  const target = endpointTarget(endpoint, peer.container?.mounts);
  if (target.how === 'ours') return { same: true };
  if (target.how !== 'socket') return { same: false, endpoint, origin, how: target.how, hostPath: undefined };
  const { hostPath } = target;
  const ours = docker.socketPath;
  // The container is on the engine that we ask: a path on its host is one on ours.
  const same = ours !== undefined && (await realPathOf(hostPath)) === (await realPathOf(ours));
  return same ? { same } : { same, endpoint, origin, how: 'other-socket', hostPath };
}

/** Names of chaincode images end with a hash; before 1.0.1 they are told by their peer's name only. */
function chaincodeOf(
  peer: PeerFacts,
  config: (key: string) => ConfigValue | undefined,
  images: readonly { readonly tags: readonly string[]; readonly created: number }[],
): EngineFacts['chaincode'] {
  const { release } = peer.version.compiled;
  const networkId = config('peer.networkId')?.value ?? '';
  const peerId = config('peer.id')?.value ?? '';
  // An image's own id and network id are placeholders.
  if (!peer.container || peerId === '') return [];
  const prefix = `${release.chaincodeContainerName(networkId, peerId, '', '').toLowerCase()}-`;
  return images.flatMap(({ tags, created }) =>
    tags
      .filter((tag) => tag.startsWith(prefix))
      .map((tag) => ({ name: tag.replace(/:latest$/, ''), created })),
  );
}

const CHAINCODE_IMAGE = /-[0-9a-f]{64}:latest$/;

/** All that a chaincode could be built in or stand on, with layers: what an absent image is compared with. */
async function localImages(docker: DockerPort, listed: LocalImages): Promise<LocalImage[]> {
  const named = listed.filter(({ tags }) => tags.some((tag) => !CHAINCODE_IMAGE.test(tag)));
  const looked = await Promise.all(
    named.map(async (image): Promise<LocalImage[]> => {
      const info = await docker.inspectImage(image.id);
      return info ? [{ ...image, layers: info.layers, architecture: info.architecture }] : [];
    }),
  );
  return looked.flat();
}
type LocalImages = Awaited<ReturnType<DockerPort['listImages']>>;

export interface EngineQuestion {
  readonly peer: PeerFacts;
  readonly config: (key: string) => ConfigValue | undefined;
  /** What to look up. */
  readonly refs: readonly string[];
  /** Those without which Go chaincode can't be built. */
  readonly needed: readonly string[];
  /** When a builder image became this project's, by the journal. */
  readonly ccenv: { readonly id: string; readonly since: number } | undefined;
  readonly builder: string;
}

/** @throws WizardFailure `engine`; CancelledError */
export async function engineFacts(docker: DockerPort, question: EngineQuestion): Promise<EngineFacts> {
  const { peer, config, refs, needed, ccenv, builder } = question;
  const [version, reach, listed, networks] = await Promise.all([
    docker.version(),
    reachOf(docker, peer, config('vm.endpoint')),
    docker.listImages(),
    docker.listNetworks([]),
  ]);
  const asked = new Map<string, ImageInfo>();
  await Promise.all(
    refs.map(async (ref) => {
      // What is no reference is a bad request to the engine, and absent all the same.
      const image = ref === '' ? undefined : await docker.inspectImage(ref).catch(() => undefined);
      if (image) asked.set(ref, image);
    }),
  );
  const builderSince = asked.get(builder)?.id === ccenv?.id ? ccenv?.since : undefined;
  return {
    reach,
    endpoint: docker.endpoint,
    version: version.engine,
    api: version.api,
    minApi: version.minApi,
    arch: version.arch,
    asked,
    locals: needed.every((ref) => asked.has(ref)) ? [] : await localImages(docker, listed),
    builderSince,
    chaincode: chaincodeOf(peer, config, listed),
    networks,
  };
}
