import type { RunContext } from '../context/run-context.ts';
import type { StageContext, StageExecutor } from '../context/stage.ts';
import { WizardFailure } from '../core/failure.ts';
import type { ImageName } from '../fabric/release-facts.ts';
import { upstreamRecipe } from '../images/upstream-dockerfiles.ts';
import { pullImage } from './pull-image.ts';
import { absentImages } from './require-image.ts';

/** A registry that says nothing for this long is none: whoever waits should hear soon that ours need none. */
const SILENCE_MS = 20_000;

async function pullBase(bench: RunContext, ref: string, context: StageContext): Promise<void> {
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
export function upstreamBasesStage(bench: RunContext, images: readonly ImageName[]): StageExecutor {
  return async (context) => {
    const recipes = await Promise.all(images.map((name) => upstreamRecipe(name, bench)));
    const refs = [...new Set(recipes.flatMap(({ from }) => from))];
    const absent = await absentImages(bench.docker, refs);
    for (const ref of absent) await pullBase(bench, ref, context);
    return absent.length > 0
      ? { outcome: 'built', detail: { key: 'detail.pulled-bases', refs: absent } }
      : { outcome: 'cached', detail: refs.join(', ') };
  };
}
