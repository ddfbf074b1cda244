/** PURE: which parts of a build a plan has. Shared by the stages that depend on the same question. */
import type { PlanInput } from '../context/stage-definition.ts';
import type { ImageName } from '../fabric/release-facts.ts';

/** Everything but the smoke test alone. */
export function buildsImages({ goal }: PlanInput): boolean {
  return goal.until !== 'smoke';
}

/** Whether the plan creates a network or brings it to its configuration. */
export function makesNetwork({ goal }: PlanInput): boolean {
  return goal.until === 'up';
}

/** Images that the checkout's own Dockerfiles build. */
export function upstreamImages({ observed, goal }: PlanInput): readonly ImageName[] {
  return goal.images.filter((name) => observed.images[name]?.upstream !== undefined);
}

/** Images that are built on our base images. */
export function ownImages({ observed, goal }: PlanInput): readonly ImageName[] {
  return goal.images.filter((name) => observed.images[name]?.upstream === undefined);
}

/** Whether the plan needs the programs of the compile stage. */
export function compiles(input: PlanInput): boolean {
  return buildsImages(input) && (ownImages(input).length > 0 || input.goal.binaries);
}

/** Whether there is a build context of ours to fill. */
export function buildsOwnImages(input: PlanInput): boolean {
  return buildsImages(input) && ownImages(input).length > 0;
}

/**
 * Names of the running nodes whose container a rebuild replaces. A node that differs only in its programs keeps its
 * container, unless its image is built by the checkout's own Dockerfile and the programs cannot be copied into it.
 */
export function nodesToReplace(input: PlanInput): readonly string[] {
  const { outdated, otherPrograms } = input.observed.network;
  const swapsNothing = upstreamImages(input).length > 0;
  return swapsNothing ? [...new Set([...outdated, ...otherPrograms])] : outdated;
}
