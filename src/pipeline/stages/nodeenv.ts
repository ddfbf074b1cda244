/** Provides the image in which peers build and run chaincode in Node.js: Debian's Node.js on the runtime image. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { nodeImages } from '../chaincode/language-images.ts';
import { projectLabels, type StageContext } from '../context/run-context.ts';
import { cached, defineStage, run } from '../context/stage-definition.ts';
import { WizardFailure } from '../core/failure.ts';
import type { Phrase } from '../core/phrase.ts';
import type { ImageInfo } from '../engine/engine-types.ts';
import { LABEL } from '../engine/labels.ts';
import { shortId } from '../engine/short-id.ts';
import { docker as dockerCommand } from '../host/docker-command.ts';
import { readHostApt } from '../host/host-apt.ts';
import { readNpmSettings } from '../host/npm-settings.ts';
import { aptProgress } from '../images/debian-images.ts';
import { imageRefs } from '../images/image-recipe.ts';
import { NODE_RUNTIME, nodeenvRecipe } from '../images/nodeenv-image.ts';
import { requireImage } from '../images/require-image.ts';
import { allPeers } from '../network/network-spec.ts';
import { nodeContainers } from '../network/peer-cli.ts';
import { baseRuntimeStage } from './base-images.ts';
import { deploysIn, isDeployedAlready } from './plan-scope.ts';
import { smokeStage } from './smoke.ts';
import { sourceStage } from './source.ts';
import { swapStage } from './swap.ts';
import { verifyStage } from './verify.ts';

function refusal(problem: Phrase, place: string, next: readonly string[]): WizardFailure {
  return new WizardFailure({ kind: 'chaincode', problem, place, next });
}

/** Whether an image comes from elsewhere: it is used as it is. */
function isForeign({ labels }: ImageInfo): boolean {
  return labels[LABEL.origin] === undefined;
}

/**
 * Adds Node.js and npm to an image.
 * @param ref of the result, which may be that of the base
 * @returns whether anything was built
 */
async function addNode(context: StageContext, base: string, refs: readonly string[]): Promise<boolean> {
  const { docker, settings, signal, report, dataDir } = context;
  const [ref = ''] = refs;
  const isPreloaded = base !== ref && settings.release.lifecycle === 'legacy';
  const [from, npm, apt, preload] = await Promise.all([
    requireImage(docker, base),
    readNpmSettings(signal),
    readHostApt(settings.goArch),
    isPreloaded ? readFile(join(dataDir, 'nodeenv', 'legacy-tls.cjs'), 'utf8') : undefined,
  ]);
  const { fingerprint, files } = nodeenvRecipe({
    ...{ base, baseId: base === ref ? '' : from.id, npm, apt },
    ...(preload === undefined ? {} : { preload }),
  });
  const present = await docker.inspectImage(ref);
  if (present?.labels[LABEL.nodeenv] === fingerprint) return false;
  report.command(`${dockerCommand('build', '-t', ref, '-')} < context.tar`);
  await docker.buildImage(files, {
    tag: ref,
    labels: {
      // An image of the release keeps the labels by which it is recognised.
      ...(base === ref ? {} : { [LABEL.origin]: 'node' }),
      [LABEL.nodeenv]: fingerprint,
    },
    // Predefined build arguments: RUN sees them, and they are not stored in the image's history.
    buildArgs: apt?.proxyEnv ?? {},
    networkMode: 'host',
    signal,
    onLine: aptProgress({ ...report, signal }),
  });
  for (const other of refs.slice(1)) await docker.tag(ref, other);
  return true;
}

/** An image that is not ours must have npm. @throws WizardFailure `chaincode` */
async function requireNpm(context: StageContext, image: string): Promise<void> {
  const { docker, signal, report, options } = context;
  const hasNpm = await docker.runToEnd(
    {
      image,
      cmd: ['sh', '-c', 'command -v npm'],
      networkMode: 'none',
      labels: projectLabels(context),
      signal,
      onLine: report.log,
    },
    async ({ exitCode }) => exitCode === 0,
  );
  if (!hasNpm) throw refusal({ key: 'chaincode.no-npm-in-image', image }, '', [options.again]);
}

/** @returns whether anything was built. @throws WizardFailure `chaincode`, `image-build` */
async function provideRuntime(context: StageContext, ref: string): Promise<boolean> {
  const present = await context.docker.inspectImage(ref);
  if (!present || !isForeign(present)) return addNode(context, context.settings.runtimeImage, [ref]);
  await requireNpm(context, ref);
  return false;
}

/** ccenv keeps its names and gets Node.js in addition. */
async function provideBuilder(context: StageContext, ref: string): Promise<boolean> {
  const { docker, settings } = context;
  const present = await requireImage(docker, ref);
  if (!isForeign(present)) {
    const names = imageRefs(settings, 'ccenv');
    return addNode(
      context,
      ref,
      names.includes(ref) ? [ref, ...names.filter((name) => name !== ref)] : [ref],
    );
  }
  await requireNpm(context, ref);
  return false;
}

/** Peers that an older version of this program started may ask for another image. @throws WizardFailure `chaincode` */
async function requireRuntimeOfPeers(
  { docker, project, spec, settings }: StageContext,
  ref: string,
): Promise<void> {
  if (settings.release.lifecycle !== 'legacy' || !ref.includes('/fabric-nodeenv:')) return;
  const nodes = await nodeContainers({ docker, project });
  for (const { name } of allPeers(spec)) {
    const { env } = (await docker.inspectContainer(nodes.get(name)?.id ?? name)) ?? {};
    if (env?.[NODE_RUNTIME] === ref) continue;
    throw refusal(
      { key: 'chaincode.no-node-runtime' },
      `${name}: ${NODE_RUNTIME}=${env?.[NODE_RUNTIME] ?? ''}`,
      ['fabric-wizard up --yes'],
    );
  }
}

export const nodeenvStage = defineStage({
  id: 'nodeenv',
  topic: {
    group: 'build-stages',
    aliases: ['Node.js', 'npm', 'fabric-nodeenv', 'fabric-shim', 'chaincode.node.runtime'],
    see: ['deploy', 'javaenv', 'core.yaml'],
  },
  // Up to 1.4 it changes ccenv, in which the smoke test is built.
  needs: [sourceStage, baseRuntimeStage, verifyStage, swapStage, smokeStage],
  isIncluded: (input) => deploysIn(input, 'node'),
  decide: (input) =>
    isDeployedAlready(input) && !input.runs(baseRuntimeStage, verifyStage, swapStage)
      ? cached({ key: 'cause.deployed' })
      : run({ key: input.goal.until === 'up' ? 'cause.configured' : 'cause.requested' }),
  cost: () => ({ seconds: 60, cores: 1, memoryMb: 300, engineBytes: 500e6 }),
  checks: ['engine', 'context', 'disk'],
  execute: async (context) => {
    const { builder, runtime } = await nodeImages(context);
    await requireRuntimeOfPeers(context, runtime);
    const results = [await provideRuntime(context, runtime)];
    if (builder !== runtime) results.push(await provideBuilder(context, builder));
    const { id } = await requireImage(context.docker, runtime);
    return { outcome: results.includes(true) ? 'built' : 'cached', detail: `${runtime} ${shortId(id)}` };
  },
});
