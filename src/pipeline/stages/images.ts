/** The stages that build the images of a release, one for each image. */
import {
  type AnyStage,
  defineStage,
  type PlanInput,
  type StageCost,
  type StageTopic,
} from '../context/stage-definition.ts';
import type { ImageName } from '../fabric/release-facts.ts';
import { baseUpstreamStage } from './base-upstream.ts';
import { buildImage } from './build-image.ts';
import { chaintoolStage } from './chaintool.ts';
import { compileStage } from './compile.ts';
import { gocacheStage } from './gocache.ts';
import { goshimStage } from './goshim.ts';
import { baseStageOf, decideImage } from './image-decision.ts';
import { buildsImages, ownImages } from './plan-scope.ts';
import { sampleconfigStage } from './sampleconfig.ts';
import { swapStage } from './swap.ts';

const EVERY_CORE = Number.POSITIVE_INFINITY;

interface ImageStage {
  readonly topic: Omit<StageTopic, 'group'>;
  /** Stages that fill the build context, in addition to the compile. */
  readonly payload: readonly AnyStage[];
  readonly cost: Omit<StageCost, 'cores' | 'memoryMb'>;
  /** Cost with the checkout's own Dockerfile, which downloads packages and may compile everything again. */
  readonly upstream: StageCost;
}

function imageStage<const Name extends ImageName>(
  name: Name,
  { topic, payload, cost, upstream }: ImageStage,
) {
  // Running nodes are updated first: the user waits for them, not for the images.
  const own: readonly AnyStage[] = [compileStage, swapStage, baseStageOf(name), ...payload];
  const isOwn = (input: PlanInput) => ownImages(input).includes(name);
  return defineStage({
    id: `image.${name}`,
    topic: { group: 'build-stages', ...topic },
    needs: [...own, baseUpstreamStage],
    waitsFor: (input) => (isOwn(input) ? own : [baseUpstreamStage]),
    isIncluded: (input) => buildsImages(input) && input.goal.images.includes(name),
    decide: (input) => decideImage(name, input),
    cost: ({ images }) =>
      images[name]?.upstream ? { ...cost, ...upstream } : { cores: 0.5, memoryMb: 100, ...cost },
    checks: ['line-endings', 'engine', 'context', 'architecture', 'disk'],
    execute: (context, inputs) => {
      const { outputs, source } = inputs.of(compileStage);
      return buildImage({ ...context, source }, outputs, name);
    },
  });
}

export const baseosImageStage = imageStage('baseos', {
  topic: { aliases: ['baseos of 2.x'], see: ['images', 'core.yaml', 'image.ccenv'] },
  payload: [],
  cost: { seconds: 2 },
  upstream: { seconds: 20, cores: 0.5, memoryMb: 200 },
});

export const ccenvImageStage = imageStage('ccenv', {
  topic: { aliases: ['ccenv', 'fabric-ccenv'], see: ['builds', 'images', 'goshim'] },
  payload: [goshimStage, gocacheStage, chaintoolStage],
  cost: { seconds: 3, engineBytes: 90e6 },
  upstream: { seconds: 60, cores: 0.5, memoryMb: 200 },
});

export const peerImageStage = imageStage('peer', {
  topic: { aliases: ['fabric-peer', 'peer image', 'Dockerfile.in'], see: ['peer', 'core.yaml', 'tags'] },
  payload: [sampleconfigStage],
  cost: { seconds: 3, engineBytes: 50e6 },
  upstream: { seconds: 200, cores: EVERY_CORE, memoryMb: 1100 },
});

export const ordererImageStage = imageStage('orderer', {
  topic: { aliases: ['fabric-orderer', 'orderer image'], see: ['orderer', 'tags'] },
  payload: [sampleconfigStage],
  cost: { seconds: 3, engineBytes: 40e6 },
  upstream: { seconds: 150, cores: EVERY_CORE, memoryMb: 1100 },
});

export const toolsImageStage = imageStage('tools', {
  topic: {
    aliases: ['fabric-tools', 'tools', 'cli', 'configtxlator'],
    see: ['crypto', 'artifacts', 'CORE_PEER_ADDRESS'],
  },
  payload: [sampleconfigStage],
  cost: { seconds: 4, engineBytes: 110e6 },
  upstream: { seconds: 200, cores: EVERY_CORE, memoryMb: 1100 },
});

/** In build order: an image comes after the image it is based on. */
export const IMAGE_STAGES = [
  baseosImageStage,
  ccenvImageStage,
  peerImageStage,
  ordererImageStage,
  toolsImageStage,
] as const;
