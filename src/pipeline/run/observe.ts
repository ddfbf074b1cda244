/** Asks the engine, the disk and the journal what there is. The engine is the database, the journal a hint. */

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Freshness, ObservedImage, ObservedState } from '../context/observed-state.ts';
import { type RunContext, timingKind } from '../context/run-context.ts';
import type { ImageInfo } from '../engine/engine-types.ts';
import { LABEL } from '../engine/labels.ts';
import type { ImageName } from '../fabric/release-facts.ts';
import { exists } from '../host/files.ts';
import { buildDir, networkDir } from '../host/state-folder.ts';
import { readOutputs } from '../images/build-outputs.ts';
import { compileFingerprint } from '../images/fingerprint.ts';
import { IMAGE_BASE } from '../images/image-programs.ts';
import { imageRecipe, imageRefs, primaryRef, wantedContent } from '../images/image-recipe.ts';
import { payloadPaths, presentChaintool } from '../images/payload-files.ts';
import { isUpstream, upstreamRecipe } from '../images/upstream-dockerfiles.ts';
import { STATE_KEYS } from '../journal/state-keys.ts';
import { artifactsFingerprint, composeText, cryptoFingerprint } from '../network/network-plan.ts';
import { allPeers, couchdbNodes, networkNodes } from '../network/network-spec.ts';
import {
  contentOf,
  imageOfNode,
  isAsImage,
  nodeContent,
  otherPrograms,
  swappedPrograms,
} from '../network/node-content.ts';
import { joinedChannels, nodeContainers, peerCli } from '../network/peer-cli.ts';
import { SAVED_NETWORK } from '../network/saved-network.ts';
import { absentImages } from '../stages/require-image.ts';
import type { PlanGoal } from './plan.ts';

async function observeBase(
  bench: RunContext,
  kind: 'builder' | 'runtime',
  image: ImageInfo | undefined,
): Promise<ObservedState['base'][typeof kind]> {
  const { config, settings, docker } = bench;
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

type Bases = Record<'builder' | 'runtime', ImageInfo | undefined>;

async function observeImages(bench: RunContext, bases: Bases) {
  const { docker, settings, source, outputs } = bench;
  const verified = new Set(bench.journal.getFact(STATE_KEYS.verified.key, STATE_KEYS.verified.schema) ?? []);
  const chaintool = await presentChaintool(bench);
  const entries = await Promise.all(
    settings.release.imagesBuilt.map(async (name): Promise<[ImageName, ObservedImage]> => {
      const image = await docker.inspectImage(primaryRef(settings, name));
      const baseId = bases[IMAGE_BASE[name]]?.id;
      const upstream = isUpstream(name, bench) ? await upstreamRecipe(name, bench) : undefined;
      const recipe =
        upstream ??
        (outputs && baseId
          ? await imageRecipe(name, {
              source,
              settings,
              outputs,
              baseId,
              chaintool,
              payload: payloadPaths(bench.stateDir),
            })
          : undefined);
      return [
        name,
        {
          present: image && {
            id: image.id,
            // Not by the fingerprint: an image that `make docker` put on our base inherits the base's.
            ours: image.labels[LABEL.project] !== undefined,
            fingerprint: image.labels[LABEL.fingerprint],
            content: contentOf(image.labels),
          },
          wanted: recipe?.fingerprint,
          missingRefs: image ? imageRefs(settings, name).filter((ref) => !image.tags.includes(ref)) : [],
          upstream: upstream && { missing: await absentImages(docker, upstream.from) },
          verified: image !== undefined && verified.has(image.id),
        },
      ];
    }),
  );
  return Object.fromEntries(entries) as ObservedState['images'];
}

/** How the running nodes differ from their images and from the source. */
async function observeNodes(
  bench: RunContext,
  images: ObservedState['images'],
  bases: Bases,
): Promise<Pick<ObservedState['network'], 'running' | 'down' | 'stale' | 'outdated' | 'otherPrograms'>> {
  const { spec, source, settings, outputs } = bench;
  const [containers, chaintool] = await Promise.all([nodeContainers(bench), presentChaintool(bench)]);
  const swapped = swappedPrograms(bench);
  const nodes = [...networkNodes(spec).map(({ node }) => node.name), 'cli'];
  const running = nodes.flatMap((node) => {
    const container = containers.get(node);
    return container?.state === 'running' ? [{ node, container }] : [];
  });
  const compared = await Promise.all(
    running.map(async ({ node, container }) => {
      const name = imageOfNode(bench, node);
      // Of what others built only compose can tell.
      if (!name) return { node, stale: false, outdated: false, otherPrograms: false };
      const image = images[name]?.present;
      const is = nodeContent(container, swapped);
      const baseId = bases[IMAGE_BASE[name]]?.id;
      const wanted = isUpstream(name, bench)
        ? (await upstreamRecipe(name, bench)).content
        : baseId === undefined
          ? undefined
          : await wantedContent(name, { source, settings, baseId, chaintool, outputs });
      return {
        node,
        stale: !image || !isAsImage(container, image, swapped),
        outdated: is?.rest !== wanted?.rest,
        otherPrograms:
          is && wanted?.programs ? otherPrograms(is, { programs: wanted.programs }).length > 0 : false,
      };
    }),
  );
  const namesOf = (of: (each: (typeof compared)[number]) => boolean) =>
    compared.filter(of).map(({ node }) => node);
  return {
    running: running.length > 0,
    down: nodes.filter((node) => !running.some((each) => each.node === node)),
    stale: namesOf(({ stale }) => stale),
    outdated: namesOf(({ outdated }) => outdated),
    otherPrograms: namesOf((each) => each.otherPrograms),
  };
}

async function observeNetwork(
  bench: RunContext,
  images: ObservedState['images'],
  bases: Bases,
  goal: PlanGoal,
  signal: AbortSignal,
): Promise<ObservedState['network']> {
  const { journal, spec } = bench;
  const dir = networkDir(bench.stateDir);
  const crypto = journal.getFact(STATE_KEYS.crypto.key, STATE_KEYS.crypto.schema);
  const artifacts = journal.getFact(STATE_KEYS.artifacts.key, STATE_KEYS.artifacts.schema);
  const anchors = journal.getFact(STATE_KEYS.anchors.key, STATE_KEYS.anchors.schema);
  // Of a release that knew less of a network: what looks at one must be told again.
  const isKnown = journal.getFact(SAVED_NETWORK.key, SAVED_NETWORK.schema) !== undefined;
  const composeOnDisk = await readFile(join(dir, 'docker-compose.yaml'), 'utf8').catch(() => undefined);
  const freshness = async (path: string, kept: string | undefined, wanted: string): Promise<Freshness> => {
    if (kept === undefined || !(await exists(join(dir, path)))) return 'absent';
    return kept === wanted ? 'same' : 'changed';
  };
  const wantedArtifacts = crypto && artifactsFingerprint(bench, crypto.instance);

  const nodes =
    goal.until === 'build'
      ? { running: false, down: [], stale: [], outdated: [], otherPrograms: [] }
      : await observeNodes(bench, images, bases);
  // Whether a peer is on the channel is its own to say, and only a running one can.
  let unjoined = allPeers(spec).map((peer) => peer.name);
  if (goal.until === 'up' && nodes.down.length === 0 && crypto) {
    const cli = await peerCli(bench, signal);
    const answers = await Promise.all(
      allPeers(spec).map(async (peer) => {
        const known = await joinedChannels(cli, peer).catch((): string[] => []);
        return { name: peer.name, joined: spec.channels.every((channel) => known.includes(channel)) };
      }),
    );
    unjoined = answers.filter(({ joined }) => !joined).map(({ name }) => name);
  }
  return {
    crypto: await freshness('crypto-config', crypto?.fingerprint, cryptoFingerprint(bench)),
    otherState: crypto !== undefined && (crypto.couchdb ?? false) !== couchdbNodes(spec).length > 0,
    artifacts: await freshness('channel-artifacts', artifacts?.fingerprint, wantedArtifacts ?? ''),
    compose:
      composeOnDisk === undefined || !crypto
        ? 'absent'
        : isKnown && composeOnDisk === composeText(bench, crypto.instance)
          ? 'same'
          : 'changed',
    ...nodes,
    unjoined,
    anchorsSet: anchors !== undefined && anchors.fingerprint === wantedArtifacts,
  };
}

/** @throws CancelledError may be thrown when the signal fires */
export async function observe(
  bench: RunContext,
  goal: PlanGoal,
  signal: AbortSignal,
): Promise<ObservedState> {
  const { docker, settings, source, config } = bench;
  const [builder, runtime] = await Promise.all([
    docker.inspectImage(settings.builderImage),
    docker.inspectImage(settings.runtimeImage),
  ]);
  if (builder) {
    bench.outputs = await readOutputs(
      buildDir(bench.stateDir),
      compileFingerprint(source.tree, settings, builder.id),
    );
  }
  const bases = { builder, runtime };
  const images = await observeImages(bench, bases);
  const [baseBuilder, baseRuntime, network] = await Promise.all([
    observeBase(bench, 'builder', builder),
    observeBase(bench, 'runtime', runtime),
    observeNetwork(bench, images, bases, goal, signal),
  ]);
  return {
    practice: source.practice,
    base: { builder: baseBuilder, runtime: baseRuntime },
    outputsKept: bench.outputs !== undefined,
    chaintool: config.chaintool
      ? { from: config.chaintool, present: (await presentChaintool(bench)) !== undefined }
      : undefined,
    images,
    ccenvPayload: settings.release.goshimScript === undefined ? 'gocache' : 'goshim',
    channels: bench.spec.channels,
    couchdb: bench.couchdb,
    network,
    stageSeconds: bench.journal.secondsOf(timingKind(bench)),
  };
}
