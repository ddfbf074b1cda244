/** `chaincode deploy --service --watch`: restarts the process of a chaincode after every change of its files, until Ctrl-C. */
import { setTimeout as delay } from 'node:timers/promises';
import { chaincodeDigest, filesDigest, type KnownHashes } from '../pipeline/chaincode/chaincode-digest.ts';
import { packageLabel } from '../pipeline/chaincode/chaincode-version.ts';
import { processCheck, serviceAnswers } from '../pipeline/chaincode/service-answers.ts';
import { listServices, madeOf, type ServiceContainer } from '../pipeline/chaincode/service-process.ts';
import { ServiceBuilder } from '../pipeline/chaincode/service-program.ts';
import { startProcess } from '../pipeline/chaincode/service-start.ts';
import {
  type ChaincodeChoice,
  type FolderChaincode,
  isOurService,
} from '../pipeline/config/chaincode-list.ts';
import type { RunContext, StageContext, StageReport } from '../pipeline/context/run-context.ts';
import {
  CancelledError,
  EXIT,
  type StageFailure,
  toFailure,
  WizardFailure,
} from '../pipeline/core/failure.ts';
import { secondsSince } from '../pipeline/core/seconds-since.ts';
import { currentDocker } from '../pipeline/engine/current-docker.ts';
import { folderFreed, folderUser, withJournal } from '../pipeline/journal/journal.ts';
import { firstPeerOn } from '../pipeline/network/channel-members.ts';
import type { NetworkSpec } from '../pipeline/network/network-spec.ts';
import { peerCli } from '../pipeline/network/peer-cli.ts';
import { createReport } from '../pipeline/run/stage-report.ts';
import { formatSeconds } from '../report/quantities.ts';
import { chaincodeNetwork } from './chaincode-network.ts';
import { showFailure } from './show-failure.ts';
import { cancelOnSignals, printJson, styleFor, type Terminal, writeToStderr } from './terminal.ts';
import { usage } from './usage-failure.ts';

/** Shown to users who find the folder locked. */
const COMMAND = 'fabric-wizard chaincode deploy --watch';

const INTERVAL_MS = 60;
/** How often the process is looked at while nothing is saved. */
const CHECK_MS = 1000;
/** A large folder is read less often, so that this takes at most a tenth of a core. */
const IDLE_SHARE = 9;

/** @throws WizardFailure `usage` if the process of no single chaincode is this program's */
export function watchedChoice(
  choices: readonly ChaincodeChoice[],
  again: string,
): FolderChaincode & { readonly service: true } {
  const [choice, ...others] = choices;
  if (choice && others.length === 0 && isOurService(choice)) return choice;
  throw usage({ key: 'usage.watch-service' }, again);
}

/**
 * Waits until the files of a chaincode differ from a digest, and no program is writing them.
 * @returns their digest
 * @throws CancelledError
 */
export async function filesChanged(
  choice: FolderChaincode,
  before: string,
  known: KnownHashes,
  signal: AbortSignal,
): Promise<string> {
  let last = before;
  for (;;) {
    const since = performance.now();
    // A file can be gone in the middle of a save.
    const now = await filesDigest(choice, known).catch(() => undefined);
    if (signal.aborted) throw new CancelledError();
    if (now !== undefined && now !== before && now === last) return now;
    last = now ?? last;
    const pause = Math.max(INTERVAL_MS, IDLE_SHARE * (performance.now() - since));
    await delay(pause, undefined, { signal }).catch(() => undefined);
  }
}

/** Reports warnings, each once. */
function reportOf(terminal: Terminal): StageReport {
  const { warn, symbol, translate } = styleFor(terminal, process.stderr);
  const told = new Set<string>();
  return createReport(
    'deploy',
    (event) => {
      if (event.type !== 'stage-warning' || told.has(event.code)) return;
      told.add(event.code);
      writeToStderr(`${warn(symbol.warn)} ${translate(event.message)}`);
    },
    () => [],
  );
}

/** What a save has led to. */
export type Restart =
  /** `digest`: of the files that the process has now. */
  | { readonly kind: 'restarted'; readonly digest: string }
  /** Peers need another package. */
  | { readonly kind: 'redefined' }
  /** There is no network or no process any more. */
  | { readonly kind: 'gone'; readonly why: WizardFailure };

type ProcessCheck = () => Promise<void>;

export interface Followed {
  readonly choice: FolderChaincode;
  /** Digest of the files that the process was made of. */
  readonly made: string;
  readonly signal: AbortSignal;
  readonly restart: () => Promise<Restart>;
  /** Resolves when the process answers. */
  readonly answers: (signal: AbortSignal) => Promise<void>;
  /** Returns a check of the process that answers now. It throws if that process has ended, or when the signal fires. */
  readonly check: (signal: AbortSignal) => Promise<ProcessCheck>;
  readonly onFailure: (failure: StageFailure) => void;
}

/** Waits for an answer, but not longer than until the next save. @throws what `answers` throws */
async function answersOrChanged(
  { choice, answers, signal }: Followed,
  digest: string,
  known: KnownHashes,
): Promise<void> {
  const ended = new AbortController();
  const attempt = AbortSignal.any([signal, ended.signal]);
  const changed = filesChanged(choice, digest, known, attempt).then(
    () => ended.abort(),
    () => undefined,
  );
  try {
    await answers(attempt);
  } catch (error) {
    if (signal.aborted || !ended.signal.aborted) throw error;
  } finally {
    ended.abort();
    await changed;
  }
}

/** Shows the end of the process that answers, once. The next save is the next attempt. */
async function showEnd({ check, onFailure }: Followed, signal: AbortSignal): Promise<void> {
  try {
    const requireRunning = await check(signal);
    for (;;) {
      await delay(CHECK_MS, undefined, { signal });
      await requireRunning();
    }
  } catch (error) {
    // An engine that does not respond is found at the next save.
    const failure = toFailure(error);
    if (!signal.aborted && failure.kind === 'chaincode') onFailure(failure);
  }
}

/** Waits for the next save. @returns the digest of the files. @throws CancelledError */
async function nextSave(
  followed: Followed,
  made: string,
  known: KnownHashes,
  runs: boolean,
): Promise<string> {
  const waiting = new AbortController();
  const watched = runs ? showEnd(followed, waiting.signal) : undefined;
  try {
    return await filesChanged(followed.choice, made, known, followed.signal);
  } finally {
    waiting.abort();
    await watched;
  }
}

/**
 * Restarts the process after every save. A save that cannot be used is shown, and the next one is the next attempt.
 * @returns the digest of the files for which peers need another package
 * @throws WizardFailure if the network or the process is gone; CancelledError when the signal fires
 */
export async function followFiles(followed: Followed): Promise<string> {
  const { signal, restart, onFailure } = followed;
  const known: KnownHashes = new Map();
  let made = followed.made;
  let runs = true;
  for (;;) {
    made = await nextSave(followed, made, known, runs);
    runs = false;
    try {
      const result = await restart();
      if (result.kind === 'redefined') return made;
      if (result.kind === 'gone') throw result.why;
      made = result.digest;
      await answersOrChanged(followed, made, known);
      runs = true;
    } catch (error) {
      if (signal.aborted) throw new CancelledError();
      const failure = toFailure(error);
      if (failure.kind === 'usage') throw error;
      onFailure(failure);
      // The process of the last version goes on, unless it is the one that has failed.
      runs = failure.kind === 'chaincode' && !failure.installed;
    }
  }
}

/** Returns a check of the process that serves a chaincode. What another command of the folder does to it is not its end. */
export async function checkUnlessUsed(
  dir: string,
  signal: AbortSignal,
  check: () => Promise<ProcessCheck>,
): Promise<ProcessCheck> {
  let requireRunning = await check();
  return async () => {
    try {
      await requireRunning();
    } catch (error) {
      if ((await folderUser(dir)) === undefined) throw error;
      await folderFreed(dir, signal);
      requireRunning = await check();
    }
  };
}

/** Runs an action with the lock of the folder. While another command works there, waits for its end. @throws CancelledError */
export async function whenFree<T>(
  dir: string,
  { signal, onWait }: { readonly signal: AbortSignal; readonly onWait: (command: string) => void },
  act: () => Promise<T>,
): Promise<T> {
  for (;;) {
    try {
      return await withJournal(dir, COMMAND, act);
    } catch (error) {
      if (!(error instanceof WizardFailure) || error.failure.kind !== 'locked') throw error;
      onWait(error.failure.command);
      await folderFreed(dir, signal);
    }
  }
}

interface Watched {
  readonly terminal: Terminal;
  readonly context: StageContext;
  readonly choice: FolderChaincode & { readonly service: true };
  readonly builder: ServiceBuilder;
  /** Label of the package that was deployed. Another command may have deployed another one since, which is kept. */
  readonly label: string | undefined;
}

/** Returns the container of the process. */
async function processOf(
  { docker, project }: Pick<StageContext, 'docker' | 'project'>,
  name: string,
): Promise<ServiceContainer | undefined> {
  return (await listServices(docker, project)).find(({ chaincode, serves }) => chaincode === name && serves);
}

async function labelOf(choice: FolderChaincode): Promise<string> {
  return packageLabel(choice.name, await chaincodeDigest(choice));
}

/** Brings the files as they are now to the process. Other commands may have changed the network since the last save. */
async function restart({ terminal, context, choice, builder, label }: Watched): Promise<Restart> {
  const { signal, options } = context;
  let spec: NetworkSpec;
  try {
    ({ spec } = await chaincodeNetwork(terminal, 'chaincode deploy', signal));
  } catch (error) {
    if (error instanceof WizardFailure && error.failure.kind === 'usage') return { kind: 'gone', why: error };
    throw error;
  }
  const found = await processOf(context, choice.name);
  if (!found)
    return {
      kind: 'gone',
      why: usage({ key: 'usage.chaincode-not-here', name: choice.name }, options.again),
    };
  if ((await labelOf(choice)) !== label) return { kind: 'redefined' };
  const program = await builder.build(choice);
  const { serve } = await startProcess({ ...context, spec }, choice, found.packageId, program);
  await serve();
  return { kind: 'restarted', digest: program.digest };
}

/** Shows why the process was not restarted, or why it has ended. The next save is the next attempt. */
function showWatched(terminal: Terminal, failure: StageFailure): void {
  if (failure.kind !== 'chaincode') {
    showFailure(terminal, failure);
    return;
  }
  const { installed, previous } = failure;
  showFailure(terminal, { ...failure, installed: previous ? undefined : true, next: [] });
  if (!installed && !previous) writeToStderr(styleFor(terminal, process.stderr).t('notice.old-process'));
}

/** Follows the files of a process. @returns see `followFiles` */
async function follow(watched: Watched, made: string): Promise<string> {
  const { terminal, context, choice, builder } = watched;
  const { spec, signal } = context;
  const { t, good, symbol } = styleFor(terminal, process.stderr);
  const locked = <T>(act: () => Promise<T>) =>
    whenFree(
      terminal.dir,
      { signal, onWait: (command) => writeToStderr(t('notice.waits-for', { command })) },
      act,
    );
  // So that the first save has to compile only what changes. What does not compile is shown when it is the next version.
  await locked(() => builder.build(choice)).catch(() => undefined);
  if (signal.aborted) throw new CancelledError();
  writeToStderr(t('notice.watching', { dir: choice.path }));
  let since = 0;
  return followFiles({
    ...{ choice, made, signal },
    restart: () => {
      since = performance.now();
      return locked(() => restart(watched));
    },
    answers: async (attempt) => {
      const asked = { ...context, signal: attempt };
      const cli = await peerCli(asked, attempt, undefined, 1);
      const [channel = spec.channel] = choice.channels ?? spec.channels;
      await serviceAnswers({ context: asked, cli }, choice, channel, firstPeerOn(spec, channel));
      const seconds = secondsSince(since);
      if (terminal.json) printJson({ ok: true, chaincode: choice.name, answered: true, seconds });
      else
        writeToStderr(
          `${good(symbol.good)} ${t('notice.answers', { chaincode: choice.name, time: formatSeconds(seconds) })}`,
        );
    },
    check: (waiting) => checkUnlessUsed(terminal.dir, waiting, () => processCheck(context, choice)),
    onFailure: (failure) => showWatched(terminal, failure),
  });
}

/**
 * Follows the process that a deployment has left.
 * @returns the digest of the files that have to be deployed
 */
async function followDeployed(
  terminal: Terminal,
  choice: Watched['choice'],
  prepared: RunContext,
  signal: AbortSignal,
): Promise<string> {
  const docker = await currentDocker(signal);
  const context = { ...prepared, docker, signal, report: reportOf(terminal), targets: undefined };
  const found = await processOf(context, choice.name);
  // Without a process, the first save says so.
  const made = (found && (await madeOf(docker, found.id))) ?? '';
  const [label] = found?.packageId.split(':') ?? [];
  // A save during the deployment.
  if (found && (await labelOf(choice).catch(() => label)) !== label) return made;
  const builder = new ServiceBuilder(context, undefined);
  try {
    return await follow({ terminal, context, choice, builder, label }, made);
  } finally {
    await builder.close();
  }
}

/** Deploys a service, and then restarts its process after every change. */
export async function watchService(
  terminal: Terminal,
  choice: FolderChaincode & { readonly service: true },
  run: (onContext: (context: RunContext) => void) => Promise<number>,
): Promise<number> {
  const { signal, dispose } = cancelOnSignals();
  let last: string | undefined;
  try {
    for (;;) {
      let prepared: RunContext | undefined;
      const exitCode = await run((context) => {
        prepared = context;
      });
      if (exitCode === EXIT.done && prepared !== undefined)
        last = await followDeployed(terminal, choice, prepared, signal);
      else if (exitCode === EXIT.cancelled || last === undefined) return exitCode;
      else {
        // A deployment that failed: the next save is the next attempt, if there still is a network.
        await chaincodeNetwork(terminal, 'chaincode deploy', signal);
        last = await filesChanged(choice, last, new Map(), signal);
      }
      await folderFreed(terminal.dir, signal);
    }
  } catch (error) {
    // Ctrl-C is the normal end of watching.
    if (error instanceof CancelledError) return EXIT.done;
    throw error;
  } finally {
    dispose();
  }
}
