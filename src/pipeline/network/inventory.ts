/**
 * Finds what belongs to a project on the engine: by label, or by the network id in chaincode names. Nothing else is ever
 * removed.
 */
import { rm } from 'node:fs/promises';
import type { DockerPort } from '../engine/docker-port.ts';
import type { ListedImage } from '../engine/engine-types.ts';
import { LABEL } from '../engine/labels.ts';
import { imageNames } from '../fabric/release-facts.ts';
import { exists } from '../host/files.ts';

export interface Removal {
  readonly kind: 'container' | 'network' | 'volume' | 'image' | 'folder';
  readonly name: string;
  /** Role of the item in the project. */
  readonly about?: 'ledger' | 'chaincode' | 'built' | 'base' | 'replaced' | 'build-cache' | 'state';
  /** Status text of the engine, e.g. "Up 3 minutes". */
  readonly detail?: string;
  readonly remove: () => Promise<void>;
}

export interface RemovalScope {
  readonly volumes: boolean;
  /** Chaincode images of this network. */
  readonly chaincodeImages: boolean;
  /** Images that this project built. */
  readonly images: boolean;
  /** The state folder, and caches and base images, which projects share. */
  readonly all: boolean;
}

/** Returns a predicate for names of the chaincode containers and images of our peers: `<network id>-peerN.orgN.…`. */
export function isOurChaincode(project: string): (name: string) => boolean {
  const prefix = new RegExp(
    `^${project.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}-peer\\d+\\.org\\d+\\.[a-z.]+-`,
  );
  return (name) => prefix.test(name);
}

/**
 * The ccenv images of a project, newest first, and since when each belongs to it, in milliseconds since the epoch.
 */
export type CcenvPeriods = readonly { readonly id: string; readonly since: number }[];

/** Returns a predicate for times, in milliseconds since the epoch, at which the project had the newest ccenv. */
export function madeWithNewest(periods: CcenvPeriods): (created: number) => boolean {
  return (created) => periods.find(({ since }) => since <= created)?.id === periods[0]?.id;
}

/** Removes the hash at the end of the name of a chaincode image or, from 2.0 on, container. */
export function withoutHash(name: string): string {
  return name.replace(/-[0-9a-f]{64}$/, '');
}

/**
 * Returns the names of this network's chaincode images that were built with an older ccenv.
 * @param isCurrent whether the project had its newest ccenv at a time, in milliseconds since the epoch
 */
export async function staleChaincode(
  docker: DockerPort,
  project: string,
  isCurrent: (created: number) => boolean,
): Promise<string[]> {
  const isOurs = isOurChaincode(project);
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
  | 'listContainers'
  | 'listNetworks'
  | 'listVolumes'
  | 'listImages'
  | 'removeContainer'
  | 'removeNetwork'
  | 'removeVolume'
  | 'removeImage'
>;

async function containerRemovals(docker: RemovalEngine, project: string): Promise<Removal[]> {
  const isChaincode = isOurChaincode(project);
  const containers = await docker.listContainers();
  return containers
    .filter(({ name, labels }) => labels[LABEL.project] === project || isChaincode(name))
    .map(({ id, name, status }) => ({
      kind: 'container',
      name,
      detail: status,
      remove: () => docker.removeContainer(id),
    }));
}

async function networkRemovals(docker: RemovalEngine, project: string): Promise<Removal[]> {
  const networks = await docker.listNetworks([`${LABEL.project}=${project}`]);
  return networks.map(({ id, name }) => ({ kind: 'network', name, remove: () => docker.removeNetwork(id) }));
}

async function volumeRemovals(
  docker: RemovalEngine,
  label: string,
  about: Removal['about'],
): Promise<Removal[]> {
  const volumes = await docker.listVolumes([label]);
  return volumes.map((name) => ({ kind: 'volume', name, about, remove: () => docker.removeVolume(name) }));
}

/** Returns the role of a tag in the project; undefined if it is not ours or out of scope. */
function tagRole(
  tag: string,
  image: ListedImage,
  project: string,
  scope: RemovalScope,
): Removal['about'] | undefined {
  if (scope.chaincodeImages && isOurChaincode(project)(tag)) return 'chaincode';
  if (scope.images && image.labels[LABEL.project] === project && isBuiltName(tag)) return 'built';
  if (scope.all && isSharedBase(image.tags)) return 'base';
  return undefined;
}

async function imageRemovals(
  docker: RemovalEngine,
  project: string,
  scope: RemovalScope,
): Promise<Removal[]> {
  const images = await docker.listImages();
  return images.flatMap((image): Removal[] => {
    const tagged = image.tags.flatMap((tag): Removal[] => {
      const about = tagRole(tag, image, project, scope);
      if (about === undefined) return [];
      return [{ kind: 'image', name: tag, about, remove: () => docker.removeImage(tag, true) }];
    });
    const isReplaced = scope.images && image.tags.length === 0 && image.labels[LABEL.project] === project;
    if (!isReplaced) return tagged;
    // A rebuild moved the tags. Not forced: the engine keeps an image that other images are based on.
    const remove = () => docker.removeImage(image.id).catch(() => undefined);
    return [{ kind: 'image', name: image.id, about: 'replaced', remove }];
  });
}

async function folderRemovals(stateDir: string): Promise<Removal[]> {
  if (!(await exists(stateDir))) return [];
  const remove = () => rm(stateDir, { recursive: true, force: true });
  return [{ kind: 'folder', name: stateDir, about: 'state', remove }];
}

/** Returns everything in scope. */
export async function removals(
  docker: RemovalEngine,
  project: string,
  stateDir: string,
  scope: RemovalScope,
): Promise<Removal[]> {
  const items = await Promise.all([
    containerRemovals(docker, project),
    networkRemovals(docker, project),
    scope.volumes ? volumeRemovals(docker, `${LABEL.project}=${project}`, 'ledger') : [],
    imageRemovals(docker, project, scope),
    scope.all ? volumeRemovals(docker, `${LABEL.role}=cache`, 'build-cache') : [],
    scope.all ? folderRemovals(stateDir) : [],
  ]);
  return items.flat();
}

const BUILT_NAME = new RegExp(`(^|/)fabric-(${imageNames.join('|')}):`);

/** Images that a user builds on ours inherit the labels, but have other names. */
function isBuiltName(tag: string): boolean {
  return BUILT_NAME.test(tag);
}

/** Images built on a base image, including chaincode of other projects, inherit its labels but not its tag. */
function isSharedBase(tags: readonly string[]): boolean {
  return tags.some((tag) => tag.startsWith('fabric-wizard/'));
}

const ORDER: readonly Removal['kind'][] = ['container', 'network', 'volume', 'image', 'folder'];

/** Removes kind by kind: networks and volumes in use cannot be removed before their containers. */
export async function removeAll(items: readonly Removal[]): Promise<void> {
  for (const kind of ORDER) {
    await Promise.all(items.filter((item) => item.kind === kind).map((item) => item.remove()));
  }
}
