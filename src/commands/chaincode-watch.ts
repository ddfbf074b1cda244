/** `chaincode deploy --service --watch`: restarts the process of a chaincode after every change of its files, until Ctrl-C. */
import { setTimeout as delay } from 'node:timers/promises';
import { chaincodeDigest, filesDigest, type KnownHashes } from '../pipeline/chaincode/chaincode-digest.ts';
import { listServices, madeOf, runService } from '../pipeline/chaincode/service-process.ts';
import { ServiceBuilder } from '../pipeline/chaincode/service-program.ts';
import { serviceAnswers } from '../pipeline/chaincode/service-start.ts';
import {
  type ChaincodeChoice,
  type FolderChaincode,
  isOurService,
} from '../pipeline/config/chaincode-list.ts';
import type { RunContext, StageContext, StageReport } from '../pipeline/context/run-context.ts';
import { CancelledError, EXIT, type StageFailure, toFailure } from '../pipeline/core/failure.ts';
import { secondsSince } from '../pipeline/core/seconds-since.ts';
import { DockerPort } from '../pipeline/engine/docker-port.ts';
import { firstPeer } from '../pipeline/network/network-spec.ts';
import { peerCli } from '../pipeline/network/peer-cli.ts';
import { createReport } from '../pipeline/run/stage-report.ts';
import { formatSeconds } from '../report/quantities.ts';
import { showFailure } from './show-failure.ts';
import { cancelOnSignals, printJson, styleFor, type Terminal, writeToStderr } from './terminal.ts';
import { usage } from './usage-failure.ts';

const INTERVAL_MS = 60;
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

interface Watched {
  readonly terminal: Terminal;
  readonly context: StageContext;
  readonly choice: FolderChaincode & { readonly service: true };
  readonly packageId: string;
  /** Digest of the files that its process was made of. */
  readonly made: string;
  readonly builder: ServiceBuilder;
}

/** Brings the files as they are now to the process. Ends when it answers. @throws WizardFailure; CancelledError */
async function restart({ terminal, context, choice, packageId, builder }: Watched): Promise<void> {
  const since = performance.now();
  const { spec, signal } = context;
  const [program, cli] = await Promise.all([builder.build(choice), peerCli(context, signal)]);
  await runService(context, choice.name, packageId, program);
  const [channel = spec.channel] = choice.channels ?? spec.channels;
  await serviceAnswers({ context, cli }, choice, channel, firstPeer(spec));
  const seconds = secondsSince(since);
  const { t, good, symbol } = styleFor(terminal, process.stderr);
  if (terminal.json) printJson({ ok: true, chaincode: choice.name, answered: true, seconds });
  else
    writeToStderr(
      `${good(symbol.good)} ${t('notice.answers', { chaincode: choice.name, time: formatSeconds(seconds) })}`,
    );
}

/** Shows why the process was not restarted, or why it has ended. The next save is the next attempt. */
function showWatched(terminal: Terminal, failure: StageFailure): void {
  if (failure.kind !== 'chaincode') {
    showFailure(terminal, failure);
    return;
  }
  showFailure(terminal, { ...failure, installed: true, next: [] });
  if (!failure.installed) writeToStderr(styleFor(terminal, process.stderr).t('notice.old-process'));
}

/** Files that do not compile are shown when they are the next version. */
function ignoreChaincode(error: unknown): void {
  if (toFailure(error).kind !== 'chaincode') throw error;
}

/** Follows the files. @returns when peers need another package. @throws CancelledError when the signal fires */
async function follow(watched: Watched): Promise<void> {
  const { terminal, context, choice, builder } = watched;
  const known: KnownHashes = new Map();
  const definition = await chaincodeDigest(choice);
  const { t } = styleFor(terminal, process.stderr);
  // So that the first save has to compile only what changes.
  await builder.build(choice).catch(ignoreChaincode);
  let made = watched.made;
  writeToStderr(t('notice.watching', { dir: choice.path }));
  for (;;) {
    made = await filesChanged(choice, made, known, context.signal);
    if ((await chaincodeDigest(choice)) !== definition) return;
    try {
      await restart(watched);
    } catch (error) {
      if (error instanceof CancelledError) throw error;
      showWatched(terminal, toFailure(error));
    }
  }
}

/** Deploys a service, and then restarts its process after every change. */
export async function watchService(
  terminal: Terminal,
  choice: FolderChaincode & { readonly service: true },
  run: (onContext: (context: RunContext) => void) => Promise<number>,
): Promise<number> {
  const { signal, dispose } = cancelOnSignals();
  try {
    for (;;) {
      let prepared: RunContext | undefined;
      const exitCode = await run((context) => {
        prepared = context;
      });
      if (exitCode !== EXIT.done || prepared === undefined) return exitCode;
      const docker = await DockerPort.current(signal);
      const context = { ...prepared, docker, signal, report: reportOf(terminal), targets: undefined };
      const services = await listServices(docker, context.project);
      const service = services.find(({ chaincode }) => chaincode === choice.name);
      // Somebody has removed it since.
      if (!service) return EXIT.done;
      const { id, packageId } = service;
      const made = (await madeOf(docker, id)) ?? '';
      const builder = new ServiceBuilder(context, undefined);
      try {
        await follow({ terminal, context, choice, packageId, made, builder });
      } finally {
        await builder.close();
      }
    }
  } catch (error) {
    // Ctrl-C is the normal end of watching.
    if (error instanceof CancelledError) return EXIT.done;
    throw error;
  } finally {
    dispose();
  }
}
