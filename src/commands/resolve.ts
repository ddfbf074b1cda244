/** `resolve`: which builder and runtime a peer will ask for, whether they are there, and what repairs it. */
import { join } from 'node:path';
import { buildSettings } from '../pipeline/choices/config.ts';
import { DockerPort } from '../pipeline/engine/docker-port.ts';
import { recogniseSource, resolveSource } from '../pipeline/fabric/source.ts';
import { primaryRef } from '../pipeline/images/image-recipe.ts';
import { FACTS } from '../pipeline/journal/facts.ts';
import { readState, STATE_FOLDER } from '../pipeline/journal/journal.ts';
import { readFact } from '../pipeline/journal/wizard-state.ts';
import { nodeContainers } from '../pipeline/network/peer-cli.ts';
import type { PeerFacts } from '../pipeline/resolve/peer-facts.ts';
import { readConfiguration, referencesMade } from '../pipeline/resolve/read-configuration.ts';
import { readContainer, readImage } from '../pipeline/resolve/read-peer.ts';
import { applyRepair, repairOf } from '../pipeline/resolve/repair.ts';
import { resolvePeer } from '../pipeline/resolve/resolve-peer.ts';
import type { Repair, ResolveReport } from '../pipeline/resolve/resolve-report.ts';
import { EXIT, WizardFailure } from '../pipeline/run/failure.ts';
import { renderResolve, resolveJson } from '../report/resolve-text.ts';
import { loadChoices, projectOf } from './choices.ts';
import { cancelOnSignals, printJson, sayToStderr, styleFor, type Terminal } from './terminal.ts';

export interface ResolveRequest {
  readonly image: string | undefined;
  readonly container: string | undefined;
  /** Code of a problem to repair. */
  readonly fix: string | undefined;
}

type Flags = Readonly<Record<string, unknown>>;

const NARROW = 80;

/** A clone is too much to answer a question with: `auto` means what is here. */
async function sourceHere(terminal: Terminal, choice: string, signal: AbortSignal) {
  if (choice === 'auto') {
    return recogniseSource(terminal.dir).catch((error: unknown) => {
      const isElsewhere =
        error instanceof WizardFailure &&
        error.failure.kind === 'source' &&
        error.failure.problem === 'not-fabric';
      if (!isElsewhere) throw error;
      throw new WizardFailure({
        kind: 'usage',
        message: `${terminal.dir} has no network, no peer image and no Fabric source: which peer is meant?`,
        next: ['--container NAME', '--image REF', '--source PATH'].map(
          (what) => `fabric-wizard resolve ${what}`,
        ),
      });
    });
  }
  return resolveSource(choice, {
    dir: terminal.dir,
    stateDir: join(terminal.dir, STATE_FOLDER),
    sampleDir: join(terminal.packageDir, 'sample'),
    signal,
    onLine: sayToStderr,
  });
}

/** The most real thing that there is of this folder: a peer's container, else its image, else the choices. */
async function readOwn(
  docker: DockerPort,
  terminal: Terminal,
  flags: Flags,
  options: { readonly signal: AbortSignal; readonly project: string },
): Promise<PeerFacts> {
  const nodes = [...(await nodeContainers({ docker, project: options.project }))]
    .filter(([node]) => /^peer\d/.test(node))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, container]) => container);
  const peer = nodes.find(({ state }) => state === 'running') ?? nodes[0];
  if (peer) return readContainer(docker, peer.id, options);
  const { values } = await loadChoices(terminal.dir, flags);
  const source = await sourceHere(terminal, values.source, options.signal);
  const { arch } = await docker.version();
  const settings = buildSettings(values, source, arch);
  const built = primaryRef(settings, 'peer');
  if (!(await docker.inspectImage(built))) return readConfiguration(settings, source);
  return { ...(await readImage(docker, built, options)), willBeMade: referencesMade(settings) };
}

async function read(
  docker: DockerPort,
  terminal: Terminal,
  flags: Flags,
  request: ResolveRequest,
  signal: AbortSignal,
): Promise<PeerFacts> {
  const options = { signal, project: await projectOf(terminal.dir, undefined) };
  if (request.container !== undefined) return readContainer(docker, request.container, options);
  if (request.image !== undefined) return readImage(docker, request.image, options);
  return readOwn(docker, terminal, flags, options);
}

function repairsOf(report: ResolveReport): Map<string, Repair> {
  return new Map(
    report.findings.flatMap(({ problem }) => {
      const repair = repairOf(problem);
      return repair ? [[problem.code, repair] as const] : [];
    }),
  );
}

function noRepair(report: ResolveReport, code: string, command: string): WizardFailure {
  const known = [...repairsOf(report).keys()];
  const there = report.findings.some(({ problem }) => problem.code === code);
  const what = there
    ? `"${code}" is nothing that can be repaired from here.`
    : `There is no problem "${code}" here.`;
  const can = known.length > 0 ? ` What can be repaired: ${known.join(', ')}.` : '';
  return new WizardFailure({
    kind: 'usage',
    message: what + can,
    next: [command, ...known.map((one) => `${command} --fix ${one}`)],
  });
}

function commandOf({ image, container }: ResolveRequest): string {
  if (container !== undefined) return `fabric-wizard resolve --container ${container}`;
  return image === undefined ? 'fabric-wizard resolve' : `fabric-wizard resolve --image ${image}`;
}

export async function resolve(terminal: Terminal, flags: Flags, request: ResolveRequest): Promise<number> {
  if (request.image !== undefined && request.container !== undefined) {
    throw new WizardFailure({
      kind: 'usage',
      message: '--image and --container are two peers; name one.',
      next: ['fabric-wizard resolve --help'],
    });
  }
  const command = commandOf(request);
  const cancel = cancelOnSignals();
  try {
    const docker = new DockerPort();
    await docker.version();
    const state = await readState(terminal.dir);
    const ccenv = readFact(state, FACTS.ccenv.key, FACTS.ccenv.schema);
    const look = async () =>
      resolvePeer(docker, await read(docker, terminal, flags, request, cancel.signal), ccenv);
    let report = await look();
    if (request.fix !== undefined) {
      const repair = repairsOf(report).get(request.fix);
      if (!repair) throw noRepair(report, request.fix, command);
      if (terminal.dryRun) sayToStderr(`would do: docker tag ${repair.from} ${repair.to}`);
      else {
        await applyRepair(docker, repair);
        sayToStderr(`done: docker tag ${repair.from} ${repair.to}`);
        sayToStderr(`undone by: docker rmi ${repair.to}   (takes the name away, not the image)`);
        report = await look();
      }
    }
    if (terminal.json) printJson(resolveJson(report));
    else {
      const text = renderResolve(report, {
        style: styleFor(terminal, process.stdout),
        columns: process.stdout.columns ?? NARROW,
        repairable: new Set(repairsOf(report).keys()),
        command,
      });
      process.stdout.write(`${text}\n`);
    }
    return report.ok ? EXIT.done : EXIT.stageFailed;
  } finally {
    cancel.dispose();
  }
}
