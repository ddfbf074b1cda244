/** PURE: decides which images a plan builds, and why. */
import { type Decision, type DecisionInput, decideBy } from '../context/stage-definition.ts';
import type { ImageName } from '../fabric/release-facts.ts';
import { IMAGE_BASE } from '../images/image-programs.ts';
import { baseBuilderStage, baseRuntimeStage } from './base-images.ts';
import { chaintoolStage } from './chaintool.ts';
import { compileStage } from './compile.ts';
import { ownImages } from './plan-scope.ts';

const BASE_STAGES = { builder: baseBuilderStage, runtime: baseRuntimeStage };

export function baseStageOf(name: ImageName): (typeof BASE_STAGES)['builder' | 'runtime'] {
  return BASE_STAGES[IMAGE_BASE[name]];
}

export function decideImage(name: ImageName, input: DecisionInput): Decision {
  const { observed, goal, runs } = input;
  const { present, wanted, missingRefs = [] } = observed.images[name] ?? {};
  const follows = ownImages(input).includes(name) && runs(compileStage, baseStageOf(name), chaintoolStage);
  return decideBy(
    [
      [goal.force, { key: 'cause.forced' }],
      [present === undefined, { key: 'cause.image-missing', image: name }],
      [present !== undefined && !present.ours, { key: 'cause.image-foreign', image: name }],
      [follows, { key: 'cause.image-after' }],
      [present?.fingerprint !== wanted, { key: 'cause.image-changed', image: name }],
      [missingRefs.length > 0, { key: 'cause.tag-missing', ref: missingRefs[0] ?? '' }],
    ],
    { key: 'cause.unchanged' },
  );
}

export function imagesToBuild(names: readonly ImageName[], input: DecisionInput): readonly ImageName[] {
  return names.filter((name) => decideImage(name, input).run);
}
