import { LABEL } from '../engine/labels.ts';
import type { ImageName } from '../fabric/fabric-line.ts';
import { IMAGE_BASE, imageRecipe, imageRefs, primaryRef } from '../images/image-recipe.ts';
import { payloadPaths, presentChaintool } from '../images/payload-files.ts';
import type { StageExecutor } from '../run/stage.ts';
import { projectLabels, type Workbench } from '../run/workbench.ts';
import { requireImage } from './require-image.ts';

/** Builds one of the line's images and gives it every tag that this line's peer and its users expect. */
export function imageStage(bench: Workbench, name: ImageName, options: { force: boolean }): StageExecutor {
  return async (context) => {
    const { settings, docker, source, outputs } = bench;
    if (!outputs) throw new Error(`image.${name} needs the compile stage`);
    const base = await requireImage(
      docker,
      IMAGE_BASE[name] === 'builder' ? settings.builderImage : settings.runtimeImage,
    );
    const recipe = await imageRecipe(name, {
      source,
      settings,
      outputs,
      baseId: base.id,
      chaintool: await presentChaintool(bench),
      payload: payloadPaths(bench.stateDir),
    });
    for (const { code, message } of recipe.adapted) context.warn(code, message);

    const ref = primaryRef(settings, name);
    const present = await docker.inspectImage(ref);
    const fresh = !options.force && present?.labels[LABEL.fingerprint] === recipe.fingerprint;
    if (!fresh) {
      let total = 0;
      await docker.buildImage(recipe.context, {
        tag: ref,
        labels: {
          ...projectLabels(bench),
          [LABEL.fingerprint]: recipe.fingerprint,
          [LABEL.origin]: source.practice ? 'practice' : 'fabric',
        },
        signal: context.signal,
        onLine: (line) => {
          context.log(line);
          const step = /^Step (\d+)\/(\d+)/.exec(line);
          if (step) {
            total = Number(step[2]);
            context.progress(Number(step[1]) - 1, total, 'steps', line);
          }
        },
      });
    }
    const built = await requireImage(docker, ref);
    for (const other of imageRefs(settings, name).slice(1)) {
      if (!built.tags.includes(other)) await docker.tag(ref, other);
    }
    return {
      outcome: fresh ? 'cached' : 'built',
      detail: `${ref} ${built.id.replace('sha256:', '').slice(0, 12)}`,
    };
  };
}
