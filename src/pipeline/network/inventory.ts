/** What on this engine is ours: by our label, or by our network id in a chaincode's name. Nothing else is ever touched. */
import { rm } from 'node:fs/promises';
import type { DockerPort } from '../engine/docker-port.ts';
import { LABEL } from '../engine/labels.ts';
import { imageNames } from '../fabric/release-facts.ts';
import { exists } from '../host/files.ts';

export interface Removal {
  readonly kind: 'container' | 'network' | 'volume' | 'image' | 'folder';
  readonly name: string;
  /** What it is of ours. */
  readonly about?: 'ledger' | 'chaincode' | 'built' | 'base' | 'replaced' | 'build-cache' | 'state';
  /** The engine's phrase, e.g. "Up 3 minutes". */
  readonly detail?: string;
  readonly remove: () => Promise<void>;
}

export interface RemovalScope {
  readonly volumes: boolean;
  /** Chaincode images of this network. */
  readonly chaincodeImages: boolean;
  /** Images that this project built. */
  readonly images: boolean;
  /** Caches and base images that projects share, and the state folder. */
  readonly all: boolean;
}

/** `<network id>-peerN.orgN.` begins the name of each chaincode container and image that our peers make. */
export function isOurChaincode(project: string): (name: string) => boolean {
  const prefix = new RegExp(
    `^${project.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}-peer\\d+\\.org\\d+\\.[a-z.]+-`,
  );
  return (name) => prefix.test(name);
}

/** The ccenv images of a project, newest first, and since when each was its, in milliseconds since the epoch. */
export type CcenvPeriods = readonly { readonly id: string; readonly since: number }[];

/** Whether what was made at a time, in milliseconds since the epoch, was made with the ccenv of today. */
export function madeWithNewest(periods: CcenvPeriods): (created: number) => boolean {
  return (created) => periods.find(({ since }) => since <= created)?.id === periods[0]?.id;
}

/** A chaincode's image, or from 2.0 on its container, as a person knows it: the hash at the end tells nothing. */
export function withoutHash(name: string): string {
  return name.replace(/-[0-9a-f]{64}$/, '');
}

/**
 * Names of the chaincode images of this network that were built with another ccenv.
 * @param isCurrent whether the ccenv of that time, in milliseconds since the epoch, is that of today
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

/** Everything in scope, in the order in which it can be removed. */
export async function removals(
  docker: DockerPort,
  project: string,
  stateDir: string,
  scope: RemovalScope,
): Promise<Removal[]> {
  const label = `${LABEL.project}=${project}`;
  const ourChaincode = isOurChaincode(project);
  const [containers, networks, volumes, images] = await Promise.all([
    docker.listContainers(),
    docker.listNetworks([label]),
    docker.listVolumes([label]),
    docker.listImages(),
  ]);
  const found: Removal[] = [];
  for (const { id, name, status, labels } of containers) {
    if (labels[LABEL.project] !== project && !ourChaincode(name)) continue;
    found.push({ kind: 'container', name, detail: status, remove: () => docker.removeContainer(id) });
  }
  for (const { id, name } of networks) {
    found.push({ kind: 'network', name, remove: () => docker.removeNetwork(id) });
  }
  if (scope.volumes) {
    for (const name of volumes) {
      found.push({ kind: 'volume', name, about: 'ledger', remove: () => docker.removeVolume(name) });
    }
  }
  for (const image of images) {
    for (const tag of image.tags) {
      const chaincode = scope.chaincodeImages && ourChaincode(tag);
      const built = scope.images && image.labels[LABEL.project] === project && isBuiltName(tag);
      const base = scope.all && isSharedBase(image.tags);
      if (!chaincode && !built && !base) continue;
      found.push({
        kind: 'image',
        name: tag,
        about: imageIs(chaincode, built),
        remove: () => docker.removeImage(tag, true),
      });
    }
    // What a rebuild took the tags from. Unforced: the engine keeps what something else still stands on.
    if (scope.images && image.tags.length === 0 && image.labels[LABEL.project] === project) {
      found.push({
        kind: 'image',
        name: image.id,
        about: 'replaced',
        remove: () => docker.removeImage(image.id).catch(() => undefined),
      });
    }
  }
  if (scope.all) {
    for (const name of await docker.listVolumes([`${LABEL.role}=cache`])) {
      found.push({
        kind: 'volume',
        name,
        about: 'build-cache',
        remove: () => docker.removeVolume(name),
      });
    }
    if (await exists(stateDir)) {
      found.push({
        kind: 'folder',
        name: stateDir,
        about: 'state',
        remove: () => rm(stateDir, { recursive: true, force: true }),
      });
    }
  }
  return found;
}

const BUILT_NAME = new RegExp(`(^|/)fabric-(${imageNames.join('|')}):`);

/** Whatever a user makes from one of our images inherits its labels, but has a name of its own. */
function isBuiltName(tag: string): boolean {
  return BUILT_NAME.test(tag);
}

/** Labels are inherited by whatever is built on a base image, chaincode of others included; the tag is not. */
function isSharedBase(tags: readonly string[]): boolean {
  return tags.some((tag) => tag.startsWith('fabric-wizard/'));
}

function imageIs(chaincode: boolean, built: boolean): Removal['about'] {
  if (chaincode) return 'chaincode';
  return built ? 'built' : 'base';
}

const ORDER: readonly Removal['kind'][] = ['container', 'network', 'volume', 'image', 'folder'];

/** Removes kind by kind: a network or volume in use can't go before its containers. */
export async function removeAll(items: readonly Removal[]): Promise<void> {
  for (const kind of ORDER) {
    await Promise.all(items.filter((item) => item.kind === kind).map((item) => item.remove()));
  }
}
