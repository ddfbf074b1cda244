/** From images to running nodes: crypto material, channel artifacts, compose file, start, ready. */
import { randomBytes } from 'node:crypto';
import { copyFile, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { extractTar, type TarEntry } from '../engine/tar-context.ts';
import { writeAtomically } from '../host/files.ts';
import { primaryRef } from '../images/image-recipe.ts';
import { FACTS } from '../journal/facts.ts';
import {
  CHANNEL_PROFILE,
  configtxYaml,
  cryptoConfigYaml,
  GENESIS_PROFILE,
} from '../network/network-files.ts';
import { artifactsFingerprint, composeText, cryptoFingerprint } from '../network/network-plan.ts';
import { type NetworkNode, networkNodes } from '../network/network-spec.ts';
import { contentOf, imageOfNode, isAsImage, swappedPrograms } from '../network/node-content.ts';
import { knock } from '../network/node-port.ts';
import { nodeContainers, nodeLogs } from '../network/peer-cli.ts';
import { WizardFailure } from '../run/failure.ts';
import type { StageContext, StageExecutor } from '../run/stage.ts';
import { until } from '../run/waiting.ts';
import { networkDir, projectLabels, type Workbench } from '../run/workbench.ts';

const WORK = '/work';

/**
 * Runs commands of the tools image on these files and writes what they leave in `/work/out` into `target`,
 * whole or not at all. `fact` is what the journal knows of the target: it is forgotten before the target
 * changes, so that a run that is killed between the two never takes new files for the old ones.
 */
async function runTools(
  bench: Workbench,
  context: StageContext,
  work: {
    inputs: readonly TarEntry[];
    script: string;
    args: readonly string[];
    target: string;
    fact: string;
  },
): Promise<void> {
  const tail: string[] = [];
  const partial = `${work.target}.partial-${process.pid}`;
  await rm(partial, { recursive: true, force: true });
  await mkdir(partial, { recursive: true });
  try {
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
          context.log(line);
        },
      },
      async ({ exitCode, archive }) => {
        if (exitCode !== 0) {
          throw new WizardFailure({
            kind: 'command',
            command: work.script.trim().replace(/\s*\n\s*/g, '; '),
            where: `tools image ${primaryRef(bench.settings, 'tools')}`,
            exitCode,
            tail,
          });
        }
        await extractTar(await archive(`${WORK}/out`), partial);
      },
    );
    await bench.journal.setFact(work.fact, undefined);
    const old = `${work.target}.old-${process.pid}`;
    await rename(work.target, old).catch(() => undefined);
    await rename(partial, work.target);
    await rm(old, { recursive: true, force: true });
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
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

export function cryptoStage(bench: Workbench): StageExecutor {
  return async (context) => {
    const target = join(networkDir(bench.stateDir), 'crypto-config');
    const config = cryptoConfigYaml(bench.spec);
    await mkdir(networkDir(bench.stateDir), { recursive: true });
    await runTools(bench, context, {
      inputs: [{ name: 'work/crypto-config.yaml', content: config }],
      script: 'cryptogen generate --config=crypto-config.yaml --output=out',
      args: [],
      target,
      fact: FACTS.crypto.key,
    });
    await writeFile(join(networkDir(bench.stateDir), 'crypto-config.yaml'), config);
    const instance = randomBytes(3).toString('hex');
    await bench.journal.setFact(FACTS.crypto.key, { fingerprint: cryptoFingerprint(bench), instance });
    return { outcome: 'built', detail: `network instance ${instance}` };
  };
}

function instanceOf(bench: Workbench): string {
  const crypto = bench.journal.getFact(FACTS.crypto.key, FACTS.crypto.schema);
  if (!crypto) throw new Error('no crypto material');
  return crypto.instance;
}

export function artifactsStage(bench: Workbench): StageExecutor {
  return async (context) => {
    const { spec, settings } = bench;
    const dir = networkDir(bench.stateDir);
    const instance = instanceOf(bench);
    const configtx = configtxYaml(spec, settings.line, `${WORK}/crypto-config`);
    await runTools(bench, context, {
      inputs: [
        { name: 'work/configtx.yaml', content: configtx },
        { name: 'work/out/', content: '' },
        ...(await filesUnder(join(dir, 'crypto-config'), 'work/crypto-config')),
      ],
      script: `
        genesis=$1 system=$2 profile=$3 channel=$4; shift 4
        configtxgen -profile "$genesis" -channelID "$system" -outputBlock out/genesis.block
        configtxgen -profile "$profile" -channelID "$channel" -outputCreateChannelTx "out/$channel.tx"
        for org in "$@"; do
          configtxgen -profile "$profile" -channelID "$channel" -asOrg "$org" -outputAnchorPeersUpdate "out/$org-anchors.tx"
        done`,
      args: [
        GENESIS_PROFILE,
        spec.systemChannel,
        CHANNEL_PROFILE,
        spec.channel,
        ...spec.orgs.map((org) => org.mspId),
      ],
      target: join(dir, 'channel-artifacts'),
      fact: FACTS.artifacts.key,
    });
    await writeFile(join(dir, 'configtx.yaml'), configtxYaml(spec, settings.line, 'crypto-config'));
    await bench.journal.setFact(FACTS.artifacts.key, {
      fingerprint: artifactsFingerprint(bench, instance),
      instance,
    });
    return { outcome: 'built', detail: `genesis block, ${spec.channel}, ${spec.orgs.length} anchor updates` };
  };
}

export function composeStage(bench: Workbench): StageExecutor {
  return async () => {
    const dir = networkDir(bench.stateDir);
    const path = join(dir, 'docker-compose.yaml');
    const content = composeText(bench, instanceOf(bench));
    // A host `peer` needs a core.yaml: `env` points FABRIC_CFG_PATH here.
    await mkdir(join(dir, 'config'), { recursive: true });
    await copyFile(join(bench.source.dir, 'sampleconfig', 'core.yaml'), join(dir, 'config', 'core.yaml'));
    await bench.journal.setFact(FACTS.network.key, { spec: bench.spec, version: bench.source.version });
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
async function removeOutdated(bench: Workbench, nodes: readonly string[] | undefined): Promise<void> {
  const { docker, settings } = bench;
  const swapped = swappedPrograms(bench);
  await Promise.all(
    [...(await nodeContainers(bench))].map(async ([node, container]) => {
      if (nodes && !nodes.includes(node)) return;
      const image = await docker.inspectImage(primaryRef(settings, imageOfNode(bench, node)));
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

export function startStage(bench: Workbench, options: StartOptions = {}): StageExecutor {
  return async (context) => {
    if (!bench.compose) throw new Error('start needs compose');
    const before = new Set(
      [...(await nodeContainers(bench)).values()]
        .filter(({ state }) => state === 'running')
        .map(({ id }) => id),
    );
    await removeOutdated(bench, options.nodes);
    await bench.compose.up({
      dir: networkDir(bench.stateDir),
      project: bench.project,
      services: options.nodes,
      signal: context.signal,
      onLine: context.log,
    });
    const running = [...(await nodeContainers(bench)).values()].filter(({ state }) => state === 'running');
    const fresh = running.filter(({ id }) => !before.has(id));
    return {
      outcome: fresh.length > 0 ? 'built' : 'cached',
      detail: `${running.length} containers, ${fresh.length} started`,
    };
  };
}

/** Asks the node until it answers. @throws WizardFailure `timeout`, or `check` where it has ended */
export async function awaitNode(
  bench: Workbench,
  context: StageContext,
  { node, role }: NetworkNode,
  deadlineMs = 60_000,
): Promise<void> {
  await until({
    what: `${node.name} to accept connections on 127.0.0.1:${node.port}`,
    deadlineMs,
    signal: context.signal,
    ask: async () => {
      const container = (await nodeContainers(bench)).get(node.name);
      if (container?.state === 'exited' || container?.state === 'dead') {
        throw new WizardFailure({
          kind: 'check',
          what: node.name,
          expected: 'running',
          got: container.status,
          nodes: await nodeLogs(bench, [node.name]),
        });
      }
      return knock(node, bench.spec.tls);
    },
    evidence: () => nodeLogs(bench, [node.name]),
  });
  context.emit({ type: 'node-health', node: node.name, role, state: 'ready' });
}

export function readyStage(bench: Workbench): StageExecutor {
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
    return { outcome: 'built', detail: `${nodes.length} nodes answer` };
  };
}
