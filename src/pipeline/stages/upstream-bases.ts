import type { ImageName } from '../fabric/line-facts.ts';
import { upstreamRecipe } from '../images/upstream-dockerfiles.ts';
import { WizardFailure } from '../run/failure.ts';
import type { StageContext, StageExecutor } from '../run/stage.ts';
import type { Workbench } from '../run/workbench.ts';
import { pullImage } from './pull-image.ts';
import { absentImages } from './require-image.ts';

/** A registry that says nothing for this long is none: whoever waits should hear soon that ours need none. */
const SILENCE_MS = 20_000;

async function pullBase(bench: Workbench, ref: string, context: StageContext): Promise<void> {
  try {
    await pullImage(ref, { docker: bench.docker, stallMs: SILENCE_MS }, context);
  } catch (error) {
    if (!(error instanceof WizardFailure) || error.failure.kind !== 'pull') throw error;
    throw new WizardFailure({ ...error.failure, upstream: true });
  }
}

/**
 * Brings what the checkout's Dockerfiles start from, before anything is built.
 * @param images those that will be built
 */
export function upstreamBasesStage(bench: Workbench, images: readonly ImageName[]): StageExecutor {
  return async (context) => {
    const recipes = await Promise.all(images.map((name) => upstreamRecipe(name, bench)));
    const refs = [...new Set(recipes.flatMap(({ from }) => from))];
    const absent = await absentImages(bench.docker, refs);
    for (const ref of absent) await pullBase(bench, ref, context);
    return absent.length > 0
      ? { outcome: 'built', detail: { say: 'detail.pulled-bases', refs: absent } }
      : { outcome: 'cached', detail: refs.join(', ') };
  };
}
