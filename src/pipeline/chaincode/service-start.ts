/** Starts chaincode as a service. */
import { type ChaincodeChoice, type FolderChaincode, isListening } from '../config/chaincode-list.ts';
import type { StageContext } from '../context/run-context.ts';
import { CancelledError, WizardFailure } from '../core/failure.ts';
import type { DockerPort } from '../engine/docker-port.ts';
import type { ReleaseFacts } from '../fabric/release-facts.ts';
import type { BuildOutputs } from '../images/build-outputs.ts';
import { isBuilderMount } from '../network/network-mounts.ts';
import { allPeers, type NetworkSpec } from '../network/network-spec.ts';
import { nodeContainers, type ProjectOnEngine } from '../network/peer-cli.ts';
import { requireFreePort, withRefusedPort } from './hub-port.ts';
import { keptProgram, removeKeptProgram, stageProgram } from './kept-program.ts';
import { checkNodeProgram } from './node-check.ts';
import { hasRelays, registeredName } from './relays.ts';
import { registrationVariables } from './service-address.ts';
import { requireInstalled, stillInstalled } from './service-answers.ts';
import { awaitListening, type ListeningProcess, type StartedProcess } from './service-listening.ts';
import {
  listServices,
  ourServiceAddress,
  type PreparedService,
  type ProgramCheck,
  prepareService,
  type ServiceContext,
  type ServiceProgram,
} from './service-process.ts';
import { runtimeImage, ServiceBuilder } from './service-program.ts';
import { isServed } from './service-state.ts';

/** Returns `HOST:PORT` of the process, as peers reach it. @param choice see `addressForPeers` for that of the user */
export function serviceAddress(spec: Pick<NetworkSpec, 'domain'>, choice: ChaincodeChoice): string {
  return isListening(choice) ? choice.service : ourServiceAddress(spec, choice.name);
}

/** Peers that an older version of this program started have no external builder. @throws WizardFailure `usage` */
export async function requireBuilder(
  {
    docker,
    project,
    spec,
  }: ProjectOnEngine & {
    readonly docker: Pick<DockerPort, 'inspectContainer' | 'listContainers'>;
    readonly spec: NetworkSpec;
  },
  release: Pick<ReleaseFacts, 'externalBuilders'>,
): Promise<void> {
  if (hasRelays(release)) return;
  const nodes = await nodeContainers({ docker, project });
  for (const { name } of allPeers(spec)) {
    const container = await docker.inspectContainer(nodes.get(name)?.id ?? name);
    if (container?.mounts.some(isBuilderMount)) continue;
    throw new WizardFailure({
      kind: 'usage',
      message: { key: 'usage.no-external-builder', peer: name },
      next: ['fabric-wizard up --yes'],
    });
  }
}

type StartContext = ServiceContext &
  Parameters<typeof awaitListening>[0] &
  Pick<StageContext, 'stateDir'> & {
    readonly docker: Pick<DockerPort, 'info' | 'address'>;
    readonly report: Pick<StageContext['report'], 'warn'>;
    /** Whether a process of the user's that registers must run: peers are about to call `Init`. */
    readonly needsProcess?: boolean;
  };

/** A program of a package. */
interface PackageProgram {
  readonly packageId: string;
  readonly program: ServiceProgram;
}

/** Waits until a process listens, unless it is one of the user's that nothing needs now. */
async function listeningProcess(
  context: StartContext,
  choice: ChaincodeChoice,
  { packageId, program: { registers, port } }: PackageProgram,
  started: StartedProcess,
): Promise<ListeningProcess> {
  if (registers === 'own' && !context.needsProcess)
    return { ...started, startedAt: (await context.docker.inspectContainer(started.id))?.startedAt };
  if (port !== undefined) tellRegistration(context, choice.name, packageId, port);
  return awaitListening(context, choice, started);
}

/** Tells how the user starts the process for which the deployment waits. */
function tellRegistration(
  { report }: Pick<StartContext, 'report'>,
  name: string,
  packageId: string,
  port: number,
): void {
  const variables = registrationVariables(`localhost:${port}`, registeredName(name, packageId));
  const line = ['export', ...Object.entries(variables).map(([key, value]) => `${key}=${value}`)].join(' ');
  report.warn('start-process', { key: 'warning.start-process', chaincode: name, variables: line });
}

/**
 * Runs a program for a chaincode, and waits until it listens. If it does not, its container is removed, unless that one served
 * the chaincode before.
 * @param returned is called if the container served the chaincode before: it brings the last program back, and returns what to throw
 */
async function runListening(
  context: StartContext,
  choice: ChaincodeChoice,
  { packageId, program }: PackageProgram,
  {
    check,
    returned,
  }: { readonly check?: ProgramCheck; readonly returned: (error: unknown) => Promise<unknown> },
): Promise<PreparedService & { readonly listening: ListeningProcess }> {
  const { docker } = context;
  const [since, prepared] = await Promise.all([
    // The clock of this host can be another one.
    docker.info().then(({ time }) => time || 0),
    prepareService(context, choice.name, packageId, program, check),
  ]);
  try {
    await prepared.run();
    const { registers } = program;
    const started = { id: prepared.id, since, ...(registers === undefined ? {} : { registers }) };
    const listening = await listeningProcess(context, choice, { packageId, program }, started);
    return { ...prepared, listening };
  } catch (error) {
    if (prepared.reused) throw await returned(error);
    await prepared.discard();
    throw isListening(choice) ? await withRefusedPort(context, choice, error) : error;
  }
}

/** A process that listens. Either `serve` or `discard` is called. */
export interface StartedService {
  /** Gives it the address of the chaincode. */
  readonly serve: () => Promise<void>;
  /** Removes its container, unless it served the chaincode before. */
  readonly discard: () => Promise<void>;
  /** @throws WizardFailure `chaincode` if the process has ended since it listened, even if the engine started it again */
  readonly requireRunning: () => Promise<void>;
}

/**
 * Runs a program for a chaincode, and waits until it listens. If it does not, or if the run is cancelled, the process that served
 * the chaincode before goes on, and another one is removed.
 * @throws WizardFailure `chaincode` if it has ended or does not listen; CancelledError
 */
export async function startProcess(
  context: StartContext,
  choice: ChaincodeChoice,
  packageId: string,
  program: ServiceProgram,
): Promise<StartedService> {
  const { stateDir, report } = context;
  const { name, path } = choice;
  // A hub is made again, and is not the program of the user.
  const staged = program.registers === 'own' ? undefined : stageProgram(stateDir, name, packageId, program);
  const running = runListening(
    context,
    choice,
    { packageId, program },
    {
      ...(program.language === 'node' && path !== undefined
        ? { check: (container, folders) => checkNodeProgram(context, container, path, folders) }
        : {}),
      returned: (error) => withLastProgram(context, choice, { packageId, program }, error),
    },
  );
  const { serve, discard, listening } = await running.catch(async (error) => {
    await staged?.discard();
    throw error;
  });
  return {
    serve: async () => {
      try {
        await serve();
      } catch (error) {
        await staged?.discard();
        throw error;
      }
      // Not before: until then the program that is kept is the one that serves.
      await staged?.keep().catch((error: Error) =>
        report.warn('program-not-kept', {
          ...{ key: 'warning.program-not-kept', chaincode: name, problem: error.message },
        }),
      );
    },
    discard: async () => {
      await staged?.discard();
      await discard();
    },
    requireRunning: () => requireInstalled(context, choice, listening),
  };
}

/** Longest time for which a cancelled run brings a process back. */
const CANCEL_MS = 5000;

/**
 * Runs the last program again in place of one that failed, or that was not awaited because the run is cancelled.
 * @returns the error, with what has become of the process
 */
async function withLastProgram(
  context: StartContext,
  choice: ChaincodeChoice,
  { packageId, program: failed }: PackageProgram,
  error: unknown,
): Promise<unknown> {
  const { stateDir, signal } = context;
  const kept = await keptProgram(stateDir, choice.name);
  const last =
    kept?.packageId === packageId && kept.digest !== failed.digest
      ? { packageId, program: { ...kept, image: failed.image } }
      : undefined;
  if (signal.aborted) {
    const late = { ...context, signal: AbortSignal.timeout(CANCEL_MS) };
    if (last) await runsAgain(late, choice, last).catch(() => undefined);
    return error;
  }
  const isBack = last !== undefined && (await runsAgain(context, choice, last));
  if (!(error instanceof WizardFailure) || error.failure.kind !== 'chaincode') return error;
  return isBack
    ? new WizardFailure({ ...error.failure, previous: true })
    : stillInstalled(error.failure, choice.name);
}

/** Runs a program that listened before. @returns whether it listens, and serves the chaincode. @throws CancelledError */
async function runsAgain(
  context: StartContext,
  choice: ChaincodeChoice,
  last: PackageProgram,
): Promise<boolean> {
  try {
    const { serve } = await runListening(context, choice, last, { returned: async (error) => error });
    await serve();
    return true;
  } catch (error) {
    if (error instanceof CancelledError) throw error;
    return false;
  }
}

/**
 * Starts the last program of a deployed service that cannot be made of its files as they are, unless its process runs.
 * @param label of the package that the channels have
 * @returns whether a process serves the chaincode now
 */
export async function startLastProgram(
  context: StartContext & Parameters<typeof runtimeImage>[0],
  choice: FolderChaincode,
  label: string,
): Promise<boolean> {
  if (await isServed(context, choice.name, label)) return true;
  const kept = await keptProgram(context.stateDir, choice.name);
  if (!kept?.packageId.startsWith(`${label}:`)) return false;
  const program = { ...kept, image: await runtimeImage(context, kept.language) };
  return runsAgain(context, choice, { packageId: kept.packageId, program });
}

/** Removes what is left of a chaincode that is not a service of this program any more. */
export async function removeService(
  {
    docker,
    spec,
    stateDir,
  }: Pick<StageContext, 'spec' | 'stateDir'> & {
    readonly docker: Pick<DockerPort, 'listContainers' | 'removeContainer'>;
  },
  name: string,
): Promise<void> {
  const services = await listServices(docker, spec.project);
  const own = services.filter(({ chaincode }) => chaincode === name);
  await Promise.all(own.map(({ id }) => docker.removeContainer(id)));
  await removeKeptProgram(stateDir, name);
}

/** A program on its way to the process of a chaincode. Further calls of a function wait for the first one. */
export interface MadeProcess {
  /** Starts the process of a package, and waits until it listens. @throws WizardFailure `chaincode` */
  readonly start: (packageId: string) => Promise<void>;
  /** Lets the process that was started answer the peers. */
  readonly serve: () => Promise<void>;
  /** Removes what was started and does not answer them. */
  readonly discard: () => Promise<void>;
  /** @throws WizardFailure `chaincode` if the process has ended since it listened */
  readonly requireRunning: () => Promise<void>;
}

/**
 * Makes the program of a chaincode.
 * @throws WizardFailure `chaincode` if it does not compile
 */
export async function makeProcess(
  { context, outputs }: { readonly context: StageContext; readonly outputs: BuildOutputs | undefined },
  choice: ChaincodeChoice,
  needsProcess: boolean,
): Promise<MadeProcess> {
  if (isListening(choice)) await requireFreePort(context, choice);
  const builder = new ServiceBuilder(context, outputs);
  const making = isListening(choice) ? builder.hub(choice) : builder.build(choice);
  const program = await making.finally(() => builder.close());
  let started: Promise<StartedService> | undefined;
  let served: Promise<void> | undefined;
  return {
    start: async (packageId) => {
      started ??= startProcess({ ...context, needsProcess }, choice, packageId, program);
      await started;
    },
    serve: async () => {
      served ??= started?.then(({ serve }) => serve());
      await served;
    },
    discard: async () => {
      if (served) return;
      const process = await started?.catch(() => undefined);
      await process?.discard();
    },
    requireRunning: async () => {
      await (await started)?.requireRunning();
    },
  };
}
