/** Finds what belongs to a project on the engine, and removes what nobody else uses. Nothing else is ever removed. */
import { rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { removeSchemaLine } from '../config/config-file.ts';
import type { RemovalItem } from '../core/removal-item.ts';
import type { DockerPort } from '../engine/docker-port.ts';
import { messageOf, statusOf } from '../engine/engine-answers.ts';
import type { ContainerInfo, ListedImage, ListedVolume } from '../engine/engine-types.ts';
import { creatorOf, isNodeOf, LABEL } from '../engine/labels.ts';
import { OWN_NAMESPACE } from '../fabric/image-ref.ts';
import { imageNames } from '../fabric/release-facts.ts';
import { docker as dockerCommand } from '../host/docker-command.ts';
import { exists } from '../host/files.ts';
import { isRunAlive } from '../host/process-alive.ts';
import { snapshotDir } from '../host/state-folder.ts';
import { goCacheName } from '../images/go-cache.ts';
import { networksIn } from './kept-networks.ts';
import { isBuildOf, isChaincodeName, isChaincodeOf, needsImage } from './ownership.ts';
import { cacheUsers, imageUsers, networkUsers, type Others, runsInProgress, volumeUsers } from './users.ts';

export interface Removal extends RemovalItem {
  readonly remove: () => Promise<void>;
  /** For a network: returns the names of what is connected to it; undefined if that is not known. */
  readonly endpoints?: () => Promise<readonly string[] | undefined>;
}

export interface RemovalScope {
  readonly volumes: boolean;
  /** Snapshots of the network. */
  readonly snapshots: boolean;
  /** Chaincode images of this network. */
  readonly chaincodeImages: boolean;
  /** Images that this project built. */
  readonly images: boolean;
  /** The state folder, and caches and base images, which projects share. */
  readonly all: boolean;
}

/**
 * The ccenv images of a project, newest first, and since when each belongs to it, in milliseconds since the epoch.
 */
export type CcenvPeriods = readonly { readonly id: string; readonly since: number }[];

/** Returns a predicate for times, in milliseconds since the epoch, at which the project had the newest ccenv. */
export function madeWithNewest(periods: CcenvPeriods): (created: number) => boolean {
  return (created) => periods.find(({ since }) => since <= created)?.id === periods[0]?.id;
}

/**
 * Returns the names of this network's chaincode images that were built with an earlier ccenv.
 * @param peers names of the network's peers: nobody uses the images of a removed one
 * @param isCurrent whether the project had its newest ccenv at a time, in milliseconds since the epoch
 */
export async function staleChaincode(
  docker: DockerPort,
  project: string,
  peers: readonly string[],
  isCurrent: (created: number) => boolean,
): Promise<string[]> {
  const isOfProject = isChaincodeName(project);
  const isOurs = (tag: string) =>
    isOfProject(tag) && peers.some((peer) => `-${tag}`.includes(`-${peer.toLowerCase()}-`));
  const images = await docker.listImages();
  return images
    .filter(({ created }) => !isCurrent(created))
    .flatMap(({ tags }) => tags)
    .filter(isOurs)
    .map((tag) => tag.replace(/:latest$/, ''))
    .sort();
}

type RemovalEngine = Pick<
  DockerPort,
  | 'unreachable'
  | 'listContainers'
  | 'listNetworks'
  | 'networkEndpoints'
  | 'listVolumes'
  | 'listImages'
  | 'imageSteps'
  | 'removeContainer'
  | 'removeNetwork'
  | 'removeVolume'
  | 'removeImage'
>;

interface Search {
  readonly docker: RemovalEngine;
  readonly project: string;
  readonly scope: RemovalScope;
  readonly images: readonly ListedImage[];
  readonly others: Others;
}

/** Returns the project's containers: nodes, work containers, chaincode, and what compiles chaincode. */
function ownContainers(
  containers: readonly ContainerInfo[],
  project: string,
  images: readonly ListedImage[],
): ContainerInfo[] {
  const nodes = containers.filter((each) => isNodeOf(each, project));
  const builders = images.filter(
    (image) => image.labels[LABEL.project] === project || nodes.some((node) => needsImage(node, image)),
  );
  const isBuild = isBuildOf(containers, project, builders);
  return containers.filter(
    (each) => creatorOf(each) === project || isChaincodeOf(each, project) || isBuild(each),
  );
}

async function networkRemovals({ docker, project, images, others }: Search): Promise<Removal[]> {
  const networks = await docker.listNetworks([`${LABEL.project}=${project}`]);
  return networks.map(({ id, name }) => ({
    kind: 'network',
    name,
    usedBy: networkUsers(others, name),
    remove: async () => {
      // A peer may have started chaincode since the containers were listed.
      const late = ownContainers(await docker.listContainers(), project, images);
      const attached = late.filter(({ networks }) => networks.includes(name));
      await Promise.all(attached.map((each) => docker.removeContainer(each.id)));
      await docker.removeNetwork(id);
    },
    // What a machine that does not answer has on the network cannot be listed.
    endpoints: async () => (docker.unreachable.length > 0 ? undefined : docker.networkEndpoints(id)),
  }));
}

/** Returns the role of a volume in the project; undefined if it is not ours or out of scope. */
function volumeRole({ labels }: ListedVolume, { project, scope }: Search): Removal['about'] | undefined {
  const role = labels[LABEL.role];
  if (role === 'cache') return scope.all ? 'build-cache' : undefined;
  if (labels[LABEL.project] !== project) return undefined;
  switch (role) {
    case undefined:
      return scope.volumes ? 'ledger' : undefined;
    case 'files':
      return scope.volumes ? role : undefined;
    case 'snapshot':
      return scope.snapshots ? role : undefined;
    case 'source':
    case 'programs':
      return scope.chaincodeImages ? role : undefined;
    case 'socket':
      return role;
    default:
      return undefined;
  }
}

function volumeRemovals(search: Search, volumes: readonly ListedVolume[]): Removal[] {
  const { docker, images, others } = search;
  return volumes.flatMap((volume): Removal[] => {
    const { name } = volume;
    const about = volumeRole(volume, search);
    if (about === undefined) return [];
    const builder = images.find(({ id }) => name === goCacheName(id));
    const usedBy = about === 'build-cache' ? cacheUsers(others, name, builder) : volumeUsers(others, name);
    return [{ kind: 'volume', name, about, usedBy, remove: () => docker.removeVolume(name) }];
  });
}

/** Images that a user builds on ours inherit the labels, but not the names; a user can also give ours other names. */
const BUILT_NAME = new RegExp(`(^|/)fabric-(${[...imageNames, 'ca'].join('|')}):`);
/** Images that projects share; that of Node.js chaincode has Debian's Node.js. */
const BASE_NAME = /\/fabric-(baseimage|baseos|nodeenv):/;

/**
 * Whether fabric-wizard made the image. Images that are built on ours inherit its labels, but their last step is
 * another one. An import is the only step of its image.
 */
async function isOwnImage(docker: RemovalEngine, { id, labels }: ListedImage): Promise<boolean> {
  if (labels[LABEL.project] === undefined && labels[LABEL.origin] === undefined) return false;
  const steps = await docker.imageSteps(id);
  return steps.length === 1 || /\bLABEL io\.fabric-wizard\./.test(steps[0] ?? '');
}

/** Returns the role of a tag in the project; undefined if it is not ours or out of scope. */
function tagRole(
  tag: string,
  { labels }: ListedImage,
  { project, scope }: Search,
  isOwn: boolean,
): Removal['about'] | undefined {
  if (scope.chaincodeImages && isChaincodeName(project)(tag)) return 'chaincode';
  const maker = labels[LABEL.project];
  if (scope.images && isOwn && maker === project && BUILT_NAME.test(tag)) return 'built';
  if (!scope.all || maker !== undefined) return undefined;
  if (tag.startsWith(`${OWN_NAMESPACE}/gateway:`)) return 'gateway';
  const isBase = tag.startsWith(`${OWN_NAMESPACE}/`) || (isOwn && BASE_NAME.test(tag));
  return isBase ? 'base' : undefined;
}

async function imageRemovals(search: Search): Promise<Removal[]> {
  const { docker, project, scope, others } = search;
  const found = search.images.map(async (image): Promise<Removal[]> => {
    const isOwn = scope.images && (await isOwnImage(docker, image));
    const usedBy = imageUsers(others, image);
    const tagged = image.tags.flatMap((tag): Removal[] => {
      const about = tagRole(tag, image, search, isOwn);
      if (about === undefined) return [];
      return [{ kind: 'image', name: tag, about, usedBy, remove: () => docker.removeImage(tag, true) }];
    });
    const maker = image.labels[LABEL.project];
    const isReplaced = image.tags.length === 0 && isOwn && (maker === project || (scope.all && !maker));
    if (!isReplaced) return tagged;
    // A rebuild moved the tags. Not forced: the engine keeps an image that other images are based on.
    const remove = () => docker.removeImage(image.id);
    return [{ kind: 'image', name: image.id, about: 'replaced', usedBy, remove }];
  });
  return (await Promise.all(found)).flat();
}

/** Returns the files of the snapshots, each in a folder. Without its volumes, a snapshot is of no use. */
async function snapshotFolders(stateDir: string): Promise<Removal[]> {
  const found = await networksIn(snapshotDir(stateDir));
  return found.map(({ folder }) => ({
    kind: 'folder',
    name: folder,
    about: 'snapshot',
    usedBy: [],
    remove: () => rm(folder, { recursive: true, force: true }),
  }));
}

async function stateFolder(stateDir: string): Promise<Removal[]> {
  if (!(await exists(stateDir))) return [];
  const remove = async () => {
    await rm(stateDir, { recursive: true, force: true });
    await removeSchemaLine(dirname(stateDir));
  };
  return [{ kind: 'folder', name: stateDir, about: 'state', usedBy: [], remove }];
}

/** Returns everything in scope, including what others use. */
export async function removals(
  docker: RemovalEngine,
  project: string,
  stateDir: string,
  scope: RemovalScope,
): Promise<Removal[]> {
  const [containers, volumes, images] = await Promise.all([
    docker.listContainers(),
    docker.listVolumes([]),
    docker.listImages(),
  ]);
  const own = ownContainers(containers, project, images);
  const others: Others = {
    containers: containers.filter((each) => !own.includes(each)),
    runs: runsInProgress(volumes, isRunAlive),
  };
  const search: Search = { docker, project, scope, images, others };
  return [
    ...own.map(
      ({ id, name, status }): Removal => ({
        kind: 'container',
        name,
        detail: status,
        usedBy: [],
        remove: () => docker.removeContainer(id),
      }),
    ),
    ...(await networkRemovals(search)),
    ...volumeRemovals(search, volumes),
    ...(await imageRemovals(search)),
    ...(scope.all ? await stateFolder(stateDir) : scope.snapshots ? await snapshotFolders(stateDir) : []),
  ];
}

/** What `down` removes: containers, and the engine's network. */
export const NETWORK_ONLY: RemovalScope = {
  volumes: false,
  snapshots: false,
  chaincodeImages: false,
  images: false,
  all: false,
};

/** Removes the containers of a network and the engine's network, unless others use it. */
export async function removeRunning(docker: RemovalEngine, project: string, stateDir: string): Promise<void> {
  const items = await removals(docker, project, stateDir, NETWORK_ONLY);
  await removeAll(items.filter(({ usedBy }) => usedBy.length === 0));
}

/** Something that the engine refused to remove, and its reason. */
export interface Refusal {
  readonly item: Removal;
  readonly reason: string;
  /** For a network: commands that disconnect what is connected. None if the engine counts an endpoint that no container has. */
  readonly disconnect?: readonly string[];
}

async function attempt(item: Removal): Promise<Refusal[]> {
  try {
    await item.remove();
    return [];
  } catch (error) {
    // The engine answered: somebody has begun to use it since it was listed.
    if (statusOf(error) === undefined) throw error;
    const endpoints = await item.endpoints?.().catch(() => undefined);
    const disconnect = endpoints?.map((each) =>
      dockerCommand('network', 'disconnect', '--force', item.name, each),
    );
    return [{ item, reason: messageOf(error), ...(disconnect ? { disconnect } : {}) }];
  }
}

/** Steps of a removal: networks and volumes in use cannot be removed before their containers, nor images before those built on them. */
const ORDER: readonly ((item: Removal) => boolean)[] = [
  ({ kind }) => kind === 'container',
  ({ kind }) => kind === 'network',
  ({ kind }) => kind === 'volume',
  ({ kind, about }) => kind === 'image' && about !== 'replaced',
  ({ about }) => about === 'replaced',
  ({ kind }) => kind === 'folder',
];

/** Removes the items in order. @returns what the engine refused to remove */
export async function removeAll(items: readonly Removal[]): Promise<Refusal[]> {
  const refused: Refusal[] = [];
  for (const isNext of ORDER) {
    const ended = await Promise.all(items.filter(isNext).map(attempt));
    refused.push(...ended.flat());
  }
  return refused;
}
