/** What peers have made of chaincodes and the engine still has: containers and images. */
import type { DockerPort } from '../engine/docker-port.ts';
import type { ReleaseFacts } from '../fabric/release-facts.ts';

export interface ChaincodeRemains {
  readonly containers: readonly { readonly id: string; readonly name: string }[];
  /** References of images. */
  readonly images: readonly string[];
}

/** Names of what a peer makes of a chaincode. */
export type NamesOnPeer = readonly { readonly container: string; readonly image: string }[];

type ListingEngine = Pick<DockerPort, 'listContainers' | 'listImages'>;
type BuildingRelease = Pick<ReleaseFacts, 'rebuildsChaincode'>;

/**
 * Lists what the engine has. The result returns the containers with given names, and the images if peers of the release build
 * them again. Other peers refuse to install a package again, so without its image a chaincode could not start until its peer
 * restarts.
 */
export async function remainsOnEngine(
  docker: ListingEngine,
  { rebuildsChaincode }: BuildingRelease,
): Promise<(names: NamesOnPeer) => ChaincodeRemains> {
  const [all, listed] = await Promise.all([
    docker.listContainers(),
    rebuildsChaincode ? docker.listImages() : [],
  ]);
  return (names) => ({
    containers: all.filter((each) => names.some(({ container }) => container === each.name)),
    images: listed
      .flatMap((image) => image.tags)
      .filter((tag) => names.some(({ image }) => tag === image || tag === `${image}:latest`)),
  });
}

/** Returns what `remainsOnEngine` finds of some names. */
export async function removableRemains(
  docker: ListingEngine,
  release: BuildingRelease,
  names: NamesOnPeer,
): Promise<ChaincodeRemains> {
  return (await remainsOnEngine(docker, release))(names);
}

export async function removeRemains(
  docker: Pick<DockerPort, 'removeContainer' | 'removeImage'>,
  { containers, images }: ChaincodeRemains,
): Promise<void> {
  await Promise.all(containers.map(({ id }) => docker.removeContainer(id)));
  await Promise.all(images.map((tag) => docker.removeImage(tag, true)));
}
