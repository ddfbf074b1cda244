/** What peers have made of chaincodes and the engine still has: containers and images. */
import type { DockerPort } from '../engine/docker-port.ts';
import type { ReleaseFacts } from '../fabric/release-facts.ts';

export interface ChaincodeRemains {
  readonly containers: readonly { readonly id: string; readonly name: string }[];
  /** References of images. */
  readonly images: readonly string[];
}

/**
 * Returns the containers with these names, and the images if peers of the release build them again. Other peers refuse to
 * install a package again, so without its image a chaincode could not start until its peer restarts.
 */
export async function removableRemains(
  docker: Pick<DockerPort, 'listContainers' | 'listImages'>,
  { rebuildsChaincode }: Pick<ReleaseFacts, 'rebuildsChaincode'>,
  names: readonly { readonly container: string; readonly image: string }[],
): Promise<ChaincodeRemains> {
  const [all, listed] = await Promise.all([
    docker.listContainers(),
    rebuildsChaincode ? docker.listImages() : [],
  ]);
  return {
    containers: all.filter((each) => names.some(({ container }) => container === each.name)),
    images: listed
      .flatMap((image) => image.tags)
      .filter((tag) => names.some(({ image }) => tag === image || tag === `${image}:latest`)),
  };
}

export async function removeRemains(
  docker: Pick<DockerPort, 'removeContainer' | 'removeImage'>,
  { containers, images }: ChaincodeRemains,
): Promise<void> {
  await Promise.all(containers.map(({ id }) => docker.removeContainer(id)));
  await Promise.all(images.map((tag) => docker.removeImage(tag, true)));
}
