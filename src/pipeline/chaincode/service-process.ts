/** The container in which this program runs the process of a chaincode as a service. */
import { createHash } from 'node:crypto';
import type { FolderChaincode } from '../config/chaincode-list.ts';
import { projectLabels, type RunContext } from '../context/run-context.ts';
import { CancelledError } from '../core/failure.ts';
import { until } from '../core/waiting.ts';
import type { DockerPort } from '../engine/docker-port.ts';
import type { ContainerInfo } from '../engine/engine-types.ts';
import { isServiceOf, LABEL } from '../engine/labels.ts';
import type { TarEntry } from '../engine/tar-context.ts';
import type { RecordedState } from '../journal/wizard-state.ts';
import type { NetworkSpec } from '../network/network-spec.ts';
import { filesDigest, type KnownHashes } from './chaincode-digest.ts';
import type { ProcessStep } from './deploy-plan.ts';
import { instanceOf } from './deployment-record.ts';
import { type ServiceLanguage, scriptsOf, serviceScripts } from './service-scripts.ts';

/** Where a process listens in its container. */
export const SERVICE_PORT = 9999;

/** No node can have such a name: names of projects have no dot. */
export function serviceContainerName({ project }: Pick<NetworkSpec, 'project'>, name: string): string {
  return `${project}.chaincode.${name}`;
}

/** Returns the address at which peers reach the process. The domain keeps it away from a proxy. */
export function ourServiceAddress({ domain }: Pick<NetworkSpec, 'domain'>, name: string): string {
  return `${hostOf(domain, name)}:${SERVICE_PORT}`;
}

/** Names of hosts have no capitals, names of chaincodes can differ in them only. */
function hostOf(domain: string, name: string): string {
  const lower = name.toLowerCase();
  const digest = createHash('sha256').update(name).digest('hex').slice(0, 8);
  return `${lower === name ? name : `${lower}--${digest}`}.chaincode.${domain}`;
}

/** Returns the environment from which a process takes where it listens, and which package it serves. */
export function serviceVariables(listens: string, packageId: string): Record<string, string> {
  return {
    CHAINCODE_SERVER_ADDRESS: listens,
    CHAINCODE_ID: packageId,
    CORE_CHAINCODE_ID_NAME: packageId,
  };
}

/** A container of a service. */
export interface ServiceContainer extends ContainerInfo {
  readonly chaincode: string;
  /** Id of the package that it serves. */
  readonly packageId: string;
}

/** Returns the services of a project. */
export async function listServices(
  docker: Pick<DockerPort, 'listContainers'>,
  project: string,
): Promise<readonly ServiceContainer[]> {
  const all = await docker.listContainers({
    label: [`${LABEL.project}=${project}`, `${LABEL.role}=service`],
  });
  return all
    .filter((each) => isServiceOf(each, project))
    .map((each) => ({
      ...each,
      chaincode: each.labels[LABEL.chaincode] ?? '',
      packageId: each.labels[LABEL.package] ?? '',
    }));
}

/** Folder in the container; the program is in `app`. */
export const SERVICE_HOME = 'service';
const TAKEN_MS = 30_000;
const DIGEST = '.digest';

/** What a container runs. */
export interface ServiceProgram {
  readonly language: ServiceLanguage;
  /** Id of the image. */
  readonly image: string;
  /** Digest of the files that it was made of. */
  readonly digest: string;
  readonly files: readonly TarEntry[];
}

/** What is needed to run a process. */
export interface ServiceContext extends Pick<RunContext, 'spec' | 'project' | 'runId'> {
  readonly journal: Pick<RecordedState, 'getFact'>;
  readonly docker: Pick<
    DockerPort,
    | 'listContainers'
    | 'inspectContainer'
    | 'createContainer'
    | 'renameContainer'
    | 'connectAs'
    | 'startContainer'
    | 'signalContainer'
    | 'removeContainer'
    | 'upload'
    | 'readFiles'
  >;
  readonly signal: AbortSignal;
}

type FilledEngine = Pick<ServiceContext, 'docker' | 'signal'>;

/** Brings the files of a program to a container. */
async function bring({ docker, signal }: FilledEngine, id: string, program: ServiceProgram): Promise<void> {
  const { language, digest, files } = program;
  const entries = [
    ...serviceScripts(language),
    ...files.map((entry) => ({ ...entry, name: `${digest}/${entry.name}` })),
    { name: `${digest}/${DIGEST}`, content: digest },
  ];
  await docker.upload(
    id,
    entries.map((entry) => ({ ...entry, name: `${SERVICE_HOME}/${entry.name}` })),
    signal,
  );
}

/** Lets a container take the program that was brought, when it starts or gets SIGHUP. */
async function offer({ docker, signal }: FilledEngine, id: string, digest: string): Promise<void> {
  await docker.upload(id, [{ name: `${SERVICE_HOME}/next`, content: digest }], signal);
}

/** Checks a program in the container of a running process. Throws if the process must keep the program that it has. */
export type ProgramCheck = (
  id: string,
  folders: { readonly next: string; readonly now: string },
) => Promise<void>;

/** Creates a container with a program. @returns its id */
async function createFilled(
  context: ServiceContext,
  name: string,
  {
    containerName,
    aliases,
    packageId,
  }: { readonly containerName: string; readonly aliases: readonly string[]; readonly packageId: string },
  program: ServiceProgram,
): Promise<string> {
  const { docker, spec, journal } = context;
  const id = await docker.createContainer({
    name: containerName,
    image: program.image,
    cmd: ['sh', `/${SERVICE_HOME}/run`],
    env: {
      ...serviceVariables(`0.0.0.0:${SERVICE_PORT}`, packageId),
      CHAINCODE_TLS_DISABLED: 'true',
      CORE_PEER_TLS_ENABLED: 'false',
    },
    network: spec.network,
    aliases,
    // A call can end the process: a panic in Go, an exception in Node.js.
    restarts: true,
    confined: true,
    labels: {
      ...projectLabels(context),
      [LABEL.role]: 'service',
      [LABEL.instance]: instanceOf(journal),
      [LABEL.chaincode]: name,
      [LABEL.package]: packageId,
      [LABEL.fingerprint]: scriptsOf(program.language),
    },
  });
  try {
    await bring(context, id, program);
    await offer(context, id, program.digest);
  } catch (error) {
    await docker.removeContainer(id).catch(() => undefined);
    throw error;
  }
  return id;
}

/** Waits until the container has taken what was brought. Starts it if its process has ended in the meantime. */
async function taken(
  { docker, signal }: ServiceContext,
  name: string,
  id: string,
  digest: string,
): Promise<void> {
  await until({
    what: { key: 'wait.process', chaincode: name },
    deadlineMs: TAKEN_MS,
    signal,
    poll: async () => {
      const isWaiting = (await docker.readFiles(id, `/${SERVICE_HOME}/next`)) !== undefined;
      if (!isWaiting && (await madeOf(docker, id)) === digest) return { yes: true };
      if ((await docker.inspectContainer(id))?.running === false) await docker.startContainer(id);
      return { no: { key: 'last.none' } };
    },
  });
}

/** A process that runs, and that peers may not reach yet. */
export interface PreparedService {
  /** Id of its container. */
  readonly id: string;
  /** Whether its container ran another program before. */
  readonly reused: boolean;
  /** Gives it the address of the chaincode, and removes the containers that it replaces. */
  readonly serve: () => Promise<void>;
}

/** Gives a container the name and the address of a chaincode. */
async function takeOver({ docker, spec }: ServiceContext, name: string, id: string): Promise<void> {
  const host = hostOf(spec.domain, name);
  const own = serviceContainerName(spec, name);
  const found = await docker.inspectContainer(id);
  const isReached = found?.networks.some((each) => each.name === spec.network && each.aliases.includes(host));
  if (!isReached) await docker.connectAs(id, spec.network, [host]);
  if (found?.name !== own) await docker.renameContainer(id, own);
}

/**
 * Runs a program for a chaincode. A container of the same package and image is used again: it restarts its process with the
 * program. Another container that serves the chaincode keeps running until `serve` is called.
 */
export async function prepareService(
  context: ServiceContext,
  name: string,
  packageId: string,
  program: ServiceProgram,
  check?: ProgramCheck,
): Promise<PreparedService> {
  const { docker, spec, project, signal } = context;
  const known = (await listServices(docker, project)).filter(({ chaincode }) => chaincode === name);
  const scripts = scriptsOf(program.language);
  const usable = known
    .filter(
      (each) =>
        // The engine starts it again only after a pause.
        each.state !== 'restarting' &&
        each.packageId === packageId &&
        each.imageId === program.image &&
        each.labels[LABEL.fingerprint] === scripts,
    )
    .sort((one, other) => Number(other.state === 'running') - Number(one.state === 'running'))[0];
  const others = known.filter((each) => each !== usable);
  const remove = (all: readonly ServiceContainer[]) =>
    Promise.all(all.map(({ id }) => docker.removeContainer(id)));
  const prepared = (id: string, reused: boolean, replaced: readonly ServiceContainer[]): PreparedService => ({
    ...{ id, reused },
    serve: async () => {
      // Removed first: the address must never be that of two processes.
      await remove(replaced);
      await takeOver(context, name, id);
    },
  });
  if (usable) {
    const { digest } = program;
    await bring(context, usable.id, program);
    if (usable.state === 'running')
      await check?.(usable.id, { next: `/${SERVICE_HOME}/${digest}`, now: `/${SERVICE_HOME}/app` });
    await offer(context, usable.id, digest);
    if (usable.state === 'running') await docker.signalContainer(usable.id, 'SIGHUP');
    else await docker.startContainer(usable.id);
    await taken(context, name, usable.id, digest);
    return prepared(usable.id, true, others);
  }
  const own = serviceContainerName(spec, name);
  const next = `${own}.next`;
  // Containers that do not run serve nothing, and one that an interrupted run has left may have the name.
  const isLeft = (each: ServiceContainer) => each.state !== 'running' || each.name === next;
  await remove(others.filter(isLeft));
  const serving = others.filter((each) => !isLeft(each));
  const isTaken = serving.length > 0;
  const place = isTaken
    ? { containerName: next, aliases: [] }
    : { containerName: own, aliases: [hostOf(spec.domain, name)] };
  const id = await createFilled(context, name, { ...place, packageId }, program);
  try {
    if (signal.aborted) throw new CancelledError();
    await docker.startContainer(id);
    await taken(context, name, id, program.digest);
  } catch (error) {
    await docker.removeContainer(id).catch(() => undefined);
    throw error;
  }
  return prepared(id, false, serving);
}

/** What tells whether a process runs, and what it was made of. */
export type ServiceEngine = Pick<DockerPort, 'listContainers' | 'readFiles'>;

/** Returns the container whose process serves a chaincode. @param label of the package that it is to serve */
export function servingIn(
  services: readonly ServiceContainer[],
  name: string,
  label: string,
): ServiceContainer | undefined {
  return services.find(
    ({ chaincode, state, packageId }) =>
      chaincode === name && state === 'running' && packageId.startsWith(`${label}:`),
  );
}

/**
 * Returns what has to be done with the process of a chaincode.
 * @param label of the package that it is to serve
 */
export async function serviceStep(
  { docker, spec }: { readonly docker: ServiceEngine; readonly spec: Pick<NetworkSpec, 'project'> },
  choice: FolderChaincode,
  label: string,
  known?: KnownHashes,
): Promise<ProcessStep | undefined> {
  const services = await listServices(docker, spec.project);
  const running = servingIn(services, choice.name, label);
  if (!running) return 'start';
  const [digest, made] = await Promise.all([filesDigest(choice, known), madeOf(docker, running.id)]);
  return made === digest ? undefined : 'restart';
}

/** Returns the digest of the files that the process of a container was made of. */
export async function madeOf(docker: Pick<DockerPort, 'readFiles'>, id: string): Promise<string | undefined> {
  const file = await docker.readFiles(id, `/${SERVICE_HOME}/app/${DIGEST}`);
  return file === undefined ? undefined : String(file[0]?.content);
}

/** Removes the containers of a chaincode that is not a service of this program any more. */
export async function removeService(
  docker: Pick<DockerPort, 'listContainers' | 'removeContainer'>,
  project: string,
  name: string,
): Promise<void> {
  const services = await listServices(docker, project);
  const own = services.filter(({ chaincode }) => chaincode === name);
  await Promise.all(own.map(({ id }) => docker.removeContainer(id)));
}
