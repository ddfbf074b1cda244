/** Starts chaincode as a service, and finds out whether its process answers the peers. */
import { basename } from 'node:path';
import { type ChaincodeChoice, type FolderChaincode, isListening } from '../config/chaincode-list.ts';
import type { StageContext } from '../context/run-context.ts';
import { CancelledError, type ChaincodeFailure, WizardFailure } from '../core/failure.ts';
import { until } from '../core/waiting.ts';
import type { DockerPort } from '../engine/docker-port.ts';
import type { BuildOutputs } from '../images/build-outputs.ts';
import { BUILDER_FOLDER } from '../network/external-builder.ts';
import { allPeers, type NetworkSpec, type PeerSpec } from '../network/network-spec.ts';
import { nodeContainers, outputLines, type PeerCli, type ProjectOnEngine } from '../network/peer-cli.ts';
import { type KeptProgram, keepProgram, keptProgram } from './kept-program.ts';
import type { Deployment } from './lifecycle-calls.ts';
import { checkNodeProgram } from './node-check.ts';
import { questionTo, START_FAILED } from './questions.ts';
import { awaitListening, processFailure } from './service-listening.ts';
import {
  listServices,
  ourServiceAddress,
  type ProgramCheck,
  prepareService,
  type ServiceContext,
  type ServiceProgram,
  servingIn,
} from './service-process.ts';
import { runtimeImage, ServiceBuilder } from './service-program.ts';

/** The process listens already. */
const ANSWER_MS = 60_000;

/** Returns `HOST:PORT` of the process, as peers reach it. @param choice see `addressForPeers` for that of the user */
export function serviceAddress(spec: Pick<NetworkSpec, 'domain'>, choice: ChaincodeChoice): string {
  return isListening(choice) ? choice.service : ourServiceAddress(spec, choice.name);
}

/** Peers that an older version of this program started have no external builder. @throws WizardFailure `usage` */
export async function requireBuilder({
  docker,
  project,
  spec,
}: ProjectOnEngine & {
  readonly docker: Pick<DockerPort, 'inspectContainer' | 'listContainers'>;
  readonly spec: NetworkSpec;
}): Promise<void> {
  const nodes = await nodeContainers({ docker, project });
  for (const { name } of allPeers(spec)) {
    const container = await docker.inspectContainer(nodes.get(name)?.id ?? name);
    if (container?.mounts.some(({ source }) => basename(source) === BUILDER_FOLDER)) continue;
    throw new WizardFailure({
      kind: 'usage',
      message: { key: 'usage.no-external-builder', peer: name },
      next: ['fabric-wizard up --yes'],
    });
  }
}

type StartContext = ServiceContext & Parameters<typeof awaitListening>[0] & Pick<StageContext, 'stateDir'>;

/**
 * Runs a program for a chaincode, and waits until it listens. If it does not, the program before it runs again in a container
 * that is used again, and another container is removed.
 * @returns a function that gives it the address of the chaincode
 * @throws WizardFailure `chaincode` if it has ended or does not listen
 */
export async function startProcess(
  context: StartContext,
  choice: FolderChaincode,
  packageId: string,
  program: ServiceProgram,
): Promise<() => Promise<void>> {
  const since = Date.now();
  const check: ProgramCheck | undefined =
    program.language === 'node'
      ? (container, folders) => checkNodeProgram(context, container, choice.path, folders)
      : undefined;
  const { id, reused, serve } = await prepareService(context, choice.name, packageId, program, check);
  try {
    await awaitListening(context, choice, { id, since });
  } catch (error) {
    if (!reused) await context.docker.removeContainer(id);
    if (!reused || !(error instanceof WizardFailure) || error.failure.kind !== 'chaincode') throw error;
    const isBack = await startAgain(context, choice, packageId, program);
    throw isBack
      ? new WizardFailure({ ...error.failure, previous: true })
      : stillInstalled(error.failure, choice.name);
  }
  await keepProgram(context.stateDir, choice, packageId, program);
  return serve;
}

/** Runs the program that listened last. @returns whether there is one, and it listens */
async function startAgain(
  context: StartContext,
  choice: FolderChaincode,
  packageId: string,
  failed: ServiceProgram,
): Promise<boolean> {
  const kept = await keptProgram(context.stateDir, choice.name);
  if (kept?.packageId !== packageId || kept.digest === failed.digest) return false;
  return runKept(context, choice, kept, failed.image).catch((error: unknown) => {
    if (error instanceof CancelledError) throw error;
    return false;
  });
}

async function runKept(
  context: StartContext,
  choice: FolderChaincode,
  kept: KeptProgram,
  image: string,
): Promise<true> {
  const since = Date.now();
  const { id, reused, serve } = await prepareService(context, choice.name, kept.packageId, {
    ...kept,
    image,
  });
  try {
    await awaitListening(context, choice, { id, since });
  } catch (error) {
    if (!reused) await context.docker.removeContainer(id);
    throw error;
  }
  await serve();
  return true;
}

/** The failure of a process whose container stays. */
function stillInstalled(failure: ChaincodeFailure, name: string): WizardFailure {
  const next = [`fabric-wizard chaincode logs ${name}`, ...failure.next];
  return new WizardFailure({ ...failure, installed: true, next });
}

/**
 * Starts the last program of a deployed service that cannot be made of its files as they are, unless its process runs.
 * @param label of the package that the channels have
 * @returns whether a process serves the chaincode now
 */
export async function startLastProgram(
  context: StageContext,
  choice: FolderChaincode,
  label: string,
): Promise<boolean> {
  const { docker, spec, stateDir } = context;
  if (servingIn(await listServices(docker, spec.project), choice.name, label)) return true;
  const kept = await keptProgram(stateDir, choice.name);
  if (!kept?.packageId.startsWith(`${label}:`)) return false;
  const image = await runtimeImage(context, kept.language);
  return runKept(context, choice, kept, image).catch((error: unknown) => {
    if (error instanceof CancelledError) throw error;
    return false;
  });
}

/** A program on its way to the process of a chaincode. Further calls of a function wait for the first one. */
export interface MadeProcess {
  /** Starts the process of a package, and waits until it listens. @throws WizardFailure `chaincode` */
  readonly start: (packageId: string) => Promise<void>;
  /** Lets the process that was started answer the peers. */
  readonly serve: () => Promise<void>;
}

/**
 * Makes the program of a chaincode.
 * @throws WizardFailure `chaincode` if it does not compile
 */
export async function makeProcess(
  { context, outputs }: { readonly context: StageContext; readonly outputs: BuildOutputs | undefined },
  choice: FolderChaincode,
): Promise<MadeProcess> {
  const builder = new ServiceBuilder(context, outputs);
  const program = await builder.build(choice).finally(() => builder.close());
  let serve: Promise<() => Promise<void>> | undefined;
  let served: Promise<void> | undefined;
  return {
    start: async (packageId) => {
      serve ??= startProcess(context, choice, packageId, program);
      await serve;
    },
    serve: async () => {
      served ??= serve?.then((act) => act());
      await served;
    },
  };
}

interface Asking {
  readonly context: Pick<StageContext, 'docker' | 'spec' | 'signal' | 'options'>;
  readonly cli: Pick<PeerCli, 'ask'>;
}

/** @throws WizardFailure `chaincode` if the process has ended */
async function requireRunning({ context }: Asking, { name, path }: FolderChaincode): Promise<void> {
  const { docker, spec, options } = context;
  const all = await listServices(docker, spec.project);
  const service = all.find(({ chaincode }) => chaincode === name);
  if (service?.state === 'running') return;
  const since = service ? ((await docker.inspectContainer(service.id))?.startedAt ?? 0) : 0;
  const started = { id: service?.id ?? name, since };
  const failure = await processFailure(
    { docker, options },
    { name, path },
    started,
    'chaincode.process-ended',
  );
  throw stillInstalled(failure, name);
}

/**
 * Asks a chaincode on a peer. Waits for the process of a service that this program runs, but not for one of the user's.
 * @returns whether it answers
 * @throws WizardFailure `chaincode` if the process has ended; `timeout`
 */
export async function serviceAnswers(
  asking: Asking,
  choice: ChaincodeChoice,
  channel: Deployment['channel'],
  peer: PeerSpec,
): Promise<boolean> {
  const { context, cli } = asking;
  const ask = async () => {
    const lines = outputLines(await cli.ask(peer, questionTo(choice.name, channel)));
    return lines.find((line) => START_FAILED.test(line));
  };
  if (isListening(choice)) return (await ask()) === undefined;
  return until<boolean>({
    what: { key: 'wait.chaincode', chaincode: choice.name, peer: peer.name },
    deadlineMs: ANSWER_MS,
    signal: context.signal,
    poll: async () => {
      const problem = await ask();
      if (problem === undefined) return { yes: true };
      await requireRunning(asking, choice);
      return { no: problem };
    },
  });
}
