/** Compares the images on the engine with those that the source would produce. */
import type { ObservedImage, ObservedState } from '../context/observed-state.ts';
import type { ProjectContext } from '../context/run-context.ts';
import type { ImageInfo } from '../engine/engine-types.ts';
import { LABEL } from '../engine/labels.ts';
import type { ImageName } from '../fabric/release-facts.ts';
import type { BuildOutputs } from '../images/build-outputs.ts';
import { IMAGE_BASE } from '../images/image-programs.ts';
import { imageRecipe, imageRefs, primaryRef } from '../images/image-recipe.ts';
import { payloadPaths, presentChaintool } from '../images/payload-files.ts';
import { absentImages } from '../images/require-image.ts';
import { isUpstream, upstreamRecipe } from '../images/upstream-dockerfiles.ts';
import { STATE_KEYS } from '../journal/state-keys.ts';
import { contentOf } from '../network/node-content.ts';

/** Observes the base images and the outputs of the compile stage. */
export interface BuildGround {
  readonly bases: Readonly<Record<'builder' | 'runtime', ImageInfo | undefined>>;
  readonly outputs: BuildOutputs | undefined;
}

export async function observeBase(
  context: ProjectContext,
  kind: 'builder' | 'runtime',
  image: ImageInfo | undefined,
): Promise<ObservedState['base'][typeof kind]> {
  const { config, settings, docker } = context;
  const ref = kind === 'builder' ? settings.builderImage : settings.runtimeImage;
  const own = kind === 'builder' ? config.builderImage : config.runtimeImage;
  if (!image) return { run: true, cause: { key: 'cause.missing', what: ref } };
  if (own !== undefined) {
    return (await docker.inspectImage(own))?.id === image.id
      ? { run: false, cause: { key: 'cause.same-image', ref, own } }
      : { run: true, cause: { key: 'cause.other-image', ref, own } };
  }
  if (config.base === 'debian' && image.labels[LABEL.origin] !== 'debian') {
    return { run: true, cause: { key: 'cause.not-debian', ref } };
  }
  return { run: false, cause: { key: 'cause.present', what: ref } };
}

async function observeImage(
  context: ProjectContext,
  { bases, outputs }: BuildGround,
  name: ImageName,
): Promise<ObservedImage> {
  const { docker, settings, source, stateDir, journal } = context;
  const image = await docker.inspectImage(primaryRef(settings, name));
  const baseId = bases[IMAGE_BASE[name]]?.id;
  const upstream = isUpstream(name, context) ? await upstreamRecipe(name, context) : undefined;
  const chaintool = await presentChaintool(context);
  const payload = payloadPaths(stateDir);
  const own =
    !upstream && outputs && baseId
      ? await imageRecipe(name, { source, settings, outputs, baseId, chaintool, payload })
      : undefined;
  const verified = journal.getFact(STATE_KEYS.verified) ?? [];
  return {
    present: image && {
      id: image.id,
      // Not by the fingerprint: an image that `make docker` builds on our base image inherits the base's.
      ours: image.labels[LABEL.project] !== undefined,
      fingerprint: image.labels[LABEL.fingerprint],
      content: contentOf(image.labels),
    },
    wanted: (upstream ?? own)?.fingerprint,
    missingRefs: image ? imageRefs(settings, name).filter((ref) => !image.tags.includes(ref)) : [],
    upstream: upstream && { missing: await absentImages(docker, upstream.from) },
    verified: image !== undefined && verified.includes(image.id),
  };
}

export async function observeImages(
  context: ProjectContext,
  ground: BuildGround,
): Promise<ObservedState['images']> {
  const entries = context.settings.release.imagesBuilt.map(
    async (name) => [name, await observeImage(context, ground, name)] as const,
  );
  return Object.fromEntries(await Promise.all(entries));
}
