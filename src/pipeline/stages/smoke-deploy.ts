/** Deploys the chaincode of a smoke test on every peer, in either lifecycle. */
import { buildsAtOnce, callsAtOnce, onPeers, startsAtOnce } from '../chaincode/admission.ts';
import {
  approve,
  commit,
  initialise,
  install,
  instantiate,
  membersOf,
} from '../chaincode/lifecycle-calls.ts';
import { onPeersSharing, shareImage } from '../chaincode/shared-builds.ts';
import type { Phrase } from '../core/phrase.ts';
import { deadlineOf } from '../network/deadlines.ts';
import { allPeers, firstPeer, type PeerSpec } from '../network/network-spec.ts';
import { deploymentOf, invoke, query, type SmokeRun } from './smoke-calls.ts';
import { removeSmokeChaincode } from './smoke-chaincode.ts';

const BEFORE = '100';
const AFTER = '90';
/** A first query may compile; the peer's own start-up limit is 300 s. */
const BUILD_MS = 330_000;
const COMMIT_MS = 60_000;

/** The answers of a peer, before and after the invocation. */
export interface PeerAnswers {
  readonly before: string;
  readonly after: string;
}

/** The first answers, after an `Init`. */
function queryFirst(run: SmokeRun, peer: PeerSpec): Promise<string> {
  const { shipped } = run.chaincode;
  const what: Phrase = shipped
    ? { key: 'wait.value', peer: peer.name, value: BEFORE }
    : { key: 'wait.query', peer: peer.name };
  const accepts = (value: string) => !shipped || value === BEFORE;
  return query(run, peer, { what, accepts, deadlineMs: deadlineOf(run.context.spec, BUILD_MS) });
}

/** Queries until the value has changed. The new value of a user's chaincode is not known, so any other value counts. */
function queryChanged(run: SmokeRun, peer: PeerSpec, before: string): Promise<string> {
  const { shipped } = run.chaincode;
  const what: Phrase = shipped
    ? { key: 'wait.value', peer: peer.name, value: AFTER }
    : { key: 'wait.other-value', peer: peer.name, value: before };
  const accepts = (value: string) => (shipped ? value === AFTER : value !== before);
  return query(run, peer, { what, accepts, deadlineMs: deadlineOf(run.context.spec, COMMIT_MS) });
}

/** The answers after an `Init`, by peer name. */
type FirstAnswers = ReadonlyMap<string, string>;

/**
 * Asks every peer of the channel, and the first one alone at first: the others have the block about when it has it, and until then each
 * question would be for nothing.
 * @param limit number of peers that are asked at once
 * @param afterFirst what is done when the first has answered
 * @returns the answers by peer name
 */
async function askAll(
  run: SmokeRun,
  limit: number,
  ask: (peer: PeerSpec) => Promise<string>,
  afterFirst: () => Promise<void> = async () => undefined,
): Promise<Map<string, string>> {
  const members = membersOf(run);
  const first = firstPeer(members);
  const answers = new Map([[first.name, await ask(first)]]);
  await afterFirst();
  const others = allPeers(members).filter((peer) => peer !== first);
  await onPeers(others, limit, async (peer) => {
    answers.set(peer.name, await ask(peer));
  });
  return answers;
}

/** Instantiating builds on the first peer; on each of the others the first query builds. */
async function deployLegacy(run: SmokeRun): Promise<FirstAnswers> {
  const first = firstPeer(membersOf(run));
  const others = allPeers(run.context.spec).filter((peer) => peer.name !== first.name);
  const deployment = deploymentOf(run);
  // A chaincode has no container or image before it is instantiated, so old ones can be removed meanwhile.
  await Promise.all([install(deployment, first), removeSmokeChaincode(run.context)]);
  // More installs at once would take the processor from the compile that the rest waits for.
  const { jobs } = run.context.config;
  await Promise.all([
    instantiate(deployment, first),
    onPeers(others, jobs, (peer) => install(deployment, peer)),
  ]);
  const limit = buildsAtOnce(run.context.config, run.hasGateway);
  return askAll(
    run,
    limit,
    (peer) => queryFirst(run, peer),
    () => shareImage(run.context, run.chaincode, first, others),
  );
}

/** Deploys a package: installing builds, then the organisations approve the definition. */
async function deployPackage(run: SmokeRun): Promise<FirstAnswers> {
  const first = firstPeer(membersOf(run));
  const peers = [first, ...allPeers(run.context.spec).filter(({ name }) => name !== first.name)];
  await removeSmokeChaincode(run.context);
  const deployment = deploymentOf(run);
  const limit = buildsAtOnce(run.context.config, run.hasGateway);
  await onPeersSharing(run.context, run.chaincode, peers, limit, (peer) => install(deployment, peer));
  await define(run);
  return askAll(run, startsAtOnce(run.context.config), (peer) => queryFirst(run, peer));
}

/** Defines an installed package as a chaincode of the channel. */
async function define(run: SmokeRun): Promise<void> {
  const deployment = deploymentOf(run);
  await approve(deployment);
  await commit(deployment);
  await initialise(deployment, firstPeer(membersOf(run)));
}

/**
 * Deploys the same chaincode on another channel. Peers that are on no earlier channel start it, and the value of every peer
 * must change there too.
 */
async function exerciseChannel(run: SmokeRun): Promise<ReadonlyMap<string, PeerAnswers>> {
  const first = firstPeer(membersOf(run));
  const limit = startsAtOnce(run.context.config);
  if (run.context.settings.release.lifecycle === 'package') await define(run);
  else await instantiate(deploymentOf(run), first);
  const before = await askAll(run, limit, (peer) => queryFirst(run, peer));
  return exerciseValue(run, before);
}

/** Changes the value on a channel. @returns the answers of its peers, by their names */
async function exerciseValue(run: SmokeRun, before: FirstAnswers): Promise<ReadonlyMap<string, PeerAnswers>> {
  const old = (name: string) => before.get(name) ?? '';
  await invoke(run, firstPeer(membersOf(run)));
  const limit = callsAtOnce(run.context.config);
  const after = await askAll(run, limit, (peer) => queryChanged(run, peer, old(peer.name)));
  return new Map([...after].map(([name, value]) => [name, { before: old(name), after: value }]));
}

/**
 * Deploys, queries, invokes and queries again, on every channel.
 * @returns the answers of each peer on its first channel, by peer name
 */
export async function exercise(run: SmokeRun): Promise<ReadonlyMap<string, PeerAnswers>> {
  const { spec, settings } = run.context;
  const deploy = settings.release.lifecycle === 'package' ? deployPackage : deployLegacy;
  const answers = new Map(await exerciseValue(run, await deploy(run)));
  for (const channel of spec.channels.slice(1))
    for (const [name, found] of await exerciseChannel({ ...run, channel }))
      if (!answers.has(name)) answers.set(name, found);
  return answers;
}
