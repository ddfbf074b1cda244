/**
 * The proof: a fresh chaincode on every peer, a value that changes on every peer, and for each peer the
 * builder and runtime image ids that the engine really used.
 */
import PQueue from 'p-queue';
import type { RunContext } from '../context/run-context.ts';
import type { StageExecutor } from '../context/stage.ts';
import type { PeerProof } from '../core/events.ts';
import { WizardFailure } from '../core/failure.ts';
import type { Phrase } from '../core/phrase.ts';
import { type ChaincodeBuild, chaincodeBuilds } from '../network/chaincode-builds.ts';
import { askDatabases, stateDatabase } from '../network/couchdb.ts';
import { allPeers, couchdbNodes, type PeerSpec } from '../network/network-spec.ts';
import { nodeContainers, nodeLogs, peerCli } from '../network/peer-cli.ts';
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
import { freshChaincode, namesOnPeer, removeSmokeChaincode } from './smoke-chaincode.ts';
import {
  allProved,
  askedImages,
  type PeerReferences,
  peerReferences,
  proofOf,
  type SeenBuilds,
  watchBuilds,
} from './smoke-proof.ts';

const BEFORE = '100';
const AFTER = '90';
/** A first query may compile: the peer's own start-up limit is 300 s. */
const BUILD_MS = 330_000;
const COMMIT_MS = 60_000;

export interface SmokeOptions {
  /** Keep the chaincode's containers and images running afterwards. */
  readonly keep: boolean;
}

/** What a peer said, and what it ran. */
interface Answers {
  readonly before: string;
  readonly after: string;
  /** Id of another peer's build that it was given. */
  readonly shared?: string;
}

/** @returns the id of the builder's image, which now stands under the names that the sharers look for, too */
async function share({ bench, context, chaincode }: SmokeRun, build: ChaincodeBuild): Promise<string> {
  const { docker } = bench;
  const imageOn = (peer: PeerSpec) => namesOnPeer(bench, chaincode, peer).image;
  const { id } = await requireImage(docker, imageOn(build.builder));
  await Promise.all(build.sharers.map((peer) => docker.tag(id, `${imageOn(peer)}:latest`)));
  for (const { name } of build.sharers) context.log(`${name} is given the build of ${build.builder.name}`);
  return id;
}

function firstValue(run: SmokeRun, peer: PeerSpec): Promise<string> {
  const { shipped } = run.chaincode;
  const what: Phrase = shipped
    ? { key: 'wait.value', peer: peer.name, value: BEFORE }
    : { key: 'wait.query', peer: peer.name };
  const accepts = (value: string) => !shipped || value === BEFORE;
  return query(run, peer, { what, accepts, deadlineMs: BUILD_MS });
}

/** After an invoke. @param before what the peer answered then */
function changedValue(run: SmokeRun, peer: PeerSpec, before: string): Promise<string> {
  // Of a user's chaincode only this is known: an invoke must show, and not every peer has its block yet.
  const { shipped } = run.chaincode;
  const what: Phrase = shipped
    ? { key: 'wait.value', peer: peer.name, value: AFTER }
    : { key: 'wait.other-value', peer: peer.name, value: before };
  const accepts = (value: string) => (shipped ? value === AFTER : value !== before);
  return query(run, peer, { what, accepts, deadlineMs: COMMIT_MS });
}

/** How far all peers have come: what each answered first, and whose build it was given. */
interface Deployed {
  readonly before: ReadonlyMap<string, string>;
  readonly shared: ReadonlyMap<string, string>;
}

/** What the ways of deploying have in common. */
class Deploying {
  readonly before = new Map<string, string>();
  readonly shared = new Map<string, string>();
  readonly #run: SmokeRun;
  /** A compile takes whole cores. */
  readonly compiling: PQueue;
  /** A start is half waiting. More at once would be no faster, and a cancel has to wait until the engine is through. */
  readonly starting: PQueue;

  constructor(run: SmokeRun) {
    const { jobs } = run.bench.config;
    this.#run = run;
    this.compiling = new PQueue({ concurrency: jobs });
    this.starting = new PQueue({ concurrency: 2 * jobs });
  }

  async ask(peer: PeerSpec): Promise<void> {
    this.before.set(peer.name, await firstValue(this.#run, peer));
  }

  async askAll(peers: readonly PeerSpec[]): Promise<void> {
    await Promise.all(peers.map((peer) => this.starting.add(() => this.ask(peer))));
  }

  async share(build: ChaincodeBuild): Promise<void> {
    const id = await share(this.#run, build);
    for (const { name } of build.sharers) this.shared.set(name, id);
  }
}

/** To instantiate compiles on the first peer; on any other builder the first query does. */
async function deployLegacy(run: SmokeRun, builds: readonly ChaincodeBuild[]): Promise<Deployed> {
  const [first, ...others] = peersOf(builds);
  if (!first) throw new Error('a network needs a peer');
  // Nothing of a chaincode is made before it is instantiated.
  await Promise.all([install(run, first), removeSmokeChaincode(run.bench)]);
  await Promise.all([instantiate(run, first), ...others.map((peer) => install(run, peer))]);
  const deploying = new Deploying(run);
  await Promise.all(
    builds.map(async (build) => {
      const { builder, sharers } = build;
      const compiled = builder === first;
      if (!compiled) await deploying.compiling.add(() => deploying.ask(builder));
      await deploying.share(build);
      await deploying.askAll(compiled ? [builder, ...sharers] : sharers);
    }),
  );
  return deploying;
}

/** To install compiles. What the organisations agree on comes after. */
async function deployPackage(run: SmokeRun, builds: readonly ChaincodeBuild[]): Promise<Deployed> {
  const peers = peersOf(builds);
  const [first] = peers;
  if (!first) throw new Error('a network needs a peer');
  await removeSmokeChaincode(run.bench);
  const deploying = new Deploying(run);
  await Promise.all(
    builds.map(async (build) => {
      await deploying.compiling.add(() => install(run, build.builder));
      await deploying.share(build);
      await Promise.all(build.sharers.map((peer) => deploying.starting.add(() => install(run, peer))));
    }),
  );
  await define(run, first);
  await deploying.askAll(peers);
  return deploying;
}

/** What makes an installed package a chaincode of the channel. */
async function define(run: SmokeRun, first: PeerSpec): Promise<void> {
  await approve(run);
  await commit(run);
  await initialise(run, first);
}

/** The same chaincode on one more channel: nothing is built for it, and every peer's value must change there too. */
async function exerciseElsewhere(run: SmokeRun, peers: readonly PeerSpec[]): Promise<void> {
  const [first] = peers;
  if (!first) return;
  if (run.bench.settings.release.lifecycle === 'package') await define(run, first);
  else await instantiate(run, first);
  const before = await Promise.all(peers.map((peer) => firstValue(run, peer)));
  await invoke(run, first);
  await Promise.all(peers.map((peer, index) => changedValue(run, peer, before[index] ?? '')));
}

function peersOf(builds: readonly ChaincodeBuild[]): readonly PeerSpec[] {
  return builds.flatMap(({ builder, sharers }) => [builder, ...sharers]);
}

/**
 * Deploys, queries, invokes and queries again.
 * @param cli id of the container in which `peer` is called
 * @returns what each peer answered, by its name
 */
async function exercise(
  run: SmokeRun,
  builds: readonly ChaincodeBuild[],
  cli: string,
): Promise<ReadonlyMap<string, Answers>> {
  const { bench, chaincode } = run;
  await bench.docker.upload(cli, chaincode.files);
  const deploy = bench.settings.release.lifecycle === 'package' ? deployPackage : deployLegacy;
  const { before, shared } = await deploy(run, builds);
  const peers = peersOf(builds);
  const [first] = peers;
  if (first) await invoke(run, first);
  const answers = peers.map(async (peer): Promise<[string, Answers]> => {
    const old = before.get(peer.name) ?? '';
    const after = await changedValue(run, peer, old);
    return [peer.name, { before: old, after, shared: shared.get(peer.name) }];
  });
  const answered = new Map(await Promise.all(answers));
  for (const channel of bench.spec.channels.slice(1)) await exerciseElsewhere({ ...run, channel }, peers);
  return answered;
}

/** Asks the engine for what the proofs need. @throws WizardFailure `check` when a chaincode image is gone */
async function proofs(
  { bench, chaincode }: SmokeRun,
  answers: ReadonlyMap<string, Answers>,
  refs: PeerReferences,
  seen: SeenBuilds,
): Promise<PeerProof[]> {
  const { docker, spec } = bench;
  const [builder, runtime, containers] = await Promise.all([
    docker.inspectImage(refs.builder),
    docker.inspectImage(refs.runtime),
    docker.listContainers(),
  ]);
  return Promise.all(
    allPeers(spec).map(async (peer) => {
      const { container, image } = namesOnPeer(bench, chaincode, peer);
      const found = await requireImage(docker, image);
      const running = containers.find(({ name }) => name === container);
      const { before, after, shared } = answers.get(peer.name) ?? { before: '', after: '' };
      return proofOf(
        { peer: peer.name, container, image, found, running, shared, before, after },
        { refs, builder, runtime, seen },
      );
    }),
  );
}

/** Where CouchDBs keep the state: that this chaincode's is there. @throws WizardFailure `check` */
async function proveState({ bench, context, chaincode }: SmokeRun): Promise<void> {
  const { spec, settings } = bench;
  // A chaincode of the user's own need not keep anything.
  const own = chaincode.shipped && settings.release.couchdbPerChaincode ? chaincode.name : undefined;
  await Promise.all(
    couchdbNodes(spec).map(async (couchdb) => {
      const answer = await askDatabases(couchdb);
      const all = 'yes' in answer ? answer.yes : [];
      for (const channel of spec.channels) {
        const found = stateDatabase(all, channel, own);
        if (found === undefined) {
          throw new WizardFailure({
            kind: 'check',
            what: { key: 'thing.state', couchdb: couchdb.name },
            expected: { key: 'state.database', channel: [channel, own ?? []].flat().join('_') },
            got: 'yes' in answer ? all.join(', ') || { key: 'state.none' } : answer.no,
            nodes: await nodeLogs(bench, [couchdb.name]),
          });
        }
        context.log(`${couchdb.name} has ${found}`);
      }
    }),
  );
}

/** Installs, instantiates, invokes and queries on every peer of every organisation; asserts the value; proves the images. */
export function smokeStage(bench: RunContext, options: SmokeOptions): StageExecutor {
  return async (context) => {
    const { spec, config, settings } = bench;
    const builds = chaincodeBuilds(spec, settings.release, config.proveEveryPeer);
    const builders = builds.map(({ builder }) => builder.name);
    const peers = allPeers(spec).length;
    const chaincode = await freshChaincode(bench);
    const { name, version } = chaincode;
    // Instantiate, invoke; approval and commit are two more.
    const calls = settings.release.lifecycle === 'package' ? 4 : 2;
    const total = peers + spec.channels.length * (2 * peers + calls);
    let done = 0;
    const step = (item: string) => {
      done += 1;
      context.progress(done, total, 'steps', item);
    };
    const [cli, nodes, refs, asked] = await Promise.all([
      peerCli(bench, context.signal),
      nodeContainers(bench),
      peerReferences(bench),
      askedImages(bench),
    ]);
    const run: SmokeRun = { bench, context, cli, chaincode, channel: spec.channel, step };
    const cliContainer = nodes.get('cli');
    if (!cliContainer) throw new Error('no CLI container');
    for (const { role, ref, here } of asked) {
      if (here) continue;
      // The engine's own words often leave the image out ("no such host").
      context.warn(`${role}-missing`, { key: `warning.${role}-missing`, ref });
    }
    const watch = await watchBuilds(bench, refs.builder);
    try {
      context.log(
        `${builders.join(', ')} will build ${name} ${version} with ${refs.builder} on ${refs.runtime}`,
      );
      const answers = await exercise(run, builds, cliContainer.id);
      const seen = await watch.seen();
      const peerProofs = await proofs(run, answers, refs, seen);
      const ok = allProved(peerProofs, seen);
      context.emit({
        type: 'smoke-result',
        chaincode: name,
        version,
        channel: spec.channels.join(','),
        ok,
        peers: peerProofs,
      });
      if (!ok) {
        const unproved = peerProofs.filter((proof) => !proof.ok).map(({ peer }) => peer);
        throw new WizardFailure({
          kind: 'check',
          what: { key: 'thing.proof' },
          expected: {
            key: 'state.builds',
            builder: refs.builder,
            nodes: builders.join(', '),
            runtime: refs.runtime,
          },
          got: {
            key: 'state.built',
            count: seen.containers,
            images: [...seen.imageIds].join(', ') || { key: 'state.none' },
            unproved: unproved.join(', ') || { key: 'state.none' },
          },
          nodes: await nodeLogs(bench, builders.slice(0, 1)),
        });
      }
      await proveState(run);
      if (!options.keep) await removeSmokeChaincode(bench);
      const [proof] = peerProofs;
      return {
        outcome: 'built',
        detail: {
          key: 'detail.proof',
          chaincode: name,
          count: peers,
          before: proof?.before ?? '',
          after: proof?.after ?? '',
        },
      };
    } finally {
      watch.stop();
    }
  };
}
