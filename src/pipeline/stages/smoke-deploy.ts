/** Deploys the chaincode of a smoke test on every peer, in either lifecycle. */
import PQueue from 'p-queue';
import type { Phrase } from '../core/phrase.ts';
import { allPeers, firstPeer, type PeerSpec } from '../network/network-spec.ts';
import {
  approve,
  commit,
  initialise,
  install,
  instantiate,
  invoke,
  query,
  type SmokeRun,
} from './smoke-calls.ts';
import { removeSmokeChaincode } from './smoke-chaincode.ts';

const BEFORE = '100';
const AFTER = '90';
/** A first query may compile; the peer's own start-up limit is 300 s. */
const BUILD_MS = 330_000;
const COMMIT_MS = 60_000;

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
  return query(run, peer, { what, accepts, deadlineMs: BUILD_MS });
}

/** Queries until the value has changed. The new value of a user's chaincode is not known, so any other value counts. */
function queryChanged(run: SmokeRun, peer: PeerSpec, before: string): Promise<string> {
  const { shipped } = run.chaincode;
  const what: Phrase = shipped
    ? { key: 'wait.value', peer: peer.name, value: AFTER }
    : { key: 'wait.other-value', peer: peer.name, value: before };
  const accepts = (value: string) => (shipped ? value === AFTER : value !== before);
  return query(run, peer, { what, accepts, deadlineMs: COMMIT_MS });
}

/** State of a deployment: the first answers, by peer name. */
class Deployment {
  readonly before = new Map<string, string>();
  readonly #run: SmokeRun;
  readonly #queue: PQueue;

  /** @param shared whether one peer compiles for all */
  constructor(run: SmokeRun, shared: boolean) {
    const { jobs } = run.context.config;
    this.#run = run;
    // A compile uses whole cores. A start mostly waits; more at once would not be faster, and a cancel would wait for
    // all of them.
    this.#queue = new PQueue({ concurrency: shared ? 2 * jobs : jobs });
  }

  async each(peers: readonly PeerSpec[], action: (peer: PeerSpec) => Promise<void>): Promise<void> {
    await Promise.all(peers.map((peer) => this.#queue.add(() => action(peer))));
  }

  async query(peers: readonly PeerSpec[]): Promise<void> {
    await this.each(peers, async (peer) => {
      this.before.set(peer.name, await queryFirst(this.#run, peer));
    });
  }
}

/** Instantiating compiles on the first peer; on other peers the first query compiles. */
async function deployLegacy(run: SmokeRun, deployment: Deployment): Promise<void> {
  const { spec } = run.context;
  const first = firstPeer(spec);
  const others = allPeers(spec).filter((peer) => peer !== first);
  // A chaincode has no container or image before it is instantiated, so old ones can be removed meanwhile.
  await Promise.all([install(run, first), removeSmokeChaincode(run.context)]);
  await Promise.all([instantiate(run, first), ...others.map((peer) => install(run, peer))]);
  await deployment.query(allPeers(spec));
}

/** Deploys a package: installing compiles, then the organisations approve the definition. */
async function deployPackage(run: SmokeRun, deployment: Deployment): Promise<void> {
  const peers = allPeers(run.context.spec);
  await removeSmokeChaincode(run.context);
  await deployment.each(peers, (peer) => install(run, peer));
  await define(run);
  await deployment.query(peers);
}

/** Defines an installed package as a chaincode of the channel. */
async function define(run: SmokeRun): Promise<void> {
  await approve(run);
  await commit(run);
  await initialise(run, firstPeer(run.context.spec));
}

/** Deploys the same chaincode on another channel: nothing is built, but every peer's value must change there too. */
async function exerciseChannel(run: SmokeRun, peers: readonly PeerSpec[]): Promise<void> {
  const first = firstPeer(run.context.spec);
  if (run.context.settings.release.lifecycle === 'package') await define(run);
  else await instantiate(run, first);
  const before = await Promise.all(peers.map((peer) => queryFirst(run, peer)));
  await invoke(run, first);
  await Promise.all(peers.map((peer, index) => queryChanged(run, peer, before[index] ?? '')));
}

/**
 * Deploys, queries, invokes and queries again, on every channel.
 * @param shared whether one peer compiles for all
 * @returns the answers on the first channel, by peer name
 */
export async function exercise(run: SmokeRun, shared: boolean): Promise<ReadonlyMap<string, PeerAnswers>> {
  const { spec, settings } = run.context;
  const deployment = new Deployment(run, shared);
  await (settings.release.lifecycle === 'package' ? deployPackage : deployLegacy)(run, deployment);
  const peers = allPeers(spec);
  await invoke(run, firstPeer(spec));
  const answers = peers.map(async (peer): Promise<[string, PeerAnswers]> => {
    const before = deployment.before.get(peer.name) ?? '';
    return [peer.name, { before, after: await queryChanged(run, peer, before) }];
  });
  const answered = new Map(await Promise.all(answers));
  for (const channel of spec.channels.slice(1)) await exerciseChannel({ ...run, channel }, peers);
  return answered;
}
