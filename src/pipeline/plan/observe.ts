/** Observes the state of a project: engine, disk and journal. It changes nothing. */
import { isDeployed } from '../chaincode/deploy-plan.ts';
import { plannedDeployments } from '../chaincode/planned-deployments.ts';
import type { WantedChaincode } from '../config/chaincode-list.ts';
import type { ObservedState } from '../context/observed-state.ts';
import { type ProjectContext, timingKind } from '../context/run-context.ts';
import type { PlanGoal } from '../context/stage-definition.ts';
import { CancelledError } from '../core/failure.ts';
import { LABEL } from '../engine/labels.ts';
import { buildDir } from '../host/state-folder.ts';
import { readOutputs } from '../images/build-outputs.ts';
import { type CaImage, caFingerprint } from '../images/ca-image.ts';
import { compileFingerprint } from '../images/fingerprint.ts';
import type { GatewayImage } from '../images/gateway-image.ts';
import { presentChaintool } from '../images/payload-files.ts';
import { STATE_KEYS } from '../journal/state-keys.ts';
import { allPeers } from '../network/network-spec.ts';
import { nodeContainers, peerCli } from '../network/peer-cli.ts';
import { leavesNetwork } from '../stages/plan-scope.ts';
import { type BuildGround, observeBase, observeImages } from './observe-images.ts';
import { metricsRun, NO_NETWORK, observeFiles, observeNodes, unjoinedPeers } from './observe-network.ts';

export interface ObserveOptions {
  readonly signal: AbortSignal;
  /** Whether to query the channels of each peer. If false, no peer counts as joined. */
  readonly askPeers: boolean;
  /** Chaincodes that the run is to deploy. */
  readonly chaincodes: readonly WantedChaincode[];
}

async function buildGround({ docker, settings, source, stateDir }: ProjectContext): Promise<BuildGround> {
  const [builder, runtime] = await Promise.all([
    docker.inspectImage(settings.builderImage),
    docker.inspectImage(settings.runtimeImage),
  ]);
  const outputs = builder
    ? await readOutputs(buildDir(stateDir), compileFingerprint(source.tree, settings, builder.id))
    : undefined;
  return { bases: { builder, runtime }, outputs };
}

async function observeNetwork(
  context: ProjectContext,
  ground: BuildGround,
  images: ObservedState['images'],
  goal: PlanGoal,
  { signal, askPeers }: ObserveOptions,
): Promise<ObservedState['network']> {
  if (leavesNetwork({ goal })) return NO_NETWORK;
  const nodes = await observeNodes(context, ground, images);
  const files = await observeFiles(context);
  // Channels can only be queried if both the peer and the CLI container are running. What a network has that is replaced
  // says nothing about the next one.
  const canAsk = askPeers && goal.until === 'up' && nodes.down.length === 0 && files.crypto === 'same';
  const unjoined = canAsk
    ? await unjoinedPeers(context, signal)
    : allPeers(context.spec).map(({ name }) => name);
  return { ...files, ...nodes, unjoined };
}

async function observeGateway(
  { docker }: ProjectContext,
  { ref }: GatewayImage,
): Promise<NonNullable<ObservedState['gateway']>> {
  return { ref, present: (await docker.inspectImage(ref)) !== undefined };
}

async function observeCa(
  { docker, settings, spec }: ProjectContext,
  image: CaImage,
  { bases: { builder, runtime } }: BuildGround,
): Promise<NonNullable<ObservedState['ca']>> {
  const present = await docker.inspectImage(image.ref);
  const ids = builder && runtime ? { builder: builder.id, runtime: runtime.id } : undefined;
  return {
    ref: image.ref,
    present: present && { fingerprint: present.labels[LABEL.fingerprint] },
    wanted: ids && caFingerprint(image, settings, ids),
    ...(spec.identities === 'ca' ? { issuesAll: true } : {}),
  };
}

/** Returns the names of the chaincodes that the network has as they are wanted; none if that cannot be told. */
async function observeChaincodes(
  context: ProjectContext,
  { signal, chaincodes }: ObserveOptions,
): Promise<string[]> {
  const { docker, spec, settings, journal } = context;
  try {
    const containers = await nodeContainers(context);
    const cli = await peerCli(context, signal, containers);
    const cliId = containers.get('cli')?.id ?? '';
    const network = { docker, spec, release: settings.release, state: journal, cli, cliId, containers };
    const planned = await plannedDeployments(network, chaincodes, { signal, complete: false });
    return planned.filter(({ plan }) => isDeployed(plan)).map(({ plan }) => plan.name);
  } catch (error) {
    if (error instanceof CancelledError) throw error;
    // The stage then says what is wrong.
    return [];
  }
}

/** @throws CancelledError when the signal fires */
export async function observe(
  context: ProjectContext,
  goal: PlanGoal,
  options: ObserveOptions,
): Promise<ObservedState> {
  const { settings, source, config, spec, couchdb, gateway, ca, metrics, journal } = context;
  const ground = await buildGround(context);
  const images = await observeImages(context, ground);
  const [builder, runtime, network, chaintool] = await Promise.all([
    observeBase(context, 'builder', ground.bases.builder),
    observeBase(context, 'runtime', ground.bases.runtime),
    observeNetwork(context, ground, images, goal, options),
    presentChaintool(context),
  ]);
  const isComplete = network.down.length === 0 && network.unjoined.length === 0;
  const asks = options.askPeers && goal.until === 'up' && isComplete && options.chaincodes.length > 0;
  return {
    practice: source.practice,
    ...(source.fallback === undefined ? {} : { fallback: source.fallback }),
    base: { builder, runtime },
    outputs: ground.outputs,
    chaintool: config.chaintool ? { from: config.chaintool, present: chaintool !== undefined } : undefined,
    images,
    ccenvPayload: settings.release.goshimScript === undefined ? 'gocache' : 'goshim',
    channels: spec.channels,
    couchdb,
    ...(gateway ? { gateway: await observeGateway(context, gateway.image) } : {}),
    ...(ca ? { ca: await observeCa(context, ca, ground) } : {}),
    ...(metrics ? { metrics: { ...metrics, runs: await metricsRun(context) } } : {}),
    ...(asks ? { deployed: await observeChaincodes(context, options) } : {}),
    ...(journal.getFact(STATE_KEYS.hooksDue) ? { hooksDue: true } : {}),
    network,
    stageSeconds: journal.secondsOf(timingKind(context)),
  };
}
