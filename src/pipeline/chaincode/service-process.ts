/** The container in which this program runs the process of a chaincode as a service. */
import { createHash } from 'node:crypto';
import { projectLabels, type RunContext } from '../context/run-context.ts';
import { CancelledError } from '../core/failure.ts';
import { until } from '../core/waiting.ts';
import type { DockerPort } from '../engine/docker-port.ts';
import type { ContainerInfo } from '../engine/engine-types.ts';
import { isServiceOf, LABEL } from '../engine/labels.ts';
import type { LoadedEntry } from '../engine/tar-context.ts';
import { BROUGHT_MODULES } from '../images/brought-modules.ts';
import type { RecordedState } from '../journal/wizard-state.ts';
import type { NetworkSpec } from '../network/network-spec.ts';
import { instanceOf } from './deployment-record.ts';
import { inService, SERVICE_HOME } from './in-service.ts';
import { registeredName } from './relays.ts';
import { registrationVariables, serviceVariables } from './service-address.ts';
import {
  containerFingerprint,
  HUB,
  HUB_PORT,
  type ProgramKind,
  serviceScripts,
  takeCommand,
} from './service-scripts.ts';

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

/** A container of a service. */
export interface ServiceContainer extends ContainerInfo {
  readonly chaincode: string;
  /** Id of the package that it serves. */
  readonly packageId: string;
  /**
   * Whether it has the name for the process of its chaincode. It gets the address first, so it has that too. Another container
   * is to replace it, and an interrupted run may have left it.
   */
  readonly serves: boolean;
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
      serves: isServing(each, project),
    }));
}

/** Whether a container of a service has the name for the process of its chaincode. */
export function isServing(
  { name, labels }: Pick<ContainerInfo, 'name' | 'labels'>,
  project: string,
): boolean {
  return name === serviceContainerName({ project }, labels[LABEL.chaincode] ?? '');
}

/** Returns containers that were to replace a process which still runs. Only a run that is going on needs them. */
export function unservedServices(
  containers: readonly ContainerInfo[],
  project: string,
): readonly ContainerInfo[] {
  const services = containers.filter((each) => isServiceOf(each, project));
  const chaincodeOf = ({ labels }: ContainerInfo) => labels[LABEL.chaincode];
  const isReplaced = (each: ContainerInfo) =>
    services.some(
      (other) =>
        isServing(other, project) && other.state === 'running' && chaincodeOf(other) === chaincodeOf(each),
    );
  return services.filter((each) => !isServing(each, project) && isReplaced(each));
}

const TAKEN_MS = 30_000;
const DIGEST = '.digest';
/** File of a Node.js program that says which packages it requests. */
export const PACKAGES = '.packages';
/** Copy of that file, which exists once they are installed. */
export const INSTALLED_PACKAGES = `/${SERVICE_HOME}/app/node_modules/${PACKAGES}`;

/** What a container runs. */
export interface ServiceProgram extends ProgramKind {
  /** Id of the image. */
  readonly image: string;
  /** Digest of the files that it was made of. */
  readonly digest: string;
  /** Their bytes are in memory: what is kept later must be what was brought. */
  readonly files: readonly LoadedEntry[];
  /** Port of this host at which the user's process registers. */
  readonly port?: number;
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
    | 'stopContainer'
    | 'execInShell'
    | 'removeContainer'
    | 'upload'
    | 'readFiles'
  >;
  readonly signal: AbortSignal;
}

type FilledEngine = Pick<ServiceContext, 'docker' | 'signal'>;

/** Returns the files that a container lacks: it keeps its hub, and the installed packages as long as the program requests the same. */
async function lackingIn(
  docker: Pick<DockerPort, 'readFiles'>,
  { id, state }: ServiceContainer,
  program: ServiceProgram,
): Promise<readonly LoadedEntry[]> {
  // A run that was killed may have created it without a hub.
  const files = program.files.filter(({ name }) => name !== HUB || state !== 'running');
  const others = files.filter(({ name }) => name !== BROUGHT_MODULES);
  if (others.length === files.length) return files;
  const wanted = files.find(({ name }) => name === PACKAGES)?.content;
  const [installed] = (await docker.readFiles(id, INSTALLED_PACKAGES)) ?? [];
  return wanted !== undefined && String(installed?.content) === String(wanted) ? others : files;
}

/** Brings files of a program to a container. */
async function bring(
  { docker, signal }: FilledEngine,
  id: string,
  program: ServiceProgram,
  files: readonly LoadedEntry[],
): Promise<void> {
  const { digest } = program;
  const entries = [
    ...serviceScripts(program),
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

function variablesOf({ registers }: ServiceProgram, name: string, packageId: string): Record<string, string> {
  return registers === undefined
    ? {
        ...serviceVariables(`0.0.0.0:${SERVICE_PORT}`, packageId),
        CHAINCODE_TLS_DISABLED: 'true',
        CORE_PEER_TLS_ENABLED: 'false',
      }
    : registrationVariables(`127.0.0.1:${HUB_PORT}`, registeredName(name, packageId));
}

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
    env: variablesOf(program, name, packageId),
    network: spec.network,
    aliases,
    ...(program.port === undefined ? {} : { ports: { [HUB_PORT]: program.port } }),
    // A call can end the process: a panic in Go, an exception in Node.js.
    restarts: true,
    confined: true,
    labels: {
      ...projectLabels(context),
      [LABEL.role]: 'service',
      [LABEL.instance]: instanceOf(journal),
      [LABEL.chaincode]: name,
      [LABEL.package]: packageId,
      [LABEL.fingerprint]: containerFingerprint(program),
    },
  });
  try {
    await bring(context, id, program, program.files);
    await offer(context, id, program.digest);
  } catch (error) {
    await docker.removeContainer(id).catch(() => undefined);
    throw error;
  }
  return id;
}

/**
 * Lets a running container take what was brought, and waits until it has. One command takes less time than a file to offer, a
 * signal, and files to read.
 * @returns false if the container has ended meanwhile
 */
async function takes({ docker, signal }: FilledEngine, id: string, digest: string): Promise<boolean> {
  const result = await inService({ docker, signal }, id, takeCommand(digest, DIGEST));
  return result?.exitCode === 0;
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

/** A container that has a program, and in which nothing has changed yet. */
export interface PreparedService {
  /** Id of its container. */
  readonly id: string;
  /** Whether it is the container that serves the chaincode with another program. */
  readonly reused: boolean;
  /** Starts the program. */
  readonly run: () => Promise<void>;
  /** Gives it the address of the chaincode, and removes the container that it replaces. */
  readonly serve: () => Promise<void>;
  /** Removes the container, unless it served the chaincode before. The one that was to be replaced goes on. */
  readonly discard: () => Promise<void>;
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
 * Returns the container that serves a chaincode, running or not, and removes those that interrupted runs have left beside it.
 * A run that was killed while one replaced the other has left the next one only: it becomes the one that serves.
 */
async function settledService(context: ServiceContext, name: string): Promise<ServiceContainer | undefined> {
  const { docker, project } = context;
  const known = (await listServices(docker, project)).filter(({ chaincode }) => chaincode === name);
  const serving = known.find(({ serves }) => serves) ?? known[0];
  const left = known.filter((each) => each !== serving);
  await Promise.all(left.map(({ id }) => docker.removeContainer(id)));
  if (serving && !serving.serves) await takeOver(context, name, serving.id);
  return serving;
}

/** Returns how a program runs in the container that serves the chaincode: its process restarts with the program. */
async function preparedAgain(
  context: ServiceContext,
  name: string,
  serving: ServiceContainer,
  program: ServiceProgram,
  check: ProgramCheck | undefined,
): Promise<PreparedService> {
  const { docker } = context;
  const { id, state } = serving;
  const { digest } = program;
  await bring(context, id, program, await lackingIn(docker, serving, program));
  const isRunning = state === 'running';
  if (isRunning) await check?.(id, { next: `/${SERVICE_HOME}/${digest}`, now: `/${SERVICE_HOME}/app` });
  return {
    ...{ id, reused: true },
    run: async () => {
      if (isRunning && (await takes(context, id, digest))) return;
      await offer(context, id, digest);
      await docker.startContainer(id);
      await taken(context, name, id, digest);
    },
    serve: async () => undefined,
    discard: async () => undefined,
  };
}

/**
 * Brings a program for a chaincode to a container. The one that serves the chaincode is used again if it is of the same package
 * and image. Otherwise the program gets a container of its own, and the other one stays as it is until `serve` is called.
 */
export async function prepareService(
  context: ServiceContext,
  name: string,
  packageId: string,
  program: ServiceProgram,
  check?: ProgramCheck,
): Promise<PreparedService> {
  const { docker, spec, signal } = context;
  const serving = await settledService(context, name);
  const isUsable =
    // The engine starts it again only after a pause.
    serving?.state !== 'restarting' &&
    serving?.packageId === packageId &&
    serving.imageId === program.image &&
    serving.labels[LABEL.fingerprint] === containerFingerprint(program);
  if (serving && isUsable) return preparedAgain(context, name, serving, program, check);
  const own = serviceContainerName(spec, name);
  const place = serving
    ? { containerName: `${own}.next`, aliases: [] }
    : { containerName: own, aliases: [hostOf(spec.domain, name)] };
  const id = await createFilled(context, name, { ...place, packageId }, program);
  // The port of this host can be that of one of them only. Another port may be in use, and then the process goes on.
  const { port } = program;
  const hasPort = port !== undefined && serving?.ports.some((each) => each.public === port);
  let isStopped = false;
  return {
    ...{ id, reused: false },
    run: async () => {
      if (signal.aborted) throw new CancelledError();
      if (serving && hasPort) {
        isStopped = true;
        await docker.stopContainer(serving.id, 0);
      }
      await docker.startContainer(id);
      await taken(context, name, id, program.digest);
    },
    serve: async () => {
      // Removed first: the address must never be that of two processes.
      if (serving) await docker.removeContainer(serving.id);
      await takeOver(context, name, id);
    },
    discard: async () => {
      await docker.removeContainer(id);
      if (serving && isStopped) await docker.startContainer(serving.id);
    },
  };
}

/** Returns the digest of the files that the process of a container was made of. */
export async function madeOf(docker: Pick<DockerPort, 'readFiles'>, id: string): Promise<string | undefined> {
  const file = await docker.readFiles(id, `/${SERVICE_HOME}/app/${DIGEST}`);
  return file === undefined ? undefined : String(file[0]?.content);
}
