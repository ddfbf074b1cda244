/** A session is one run, from locking the folder to releasing it. Every command and screen uses it. */
import { join } from 'node:path';
import {
  commandFlags,
  givenFlags,
  passingFlags,
  rememberedChoices,
  rememberedFlags,
} from '../config/config.ts';
import { type RunContext, timingKind } from '../context/run-context.ts';
import type { PlanGoal } from '../context/stage-definition.ts';
import { orCancelled } from '../core/cancellation.ts';
import type { DoctorCheck } from '../core/doctor-report.ts';
import type { RunEvent, RunEventBody, RunOutcome } from '../core/events.ts';
import {
  CancelledError,
  type Diagnosis,
  EXIT,
  type StageFailure,
  toFailure,
  WizardFailure,
} from '../core/failure.ts';
import type { Hook } from '../core/hook.ts';
import type { Text } from '../core/phrase.ts';
import { type Plan, stagesToRun } from '../core/plan.ts';
import { secondsSince } from '../core/seconds-since.ts';
import { orEscaped } from '../core/stall.ts';
import { type ChaincodeOutput, collectChaincodeOutput } from '../diagnosis/chaincode-output.ts';
import { diagnoseFailure } from '../diagnosis/diagnose-failure.ts';
import { helpFor } from '../diagnosis/failure-help.ts';
import type { FabricSource } from '../fabric/source.ts';
import { exists, programFile } from '../host/files.ts';
import { folderFlag } from '../host/folder-flag.ts';
import { networkDir, STATE_FOLDER } from '../host/state-folder.ts';
import { touchOutputs } from '../images/build-outputs.ts';
import { type Journal, openJournal, readOnlyJournal, removeUnusedFolder } from '../journal/journal.ts';
import { STATE_KEYS } from '../journal/state-keys.ts';
import { type Connection, connectionOf, withAdded } from '../network/connection.ts';
import { finishAddition, unfinishedAddition } from '../network/kept-networks.ts';
import { isChaincodeName } from '../network/ownership.ts';
import { SAVED_NETWORK } from '../network/saved-network.ts';
import { afterProofStage } from '../stages/after-proof.ts';
import { afterStartStage } from '../stages/after-start.ts';
import { shownCommands } from '../stages/hook-stage.ts';
import { makesNetwork } from '../stages/plan-scope.ts';
import { STAGES, type StageId } from '../stages/stage-list.ts';
import { startStage } from '../stages/start.ts';
import { againCommand, withAgain } from './again-command.ts';
import { containersBefore, removeStarted } from './cancelled-run.ts';
import { certificatesLost } from './certificates.ts';
import { removeHalfWritten } from './leftovers.ts';
import { type PreparedRun, prepareRun, type RunRequest } from './prepare.ts';
import { markRun } from './run-marker.ts';
import { type RunnerOptions, runPlan } from './runner.ts';

export interface SessionOptions extends RunRequest {
  /** Receives every event, from notices before the plan to `run-finished`. */
  readonly onEvent: (event: RunEvent) => void;
}

/** What the user has agreed to. */
export interface Confirmed {
  /** That the plan replaces the network in place. */
  readonly replaceNetwork: boolean;
}

export interface Session {
  readonly plan: Plan<StageId>;
  /** How to use the network: as it is recorded now, or else as the run would make it. */
  readonly connection: Connection;
  /** The source as it was read for this run. */
  readonly source: FabricSource;
  readonly context: RunContext;
  /**
   * Runs the plan; `run-finished` is the last event.
   * @returns the exit code
   * @throws WizardFailure `usage` if the plan replaces a network and that was not confirmed
   */
  readonly run: (confirmed: Confirmed) => Promise<number>;
  /** Releases the folder. Safe to call again. */
  readonly close: () => Promise<void>;
}

/** Exit code for a failure; without a diagnosis, for one before any stage. */
export function exitCodeOf(failure: StageFailure, diagnosis?: Diagnosis): number {
  return helpFor(failure, diagnosis).exitCode;
}

/**
 * Takes the folder's lock, prepares the run and plans it. Until `run`, it only removes what a killed run left, and
 * changes what a notice announces. A dry run takes no lock and changes nothing.
 * @throws WizardFailure, CancelledError
 */
export async function openSession(options: SessionOptions): Promise<Session> {
  const { dir, command, dryRun, onEvent } = options;
  const stateDir = join(dir, STATE_FOLDER);
  const isNewFolder = !(await exists(stateDir));
  const journal = dryRun
    ? await readOnlyJournal(dir)
    : await openJournal(dir, { command: `fabric-wizard ${command}` });
  const early: RunEvent[] = [];
  const emit = (body: RunEventBody) => {
    const event = { ...body, at: Date.now() } as RunEvent;
    early.push(event);
    onEvent(event);
  };
  const release = async () => {
    await journal.close();
    if (isNewFolder) await removeUnusedFolder(stateDir);
  };
  try {
    for (const { message } of journal.warnings) emit({ type: 'notice', message });
    const flags = rememberedFlags(options.config);
    if (flags !== '') emit({ type: 'notice', message: { key: 'step.same-options', flags } });
    const prepared = await orEscaped(() => prepareRun(options, journal, emit));
    const { docker, spec, source } = prepared.context;
    const hooks = hooksToRun(prepared.plan, options.goal);
    if (hooks.length > 0)
      emit({ type: 'notice', message: { key: 'step.hooks', commands: shownCommands(hooks) } });
    return {
      plan: prepared.plan,
      get connection() {
        const saved = journal.getFact(SAVED_NETWORK);
        const made = saved?.spec.project === spec.project ? saved : { spec, version: source.version };
        const connection = connectionOf(made, networkDir(stateDir), docker.address);
        return options.addition ? withAdded(connection, options.addition) : connection;
      },
      source,
      context: prepared.context,
      run: async (confirmed) => {
        requireConfirmed(prepared, confirmed, options);
        return runPrepared(prepared, options, early);
      },
      close: async () => {
        await docker.settled();
        if (!dryRun) await removeHalfWritten(stateDir);
        await release();
      },
    };
  } catch (error) {
    await release();
    throw withChoices(error, options, journal);
  }
}

/** Returns the hooks that a plan runs: who uses the file of somebody else is told so. */
function hooksToRun(plan: Plan<StageId>, { hooks = {} }: Pick<PlanGoal, 'hooks'>): readonly Hook[] {
  const stages = stagesToRun(plan);
  return [afterStartStage.id, afterProofStage.id].flatMap((event) =>
    stages.has(event) ? (hooks[event] ?? []) : [],
  );
}

/** `up` continues an addition once it is recorded; before, only `add` itself does. No run continues a proof or a deployment. */
function withRepeat(
  failure: StageFailure,
  options: SessionOptions,
  journal: Pick<Journal, 'getFact'>,
): StageFailure {
  const { until } = options.goal;
  if (until === 'smoke' || until === 'deploy' || until === 'test')
    return withAgain(failure, againCommand(options));
  if (until !== 'add') return failure;
  const isRecorded = unfinishedAddition(journal) !== undefined;
  return { ...failure, repeat: isRecorded ? 'fabric-wizard up --yes' : againCommand(options) };
}

/** The other choices of a run that has started are remembered in its folder. */
function withPassing(failure: StageFailure, { config, dir }: SessionOptions): StageFailure {
  const given = [...folderFlag(dir), ...passingFlags(config)];
  return given.length === 0 ? failure : { ...failure, given };
}

/** Choices are remembered once a run starts; the commands that help a refused one repeat its flags. */
function withChoices(error: unknown, options: SessionOptions, journal: Journal): unknown {
  if (error instanceof CancelledError) return error;
  const failure = toFailure(error);
  // The flags may be what is wrong.
  if (failure.kind === 'config' || failure.kind === 'usage') return error;
  const given = commandFlags(options.config, options.dir);
  const choices = given.length === 0 ? {} : { given };
  return new WizardFailure(withRepeat({ ...failure, ...choices }, options, journal));
}

function upWith(words: string, flags: readonly string[]): string {
  return ['fabric-wizard up', words, ...flags].join(' ');
}

/** The command that adds what a number in the configuration says more of. */
const GROWTH: Readonly<Record<string, string>> = {
  'change.orgs': 'fabric-wizard add org',
  'change.peers': 'fabric-wizard add peer',
};

/** Returns the commands that add what the configuration has more of; none if the network differs in something else. */
function additionsFor(changes: readonly Text[]): readonly string[] {
  const sizes = changes.flatMap((change) =>
    typeof change === 'object' && change.key in GROWTH && 'from' in change && 'to' in change ? [change] : [],
  );
  if (sizes.length < changes.length) return [];
  return sizes.filter(({ from, to }) => Number(to) > Number(from)).flatMap(({ key }) => GROWTH[key] ?? []);
}

/** @throws WizardFailure `usage` with what would be replaced and why, and the choices */
function requireConfirmed(
  { plan: { replaces }, observed: { network } }: Pick<PreparedRun, 'plan' | 'observed'>,
  { replaceNetwork }: Confirmed,
  request: Pick<RunRequest, 'config' | 'dir'>,
): void {
  if (!replaces || replaceNetwork) return;
  if (network.lost.length > 0) throw certificatesLost(network, request);
  const { instance, changes, ledgers, keptIn } = replaces;
  const additions = additionsFor(changes);
  throw new WizardFailure({
    kind: 'usage',
    message: {
      key: 'usage.replaces-network',
      instance,
      changes: changes.length > 0 ? changes : [{ key: 'cause.crypto-changed' }],
      count: ledgers,
      folder: keptIn,
      instead: additions.length > 0 ? { key: 'usage.add-instead' } : '',
    },
    next: [
      ...additions,
      upWith(
        '--yes --dir DIR --project NAME --port-base PORT',
        givenFlags(request.config, ['project', 'port-base']),
      ),
      upWith('--yes --replace-network', commandFlags(request.config, request.dir)),
      upWith('--dry-run', commandFlags(request.config, request.dir)),
    ],
  });
}

/** Records the path of the standalone compose, so that the next run need not query its version. */
async function rememberCompose({ compose, journal }: RunContext): Promise<void> {
  if (compose?.program.kind !== 'standalone') return;
  const file = await programFile('docker-compose');
  const { version } = compose.program;
  const known = journal.getFact(STATE_KEYS.compose);
  if (file === undefined || (known?.file === file && known.version === version)) return;
  await journal.setFact(STATE_KEYS.compose, { file, version });
}

/** Returns the source that `auto` found, unless it is the folder itself, so that the next command uses the same one. */
function foundSource({ config, source, dir }: RunContext): { source?: string } {
  if (config.source !== 'auto' || source.dir === dir) return {};
  return { source: source.practice ? 'sample' : source.dir };
}

async function rememberRun({ context, observed }: PreparedRun, options: SessionOptions): Promise<void> {
  await rememberCompose(context);
  const choices = { ...rememberedChoices(options.config), ...foundSource(context) };
  await context.journal.setFact(STATE_KEYS.choices, choices);
  if (observed.outputs) await touchOutputs(observed.outputs);
}

/** Follows the output of chaincode containers. It is needed for failures only, so the run continues without it. */
async function chaincodeOutput(
  { docker, project }: RunContext,
  plan: Plan<StageId>,
): Promise<ChaincodeOutput | undefined> {
  const stages = stagesToRun(plan);
  if (!stages.has('smoke') && !stages.has('deploy')) return undefined;
  return collectChaincodeOutput(docker, isChaincodeName(project)).catch(() => undefined);
}

const EXIT_OF: Record<RunOutcome, number> = {
  done: EXIT.done,
  failed: EXIT.stageFailed,
  cancelled: EXIT.cancelled,
};

/** Stamps events, records them, and remembers what the end of the run depends on. */
class EventLog {
  /** Exit code of the first stage that failed. */
  failedWith: number | undefined;
  /** Ids of containers that the run restarts. */
  readonly restarted = new Set<string>();
  /** Whether the stage has begun that recreates nodes. */
  recreates = false;
  readonly #record: Awaited<ReturnType<Journal['startRun']>>;
  readonly #onEvent: SessionOptions['onEvent'];

  constructor(record: Awaited<ReturnType<Journal['startRun']>>, onEvent: SessionOptions['onEvent']) {
    this.#record = record;
    this.#onEvent = onEvent;
  }

  /** Records an event from before the run, which was reported then. */
  record(event: RunEvent): void {
    this.#record.onEvent(event);
  }

  readonly emit = (body: RunEventBody): void => {
    const event = { ...body, at: Date.now() } as RunEvent;
    if (event.type === 'stage-failed') this.failedWith ??= exitCodeOf(event.failure, event.diagnosis);
    if (event.type === 'node-health' && event.restarted) this.restarted.add(event.restarted);
    if (event.type === 'stage-started' && event.stage === startStage.id) this.recreates = true;
    this.#record.onEvent(event);
    this.#onEvent(event);
  };
}

function warningOf({ check, detail, fix }: Extract<RunEvent, { type: 'preflight-warning' }>): DoctorCheck {
  return { id: check, status: 'warn', detail, ...(fix === undefined ? {} : { fix }) };
}

/**
 * Runs the stages, and removes what they started if the signal fires.
 * @throws CancelledError; what goes wrong outside any stage
 */
async function runCancellable(
  { context, plan, observed, budget }: PreparedRun,
  options: SessionOptions,
  log: EventLog,
  early: readonly RunEvent[],
): Promise<RunOutcome> {
  const { signal } = options;
  const since = Date.now();
  const watching = chaincodeOutput(context, plan);
  // Removal begins when the signal fires and not after the stages, so that they end sooner.
  let removing: Promise<void> | undefined;
  let onAbort: () => void = () => undefined;
  try {
    const beginning = Promise.all([containersBefore(context), watching]);
    const [before, chaincode] = await orCancelled(beginning, signal);
    const diagnose: RunnerOptions['diagnose'] = ({ involvesNodes }, failure) =>
      diagnoseFailure(context, withRepeat(withPassing(failure, options), options, context.journal), {
        involvesNodes,
        since,
        chaincode: chaincode?.tails() ?? [],
        warnings: early.filter((event) => event.type === 'preflight-warning').map(warningOf),
        signal,
      });
    const ended = runPlan(
      { plan, definitions: STAGES, context, observed },
      { signal, emit: log.emit, budget, diagnose },
    );
    onAbort = () => {
      const { restarted, recreates } = log;
      removing = removeStarted(context, { before, restarted, recreates }, ended);
    };
    signal.addEventListener('abort', onAbort, { once: true });
    return await ended;
  } finally {
    signal.removeEventListener('abort', onAbort);
    void watching.then((chaincode) => chaincode?.stop());
    await removing;
  }
}

/** Returns how a run ends; a failure outside any stage comes with it. */
async function endOf(
  run: Promise<RunOutcome>,
  signal: AbortSignal,
): Promise<{ readonly outcome: RunOutcome; readonly failure?: StageFailure }> {
  try {
    return { outcome: await run };
  } catch (error) {
    if (signal.aborted || error instanceof CancelledError) return { outcome: 'cancelled' };
    return { outcome: 'failed', failure: toFailure(error) };
  }
}

/** @param early events from before the run */
async function runPrepared(
  prepared: PreparedRun,
  options: SessionOptions,
  early: readonly RunEvent[],
): Promise<number> {
  const { context, plan } = prepared;
  const { runId, project, source, journal } = context;
  const start = performance.now();
  await rememberRun(prepared, options);
  const log = new EventLog(await journal.startRun(runId, timingKind(context)), options.onEvent);
  const { command } = options;
  log.emit({ type: 'run-started', runId, command, project, practice: source.practice, plan });
  for (const event of early) log.record(event);
  const unmark = stagesToRun(plan).size > 0 ? await markRun(context, options.signal) : undefined;
  const run = orEscaped(() => runCancellable(prepared, options, log, early));
  const { outcome, failure: outside } = await endOf(run, options.signal);
  const failure = outside && withRepeat(withPassing(outside, options), options, journal);
  if (outcome === 'done' && makesNetwork(options)) await finishAddition(context);
  await unmark?.();
  const exitCode = outcome === 'failed' ? (log.failedWith ?? EXIT.stageFailed) : EXIT_OF[outcome];
  const seconds = secondsSince(start);
  log.emit({ type: 'run-finished', outcome, exitCode, seconds, failure });
  return exitCode;
}
