import { projectLabels, type RunContext } from '../context/run-context.ts';
import type { StageContext, StageExecutor } from '../context/stage.ts';
import { LABEL } from '../engine/labels.ts';
import { shortId } from '../engine/short-id.ts';
import type { TarEntry } from '../engine/tar-context.ts';
import type { ImageName } from '../fabric/release-facts.ts';
import { IMAGE_BASE } from '../images/image-programs.ts';
import { type ImageRecipe, imageRecipe, imageRefs, primaryRef } from '../images/image-recipe.ts';
import { payloadPaths, presentChaintool } from '../images/payload-files.ts';
import { isUpstream, upstreamRecipe, withStagesLabelled } from '../images/upstream-dockerfiles.ts';
import { STATE_KEYS } from '../journal/state-keys.ts';
import { madeWithNewest, staleChaincode, withoutHash } from '../network/inventory.ts';
import { requireImage } from './require-image.ts';

/** What the image will be made of. @throws WizardFailure where its base image is absent */
async function recipeOf(bench: RunContext, name: ImageName): Promise<ImageRecipe> {
  if (isUpstream(name, bench)) return upstreamRecipe(name, bench);
  const { settings, docker, source, outputs } = bench;
  if (!outputs) throw new Error(`image.${name} needs the compile stage`);
  const base = IMAGE_BASE[name] === 'builder' ? settings.builderImage : settings.runtimeImage;
  return imageRecipe(name, {
    source,
    settings,
    outputs,
    baseId: (await requireImage(docker, base)).id,
    chaintool: await presentChaintool(bench),
    payload: payloadPaths(bench.stateDir),
  });
}

/** The image of exactly this content: the one that has the name, or an earlier one. */
async function existing(
  bench: RunContext,
  name: ImageName,
  fingerprint: string,
): Promise<{ readonly id: string; readonly named: boolean } | undefined> {
  const { docker, settings } = bench;
  const present = await docker.inspectImage(primaryRef(settings, name));
  if (present?.labels[LABEL.fingerprint] === fingerprint) return { id: present.id, named: true };
  const known = history(bench)[name]?.find((image) => image.fingerprint === fingerprint);
  const image = known && (await docker.inspectImage(known.id));
  return image?.labels[LABEL.fingerprint] === fingerprint ? { id: image.id, named: false } : undefined;
}

/** Whether this image need not be built, so that what only goes into it need not be made either. */
export async function isBuiltAlready(bench: RunContext, name: ImageName): Promise<boolean> {
  return (await existing(bench, name, (await recipeOf(bench, name)).fingerprint)) !== undefined;
}

/** Builds one of the line's images and gives it every tag that this line's peer and its users expect. */
export function imageStage(bench: RunContext, name: ImageName, options: { force: boolean }): StageExecutor {
  return async (context) => {
    const { settings, docker, source } = bench;
    const recipe = await recipeOf(bench, name);
    const ref = primaryRef(settings, name);
    const there = options.force ? undefined : await existing(bench, name, recipe.fingerprint);
    if (there && !there.named) await docker.tag(there.id, ref);
    if (!there) {
      for (const { code, message } of recipe.adapted) context.warn(code, message);
      if (settings.dockerfiles === 'upstream' && !isUpstream(name, bench))
        context.warn('no-upstream', { key: 'warning.no-upstream', image: name });
      let total = 0;
      const labels = {
        ...projectLabels(bench),
        [LABEL.fingerprint]: recipe.fingerprint,
        [LABEL.origin]: source.practice ? 'practice' : 'fabric',
        [LABEL.content]: JSON.stringify(recipe.content),
      };
      const dockerfile = isUpstream(name, bench)
        ? withStagesLabelled(recipe.dockerfile, labelText({ [LABEL.project]: bench.project }))
        : recipe.dockerfile;
      await docker.buildImage(await contextOf(recipe, `${dockerfile}LABEL ${labelText(labels)}\n`), {
        tag: ref,
        buildArgs: recipe.buildArgs,
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
    await remember(bench, name, { fingerprint: recipe.fingerprint, id: built.id });
    if (name === 'ccenv') await warnOfStaleChaincode(bench, context, { id: built.id, isNew: !there });
    const id = shortId(built.id);
    return {
      outcome: there ? 'cached' : 'built',
      detail: there?.named === false ? { key: 'detail.image-again', ref, id } : `${ref} ${id}`,
    };
  };
}

/**
 * As one instruction, the last one: each label that the engine is asked to add by itself would be an instruction,
 * and a container, of its own.
 */
function labelText(labels: Readonly<Record<string, string>>): string {
  return Object.entries(labels)
    .map(([key, value]) => `${key}=${JSON.stringify(value)}`)
    .join(' ');
}

async function contextOf({ context }: ImageRecipe, dockerfile: string): Promise<readonly TarEntry[]> {
  return [{ name: 'Dockerfile', content: dockerfile }, ...(await context())];
}

/** How many images of one name are kept: the one in use and those that a reverted edit comes back to. */
const KEPT_IMAGES = 3;

function history(bench: RunContext): Record<string, { fingerprint: string; id: string }[]> {
  return bench.journal.getFact(STATE_KEYS.built.key, STATE_KEYS.built.schema) ?? {};
}

async function remember(
  bench: RunContext,
  name: ImageName,
  image: { fingerprint: string; id: string },
): Promise<void> {
  const all = [image, ...(history(bench)[name] ?? []).filter(({ id }) => id !== image.id)];
  const dropped = await Promise.all(
    all.slice(KEPT_IMAGES).map(async ({ id }) => {
      const old = await bench.docker.inspectImage(id);
      // One that has a name again, or that a container still stands on, is not ours to take away.
      if (old && old.tags.length === 0) await bench.docker.removeImage(id).catch(() => undefined);
      return id;
    }),
  );
  const kept = all.filter(({ id }) => !dropped.includes(id));
  await bench.journal.setFact(STATE_KEYS.built.key, { ...history(bench), [name]: kept });
}

/** How far back it is known which ccenv a chaincode was built with. */
const KEPT_PERIODS = 8;

async function warnOfStaleChaincode(
  bench: RunContext,
  { warn }: StageContext,
  ccenv: { readonly id: string; readonly isNew: boolean },
): Promise<void> {
  const before = bench.journal.getFact(STATE_KEYS.ccenv.key, STATE_KEYS.ccenv.schema) ?? [];
  if (before[0]?.id === ccenv.id) return;
  // An image that was found where nothing is remembered may always have been this project's.
  const since = before.length > 0 || ccenv.isNew ? Date.now() : 0;
  const periods = [{ id: ccenv.id, since }, ...before].slice(0, KEPT_PERIODS);
  await bench.journal.setFact(STATE_KEYS.ccenv.key, periods);
  const stale = await staleChaincode(bench.docker, bench.project, madeWithNewest(periods));
  if (stale.length > 0) {
    warn('chaincode-stale', { key: 'warning.stale-chaincode', names: stale.map(withoutHash) });
  }
}
