/** Pulls the images that the checkout's own Dockerfiles start from, before anything is built. */
import type { StageContext } from '../context/run-context.ts';
import { cached, defineStage, run } from '../context/stage-definition.ts';
import { WizardFailure } from '../core/failure.ts';
import { imageNames } from '../fabric/release-facts.ts';
import { absentImages } from '../images/require-image.ts';
import { isUpstream, upstreamRecipe } from '../images/upstream-dockerfiles.ts';
import { couchdbStage } from './couchdb.ts';
import { imagesToBuild } from './image-decision.ts';
import { javaenvStage } from './javaenv.ts';
import { buildsImages, upstreamImages } from './plan-scope.ts';
import { pullImage } from './pull-image.ts';
import { sourceStage } from './source.ts';

/** Time limit, shorter than that of other pulls: a user without a registry should soon learn that `own` needs none. */
const STALL_MS = 20_000;

async function pullBase(context: StageContext, ref: string): Promise<void> {
  try {
    await pullImage(context, ref, STALL_MS);
  } catch (error) {
    if (!(error instanceof WizardFailure) || error.failure.kind !== 'pull') throw error;
    throw new WizardFailure({ ...error.failure, upstream: true });
  }
}

export const baseUpstreamStage = defineStage({
  id: 'base.upstream',
  topic: {
    group: 'build-stages',
    aliases: ['--dockerfiles', 'dockerfiles', 'upstream', 'golang alpine', 'ubuntu', 'make docker'],
    see: ['DockerNamespace', 'image.peer', 'compile'],
  },
  needs: [sourceStage, couchdbStage, javaenvStage],
  isIncluded: (input) => buildsImages(input) && upstreamImages(input).length > 0,
  decide: (input) => {
    const built = imagesToBuild(upstreamImages(input), input);
    if (built.length === 0) return cached({ key: 'cause.not-needed' });
    const missing = new Set(built.flatMap((name) => input.observed.images[name]?.upstream?.missing ?? []));
    return missing.size > 0
      ? run({ key: 'cause.images-missing', what: [...missing] }, built)
      : cached({ key: 'cause.images-here' });
  },
  // Includes the gigabytes that compiles inside image builds leave behind.
  cost: () => ({ seconds: 60, cores: 1, memoryMb: 300, engineBytes: 3e9 }),
  checks: ['engine', 'context', 'proxies', 'disk'],
  execute: async (context) => {
    const { targets = [], docker } = context;
    const images = imageNames.filter((name) => targets.includes(name) && isUpstream(name, context));
    const recipes = await Promise.all(images.map((name) => upstreamRecipe(name, context)));
    const refs = [...new Set(recipes.flatMap(({ from }) => from))];
    const absent = await absentImages(docker, refs);
    for (const ref of absent) await pullBase(context, ref);
    return absent.length > 0
      ? { outcome: 'built', detail: { key: 'detail.pulled-bases', refs: absent } }
      : { outcome: 'cached', detail: refs.join(', ') };
  },
});
