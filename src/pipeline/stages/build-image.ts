/** Builds one image of the release, or finds an image of the same content that an earlier run built. */
import { projectLabels, type StageContext } from '../context/run-context.ts';
import type { StageResult } from '../context/stage-definition.ts';
import { dockerProxies } from '../engine/docker-proxies.ts';
import { LABEL } from '../engine/labels.ts';
import { shortId, withoutHash } from '../engine/short-id.ts';
import type { TarEntry } from '../engine/tar-context.ts';
import type { ImageName } from '../fabric/release-facts.ts';
import { docker as dockerCommand } from '../host/docker-command.ts';
import type { BuildOutputs } from '../images/build-outputs.ts';
import { IMAGE_BASE } from '../images/image-programs.ts';
import { type ImageRecipe, imageRecipe, imageRefs, primaryRef } from '../images/image-recipe.ts';
import { payloadPaths, presentChaintool } from '../images/payload-files.ts';
import { requireImage } from '../images/require-image.ts';
import { isUpstream, upstreamRecipe, withStagesLabelled } from '../images/upstream-dockerfiles.ts';
import { STATE_KEYS } from '../journal/state-keys.ts';
import { madeWithNewest, staleChaincode } from '../network/inventory.ts';
import { allPeers } from '../network/network-spec.ts';
import { labelText } from './label-text.ts';

/** Returns the reference that the bundled Dockerfile builds on. */
function baseOf({ settings }: StageContext, name: ImageName): string {
  return IMAGE_BASE[name] === 'builder' ? settings.builderImage : settings.runtimeImage;
}

/** @throws WizardFailure `check` if the base image is not on the engine */
async function recipeOf(
  context: StageContext,
  outputs: BuildOutputs | undefined,
  name: ImageName,
): Promise<ImageRecipe> {
  if (isUpstream(name, context)) return upstreamRecipe(name, context);
  const { settings, docker, source, stateDir } = context;
  if (!outputs) throw new Error(`image.${name} needs the compiled programs`);
  return imageRecipe(name, {
    source,
    settings,
    outputs,
    baseId: (await requireImage(docker, baseOf(context, name))).id,
    chaintool: await presentChaintool(context),
    payload: payloadPaths(stateDir),
  });
}

/** Returns the image with exactly this content: the one with the release's name, or an earlier one. */
async function existing(
  context: StageContext,
  name: ImageName,
  fingerprint: string,
): Promise<{ readonly id: string; readonly named: boolean } | undefined> {
  const { docker, settings } = context;
  const present = await docker.inspectImage(primaryRef(settings, name));
  if (present?.labels[LABEL.fingerprint] === fingerprint) return { id: present.id, named: true };
  const known = history(context)[name]?.find((image) => image.fingerprint === fingerprint);
  const image = known && (await docker.inspectImage(known.id));
  return image?.labels[LABEL.fingerprint] === fingerprint ? { id: image.id, named: false } : undefined;
}

/** Whether an image with this content exists, so that its payload is not needed. */
export async function isBuilt(
  context: StageContext,
  outputs: BuildOutputs | undefined,
  name: ImageName,
): Promise<boolean> {
  const { fingerprint } = await recipeOf(context, outputs, name);
  return (await existing(context, name, fingerprint)) !== undefined;
}

async function build(context: StageContext, name: ImageName, recipe: ImageRecipe): Promise<void> {
  const { settings, docker, source, project, signal, report, options } = context;
  const ref = primaryRef(settings, name);
  const upstream = isUpstream(name, context);
  for (const { code, message } of recipe.adapted) report.warn(code, message);
  if (settings.dockerfiles === 'upstream' && !upstream)
    report.warn('no-upstream', { key: 'warning.no-upstream', image: name });
  const labels = {
    ...projectLabels(context),
    [LABEL.fingerprint]: recipe.fingerprint,
    [LABEL.origin]: source.practice ? 'practice' : 'fabric',
    [LABEL.content]: JSON.stringify(recipe.content),
  };
  const dockerfile = upstream
    ? withStagesLabelled(recipe.dockerfile, labelText({ [LABEL.project]: project }))
    : recipe.dockerfile;
  const files: readonly TarEntry[] = [
    { name: 'Dockerfile', content: `${dockerfile}LABEL ${labelText(labels)}\n` },
    ...(await recipe.context()),
  ];
  const buildArgs = Object.entries(recipe.buildArgs ?? {}).flatMap(([key, value]) => [
    '--build-arg',
    `${key}=${value}`,
  ]);
  const noCache = options.force ? ['--no-cache'] : [];
  report.command(`${dockerCommand('build', ...noCache, ...buildArgs, '-t', ref, '-')} < context.tar`);
  const built = docker.buildImage(files, {
    tag: ref,
    // The checkout's own Dockerfiles download; docker's own client would pass these too.
    buildArgs: upstream
      ? { ...(await dockerProxies(docker.endpoint)), ...recipe.buildArgs }
      : recipe.buildArgs,
    noCache: options.force,
    signal,
    onLine: (line) => {
      report.log(line);
      const step = /^Step (\d+)\/(\d+)/.exec(line);
      if (step) report.progress(Number(step[1]) - 1, Number(step[2]), 'steps', line);
    },
  });
  try {
    await built;
  } catch (error) {
    // If the base image was removed meanwhile, the engine reports that it cannot pull it.
    if (!upstream && !signal.aborted) await requireImage(docker, baseOf(context, name));
    throw error;
  }
}

/** Builds one of the release's images and gives it every tag that the release's peer and its users expect. */
export async function buildImage(
  context: StageContext,
  outputs: BuildOutputs | undefined,
  name: ImageName,
): Promise<Omit<StageResult<undefined>, 'result'>> {
  const { settings, docker, options, report } = context;
  const recipe = await recipeOf(context, outputs, name);
  const ref = primaryRef(settings, name);
  const found = options.force ? undefined : await existing(context, name, recipe.fingerprint);
  if (found && !found.named) {
    report.command(dockerCommand('tag', found.id, ref));
    await docker.tag(found.id, ref);
  }
  if (!found) await build(context, name, recipe);
  const image = await requireImage(docker, ref);
  for (const other of imageRefs(settings, name).slice(1)) {
    if (image.tags.includes(other)) continue;
    report.command(dockerCommand('tag', ref, other));
    await docker.tag(ref, other);
  }
  await remember(context, name, { fingerprint: recipe.fingerprint, id: image.id });
  if (name === 'ccenv') await warnOfStaleChaincode(context, { id: image.id, isNew: !found });
  const id = shortId(image.id);
  return {
    outcome: found ? 'cached' : 'built',
    detail: found?.named === false ? { key: 'detail.image-again', ref, id } : `${ref} ${id}`,
  };
}

/** Number of images kept for each name: the current one, and earlier ones for a reverted edit. */
const KEPT_IMAGES = 3;

function history({ journal }: StageContext): Record<string, { fingerprint: string; id: string }[]> {
  return journal.getFact(STATE_KEYS.built) ?? {};
}

/** Records the image as the newest of its name, and removes images that are too old to be needed. */
async function remember(
  context: StageContext,
  name: ImageName,
  image: { readonly fingerprint: string; readonly id: string },
): Promise<void> {
  const { docker, journal } = context;
  const all = [image, ...(history(context)[name] ?? []).filter(({ id }) => id !== image.id)];
  const dropped = await Promise.all(
    all.slice(KEPT_IMAGES).map(async ({ id }) => {
      const old = await docker.inspectImage(id);
      // An image that has a name again, or a container, stays.
      if (old && old.tags.length === 0) await docker.removeImage(id).catch(() => undefined);
      return id;
    }),
  );
  const kept = all.filter(({ id }) => !dropped.includes(id));
  await journal.setFact(STATE_KEYS.built, { ...history(context), [name]: kept });
}

/** Number of ccenv images whose time of use is recorded. */
const KEPT_PERIODS = 8;

/** Records the ccenv image, and warns of chaincode that was built with an earlier one. */
async function warnOfStaleChaincode(
  { journal, docker, project, spec, report }: StageContext,
  ccenv: { readonly id: string; readonly isNew: boolean },
): Promise<void> {
  const before = journal.getFact(STATE_KEYS.ccenv) ?? [];
  if (before[0]?.id === ccenv.id) return;
  // If nothing is recorded, the project may have used the existing image from the start.
  const since = before.length > 0 || ccenv.isNew ? Date.now() : 0;
  const periods = [{ id: ccenv.id, since }, ...before].slice(0, KEPT_PERIODS);
  await journal.setFact(STATE_KEYS.ccenv, periods);
  const stale = await staleChaincode(
    docker,
    project,
    allPeers(spec).map(({ name }) => name),
    madeWithNewest(periods),
  );
  if (stale.length > 0)
    report.warn('chaincode-stale', { key: 'warning.stale-chaincode', names: stale.map(withoutHash) });
}
