/** `resolve`: shows which builder and runtime image a peer will request, whether they exist, and what repairs help. */

import { join } from 'node:path';
import { buildSettings, imageOverrides } from '../pipeline/config/config.ts';
import type { WizardConfig } from '../pipeline/config/wizard-config.ts';
import { EXIT, WizardFailure } from '../pipeline/core/failure.ts';
import { shellWord } from '../pipeline/core/shell-text.ts';
import { currentDocker } from '../pipeline/engine/current-docker.ts';
import type { DockerPort } from '../pipeline/engine/docker-port.ts';
import { apiForPeers, type EngineApiRange } from '../pipeline/fabric/engine-api.ts';
import { type FabricSource, notCloned, sourceHere } from '../pipeline/fabric/source.ts';
import { STATE_FOLDER } from '../pipeline/host/state-folder.ts';
import { primaryRef } from '../pipeline/images/image-recipe.ts';
import { readState } from '../pipeline/journal/journal.ts';
import { STATE_KEYS } from '../pipeline/journal/state-keys.ts';
import { readFact } from '../pipeline/journal/wizard-state.ts';
import { nodeContainers } from '../pipeline/network/peer-cli.ts';
import type { PeerFacts } from '../pipeline/resolve/peer-facts.ts';
import { readConfiguration, referencesMade } from '../pipeline/resolve/read-configuration.ts';
import { readContainer, readImage } from '../pipeline/resolve/read-peer.ts';
import { resolvePeer } from '../pipeline/resolve/resolve-peer.ts';
import type { ResolveReport } from '../pipeline/resolve/resolve-report.ts';
import { caJson, type ResolvedCa, renderCa, renderResolve, resolveJson } from '../report/resolve-text.ts';
import { loadEffectiveConfig, projectOf } from './load-config.ts';
import { resolvedCa } from './resolve-ca.ts';
import { applyRepair, chosenRepair } from './resolve-fix.ts';
import { cancelOnSignals, columnsOf, printJson, styleFor, type Terminal, writeToStdout } from './terminal.ts';

export interface ResolveRequest {
  readonly image: string | undefined;
  readonly container: string | undefined;
  /** Code of a problem to repair, and how. */
  readonly fix: string | undefined;
  readonly by: string | undefined;
}

type Flags = Readonly<Record<string, unknown>>;

const NARROW = 80;

/** Returns the source if it is on this machine. Nothing is cloned, because `resolve` only reads. */
async function sourceOf(
  terminal: Terminal,
  config: WizardConfig,
  engine: EngineApiRange,
): Promise<FabricSource> {
  const choice = config.source;
  const here = await sourceHere(choice, {
    dir: terminal.dir,
    stateDir: join(terminal.dir, STATE_FOLDER),
    sampleDir: join(terminal.packageDir, 'sample'),
    engine: apiForPeers(config, engine),
  });
  if (!('toClone' in here)) return here;
  if (choice !== 'auto') throw notCloned(here.toClone, 'resolve');
  throw new WizardFailure({
    kind: 'usage',
    message: { key: 'usage.no-peer', dir: terminal.dir },
    next: ['--container NAME', '--image REF', '--source PATH'].map((what) => `fabric-wizard resolve ${what}`),
  });
}

interface Asked {
  readonly docker: DockerPort;
  readonly terminal: Terminal;
  readonly flags: Flags;
  readonly project: string;
  readonly signal: AbortSignal;
}

async function folderSettings({ docker, terminal, flags }: Asked) {
  const { values } = await loadEffectiveConfig(terminal.dir, flags);
  const engine = await docker.version();
  const source = await sourceOf(terminal, values, engine);
  return { values, source, settings: buildSettings(values, source, engine.arch) };
}

/** Reads a container. If it belongs to this folder's network, adds what the folder can build. */
async function readAnyContainer(asked: Asked, name: string): Promise<PeerFacts> {
  const peer = await readContainer(asked.docker, name, asked);
  if (peer.subject.kind !== 'container' || !peer.subject.ours) return peer;
  // Without its source the network can still be looked at.
  const folder = await folderSettings(asked).catch(() => undefined);
  return folder ? { ...peer, madeHere: referencesMade(folder.settings) } : peer;
}

/** The most real thing that there is of this folder: a peer's container, else its image, else the choices. */
async function readOwn(asked: Asked): Promise<PeerFacts> {
  const { docker } = asked;
  const nodes = [...(await nodeContainers(asked))]
    .filter(([node]) => /^peer\d/.test(node))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, container]) => container);
  const peer = nodes.find(({ state }) => state === 'running') ?? nodes[0];
  if (peer) return readAnyContainer(asked, peer.id);
  const { values, source, settings } = await folderSettings(asked);
  const built = primaryRef(settings, 'peer');
  if (!(await docker.inspectImage(built))) return readConfiguration(values, settings, source);
  // The environment that the network's peers will have.
  const image = await readImage(docker, built, asked);
  return {
    ...image,
    env: { ...image.env, ...imageOverrides(values) },
    gateway: values.gateway,
    madeHere: referencesMade(settings),
  };
}

async function read(asked: Asked, { container, image }: Peer): Promise<PeerFacts> {
  if (container !== undefined) return readAnyContainer(asked, container);
  return image === undefined ? readOwn(asked) : readImage(asked.docker, image, asked);
}

function commandOf({ image, container }: ResolveRequest): string {
  if (container !== undefined) return `fabric-wizard resolve --container ${shellWord(container)}`;
  return image === undefined ? 'fabric-wizard resolve' : `fabric-wizard resolve --image ${shellWord(image)}`;
}

type Peer = Pick<ResolveRequest, 'image' | 'container'>;

async function looker(terminal: Terminal, flags: Flags, peer: Peer, signal: AbortSignal) {
  const docker = await currentDocker(signal);
  await docker.version();
  const state = await readState(terminal.dir);
  const [ccenv] = readFact(state, STATE_KEYS.ccenv) ?? [];
  const named = typeof flags.project === 'string' ? flags.project : undefined;
  const project = await projectOf(terminal.dir, named);
  const asked: Asked = { docker, terminal, flags, project, signal };
  return { asked, look: async () => resolvePeer(docker, await read(asked, peer), ccenv) };
}

/**
 * Returns what a peer of this folder will request.
 * @param container default: any peer of the network
 * @throws WizardFailure if there is no peer and no source
 */
export async function resolveHere(
  terminal: Terminal,
  flags: Flags,
  container: string | undefined,
  signal: AbortSignal,
): Promise<ResolveReport> {
  const { look } = await looker(terminal, flags, { image: undefined, container }, signal);
  return look();
}

/** Whether the request is about this folder, and not about any peer. */
function isOwn({ image, container }: Peer): boolean {
  return image === undefined && container === undefined;
}

/** Returns what there is of the folder's CA; undefined if it has none, or its source of Fabric is not known. */
async function caOf(asked: Asked): Promise<ResolvedCa | undefined> {
  const folder = await folderSettings(asked).catch(() => undefined);
  return folder && resolvedCa({ ...folder, docker: asked.docker, dir: asked.terminal.dir });
}

export async function resolve(terminal: Terminal, flags: Flags, request: ResolveRequest): Promise<number> {
  if (request.image !== undefined && request.container !== undefined) {
    throw new WizardFailure({
      kind: 'usage',
      message: { key: 'usage.two-peers' },
      next: ['fabric-wizard resolve --help'],
    });
  }
  const command = commandOf(request);
  const cancel = cancelOnSignals();
  try {
    const { asked, look } = await looker(terminal, flags, request, cancel.signal);
    let report = await look();
    if (request.fix !== undefined) {
      const repair = chosenRepair(report, { code: request.fix, method: request.by, command });
      const exitCode = await applyRepair(asked, repair);
      if (exitCode !== EXIT.done) return exitCode;
      report = await look();
    }
    const ca = isOwn(request) ? await caOf(asked) : undefined;
    if (terminal.json) printJson({ ...resolveJson(report), ...(ca ? { ca: caJson(ca) } : {}) });
    else {
      const style = styleFor(terminal, process.stdout);
      const columns = columnsOf(process.stdout) ?? NARROW;
      const lines = ca ? ['', ...renderCa(ca, style)] : [];
      writeToStdout(`${[renderResolve(report, { style, columns, command }), ...lines].join('\n')}\n`);
    }
    return report.ok && !(ca && 'problem' in ca) ? EXIT.done : EXIT.stageFailed;
  } finally {
    cancel.dispose();
  }
}
