/** Requires images that earlier stages provided. */
import { WizardFailure } from '../core/failure.ts';
import type { DockerPort } from '../engine/docker-port.ts';
import type { ImageInfo } from '../engine/engine-types.ts';

/** Returns the references that are not on the engine. */
export async function absentImages(docker: DockerPort, refs: readonly string[]): Promise<readonly string[]> {
  const here = await Promise.all(refs.map((ref) => docker.inspectImage(ref)));
  return refs.filter((_, i) => here[i] === undefined);
}

/** Returns an image that an earlier stage provided. @throws WizardFailure `check` if it has been removed since */
export async function requireImage(docker: DockerPort, ref: string): Promise<ImageInfo> {
  const image = await docker.inspectImage(ref);
  if (!image) {
    throw new WizardFailure({
      kind: 'check',
      what: { key: 'thing.image', ref },
      expected: { key: 'state.present' },
      // The engine's words, by which the diagnosis knows the cause.
      got: `No such image: ${ref}`,
    });
  }
  return image;
}
