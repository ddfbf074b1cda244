/**
 * The proof: a fresh chaincode on every peer, a value that changes on every peer, and for each peer the
 * builder and runtime image ids that the engine really used.
 */
import { readdir, readFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import PQueue from 'p-queue';
import { parse } from 'yaml';
import { z } from 'zod';
import type { EngineEvent, ImageInfo } from '../engine/engine-types.ts';
import type { TarEntry } from '../engine/tar-context.ts';
import { fillTemplate } from '../fabric/resolution.ts';
import { primaryRef } from '../images/image-recipe.ts';
import { allPeers, type PeerSpec } from '../network/network-spec.ts';
import {
  nodeContainers,
  nodeLogs,
  ordererFlags,
  outputLines,
  type PeerCli,
  peerCli,
} from '../network/peer-cli.ts';
import type { PeerProof } from '../run/events.ts';
import { type AbsentImage, WizardFailure } from '../run/failure.ts';
import type { StageContext, StageExecutor } from '../run/stage.ts';
import { until } from '../run/waiting.ts';
import type { Workbench } from '../run/workbench.ts';
import { requireImage } from './require-image.ts';

const VERSION = '1.0';
/** Of the names of all chaincodes that a smoke test makes. */
export const SMOKE_PREFIX = 'smoke-';
const GOPATH_SRC = 'opt/gopath/src';
const INIT = '{"Args":["init","a","100","b","200"]}';
const INVOKE = '{"Args":["invoke","a","b","10"]}';
const QUERY = '{"Args":["query","a"]}';
const BEFORE = '100';
const AFTER = '90';
/** A first query may compile: the peer's own start-up limit is 300 s. */
const BUILD_MS = 330_000;
const COMMIT_MS = 60_000;

export interface SmokeOptions {
  /** Keep the chaincode's containers and images running afterwards. */
  readonly keep: boolean;
}

const coreSchema = z.object({
  chaincode: z.object({ builder: z.string(), golang: z.object({ runtime: z.string() }) }),
});

/** The references this network's peers ask for: template of the checkout's core.yaml, filled as its line does. */
export async function peerReferences(
  bench: Pick<Workbench, 'source' | 'settings'>,
): Promise<{ builder: string; runtime: string }> {
  const file = join(bench.source.dir, 'sampleconfig', 'core.yaml');
  const core = coreSchema.parse(parse(await readFile(file, 'utf8')));
  return {
    builder: fillTemplate(core.chaincode.builder, bench.settings),
    runtime: fillTemplate(core.chaincode.golang.runtime, bench.settings),
  };
}

/** Everything of a chaincode's folder but version control, as entries under `$GOPATH/src`. */
async function chaincodeFiles(dir: string, importPath: string): Promise<TarEntry[]> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true }).catch((error: Error) => {
    throw new WizardFailure({
      kind: 'check',
      what: `chaincode ${dir}`,
      expected: 'a folder of Go source',
      got: error.message,
    });
  });
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => !relative(dir, file).split(sep).includes('.git'));
  if (!files.some((file) => file.endsWith('.go'))) {
    throw new WizardFailure({
      kind: 'check',
      what: `chaincode ${dir}`,
      expected: 'Go source',
      got: 'no .go file',
    });
  }
  return files.map((file) => ({
    name: `${GOPATH_SRC}/${importPath}/${relative(dir, file).split(sep).join('/')}`,
    content: { file },
  }));
}

/** Removes the chaincode containers and images of this network's earlier smoke tests, and nothing else. */
async function removeSmokeChaincode(bench: Workbench): Promise<void> {
  const { docker, spec } = bench;
  const prefixes = allPeers(spec).map((peer) => `${spec.networkId}-${peer.name}-${SMOKE_PREFIX}`);
  const isDoomed = (name: string) => prefixes.some((prefix) => name.startsWith(prefix));
  const containers = (await docker.listContainers()).filter(({ name }) => isDoomed(name));
  await Promise.all(containers.map(({ id }) => docker.removeContainer(id)));
  const tags = (await docker.listImages()).flatMap((image) => image.tags).filter(isDoomed);
  await Promise.all(tags.map((tag) => docker.removeImage(tag, true)));
}

/** The chaincode is committed by the orderer before every peer has the block. */
const NOT_YET =
  /make sure the chaincode .* has been successfully instantiated|could not find chaincode with name/i;

interface Run {
  readonly bench: Workbench;
  readonly context: StageContext;
  readonly cli: PeerCli;
  readonly name: string;
}

async function query(
  { bench, context, cli, name }: Run,
  peer: PeerSpec,
  wanted: {
    readonly what: string;
    readonly accepts: (value: string) => boolean;
    readonly deadlineMs: number;
  },
): Promise<string> {
  const args = ['chaincode', 'query', '-C', bench.spec.channel, '-n', name, '-c', QUERY];
  return until<string>({
    what: `${peer.name} to answer ${wanted.what}`,
    deadlineMs: wanted.deadlineMs,
    signal: context.signal,
    ask: async () => {
      const result = await cli.ask(peer, args);
      if (result.exitCode !== 0) {
        const lines = outputLines(result);
        const first = lines.find((line) => line.includes('Error')) ?? lines[0] ?? '';
        if (lines.some((line) => NOT_YET.test(line))) return { no: first };
        throw new WizardFailure({
          kind: 'command',
          command: `peer ${args.join(' ')}`,
          where: `the CLI container, as Admin of ${peer.org}, to ${peer.name}`,
          exitCode: result.exitCode,
          tail: lines.slice(-40),
          nodes: await nodeLogs(bench, [peer.name]),
        });
      }
      const value = (result.stdout.trim().split('\n').pop() ?? '')
        .replace(bench.settings.line.queryPrefix, '')
        .trim();
      return wanted.accepts(value) ? { yes: value } : { no: `it answers ${value}` };
    },
    evidence: () => nodeLogs(bench, [peer.name, bench.spec.orderer.name]),
  });
}

interface Builders {
  /** Builder containers that the engine made meanwhile. */
  readonly containers: string[];
  readonly imageIds: Set<string>;
}

/** Notes every container that a peer makes from its builder image, with the image id that it really has. */
async function watchBuilders(
  bench: Workbench,
  builderRef: string,
): Promise<{ builders: Builders; stop: () => Promise<void> }> {
  const builders: Builders = { containers: [], imageIds: new Set() };
  const looking: Promise<void>[] = [];
  const stop = await bench.docker.watchEvents(
    { type: ['container'], event: ['create'] },
    (event: EngineEvent) => {
      if (event.attributes.image !== builderRef) return;
      builders.containers.push(event.id);
      looking.push(
        bench.docker.containerImage(event.id).then(
          (image) => {
            if (image) builders.imageIds.add(image.id);
          },
          // Not noted, it fails the proof.
          () => undefined,
        ),
      );
    },
  );
  return {
    builders,
    stop: async () => {
      stop();
      await Promise.all(looking);
    },
  };
}

function standsOn(image: ImageInfo, base: ImageInfo | undefined): boolean {
  return base?.layers.every((layer, index) => image.layers[index] === layer) ?? false;
}

async function proofOf(
  run: Run,
  peer: PeerSpec,
  values: { before: string; after: string },
  refs: { builder: string; runtime: string },
  builders: Builders,
): Promise<PeerProof> {
  const { docker, spec, settings } = run.bench;
  const container = settings.line.chaincodeContainerName(spec.networkId, peer.name, run.name, VERSION);
  const image = settings.line.chaincodeImageName(spec.networkId, peer.name, run.name, VERSION);
  const chaincodeImage = await requireImage(docker, image);
  const runtime = await docker.inspectImage(refs.runtime);
  const running = (await docker.listContainers({ name: [container] })).find(({ name }) => name === container);
  const [builderId = ''] = [...builders.imageIds];
  const builder = await docker.inspectImage(refs.builder);
  return {
    peer: peer.name,
    container,
    image,
    built: true,
    builder: { ref: refs.builder, id: builderId },
    runtime: { ref: refs.runtime, id: runtime?.id ?? '' },
    before: values.before,
    after: values.after,
    ok:
      running?.state === 'running' &&
      running.imageId === chaincodeImage.id &&
      builders.imageIds.size === 1 &&
      builderId === builder?.id &&
      standsOn(chaincodeImage, runtime) &&
      values.after !== values.before,
  };
}

/** Which of the references name no image on this engine. */
async function absentImages(
  bench: Workbench,
  refs: { readonly builder: string; readonly runtime: string },
): Promise<AbsentImage[]> {
  const { docker, settings } = bench;
  const asked: readonly AbsentImage[] = [
    {
      role: 'builder',
      ref: refs.builder,
      key: 'chaincode.builder',
      nearest: primaryRef(settings, 'ccenv'),
    },
    {
      role: 'runtime',
      ref: refs.runtime,
      key: 'chaincode.golang.runtime',
      nearest: settings.runtimeImage,
    },
  ];
  const present = await Promise.all(asked.map(({ ref }) => docker.inspectImage(ref)));
  return asked.filter((_, index) => present[index] === undefined);
}

/** Installs, instantiates, invokes and queries on every peer of every organisation; asserts the value; proves the images. */
export function smokeStage(bench: Workbench, options: SmokeOptions): StageExecutor {
  return async (context) => {
    const { spec, docker, config } = bench;
    const peers = allPeers(spec);
    const [first, ...others] = peers;
    if (!first) throw new Error('a network needs a peer');
    const name = `${SMOKE_PREFIX}${Date.now().toString(36)}`;
    const importPath = `fabric-wizard/${name}`;
    const cli = await peerCli(bench, context.signal);
    const run: Run = { bench, context, cli, name };
    const refs = await peerReferences(bench);
    const shipped = config.chaincode === undefined;
    const total = peers.length * 3 + 2;
    let done = 0;
    const step = (item: string) => {
      done += 1;
      context.progress(done, total, 'steps', item);
    };

    const cliContainer = (await nodeContainers(bench)).get('cli');
    if (!cliContainer) throw new Error('no CLI container');
    const files = await chaincodeFiles(
      config.chaincode ?? join(bench.dataDir, 'chaincode', 'smoke'),
      importPath,
    );
    const absent = await absentImages(bench, refs);
    for (const { role, ref } of absent) {
      // The engine's own words often leave the image out ("no such host").
      context.warn(
        `${role}-missing`,
        `the peers ask for the ${role} image ${ref}, which is not on this engine: it will have to be pulled`,
      );
    }
    const watch = await watchBuilders(bench, refs.builder);
    try {
      await Promise.all([docker.upload(cliContainer.id, files), removeSmokeChaincode(bench)]);
      await Promise.all(
        peers.map(async (peer) => {
          await cli.run(peer, ['chaincode', 'install', '-n', name, '-v', VERSION, '-p', importPath]);
          step(`installed on ${peer.name}`);
        }),
      );
      const policy = `OR(${spec.orgs.map((org) => `'${org.mspId}.member'`).join(',')})`;
      context.log(
        `instantiating ${name} ${VERSION} on ${first.name}: it asks for ${refs.builder} and ${refs.runtime}`,
      );
      await cli.run(first, [
        'chaincode',
        'instantiate',
        '-C',
        spec.channel,
        '-n',
        name,
        '-v',
        VERSION,
        '-c',
        INIT,
        '-P',
        policy,
        ...ordererFlags(spec),
      ]);
      step(`instantiated on ${first.name}`);

      const before = new Map<string, string>();
      const ask = async (peer: PeerSpec) => {
        const wanted = shipped
          ? { what: BEFORE, accepts: (value: string) => value === BEFORE }
          : { what: 'the query', accepts: () => true };
        before.set(peer.name, await query(run, peer, { ...wanted, deadlineMs: BUILD_MS }));
        step(`${peer.name} answers ${before.get(peer.name)}`);
      };
      await ask(first);
      // Each first query compiles on that peer: as many at a time as there are cores.
      const queue = new PQueue({ concurrency: config.jobs });
      await Promise.all(others.map((peer) => queue.add(() => ask(peer))));

      await cli.run(first, [
        'chaincode',
        'invoke',
        '-C',
        spec.channel,
        '-n',
        name,
        '-c',
        INVOKE,
        ...ordererFlags(spec),
      ]);
      step('invoked');
      const after = new Map<string, string>();
      await Promise.all(
        peers.map(async (peer) => {
          const old = before.get(peer.name);
          // Of a user's chaincode only this is known: an invoke must show, and not every peer has its block yet.
          const wanted = shipped
            ? { what: AFTER, accepts: (value: string) => value === AFTER }
            : { what: `another value than ${old}`, accepts: (value: string) => value !== old };
          after.set(peer.name, await query(run, peer, { ...wanted, deadlineMs: COMMIT_MS }));
          step(`${peer.name} answers ${after.get(peer.name)}`);
        }),
      );
      await watch.stop();
      const proofs = await Promise.all(
        peers.map((peer) =>
          proofOf(
            run,
            peer,
            { before: before.get(peer.name) ?? '', after: after.get(peer.name) ?? '' },
            refs,
            watch.builders,
          ),
        ),
      );
      const ok = proofs.every((proof) => proof.ok) && watch.builders.containers.length >= peers.length;
      context.emit({
        type: 'smoke-result',
        chaincode: name,
        version: VERSION,
        channel: spec.channel,
        ok,
        peers: proofs,
      });
      if (!ok) {
        throw new WizardFailure({
          kind: 'check',
          what: 'the proof of the chaincode images',
          expected: `${peers.length} builds with ${refs.builder}, images on ${refs.runtime}`,
          got: `${watch.builders.containers.length} builds with ${[...watch.builders.imageIds].join(', ') || 'no image'}; not proved: ${
            proofs
              .filter((proof) => !proof.ok)
              .map((proof) => proof.peer)
              .join(', ') || 'none'
          }`,
          nodes: await nodeLogs(bench, [first.name]),
        });
      }
      if (!options.keep) await removeSmokeChaincode(bench);
      return {
        outcome: 'built',
        detail: `${name} on ${peers.length} peers: ${proofs[0]?.before} -> ${proofs[0]?.after}`,
      };
    } catch (error) {
      if (!(error instanceof WizardFailure) || error.failure.kind !== 'command') throw error;
      throw new WizardFailure({ ...error.failure, absentImages: absent });
    } finally {
      await watch.stop();
    }
  };
}
