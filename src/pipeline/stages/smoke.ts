/**
 * The proof: a new chaincode on every peer, a value that changes on every peer, and for each peer the ids of the
 * builder and runtime images that were used.
 */

import { gatewayIds, shareBuilds } from '../chaincode/admission.ts';
import { namesOnPeer } from '../chaincode/chaincode-package.ts';
import { removeCliFiles } from '../chaincode/cli-files.ts';
import { membersOf } from '../chaincode/lifecycle-calls.ts';
import { farPeers } from '../chaincode/shared-builds.ts';
import type { StageContext } from '../context/run-context.ts';
import { defineStage, run as runStage } from '../context/stage-definition.ts';
import type { PeerProof, SmokeResult } from '../core/events.ts';
import { WizardFailure } from '../core/failure.ts';
import { requireImage } from '../images/require-image.ts';
import { STATE_KEYS } from '../journal/state-keys.ts';
import { channelsOfPeer, isOnChannel, onChannel } from '../network/channel-members.ts';
import { askDatabases, stateDatabase } from '../network/couchdb.ts';
import {
  allPeers,
  anchorPeer,
  couchdbNodes,
  firstPeer,
  machineOf,
  type NetworkSpec,
  type PeerSpec,
} from '../network/network-spec.ts';
import { cliContainer, joinedChannels, nodeContainers, nodeLogs } from '../network/peer-cli.ts';
import { type PeerReferences, peerImageStatus } from '../resolve/peer-images.ts';
import { afterStartStage } from './after-start.ts';
import { compileStage } from './compile.ts';
import { joinStage } from './join.ts';
import { provideImages } from './machine-setup.ts';
import { requireOrdererLedger } from './orderer-ledger.ts';
import { makesNetwork } from './plan-scope.ts';
import { readyStage } from './ready.ts';
import { type BuildWatch, type SeenBuilds, watchEvents, watchRecord, withShared } from './seen-builds.ts';
import type { SmokeRun } from './smoke-calls.ts';
import { freshChaincode, removeSmokeChaincode, type SmokeChaincode } from './smoke-chaincode.ts';
import { exercise, type PeerAnswers } from './smoke-deploy.ts';
import { proofOf } from './smoke-proof.ts';
import { stageCli } from './stage-cli.ts';
import { swapStage } from './swap.ts';

/** Returns the peers that can be proved: those on a channel. */
function provedPeers({ spec }: StageContext): PeerSpec[] {
  return allPeers(spec).filter((peer) => channelsOfPeer(spec, peer).length > 0);
}

/**
 * Asks the peers that are not on every channel for the channels that they know.
 * @returns the channels with the peers that do not know them
 * @throws WizardFailure `check` if a peer knows a channel that it is not on
 */
async function unknownChannels({ context, cli }: SmokeRun): Promise<NonNullable<SmokeResult['outside']>> {
  const { spec } = context;
  const outside = spec.channels.flatMap((channel) => {
    const peers = allPeers(spec).filter((peer) => !isOnChannel(spec, peer, channel));
    return peers.length > 0 ? [{ channel, peers }] : [];
  });
  const known = new Map<string, Promise<string[]>>();
  const knownTo = (peer: PeerSpec) => {
    const asked = known.get(peer.name) ?? joinedChannels(cli, peer);
    known.set(peer.name, asked);
    return asked;
  };
  for (const { channel, peers } of outside)
    for (const peer of peers)
      if ((await knownTo(peer)).includes(channel))
        throw new WizardFailure({
          kind: 'check',
          what: { key: 'thing.outside', peer: peer.name, channel },
          expected: { key: 'state.outside' },
          got: { key: 'state.inside' },
        });
  return outside.map(({ channel, peers }) => ({ channel, peers: peers.map(({ name }) => name) }));
}

/** Reads the input of the proofs from the engine. @throws WizardFailure `check` if a chaincode image does not exist */
async function proofs(
  { context, chaincode }: SmokeRun,
  answers: ReadonlyMap<string, PeerAnswers>,
  refs: PeerReferences,
  seen: SeenBuilds,
): Promise<PeerProof[]> {
  const { docker, spec } = context;
  const [builder, runtime, containers] = await Promise.all([
    docker.inspectImage(refs.builder),
    docker.inspectImage(refs.runtime),
    docker.listContainers(),
  ]);
  return Promise.all(
    provedPeers(context).map(async (peer) => {
      const { container, image } = namesOnPeer(context, chaincode, peer);
      const machine = machineOf(spec, peer.name);
      const found = await requireImage(docker.on(machine), image);
      const running = containers.find(({ name }) => name === container);
      const { before, after } = answers.get(peer.name) ?? { before: '', after: '' };
      return proofOf(
        { peer: peer.name, machine, container, image, found, running, build: seen.get(image), before, after },
        { refs, builder, runtime },
      );
    }),
  );
}

/** @throws WizardFailure `check`, which names the peers that are not proved */
async function failProof(
  context: StageContext,
  peerProofs: readonly PeerProof[],
  refs: PeerReferences,
): Promise<void> {
  const unproved = peerProofs.filter((proof) => !proof.ok).map(({ peer }) => peer);
  const ids = new Set(peerProofs.map(({ builder }) => builder.id).filter((id) => id !== ''));
  throw new WizardFailure({
    kind: 'check',
    what: { key: 'thing.proof' },
    expected: {
      key: 'state.builds',
      builder: refs.builder,
      nodes: peerProofs.map(({ peer }) => peer).join(', '),
      runtime: refs.runtime,
    },
    got: {
      key: 'state.built',
      count: peerProofs.filter(({ built }) => built).length,
      images: [...ids].join(', ') || { key: 'state.none' },
      unproved: unproved.join(', ') || { key: 'state.none' },
    },
    nodes: await nodeLogs(context, unproved.slice(0, 1)),
  });
}

/** Returns the watch of the builds of this chaincode. The gateway then shares builds of this test only. */
async function watchBuilds(run: SmokeRun, builder: string, gateways: readonly string[]): Promise<BuildWatch> {
  const { context, chaincode } = run;
  const { spec } = context;
  if (gateways.length === 0) return watchEvents(context, builder);
  await shareBuilds(context, gateways, chaincode.name);
  const imageOf = (peer: PeerSpec) => namesOnPeer(context, chaincode, peer).image;
  const peers = allPeers(spec);
  const first = firstPeer(membersOf(run));
  const watch = watchRecord(context, gateways, new Set(peers.map(imageOf)));
  const shared = farPeers(context, first, peers).map(imageOf);
  return withShared(watch, shared, { image: imageOf(first), peer: first.name });
}

/** Requires the chaincode's state in each CouchDB of the network. @throws WizardFailure `check` */
async function proveState(context: StageContext, chaincode: SmokeChaincode): Promise<void> {
  const { spec, settings, report } = context;
  // A user's chaincode need not write any state.
  const own = chaincode.shipped && settings.release.couchdbPerChaincode ? chaincode.name : undefined;
  const channelsOf = (name: string) => {
    const peer = allPeers(spec).find((each) => each.couchdb?.name === name);
    return peer ? channelsOfPeer(spec, peer) : [];
  };
  await Promise.all(
    couchdbNodes(spec).map(async (couchdb) => {
      const answer = await askDatabases(context, couchdb);
      const all = 'yes' in answer ? answer.yes : [];
      for (const channel of channelsOf(couchdb.name)) {
        const found = stateDatabase(all, channel, own);
        if (found === undefined) {
          throw new WizardFailure({
            kind: 'check',
            what: { key: 'thing.state', couchdb: couchdb.name },
            expected: { key: 'state.database', channel: [channel, own ?? []].flat().join('_') },
            got: 'yes' in answer ? all.join(', ') || { key: 'state.none' } : answer.no,
            nodes: await nodeLogs(context, [couchdb.name]),
          });
        }
        report.log(`${couchdb.name} has ${found}`);
      }
    }),
  );
}

/** Counts the calls of the smoke test and reports each as a step. */
function stepCounter({ spec, settings, report }: StageContext): SmokeRun['step'] {
  const peers = allPeers(spec).length;
  // Instantiate and invoke; in the package lifecycle also approve and commit.
  const calls = settings.release.lifecycle === 'package' ? 4 : 2;
  const members = spec.channels.map((channel) => allPeers(onChannel(spec, channel)).length);
  const total = peers + members.reduce((sum, count) => sum + 2 * count + calls, 0);
  let done = 0;
  return (item) => {
    done += 1;
    report.progress(done, total, 'steps', item);
  };
}

export const smokeStage = defineStage({
  id: 'smoke',
  topic: {
    group: 'network-stages',
    aliases: ['proof', 'smoke test'],
    see: ['install', 'instantiate', 'invoke', 'chaincode-image'],
  },
  needs: [joinStage, readyStage, swapStage, compileStage, afterStartStage],
  // Gossip between organisations is not part of the proof, so the anchor peers need not be set.
  waitsFor: () => [joinStage, readyStage, swapStage, afterStartStage],
  isIncluded: ({ goal }) =>
    makesNetwork({ goal }) || goal.until === 'smoke' || (goal.until === 'rebuild' && goal.smoke),
  decide: ({ goal }) => runStage({ key: makesNetwork({ goal }) ? 'cause.proof' : 'cause.requested' }),
  // The engine keeps a chaincode image per peer, and the ledgers grow.
  cost: () => ({ seconds: 15, practiceSeconds: 20, cores: 1, memoryMb: 900, engineBytes: 100e6 }),
  checks: ['engine', 'context', 'api', 'confinement', 'chaincode', 'builder', 'runtime'],
  involvesNodes: true,
  execute: async (context, inputs) => {
    const { docker, spec, options, report } = context;
    const { outputs, source } = inputs.of(compileStage);
    const compiled = { ...context, source };
    await provideImages(context);
    const chaincode = await freshChaincode(compiled, outputs);
    const [cli, container, gateways, { builder, runtime }] = await Promise.all([
      stageCli(context),
      cliContainer(context).then(({ id }) => id),
      nodeContainers(context).then(gatewayIds),
      peerImageStatus(compiled),
    ]);
    // All peers have joined, so one of each organisation is enough.
    const anchors = ({ orgs }: NetworkSpec) => orgs.map(anchorPeer);
    await Promise.all(spec.channels.map((channel) => requireOrdererLedger(context, cli, channel, anchors)));
    const refs: PeerReferences = { builder: builder.ref, runtime: runtime.ref };
    const run: SmokeRun = {
      ...{ context, cli, chaincode, channel: spec.channel, step: stepCounter(context) },
      hasGateway: gateways.length > 0,
    };
    for (const { role, ref, present } of [builder, runtime]) {
      // The engine's own message often does not name the image ("no such host").
      if (!present) report.warn(`${role}-missing`, { key: `warning.${role}-missing`, ref });
    }
    const { name, version } = chaincode;
    const watch = await watchBuilds(run, refs.builder, gateways);
    try {
      report.log(`${name} ${version} is built with ${refs.builder} on ${refs.runtime}`);
      await docker.upload(container, chaincode.files);
      const answers = await exercise(run);
      const images = provedPeers(context).map((peer) => namesOnPeer(context, chaincode, peer).image);
      const outside = await unknownChannels(run);
      const peers = await proofs(run, answers, refs, await watch.seen(images));
      const ok = peers.every((peer) => peer.ok);
      report.smokeResult({
        chaincode: name,
        version,
        channel: spec.channels.join(','),
        ok,
        peers,
        ...(outside.length > 0 ? { outside } : {}),
      });
      if (!ok) await failProof(context, peers, refs);
      await proveState(context, chaincode);
      if (options.keepChaincode) await context.journal.setFact(STATE_KEYS.keptChaincode, name);
      await removeSmokeChaincode(context);
      const { before = '', after = '' } = peers[0] ?? {};
      return {
        outcome: 'built',
        detail: { key: 'detail.proof', chaincode: name, count: peers.length, before, after },
      };
    } finally {
      watch.stop();
      await removeCliFiles(docker, container, name, version);
    }
  },
});
