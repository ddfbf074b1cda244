/** Copies images from engine to engine, without a registry. */
import type { DockerPort } from '../engine/docker-port.ts';
import type { ImageInfo } from '../engine/engine-types.ts';
import { leanArchive } from '../engine/image-archive.ts';

export interface ImageCopy {
  readonly from: Pick<DockerPort, 'inspectImage' | 'saveImages'>;
  readonly to: Pick<DockerPort, 'inspectImage' | 'listImages' | 'loadImages'>;
  readonly signal: AbortSignal;
}

/** Returns the layers of the images of an engine. */
async function presentLayers({ to }: ImageCopy): Promise<ImageInfo['layers'][]> {
  const images = await to.listImages();
  const found = await Promise.all(images.map(({ id }) => to.inspectImage(id)));
  return found.flatMap((image) => (image ? [image.layers] : []));
}

/**
 * Copies the images that the target lacks.
 * @param refs references of images; those that the source does not have are left out
 * @param withNames whether the images get all the names that they have: peers also ask for `latest` and for two-digit versions
 * @returns the references that were copied
 * @throws WizardFailure `engine-refused`, `engine`; CancelledError
 */
export async function copyImages(
  copy: ImageCopy,
  refs: readonly string[],
  withNames: boolean,
): Promise<readonly string[]> {
  const missing = await missingImages(copy, refs, withNames);
  await sendImages(copy, missing);
  return [...missing.keys()];
}

/** Copies images in one stream. @throws WizardFailure `engine-refused`, `engine`; CancelledError */
export async function sendImages(copy: ImageCopy, missing: ReadonlyMap<string, ImageInfo>): Promise<void> {
  const { from, to, signal } = copy;
  const names = [...missing.keys()];
  if (names.length === 0) return;
  const images = new Map([...missing.values()].map(({ id, layers }) => [id, layers]));
  const save = () => from.saveImages(names, signal);
  const archive = await leanArchive(save, images, await presentLayers(copy), signal);
  await to.loadImages(archive, signal);
}

/** Returns the images that the target lacks, by reference. See `copyImages`. */
export async function missingImages(
  { from, to }: Pick<ImageCopy, 'from' | 'to'>,
  refs: readonly string[],
  withNames: boolean,
): Promise<ReadonlyMap<string, ImageInfo>> {
  const found = await Promise.all(refs.map(async (ref) => ({ ref, image: await from.inspectImage(ref) })));
  const wanted = new Map<string, ImageInfo>();
  for (const { ref, image } of found)
    if (image) for (const name of withNames ? [ref, ...image.tags] : [ref]) wanted.set(name, image);
  const compared = [...wanted].map(async ([name, image]) =>
    (await to.inspectImage(name))?.id === image.id ? [] : [[name, image] as const],
  );
  return new Map((await Promise.all(compared)).flat());
}
