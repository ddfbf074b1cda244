/** Starts what was deployed on every peer, and removes what it replaces there. */

import type { ChaincodeChoice } from '../config/chaincode-list.ts';
import type { StageContext } from '../context/run-context.ts';
import type { Phrase } from '../core/phrase.ts';
import { until } from '../core/waiting.ts';
import { isOnChannel, peersOn } from '../network/channel-members.ts';
import { deadlineOf } from '../network/deadlines.ts';
import type { PeerSpec } from '../network/network-spec.ts';
import { nodeLogs, outputLines, type PeerCli, peerFailure } from '../network/peer-cli.ts';
import { buildsAtOnce, onPeers, startsAtOnce } from './admission.ts';
import { namesOnPeer, type PackedChaincode } from './chaincode-package.ts';
import type { DeployPlan } from './deploy-plan.ts';
import { committedOn, marksOf, type ObservedNetwork } from './deployed-chaincodes.ts';
import type { Deployment } from './lifecycle-calls.ts';
import { questionTo, START_FAILED } from './questions.ts';
import { hasRelays } from './relays.ts';
import { remainsOnEngine, removeRemains } from './remains.ts';
import { serviceAnswers } from './service-answers.ts';
import { onPeersSharing } from './shared-builds.ts';

interface StartRun {
  readonly context: StageContext;
  readonly cli: PeerCli;
  /** Ids of the gateways' containers. */
  readonly gatewayIds: readonly string[];
  readonly step: (item: Phrase) => void;
}

/** A plan with what peers get, and with what the network had before. */
export interface PlannedDeployment {
  readonly plan: DeployPlan;
  readonly packed: PackedChaincode;
  readonly before: ObservedNetwork;
}

/** A first query may compile; the peer's own start-up limit is 300 s. */
const START_MS = 330_000;
const BLOCK_MS = 60_000;

/** Starts the chaincode on a peer: its container must run after it was asked. @throws WizardFailure */
async function start(
  { context, cli, step }: StartRun,
  { channel, definition }: Deployment,
  packed: Pick<PackedChaincode, 'label' | 'mark'>,
  peer: PeerSpec,
) {
  const { container } = namesOnPeer(context, packed, peer);
  const args = questionTo(definition.name, channel);
  await until({
    what: { key: 'wait.chaincode', chaincode: definition.name, peer: peer.name },
    deadlineMs: deadlineOf(context.spec, START_MS),
    signal: context.signal,
    poll: async () => {
      const result = await cli.ask(peer, args);
      const all = await context.docker.listContainers();
      if (all.some(({ name, state }) => name === container && state === 'running')) return { yes: true };
      const lines = outputLines(result);
      const last = lines.find((line) => line.includes('Error')) ?? lines.at(-1) ?? '';
      if (!lines.some((line) => START_FAILED.test(line))) return { no: last };
      throw await peerFailure(context, peer, args, result);
    },
    evidence: () => nodeLogs(context, [peer.name]),
  });
  step({ key: 'step.runs', chaincode: definition.name, peer: peer.name });
}

/** Waits until a peer has the block with the definition: before, it would start the version before. */
async function received({ context, cli }: StartRun, { channel, definition }: Deployment, peer: PeerSpec) {
  const {
    spec,
    settings: { release },
  } = context;
  await until({
    what: { key: 'wait.definition', chaincode: definition.name, channel, peer: peer.name },
    deadlineMs: deadlineOf(spec, BLOCK_MS),
    signal: context.signal,
    poll: async () => {
      const all = await committedOn({ cli, spec, release }, peer, channel);
      const version = all.find(({ name }) => name === definition.name)?.version;
      return version === definition.version
        ? { yes: true }
        : { no: { key: 'last.no-definition', peer: peer.name } };
    },
    evidence: () => nodeLogs(context, [peer.name]),
  });
}

/** Returns what a peer has of the other versions of a chaincode. */
function replacedOn(
  { context }: StartRun,
  { plan: { name }, packed, before }: PlannedDeployment,
  peer: PeerSpec,
): ReturnType<typeof namesOnPeer>[] {
  return marksOf(before, peer, name)
    .filter(({ mark }) => mark !== packed.mark)
    .map((each) => namesOnPeer(context, each, peer));
}

/**
 * Returns a function that removes what a peer leaves behind of this chaincode's other versions. Images stay if peers do not
 * build them again: after a change back to earlier files, a peer uses the image that it has.
 */
function replacedRemoval(run: StartRun, planned: PlannedDeployment): (peer: PeerSpec) => Promise<void> {
  const { docker, settings } = run.context;
  // Once for all peers, when the first one runs the new version: others may start the old one until then.
  let listing: ReturnType<typeof remainsOnEngine> | undefined;
  return async (peer) => {
    listing ??= remainsOnEngine(docker, settings.release);
    await removeRemains(docker, (await listing)(replacedOn(run, planned, peer)));
  };
}

/**
 * Waits until each peer has the definition, and until the chaincode answers there. Then removes what it replaces on the peer.
 * @returns whether it answers
 */
export async function startOnPeers(
  run: StartRun,
  choice: ChaincodeChoice,
  planned: PlannedDeployment,
  deployments: readonly [Deployment, ...Deployment[]],
): Promise<boolean> {
  const { spec, config, settings, docker } = run.context;
  const [first] = deployments;
  const peers = peersOn(spec, planned.plan.channels);
  const builds = settings.release.lifecycle === 'legacy';
  const startsContainer = choice.service === undefined || hasRelays(settings.release);
  const limit = builds ? buildsAtOnce(config, run.gatewayIds.length > 0) : startsAtOnce(config);
  const answers: boolean[] = [];
  const removeReplaced = planned.plan.replacesAll ? replacedRemoval(run, planned) : undefined;
  const running = (await docker.listContainers()).filter(({ state }) => state === 'running');
  // Until such a peer has the block, the version before answers at once. Another peer would build or start it.
  const stillAnswers = (peer: PeerSpec) =>
    deployments.length === 1 &&
    replacedOn(run, planned, peer).some(({ container }) => running.some(({ name }) => name === container));
  const call = async (peer: PeerSpec) => {
    const ofPeer = deployments.filter(({ channel }) => isOnChannel(spec, peer, channel));
    const [own = first] = ofPeer;
    if (choice.service !== undefined || !stillAnswers(peer))
      for (const each of ofPeer) await received(run, each, peer);
    if (startsContainer) await start(run, own, planned.packed, peer);
    if (choice.service !== undefined) answers.push(await serviceAnswers(run, choice, own.channel, peer));
    await removeReplaced?.(peer);
  };
  if (builds) await onPeersSharing(run.context, planned.packed, peers, limit, call);
  else await onPeers(peers, limit, call);
  return answers.every(Boolean);
}
