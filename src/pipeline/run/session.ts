/** The controller that every theme calls: observe -> plan -> run, one run at a time, cancelled as a whole. */

import { readdir, rm } from 'node:fs/promises';
import { freemem, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { dockerfileIssues, shapeIssues } from '../config/choice-checks.ts';
import { buildSettings, defaultProject, type EffectiveConfig, rememberedChoices } from '../config/config.ts';
import type { ObservedState } from '../context/observed-state.ts';
import { projectLabels, type RunContext, timingKind } from '../context/run-context.ts';
import type { StageExecutor } from '../context/stage.ts';
import type { Resources } from '../core/budget.ts';
import { orCancelled } from '../core/cancellation.ts';
import type { Emit, RunEvent, RunOutcome } from '../core/events.ts';
import { CancelledError, EXIT, type StageFailure, toFailure, WizardFailure } from '../core/failure.ts';
import type { Phrase, Text } from '../core/phrase.ts';
import { type ChaincodeOutput, hearChaincode } from '../diagnosis/chaincode-output.ts';
import { diagnoseFailure } from '../diagnosis/diagnose-failure.ts';
import { helpFor } from '../diagnosis/failure-help.ts';
import type { DoctorCheck } from '../doctor/doctor.ts';
import { engineFact, type GatheringInput } from '../doctor/gather-facts.ts';
import { preflight } from '../doctor/preflight.ts';
import { ComposePort } from '../engine/compose-port.ts';
import type { DockerPort } from '../engine/docker-port.ts';
import { LABEL } from '../engine/labels.ts';
import type { BuildSettings } from '../fabric/build-settings.ts';
import type { Release } from '../fabric/release.ts';
import type { ImageName } from '../fabric/release-facts.ts';
import { type FabricSource, resolveSource, sourceHere } from '../fabric/source.ts';
import { exists, programFile } from '../host/files.ts';
import { ensureCompose, ensureEngine, findCompose } from '../host/host-setup.ts';
import { buildDir, networkDir, STATE_FOLDER } from '../host/state-folder.ts';
import { keepOutputs } from '../images/build-outputs.ts';
import { couchdbImageOf } from '../images/couchdb-image.ts';
import { payloadPaths } from '../images/payload-files.ts';
import { isUpstream } from '../images/upstream-dockerfiles.ts';
import { openJournal, removeUnusedFolder } from '../journal/journal.ts';
import { STATE_KEYS } from '../journal/state-keys.ts';
import { isOurChaincode } from '../network/inventory.ts';
import { networkSpec } from '../network/network-spec.ts';
import { ensureBaseImage } from '../stages/base.ts';
import { gocacheStage, goshimStage } from '../stages/ccenv-payload.ts';
import { anchorsStage, channelStage, joinStage } from '../stages/channel.ts';
import { compileStage } from '../stages/compile.ts';
import { couchdbStage } from '../stages/couchdb.ts';
import { imageStage } from '../stages/image.ts';
import { artifactsStage, composeStage, cryptoStage, readyStage, startStage } from '../stages/network.ts';
import { chaintoolStage, sampleconfigStage } from '../stages/payload.ts';
import { smokeStage } from '../stages/smoke.ts';
import { swapStage } from '../stages/swap.ts';
import { upstreamBasesStage } from '../stages/upstream-bases.ts';
import { verifyStage } from '../stages/verify.ts';
import { containersBefore, removeStarted } from './cancelled-run.ts';
import { observe } from './observe.ts';
import { makePlan, type Plan, type PlanGoal } from './plan.ts';
import { runPlan } from './runner.ts';

/** A pull in which nothing moves for this long is given up. */
const PULL_STALL_MS = 45_000;

export interface SessionOptions {
  readonly dir: string;
  readonly config: EffectiveConfig;
  /** As the user typed it: `up`, `build`, `smoke`. */
  readonly command: string;
  /** Folder of the package: `sample/` and `compose/` are in it. */
  readonly packageDir: string;
  /** Without images: all that the line has. */
  readonly goal: Omit<PlanGoal, 'images'> & { readonly images?: readonly ImageName[] };
  readonly binariesDir?: string;
  /** Keep the smoke test's chaincode running. */
  readonly keepChaincode: boolean;
  /** Restart changed nodes one after another. */
  readonly oneByOne: boolean;
  /** False: run even where this machine is not ready. */
  readonly preflight: boolean;
  /** May packages be installed and services started on this host? */
  readonly allowInstall: boolean;
  readonly signal: AbortSignal;
  /** Lines before the run: what is being installed or cloned. */
  readonly onNotice: (text: Text) => void;
}

export interface Session {
  readonly plan: Plan;
  readonly bench: RunContext;
  /** What the preflight warns of. */
  readonly warnings: readonly DoctorCheck[];
  /** Runs the plan and emits its events, `run-finished` last. */
  readonly run: (onEvent: (event: RunEvent) => void) => Promise<number>;
  /** Releases the folder. Safe to call twice. */
  readonly close: () => Promise<void>;
}

function sourceStage(source: FabricSource): StageExecutor {
  return async (context) => {
    const { tree, release } = source;
    if (source.fallback) context.warn('practice-source', { key: 'warning.practice', why: source.fallback });
    const { commit, dirty } = tree;
    const files = dirty.slice(0, 3).join(', ');
    const state = (): Phrase => {
      if (!commit) return { key: 'source.no-commit' };
      if (dirty.length === 0) return { key: 'detail.clean', commit };
      return { key: 'detail.dirty', commit, count: dirty.length, files };
    };
    const is = source.practice ? 'source.is-practice' : 'source.is-fabric';
    return {
      outcome: 'cached',
      detail: {
        key: 'detail.source',
        source: { key: is, version: source.version, line: release.id },
        state: state(),
      },
    };
  };
}

/** Of lines that have no base images of their own. */
const PULLED_BASE = {
  builder: ({ goVersion }: BuildSettings) => `golang:${goVersion}-bookworm`,
  runtime: () => 'debian:bookworm-slim',
};

function baseStage(bench: RunContext, kind: 'builder' | 'runtime'): StageExecutor {
  const { config, settings, docker } = bench;
  return ensureBaseImage({
    kind,
    ref: kind === 'builder' ? settings.builderImage : settings.runtimeImage,
    userImage: kind === 'builder' ? config.builderImage : config.runtimeImage,
    mode: config.base,
    docker,
    labels: projectLabels(bench),
    goArch: settings.goArch,
    goVersion: settings.goVersion,
    pullFrom: settings.release.baseImages === 'ours' ? PULLED_BASE[kind](settings) : undefined,
    needsLtdl: settings.release.pkcs11ByDefault,
    stallMs: PULL_STALL_MS,
    workDir: tmpdir(),
  });
}

/** @throws WizardFailure `usage` where the line does not have one of the images */
function wholeGoal({ images, ...goal }: SessionOptions['goal'], { id, imagesBuilt }: Release): PlanGoal {
  const absent = images?.find((name) => !imagesBuilt.includes(name));
  if (absent === undefined) return { ...goal, images: images ?? imagesBuilt };
  throw new WizardFailure({
    kind: 'usage',
    message: { key: 'usage.absent-image', line: id, name: absent, images: imagesBuilt.join(', ') },
    next: ['fabric-wizard build'],
  });
}

/** The images by the checkout's own Dockerfiles that this plan builds. */
function upstreamToBuild(bench: RunContext, { stages }: Plan, images: readonly ImageName[]): ImageName[] {
  const built = new Set(stages.filter(({ action }) => action === 'run').map(({ id }) => id));
  return images.filter((name) => built.has(`image.${name}`) && isUpstream(name, bench));
}

function executors(bench: RunContext, plan: Plan, options: SessionOptions): Map<string, StageExecutor> {
  const { force, images } = wholeGoal(options.goal, bench.source.release);
  return new Map<string, StageExecutor>([
    ['source', sourceStage(bench.source)],
    ['couchdb', couchdbStage(bench, { stallMs: PULL_STALL_MS })],
    ['base.builder', baseStage(bench, 'builder')],
    ['base.runtime', baseStage(bench, 'runtime')],
    ['base.upstream', upstreamBasesStage(bench, upstreamToBuild(bench, plan, images))],
    ['compile', compileStage(bench, { binariesDir: options.binariesDir, force })],
    ['swap', swapStage(bench, { oneByOne: options.oneByOne })],
    ['chaintool', chaintoolStage(bench, bench.config.chaintool ?? '')],
    ['sampleconfig', sampleconfigStage(bench)],
    ['goshim', goshimStage(bench, { force })],
    ['gocache', gocacheStage(bench, { force })],
    ...images.map((name): [string, StageExecutor] => [`image.${name}`, imageStage(bench, name, { force })]),
    ['verify', verifyStage(bench, images)],
    ['crypto', cryptoStage(bench)],
    ['artifacts', artifactsStage(bench)],
    ['compose', composeStage(bench)],
    ['start', startStage(bench, { nodes: plan.startOnly })],
    ['ready', readyStage(bench)],
    ['channel', channelStage(bench)],
    ['join', joinStage(bench)],
    ['anchors', anchorsStage(bench)],
    ['smoke', smokeStage(bench, { keep: options.keepChaincode })],
  ]);
}

/** Work containers of runs that were killed before they could remove them. The lock says no other run is alive. */
async function removeLeftovers(docker: DockerPort, project: string): Promise<void> {
  const left = await docker.listContainers({ label: [`${LABEL.project}=${project}`, `${LABEL.role}=work`] });
  await Promise.all(left.map(({ id }) => docker.removeContainer(id)));
}

/** Files that a killed run was writing: what is whole has another name. */
async function removeHalfWritten(stateDir: string): Promise<void> {
  const folders = [buildDir(stateDir), dirname(payloadPaths(stateDir).goshim), networkDir(stateDir)];
  for (const folder of folders) {
    const names = (await readdir(folder).catch((): string[] => [])).filter((name) =>
      /\.(partial|old)-\d+$/.test(name),
    );
    await Promise.all(names.map((name) => rm(join(folder, name), { recursive: true, force: true })));
  }
}

/** What a theme shows, and exits with, when something failed before any stage. */
export function exitCodeOf(failure: StageFailure): number {
  return helpFor(failure).exitCode;
}

function readiness(
  bench: RunContext,
  plan: Plan,
  known: GatheringInput['known'],
  options: SessionOptions,
): Promise<readonly DoctorCheck[]> {
  const { docker, dir, project, config, source, journal } = bench;
  const input: GatheringInput = {
    docker,
    dir,
    project,
    config,
    source,
    known,
    sampleDir: source.dir,
    goVersions: journal.getFact(STATE_KEYS.goVersions.key, STATE_KEYS.goVersions.schema) ?? {},
  };
  return preflight(plan, options.command, input, options.signal);
}

/**
 * Takes the folder's lock, finds engine, compose and source, looks at what there is and plans.
 * Nothing has been changed when it throws, except what `say` announced.
 * @throws WizardFailure, CancelledError
 */
export async function openSession(options: SessionOptions): Promise<Session> {
  const { dir, signal, onNotice } = options;
  const config = options.config.values;
  const stateDir = join(dir, STATE_FOLDER);
  const isNewFolder = !(await exists(stateDir));
  const journal = await openJournal(dir, { command: `fabric-wizard ${options.command}` });
  const noCompose = new AbortController();
  try {
    for (const { message } of journal.warnings) onNotice(message);
    const docker = await ensureEngine({ allowInstall: options.allowInstall, onNotice, signal });
    const version = await docker.version();
    // To ask it takes as long as all else that is asked here: meanwhile, and given up where no node is started.
    const remembered = journal.getFact(STATE_KEYS.compose.key, STATE_KEYS.compose.schema);
    const asked =
      options.goal.until === 'up'
        ? findCompose(AbortSignal.any([signal, noCompose.signal]), remembered)
        : undefined;
    const compose = async () =>
      new ComposePort(await ensureCompose({ allowInstall: options.allowInstall, onNotice, signal }, asked));
    const places = { dir, stateDir, sampleDir: join(options.packageDir, 'sample'), engine: version };
    const here = await sourceHere(config.source, places);
    const isCloned = 'toClone' in here;
    // Nothing is cloned in vain.
    const atOnce = isCloned && options.goal.until === 'up' ? await compose() : undefined;
    const source = isCloned
      ? await resolveSource(config.source, { ...places, signal, onLine: onNotice })
      : here;
    const goal = wholeGoal(options.goal, source.release);
    requireShape(options.config, source.release);
    const settings = buildSettings(config, source, version.arch);
    const project = config.project ?? defaultProject(dir);
    const bench: RunContext = {
      dir,
      stateDir,
      project,
      runId: `${new Date().toISOString().replace(/[:.]/g, '-')}-${process.pid}`,
      config,
      source,
      settings,
      spec: networkSpec(config, source.release, project),
      docker,
      couchdb: await couchdbImageOf(config, settings, docker),
      compose: atOnce,
      journal,
      dataDir: join(options.packageDir, 'compose'),
      restarted: new Set(),
    };
    if (signal.aborted) throw new CancelledError();
    await Promise.all([removeLeftovers(docker, project), removeHalfWritten(stateDir)]);
    // On Linux freemem is MemAvailable: what can be had without swapping, caches included.
    const budget: Resources = { cores: config.jobs, memoryMb: Math.floor(freemem() / 2 ** 20) };
    const observed = await orCancelled(observe(bench, goal, signal), signal);
    if (goal.until === 'rebuild') requireSameNetwork(observed);
    const plan = makePlan(observed, goal, budget);
    // A rebuild seldom needs it, and asking for it takes as long as all the rest before the compile.
    if (plan.stages.some(({ id, action }) => id === 'start' && action === 'run'))
      bench.compose ??= await compose();
    else noCompose.abort();
    const known = {
      engine: engineFact(docker.endpoint, version),
      ...(bench.compose ? { compose: bench.compose.program } : {}),
    };
    const warnings = options.preflight ? await readiness(bench, plan, known, options) : [];
    return {
      plan,
      bench,
      warnings,
      run: async (onEvent) => {
        await rememberCompose(bench);
        return runSession(bench, { plan, budget }, options, onEvent);
      },
      close: async () => {
        await Promise.all([docker.settled(), removeHalfWritten(stateDir)]);
        await journal.close();
        if (isNewFolder) await removeUnusedFolder(stateDir);
      },
    };
  } catch (error) {
    noCompose.abort();
    await journal.close();
    if (isNewFolder) await removeUnusedFolder(stateDir);
    throw error;
  }
}

async function rememberCompose({ compose, journal }: RunContext): Promise<void> {
  if (compose?.program.kind !== 'standalone') return;
  const file = await programFile('docker-compose');
  const { version } = compose.program;
  const known = journal.getFact(STATE_KEYS.compose.key, STATE_KEYS.compose.schema);
  if (file === undefined || (known?.file === file && known.version === version)) return;
  await journal.setFact(STATE_KEYS.compose.key, { file, version });
}

/** @throws WizardFailure `config` */
function requireShape({ values, origin }: EffectiveConfig, line: Release): void {
  const issues = [
    ...shapeIssues(values, line, origin.consensus),
    ...dockerfileIssues(values, line, (field) => origin[field]),
  ];
  if (issues.length > 0) throw new WizardFailure({ kind: 'config', issues });
}

/** A rebuild keeps certificates, channel and ledgers, so it can't make another network of the one that runs. */
function requireSameNetwork({ network }: ObservedState): void {
  if (!network.running || (network.crypto === 'same' && network.artifacts === 'same')) return;
  throw new WizardFailure({
    kind: 'usage',
    message: { key: 'usage.other-network' },
    next: ['fabric-wizard up --yes', 'fabric-wizard config'],
  });
}

const EXIT_OF: Record<RunOutcome, number> = {
  done: EXIT.done,
  failed: EXIT.stageFailed,
  cancelled: EXIT.cancelled,
};

/** What `auto` found, where that was not the folder itself: the next command must mean the same source. */
function foundSource({ config, source, dir }: RunContext): { source?: string } {
  if (config.source !== 'auto' || source.dir === dir) return {};
  return { source: source.practice ? 'sample' : source.dir };
}

/** Heard where chaincode will run. It is for failures only: a run goes on without it. */
async function chaincodeOutput(
  { docker, project }: RunContext,
  { stages }: Plan,
): Promise<ChaincodeOutput | undefined> {
  if (!stages.some(({ id, action }) => id === 'smoke' && action === 'run')) return undefined;
  return hearChaincode(docker, isOurChaincode(project)).catch(() => undefined);
}

async function runSession(
  bench: RunContext,
  { plan, budget }: { plan: Plan; budget: Resources },
  options: SessionOptions,
  onEvent: (event: RunEvent) => void,
): Promise<number> {
  const start = performance.now();
  const startedAt = Date.now();
  await bench.journal.setFact(STATE_KEYS.choices.key, {
    ...rememberedChoices(options.config),
    ...foundSource(bench),
  });
  if (bench.outputs) await keepOutputs(bench.outputs);
  const record = await bench.journal.startRun(bench.runId, timingKind(bench));
  let failedWith: number | undefined;
  const emit: Emit = (body) => {
    const event: RunEvent = { ...body, at: Date.now() };
    if (event.type === 'stage-failed') failedWith ??= exitCodeOf(event.failure);
    record.onEvent(event);
    onEvent(event);
  };
  const before = await containersBefore(bench);
  emit({
    type: 'run-started',
    runId: bench.runId,
    command: options.command,
    project: bench.project,
    practice: bench.source.practice,
    plan,
  });
  const { signal } = options;
  const chaincode = await chaincodeOutput(bench, plan);
  const ended = runPlan(plan, executors(bench, plan, options), {
    signal,
    emit,
    budget,
    diagnose: (stage, failure) =>
      diagnoseFailure(bench, failure, {
        stage,
        since: startedAt,
        chaincode: chaincode?.tails() ?? [],
        signal,
      }),
  });
  // Begun when the signal fires and not after the stages: what runs is stopped while they come to their end.
  let removing: Promise<void> | undefined;
  const onAbort = () => {
    removing = removeStarted(bench, before, ended);
  };
  signal.addEventListener('abort', onAbort, { once: true });
  let outcome: RunOutcome;
  let failure: StageFailure | undefined;
  try {
    outcome = await ended;
  } catch (error) {
    outcome = signal.aborted || error instanceof CancelledError ? 'cancelled' : 'failed';
    if (outcome === 'failed') failure = toFailure(error);
  } finally {
    signal.removeEventListener('abort', onAbort);
    chaincode?.stop();
  }
  await removing;
  const exitCode = outcome === 'failed' ? (failedWith ?? EXIT.stageFailed) : EXIT_OF[outcome];
  emit({
    type: 'run-finished',
    outcome,
    exitCode,
    seconds: Math.round((performance.now() - start) / 100) / 10,
    failure,
  });
  return exitCode;
}
