/** PURE: determines the scope of a plan, for the decisions of several stages. */
import type { PlanGoal, PlanInput } from '../context/stage-definition.ts';
import type { ChaincodeLanguage, ImageName } from '../fabric/release-facts.ts';

/** What a plan is made for. */
export interface Purpose {
  readonly goal: Pick<PlanGoal, 'until'>;
}

/** Whether the plan does more than to use the network that runs. */
export function buildsImages({ goal }: PlanInput): boolean {
  return goal.until === 'build' || goal.until === 'up' || goal.until === 'rebuild';
}

/** Whether the plan builds images, or starts nodes with them. */
export function buildsOrStarts({ goal: { until } }: Purpose): boolean {
  return until === 'build' || until === 'up' || until === 'rebuild' || until === 'add';
}

/** Whether the plan tests packages of the source, or runs suites of it, and does nothing else. */
export function testsSource({ goal }: Purpose): boolean {
  return goal.until === 'test';
}

/** Whether the plan tests packages of the source. */
export function testsUnits({ goal }: PlanInput): boolean {
  return testsSource({ goal }) && goal.suites === undefined;
}

/** Whether the plan runs suites of integration tests. */
export function testsSuites({ goal }: PlanInput): boolean {
  return testsSource({ goal }) && goal.suites !== undefined;
}

/** Whether the plan is about the source alone, and no network. */
export function leavesNetwork({ goal }: Purpose): boolean {
  return goal.until === 'build' || testsSource({ goal });
}

/** Whether the plan deploys a chaincode in this language. */
export function deploysIn({ goal }: PlanInput, language: ChaincodeLanguage): boolean {
  return deploysChaincodes({ goal }) && (goal.languages ?? []).includes(language);
}

/** Whether the plan deploys the user's chaincodes, if there are any. */
export function deploysChaincodes({ goal }: Purpose): boolean {
  return goal.until === 'up' || goal.until === 'deploy';
}

/** Whether `up` finds the user's chaincodes on the network as they are wanted. A deployment looks again. */
export function isDeployedAlready({ goal, observed }: PlanInput): boolean {
  return goal.until === 'up' && (goal.chaincodes ?? []).every((name) => observed.deployed?.includes(name));
}

/** Whether the plan creates a network, brings it to its configuration, or adds a member to it. */
export function makesNetwork({ goal }: Purpose): boolean {
  return goal.until === 'up' || goal.until === 'add';
}

/** Returns the images that the checkout's own Dockerfiles build. */
export function upstreamImages({ observed, goal }: PlanInput): readonly ImageName[] {
  return goal.images.filter((name) => observed.images[name]?.upstream !== undefined);
}

/** Returns the images that are built on this program's base images. */
export function ownImages({ observed, goal }: PlanInput): readonly ImageName[] {
  return goal.images.filter((name) => observed.images[name]?.upstream === undefined);
}

/** Whether the plan needs the programs of the compile stage. */
export function compiles(input: PlanInput): boolean {
  return buildsImages(input) && (ownImages(input).length > 0 || input.goal.binaries);
}

/** Whether an image is built from a context that this program fills. */
export function buildsOwnImages(input: PlanInput): boolean {
  return buildsImages(input) && ownImages(input).length > 0;
}

/**
 * Returns the names of the running nodes whose container a rebuild replaces. A node that differs only in its programs
 * keeps its container, unless its image is built by the checkout's own Dockerfile and the programs cannot be copied
 * into it.
 */
export function nodesToReplace(input: PlanInput): readonly string[] {
  const { outdated, otherPrograms } = input.observed.network;
  const swapsNothing = upstreamImages(input).length > 0;
  return swapsNothing ? [...new Set([...outdated, ...otherPrograms])] : outdated;
}

/** Whether the plan starts or changes nodes of a network with a gateway, whose image is not there. */
export function compilesGateway(input: PlanInput): boolean {
  return usesGateway(input) && input.observed.gateway?.present === false;
}

/** Whether the plan starts or changes nodes of a network with a gateway. */
export function usesGateway({ observed, goal }: PlanInput): boolean {
  const starts = makesNetwork({ goal }) || (goal.until === 'rebuild' && observed.network.running);
  return starts && observed.gateway !== undefined;
}
