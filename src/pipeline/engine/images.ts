/** Images that the engine has: reading, tagging, removing. */
import type Docker from 'dockerode';
import { envRecord, retryOnRace, statusOf, undefinedIfMissing } from './engine-answers.ts';
import type { ImageInfo, ListedImage } from './engine-types.ts';
import { shortName } from './image-names.ts';

function tagsOf(docker: Docker, { RepoTags }: { readonly RepoTags?: readonly string[] | null }): string[] {
  return (RepoTags ?? []).filter((tag) => tag !== '<none>:<none>').map((tag) => shortName(docker, tag));
}

/** Returns an image by reference or id; undefined if it does not exist. */
export function inspectImage(docker: Docker, ref: string): Promise<ImageInfo | undefined> {
  return undefinedIfMissing(async () => {
    const image = await docker.getImage(ref).inspect();
    return {
      id: image.Id,
      tags: tagsOf(docker, image),
      labels: image.Config.Labels ?? {},
      layers: image.RootFS.Layers ?? [],
      env: envRecord(image.Config.Env),
      exposedPorts: Object.keys(image.Config.ExposedPorts ?? {}),
      architecture: image.Architecture,
      size: image.Size,
      digests: image.RepoDigests ?? [],
      created: Date.parse(image.Created),
    };
  });
}

/** Returns the images whose labels match (`key` or `key=value`). */
export async function listImages(docker: Docker, labels: readonly string[]): Promise<ListedImage[]> {
  const images = await retryOnRace(() => docker.listImages({ filters: JSON.stringify({ label: labels }) }));
  return images.map((image) => ({
    id: image.Id,
    tags: tagsOf(docker, image),
    labels: image.Labels ?? {},
    created: image.Created * 1000,
  }));
}

/** Returns the steps that an image was created with, the last one first; none if it does not exist. */
export async function imageSteps(docker: Docker, ref: string): Promise<string[]> {
  const history = await undefinedIfMissing(() => docker.getImage(ref).history());
  return ((history ?? []) as { CreatedBy?: string }[]).map(({ CreatedBy }) => CreatedBy ?? '');
}

export async function tagImage(docker: Docker, ref: string, target: string): Promise<void> {
  const colon = target.lastIndexOf(':');
  await docker.getImage(ref).tag({ repo: target.slice(0, colon), tag: target.slice(colon + 1) });
}

async function removeReference(docker: Docker, ref: string, force: boolean): Promise<void> {
  try {
    await retryOnRace(() => docker.getImage(ref).remove({ force }));
  } catch (error) {
    // If two related images are removed at once, the engine can report a conflict for a name that is already gone.
    if (statusOf(error) === 409 && !(await inspectImage(docker, ref))) return;
    if (statusOf(error) !== 404) throw error;
  }
}

/**
 * Removes an untagged image of a build step, and the steps before it. Images without a parent were not made by a step.
 * @param parent an id, empty if there is none
 */
async function removeSteps(docker: Docker, parent: string): Promise<void> {
  // Podman writes parents without the prefix, and refuses such an id if there is no such image.
  const id = parent.replace(/^(?=[0-9a-f]{64}$)/, 'sha256:');
  const step = id === '' ? undefined : await undefinedIfMissing(() => docker.getImage(id).inspect());
  if (!step?.Parent || tagsOf(docker, step).length > 0) return;
  try {
    await retryOnRace(() => docker.getImage(id).remove());
  } catch (error) {
    // Another image is based on it.
    if (statusOf(error) === 409) return;
    if (statusOf(error) !== 404) throw error;
  }
  await removeSteps(docker, step.Parent);
}

/**
 * Removes a reference or, by id, the image. Does nothing if it does not exist. The steps of its build are removed as well:
 * with the containerd image store, the engine keeps them if the first of them, or the base image, is gone.
 */
export async function removeImage(docker: Docker, ref: string, force: boolean): Promise<void> {
  const image = await undefinedIfMissing(() => docker.getImage(ref).inspect());
  await removeReference(docker, ref, force);
  if (!image || (await inspectImage(docker, image.Id))) return;
  await removeSteps(docker, image.Parent);
}
