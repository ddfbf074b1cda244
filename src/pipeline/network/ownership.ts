/** PURE: decides which containers on the engine belong to a project's network. */
import type { ContainerInfo } from '../engine/engine-types.ts';
import { creatorOf, isNodeOf, LABEL } from '../engine/labels.ts';
import { requestedNames } from '../fabric/peer-release.ts';

/** Network id of Fabric's own samples: chaincode of a network with this id would have the names of theirs. */
const SAMPLES_ID = 'dev';

/** Returns `CORE_PEER_NETWORKID`, the first part of the names of a project's chaincode containers and images. */
export function networkIdOf(project: string): string {
  return project === SAMPLES_ID ? `${SAMPLES_ID}-fabric-wizard` : project;
}

function chaincodeName(networkId: string): RegExp {
  return new RegExp(`^${networkId.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}-peer\\d+\\.[a-z0-9][a-z0-9.-]*-`);
}

/** Returns a predicate for names of the chaincode containers and images of our peers: `<network id>-peerN.<domain>-…`. */
export function isChaincodeName(project: string): (name: string) => boolean {
  const pattern = chaincodeName(networkIdOf(project));
  return (name) => pattern.test(name);
}

/** Whether a peer of the project's network started the container for chaincode: by its name and its network. */
export function isChaincodeOf(
  { name, networks, labels }: Pick<ContainerInfo, 'name' | 'networks' | 'labels'>,
  project: string,
): boolean {
  // Earlier versions used the name of every project as network id.
  const isNamed = isChaincodeName(project)(name) || chaincodeName(project).test(name);
  return isNamed && networks.includes(project) && labels[LABEL.role] === undefined;
}

/** Path in the command with which every release compiles chaincode. */
const BUILD_OUTPUT = '/chaincode/output';

/** Command of a step of an image build. From 2.5.15 on, peers let the engine keep the containers of these steps. */
const BUILD_STEP = '#(nop) ';

/** Networks of a container that asked for none. */
const DEFAULT_NETWORKS = ['default', 'bridge'];

/**
 * Returns a predicate for the containers in which peers of this project compile chaincode, and build images of it. No name or label says whose
 * they are. Up to 1.4 they are on the network of the peer. From 2.0 on they are on the default network; then they are
 * ours if only our peers use their image.
 * @param builders images that peers of this project use as builder
 */
export function isBuildOf(
  containers: readonly ContainerInfo[],
  project: string,
  builders: readonly UsableImage[],
): (container: ContainerInfo) => boolean {
  const others = containers.filter(
    (each) => each.state === 'running' && isPeer(each) && !isNodeOf(each, project),
  );
  const exclusive = new Set(
    builders.filter((image) => !others.some((peer) => needsImage(peer, image))).map(({ id }) => id),
  );
  return ({ command, networks, imageId, labels, state }) => {
    if (labels[LABEL.role] !== undefined) return false;
    if (state === 'created' && networks.includes(project) && command.includes(BUILD_STEP)) return true;
    if (!command.includes(BUILD_OUTPUT)) return false;
    if (networks.includes(project)) return true;
    return exclusive.has(imageId) && networks.every((name) => DEFAULT_NETWORKS.includes(name));
  };
}

/** Returns the references that a network or a run needs; undefined if it has no such label. */
export function usesOf(labels: Readonly<Record<string, string>>): readonly string[] | undefined {
  try {
    const uses: unknown = JSON.parse(labels[LABEL.uses] ?? '');
    return Array.isArray(uses) ? uses.filter((ref) => typeof ref === 'string') : undefined;
  } catch {
    return undefined;
  }
}

/** Reference of a peer's image. Group 1 is its namespace. */
const PEER_IMAGE = /^(?:(.*)\/)?fabric-peer(?::|@|$)/;

/** Whether the container may be a peer, so that it can request images. */
function isPeer(container: Pick<ContainerInfo, 'image' | 'labels' | 'networks'>): boolean {
  const isNode = container.labels[LABEL.role] === 'node' && creatorOf(container) !== undefined;
  return isNode || PEER_IMAGE.test(container.image);
}

export interface UsableImage {
  readonly id: string;
  readonly tags: readonly string[];
}

/**
 * Whether a container was created from the image, or needs it: peers request images by reference. Our nodes list what
 * they need. Peers without such a list may need every image in the namespace of their own that peers request.
 */
export function needsImage(
  container: Pick<ContainerInfo, 'image' | 'imageId' | 'labels' | 'networks'>,
  image: UsableImage,
): boolean {
  if (container.imageId === image.id) return true;
  // A list that was inherited from an image says nothing about this container.
  const uses = creatorOf(container) === undefined ? undefined : usesOf(container.labels);
  if (uses) return image.tags.some((tag) => uses.includes(tag));
  const peer = PEER_IMAGE.exec(container.image);
  if (!peer) return false;
  const prefix = peer[1] === undefined ? '' : `${peer[1]}/`;
  const isRequested = (tag: string) =>
    tag.startsWith(prefix) && requestedNames.has(tag.slice(prefix.length).replace(/:.*$/, ''));
  return image.tags.some(isRequested);
}
