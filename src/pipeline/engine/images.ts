/** Images that the engine has: reading, tagging, removing. */
import type { Readable } from 'node:stream';
import type Docker from 'dockerode';
import { CancelledError } from '../core/failure.ts';
import { envRecord, messages, retryOnRace, statusOf, undefinedIfMissing } from './engine-answers.ts';
import { RefusedRequest } from './engine-connection.ts';
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

/**
 * Returns images, with their references, as `docker save` writes them. The engine answers when it has collected all layers.
 * @param signal ends the request, and then the archive
 */
export async function saveImages(
  docker: Docker,
  refs: readonly string[],
  signal: AbortSignal,
): Promise<Readable> {
  const { modem } = docker as unknown as { readonly modem: SavingModem };
  return new Promise((resolve, reject) => {
    modem.dial(
      {
        // docker-modem removes the last character if there are no options, and writes a list among them as JSON.
        path: `/images/get?${refs.map((ref) => `names=${encodeURIComponent(ref)}`).join('&')}?`,
        method: 'GET',
        isStream: true,
        abortSignal: signal,
        statusCodes: { 200: true, 404: 'no such image', 500: 'server error' },
      },
      (error, body) => (error ? reject(error) : resolve(body as Readable)),
    );
  });
}

/** dockerode has no request for several images. */
interface SavingModem {
  dial(
    request: {
      readonly path: string;
      readonly method: 'GET';
      readonly isStream: true;
      readonly abortSignal: AbortSignal;
      readonly statusCodes: Readonly<Record<number, boolean | string>>;
    },
    callback: (error: Error | null, body: unknown) => void,
  ): void;
}

/**
 * Adds images from what `docker save` wrote. The archive is closed at the end.
 * @throws WizardFailure `engine-refused`; the error of the archive; CancelledError
 */
export async function loadImages(docker: Docker, tar: Readable, signal: AbortSignal): Promise<void> {
  try {
    signal.throwIfAborted();
    const answer = await docker.loadImage(tar, { quiet: true, abortSignal: signal });
    // The engine has begun its answer before it reads the archive: its status says nothing.
    for await (const { error } of messages(answer))
      if (error !== undefined) throw new RefusedRequest('POST /images/load', 200, error);
  } catch (error) {
    // What the engine says about half an archive is not the cause.
    throw signal.aborted ? new CancelledError() : (tar.errored ?? error);
  } finally {
    tar.destroy();
  }
}
