/** From images to running nodes: crypto material, channel artifacts, compose file, start, ready. */

import { randomBytes } from 'node:crypto';
import { copyFile, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { projectLabels, type RunContext } from '../context/run-context.ts';
import type { StageContext, StageExecutor } from '../context/stage.ts';
import { WizardFailure } from '../core/failure.ts';
import { until } from '../core/waiting.ts';
import { LABEL } from '../engine/labels.ts';
import { extractTar, type TarEntry } from '../engine/tar-context.ts';
import { writeAtomically } from '../host/files.ts';
import { networkDir } from '../host/state-folder.ts';
import { primaryRef } from '../images/image-recipe.ts';
import { STATE_KEYS } from '../journal/state-keys.ts';
import { CHANNEL_PROFILE, configtxYaml, GENESIS_PROFILE } from '../network/configtx.ts';
import { openUsersDatabase } from '../network/couchdb.ts';
import { cryptoConfigYaml } from '../network/network-files.ts';
import { artifactsFingerprint, composeText, cryptoFingerprint } from '../network/network-plan.ts';
import { couchdbNodes, type NetworkNode, networkNodes } from '../network/network-spec.ts';
import { contentOf, imageOfNode, isAsImage, swappedPrograms } from '../network/node-content.ts';
import { askNode } from '../network/node-port.ts';
import { nodeContainers, nodeLogs } from '../network/peer-cli.ts';
import { SAVED_NETWORK } from '../network/saved-network.ts';

const WORK = '/work';

/** Runs commands of the tools image on these files, and writes each folder of `/work` that is wanted into one of the host's. */
async function runTools(
  bench: RunContext,
  context: StageContext,
  work: {
    readonly inputs: readonly TarEntry[];
    readonly script: string;
    readonly args: readonly string[];
    /** The part of the script whose failure ends it, for people. */
    readonly command: string;
    readonly onLine: (line: string) => void;
    /** Asked when the commands have ended: folder under `/work`, folder of the host. */
    readonly folders: () => Readonly<Record<string, string>>;
  },
): Promise<void> {
  const tail: string[] = [];
  await bench.docker.runToEnd(
    {
      image: primaryRef(bench.settings, 'tools'),
      cmd: ['sh', '-euc', work.script, 'tools', ...work.args],
      env: { FABRIC_CFG_PATH: WORK },
      workdir: WORK,
      networkMode: 'none',
      labels: projectLabels(bench),
      inputs: work.inputs,
      signal: context.signal,
      onLine: (line) => {
        tail.push(line);
        if (tail.length > 40) tail.shift();
        work.onLine(line);
      },
    },
    async ({ exitCode, archive }) => {
      if (exitCode !== 0) {
        throw new WizardFailure({
          kind: 'command',
          command: work.command.trim().replace(/\s*\n\s*/g, '; '),
          where: { key: 'where.tools', image: primaryRef(bench.settings, 'tools') },
          exitCode,
          tail,
        });
      }
      await Promise.all(
        Object.entries(work.folders()).map(async ([from, to]) =>
          extractTar(await archive(`${WORK}/${from}`), to),
        ),
      );
    },
  );
}

/** Lets `fill` write a folder beside `target`. That is gone afterwards, unless `fill` has moved it. */
async function withPartial(target: string, fill: (partial: string) => Promise<void>): Promise<void> {
  const partial = partialOf(target);
  await rm(partial, { recursive: true, force: true });
  await mkdir(partial, { recursive: true });
  try {
    await fill(partial);
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
}

function partialOf(target: string): string {
  return `${target}.partial-${process.pid}`;
}

/**
 * Puts a whole folder in the place of another. `fact` is what the journal knows of it: it is forgotten before
 * the folder changes, so that a run that is killed between the two never takes new files for the old ones.
 */
async function replaceFolder(
  bench: RunContext,
  partial: string,
  target: string,
  fact: string,
): Promise<void> {
  await bench.journal.setFact(fact, undefined);
  const old = `${target}.old-${process.pid}`;
  await rename(target, old).catch(() => undefined);
  await rename(partial, target);
  await rm(old, { recursive: true, force: true });
}

/** The same for a flat folder that running containers have mounted: they see the new files at once. */
async function replaceFiles(bench: RunContext, partial: string, target: string, fact: string): Promise<void> {
  await bench.journal.setFact(fact, undefined);
  await mkdir(target, { recursive: true });
  const [wanted, present] = await Promise.all([readdir(partial), readdir(target)]);
  await Promise.all(wanted.map((name) => rename(join(partial, name), join(target, name))));
  const old = present.filter((name) => !wanted.includes(name));
  await Promise.all(old.map((name) => rm(join(target, name), { recursive: true, force: true })));
  await rm(partial, { recursive: true, force: true });
}

async function filesUnder(dir: string, prefix: string): Promise<TarEntry[]> {
  const names = await readdir(dir, { recursive: true, withFileTypes: true });
  return names
    .filter((entry) => entry.isFile())
    .map((entry) => {
      const file = join(entry.parentPath, entry.name);
      return { name: `${prefix}${file.slice(dir.length)}`, content: { file } };
    });
}

const CRYPTO_SCRIPT = 'cryptogen generate --config=crypto-config.yaml --output=crypto-config';

/** $1 profile of the genesis block, $2 system channel, $3 profile of all channels, $4 channels with blanks between them, $5 … MSP ids */
const ARTIFACTS_SCRIPT = `
genesis=$1 system=$2 profile=$3 channels=$4; shift 4
mkdir artifacts
configtxgen -profile "$genesis" -channelID "$system" -outputBlock artifacts/genesis.block
for channel in $channels; do
  configtxgen -profile "$profile" -channelID "$channel" -outputCreateChannelTx "artifacts/$channel.tx"
  for org in "$@"; do
    configtxgen -profile "$profile" -channelID "$channel" -asOrg "$org" -outputAnchorPeersUpdate "artifacts/$channel-$org-anchors.tx"
  done
done`;
const ARTIFACTS_MADE = '##artifacts';

/** Each channel's first block, anchor peers and all. $1 profile, $2 … channels */
const FIRST_BLOCK_SCRIPT = `
profile=$1; shift
mkdir artifacts
for channel in "$@"; do
  configtxgen -profile "$profile" -channelID "$channel" -outputBlock "artifacts/$channel.block"
done`;

/** What the artifacts' script needs besides the certificates. */
function artifactsWork({ spec, settings }: RunContext) {
  return {
    configtx: {
      name: 'work/configtx.yaml',
      content: configtxYaml(spec, settings.release, `${WORK}/crypto-config`),
    },
    ...(spec.channelCreation === 'participation'
      ? { script: FIRST_BLOCK_SCRIPT, args: [CHANNEL_PROFILE, ...spec.channels] }
      : {
          script: ARTIFACTS_SCRIPT,
          args: [
            GENESIS_PROFILE,
            spec.systemChannel,
            CHANNEL_PROFILE,
            spec.channels.join(' '),
            ...spec.orgs.map((org) => org.mspId),
          ],
        }),
  };
}

function artifactsDir(bench: RunContext): string {
  return join(networkDir(bench.stateDir), 'channel-artifacts');
}

/**
 * Certificates; and since a container takes longer than all that is done in it, also what the artifacts stage
 * would make of them next. Where that fails, that stage makes it again and tells why.
 */
export function cryptoStage(bench: RunContext): StageExecutor {
  return async (context) => {
    const target = join(networkDir(bench.stateDir), 'crypto-config');
    const config = cryptoConfigYaml(bench.spec, bench.settings.release);
    await tellOfOldLedgers(bench, context);
    const { configtx, script, args } = artifactsWork(bench);
    await withPartial(target, async (partial) => {
      const artifacts = partialOf(artifactsDir(bench));
      let made = false;
      await runTools(bench, context, {
        inputs: [{ name: 'work/crypto-config.yaml', content: config }, configtx],
        script: `${CRYPTO_SCRIPT}; artifacts=$1; shift; if sh -euc "$artifacts" artifacts "$@" >/dev/null 2>&1; then echo '${ARTIFACTS_MADE}'; fi`,
        args: [script, ...args],
        command: CRYPTO_SCRIPT,
        onLine: (line) => {
          if (line === ARTIFACTS_MADE) made = true;
          else context.log(line);
        },
        folders: () => ({ 'crypto-config': partial, ...(made ? { artifacts } : {}) }),
      });
      await replaceFolder(bench, partial, target, STATE_KEYS.crypto.key);
      bench.artifacts = made ? artifacts : undefined;
      bench.newLedgers = true;
    });
    await writeFile(join(networkDir(bench.stateDir), 'crypto-config.yaml'), config);
    const instance = randomBytes(3).toString('hex');
    await bench.journal.setFact(STATE_KEYS.crypto.key, {
      fingerprint: cryptoFingerprint(bench),
      instance,
      couchdb: couchdbNodes(bench.spec).length > 0,
    });
    return { outcome: 'built', detail: { key: 'detail.instance', instance } };
  };
}

/** Whoever moves to another line or shape finds another network, and should know that nothing of the last is lost. */
async function tellOfOldLedgers(bench: RunContext, context: StageContext): Promise<void> {
  const { docker, journal, project } = bench;
  const before = journal.getFact(STATE_KEYS.crypto.key, STATE_KEYS.crypto.schema);
  if (!before) return;
  const volumes = await docker.listVolumes([`${LABEL.project}=${project}`]);
  const count = volumes.filter((name) => name.startsWith(`${project}-${before.instance}-`)).length;
  if (count > 0)
    context.warn('ledgers-kept', { key: 'warning.ledgers-kept', count, instance: before.instance, project });
}

function instanceOf(bench: RunContext): string {
  const crypto = bench.journal.getFact(STATE_KEYS.crypto.key, STATE_KEYS.crypto.schema);
  if (!crypto) throw new Error('no crypto material');
  return crypto.instance;
}

export function artifactsStage(bench: RunContext): StageExecutor {
  return async (context) => {
    const { spec, settings } = bench;
    const dir = networkDir(bench.stateDir);
    const instance = instanceOf(bench);
    const target = artifactsDir(bench);
    const replace = (partial: string) => replaceFiles(bench, partial, target, STATE_KEYS.artifacts.key);
    if (bench.artifacts) {
      await replace(bench.artifacts);
    } else {
      const { configtx, script, args } = artifactsWork(bench);
      await withPartial(target, async (partial) => {
        await runTools(bench, context, {
          inputs: [configtx, ...(await filesUnder(join(dir, 'crypto-config'), 'work/crypto-config'))],
          script,
          args,
          command: script,
          onLine: context.log,
          folders: () => ({ artifacts: partial }),
        });
        await replace(partial);
      });
    }
    await writeFile(join(dir, 'configtx.yaml'), configtxYaml(spec, settings.release, 'crypto-config'));
    await bench.journal.setFact(STATE_KEYS.artifacts.key, {
      fingerprint: artifactsFingerprint(bench, instance),
      instance,
    });
    const channels = spec.channels.join(', ');
    return {
      outcome: 'built',
      detail:
        spec.channelCreation === 'participation'
          ? { key: 'detail.first-block', channels }
          : { key: 'detail.artifacts', channels, count: spec.orgs.length * spec.channels.length },
    };
  };
}

export function composeStage(bench: RunContext): StageExecutor {
  return async () => {
    const dir = networkDir(bench.stateDir);
    const path = join(dir, 'docker-compose.yaml');
    const content = composeText(bench, instanceOf(bench));
    // A host `peer` needs a core.yaml: `env` points FABRIC_CFG_PATH here.
    await mkdir(join(dir, 'config'), { recursive: true });
    await copyFile(join(bench.source.dir, 'sampleconfig', 'core.yaml'), join(dir, 'config', 'core.yaml'));
    await bench.journal.setFact(SAVED_NETWORK.key, { spec: bench.spec, version: bench.source.version });
    await writeAtomically(join(dir, '.env'), `COMPOSE_PROJECT_NAME=${bench.project}\n`);
    if ((await readFile(path, 'utf8').catch(() => '')) === content)
      return { outcome: 'cached', detail: path };
    await writeAtomically(path, content);
    return { outcome: 'built', detail: path };
  };
}

/** A peer or orderer that was told to end closes its ledger within this time, or is killed. */
export const GRACE_SECONDS = 10;

/**
 * Nodes that are not what their image is make room. Compose would keep one whose image has the same id,
 * whatever was copied into it since; and it would hand the anonymous volumes of the old container to the new
 * one, and in the tools image sampleconfig is in such a volume.
 */
async function removeOutdated(bench: RunContext, nodes: readonly string[] | undefined): Promise<void> {
  const { docker, settings } = bench;
  const swapped = swappedPrograms(bench);
  await Promise.all(
    [...(await nodeContainers(bench))].map(async ([node, container]) => {
      if (nodes && !nodes.includes(node)) return;
      const name = imageOfNode(bench, node);
      if (!name) return;
      const image = await docker.inspectImage(primaryRef(settings, name));
      if (!image || isAsImage(container, { id: image.id, content: contentOf(image.labels) }, swapped)) return;
      if (container.state === 'running') await docker.stopContainer(container.id, GRACE_SECONDS);
      await docker.removeContainer(container.id);
    }),
  );
}

export interface StartOptions {
  /** Only these nodes; default: all. */
  readonly nodes?: readonly string[];
}

export function startStage(bench: RunContext, options: StartOptions = {}): StageExecutor {
  return async (context) => {
    if (!bench.compose) throw new Error('start needs compose');
    const before = new Set(
      [...(await nodeContainers(bench)).values()]
        .filter(({ state }) => state === 'running')
        .map(({ id }) => id),
    );
    await removeOutdated(bench, options.nodes);
    const { compose } = bench;
    const up = (services: readonly string[] | undefined) =>
      compose.up({
        dir: networkDir(bench.stateDir),
        project: bench.project,
        services,
        signal: context.signal,
        onLine: context.log,
      });
    const isWanted = (name: string) => options.nodes?.includes(name) ?? true;
    const couchdbs = networkNodes(bench.spec).filter(
      ({ node, role }) => role === 'couchdb' && isWanted(node.name),
    );
    const names = couchdbs.map(({ node }) => node.name);
    if (names.length > 0) {
      await up(names);
      // A peer that finds none at its start gives up, some lines sooner than others.
      await Promise.all(
        couchdbs.map(async (each) => {
          await awaitNode(bench, context, each);
          const said = await openUsersDatabase(each.node);
          if (said !== undefined) context.log(`${each.node.name} ${said}`);
        }),
      );
    }
    const others = options.nodes?.filter((name) => !names.includes(name));
    if (others?.length !== 0) await up(others);
    const running = [...(await nodeContainers(bench)).values()].filter(({ state }) => state === 'running');
    const fresh = running.filter(({ id }) => !before.has(id));
    return {
      outcome: fresh.length > 0 ? 'built' : 'cached',
      detail: { key: 'detail.containers', count: running.length, started: fresh.length },
    };
  };
}

/** Asks the node until it answers. @throws WizardFailure `timeout`, or `check` where it has ended */
export async function awaitNode(
  bench: RunContext,
  context: StageContext,
  asked: NetworkNode,
  deadlineMs = 60_000,
): Promise<void> {
  const { node, role } = asked;
  await until({
    what: { key: 'wait.port', node: node.name, port: node.port },
    deadlineMs,
    signal: context.signal,
    poll: async () => {
      const container = (await nodeContainers(bench)).get(node.name);
      if (container?.state === 'exited' || container?.state === 'dead') {
        throw new WizardFailure({
          kind: 'check',
          what: node.name,
          expected: { key: 'state.running' },
          got: container.status,
          nodes: await nodeLogs(bench, [node.name]),
        });
      }
      return askNode(asked, bench.spec.tls);
    },
    evidence: () => nodeLogs(bench, [node.name]),
  });
  context.emit({ type: 'node-health', node: node.name, role, state: 'ready' });
}

export function readyStage(bench: RunContext): StageExecutor {
  return async (context) => {
    const nodes = networkNodes(bench.spec);
    let done = 0;
    await Promise.all(
      nodes.map(async (each) => {
        context.emit({ type: 'node-health', node: each.node.name, role: each.role, state: 'starting' });
        await awaitNode(bench, context, each);
        done += 1;
        context.progress(done, nodes.length, 'nodes', each.node.name);
      }),
    );
    return { outcome: 'built', detail: { key: 'detail.answering', count: nodes.length } };
  };
}
