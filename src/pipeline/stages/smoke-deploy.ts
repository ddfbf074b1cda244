/** Deploys the chaincode of a smoke test on every peer, in either lifecycle, with as few builds as possible. */
import PQueue from 'p-queue';
import type { Phrase } from '../core/phrase.ts';
import { docker as dockerCommand } from '../host/docker-command.ts';
import { type ChaincodeBuild, chaincodeBuilds } from '../network/chaincode-builds.ts';
import { firstPeer, type PeerSpec } from '../network/network-spec.ts';
import { requireImage } from './require-image.ts';
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
import { namesOnPeer, removeSmokeChaincode } from './smoke-chaincode.ts';

const BEFORE = '100';
const AFTER = '90';
/** A first query may compile; the peer's own start-up limit is 300 s. */
const BUILD_MS = 330_000;
const COMMIT_MS = 60_000;

/** The answers of a peer, and the image that it was given. */
export interface PeerAnswers {
  readonly before: string;
  readonly after: string;
  /** Set if the image was built by another peer and tagged for this one. */
  readonly given?: { readonly imageId: string; readonly from: PeerSpec };
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

function peersOf(builds: readonly ChaincodeBuild[]): readonly PeerSpec[] {
  return builds.flatMap(({ builder, sharers }) => [builder, ...sharers]);
}

/** State of a deployment: the first answers, and the builds that peers were given. */
class Deployment {
  readonly before = new Map<string, string>();
  readonly given = new Map<string, NonNullable<PeerAnswers['given']>>();
  readonly #run: SmokeRun;
  /** A compile uses whole cores. */
  readonly compiling: PQueue;
  /** A start mostly waits. More at once would not be faster, and a cancel would wait for all of them. */
  readonly starting: PQueue;

  constructor(run: SmokeRun) {
    const { jobs, proveEveryPeer } = run.context.config;
    this.#run = run;
    // Behind the gateway, all but one of the peers wait for the compile.
    this.compiling = new PQueue({ concurrency: run.hasGateway && !proveEveryPeer ? 2 * jobs : jobs });
    this.starting = new PQueue({ concurrency: 2 * jobs });
  }

  async query(peer: PeerSpec): Promise<void> {
    this.before.set(peer.name, await queryFirst(this.#run, peer));
  }

  async queryAll(peers: readonly PeerSpec[]): Promise<void> {
    await Promise.all(peers.map((peer) => this.starting.add(() => this.query(peer))));
  }

  /** Tags the builder's image with the names that the sharing peers look for. */
  async share({ builder, sharers }: ChaincodeBuild): Promise<void> {
    const { context, chaincode } = this.#run;
    const imageOn = (peer: PeerSpec) => namesOnPeer(context, chaincode, peer).image;
    const { id } = await requireImage(context.docker, imageOn(builder));
    await Promise.all(
      sharers.map(async (peer) => {
        const name = `${imageOn(peer)}:latest`;
        context.report.command(dockerCommand('tag', imageOn(builder), name));
        await context.docker.tag(id, name);
        context.report.log(`${peer.name} uses the build of ${builder.name}`);
        this.given.set(peer.name, { imageId: id, from: builder });
      }),
    );
  }
}

/** Instantiating compiles on the first peer; on other builders the first query compiles. */
async function deployLegacy(run: SmokeRun, builds: readonly ChaincodeBuild[]): Promise<Deployment> {
  const first = firstPeer(run.context.spec);
  const others = peersOf(builds).filter((peer) => peer !== first);
  // A chaincode has no container or image before it is instantiated, so old ones can be removed meanwhile.
  await Promise.all([install(run, first), removeSmokeChaincode(run.context)]);
  await Promise.all([instantiate(run, first), ...others.map((peer) => install(run, peer))]);
  const deployment = new Deployment(run);
  await Promise.all(
    builds.map(async (build) => {
      const { builder, sharers } = build;
      const isCompiled = builder === first;
      if (!isCompiled) await deployment.compiling.add(() => deployment.query(builder));
      await deployment.share(build);
      await deployment.queryAll(isCompiled ? [builder, ...sharers] : sharers);
    }),
  );
  return deployment;
}

/** Deploys a package: installing compiles, then the organisations approve the definition. */
async function deployPackage(run: SmokeRun, builds: readonly ChaincodeBuild[]): Promise<Deployment> {
  await removeSmokeChaincode(run.context);
  const deployment = new Deployment(run);
  await Promise.all(
    builds.map(async (build) => {
      await deployment.compiling.add(() => install(run, build.builder));
      await deployment.share(build);
      await Promise.all(build.sharers.map((peer) => deployment.starting.add(() => install(run, peer))));
    }),
  );
  await define(run);
  await deployment.queryAll(peersOf(builds));
  return deployment;
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

/** Returns the peers that build, and those that use another peer's image. */
export function plannedBuilds({ context, hasGateway }: SmokeRun): readonly ChaincodeBuild[] {
  const { spec, settings, config } = context;
  return chaincodeBuilds(spec, settings.release, config.proveEveryPeer || hasGateway);
}

/**
 * Deploys, queries, invokes and queries again, on every channel.
 * @returns the answers on the first channel, by peer name
 */
export async function exercise(
  run: SmokeRun,
  builds: readonly ChaincodeBuild[],
): Promise<ReadonlyMap<string, PeerAnswers>> {
  const { spec, settings } = run.context;
  const deploy = settings.release.lifecycle === 'package' ? deployPackage : deployLegacy;
  const { before, given } = await deploy(run, builds);
  const peers = peersOf(builds);
  await invoke(run, firstPeer(spec));
  const answers = peers.map(async (peer): Promise<[string, PeerAnswers]> => {
    const old = before.get(peer.name) ?? '';
    const after = await queryChanged(run, peer, old);
    return [peer.name, { before: old, after, given: given.get(peer.name) }];
  });
  const answered = new Map(await Promise.all(answers));
  for (const channel of spec.channels.slice(1)) await exerciseChannel({ ...run, channel }, peers);
  return answered;
}
