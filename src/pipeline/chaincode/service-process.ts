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
import type { ChaincodeLanguage } from '../fabric/release-facts.ts';
import type { RecordedState } from '../journal/wizard-state.ts';
import type { NetworkSpec } from '../network/network-spec.ts';
import { filesDigest, type KnownHashes } from './chaincode-digest.ts';
import type { ProcessStep } from './deploy-plan.ts';
import { instanceOf } from './deployment-record.ts';

const PORT = 9999;

/** No node can have such a name: names of projects have no dot. */
export function serviceContainerName({ project }: Pick<NetworkSpec, 'project'>, name: string): string {
  return `${project}.chaincode.${name}`;
}

/** Returns the address at which peers reach the process. The domain keeps it away from a proxy. */
export function ourServiceAddress({ domain }: Pick<NetworkSpec, 'domain'>, name: string): string {
  return `${hostOf(domain, name)}:${PORT}`;
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

const HOME = 'service';
const TAKEN_MS = 30_000;
const DIGEST = '.digest';

/** Where a program is, and what keeps the packages of npm from one version to the next. */
const PROGRAM: Readonly<Record<ServiceProgram['language'], string>> = {
  go: 'exec ./chaincode',
  node: `if [ ! -e node_modules/.packages ]; then
  npm install --omit=dev
  cp .packages node_modules/.packages
fi
exec node_modules/.bin/fabric-chaincode-node server \\
  --chaincode-address "$CHAINCODE_SERVER_ADDRESS" --chaincode-id "$CHAINCODE_ID"`,
};

/**
 * Takes what was brought, as a whole, and runs it. At SIGHUP it does so again, which takes less time than to restart the
 * container. A signal can come at any moment: one that comes before the process is known is remembered. The process has a
 * group of its own, so that npm cannot write any more when the files are moved.
 */
const RUN = `#!/bin/sh
set -eu
cd "$(dirname "$0")"
child=
again=
end() {
  if [ -z "$child" ]; then return; fi
  kill -9 "-$child" 2>/dev/null || kill -9 "$child" 2>/dev/null || true
}
trap 'again=1; end' HUP
take() {
  # Moved first: what is brought from now on is taken the next time.
  if [ -f next ]; then mv next taking; fi
  if [ ! -f taking ]; then return; fi
  next=$(cat taking)
  if [ -d "$next" ]; then
    if cmp -s app/node_modules/.packages "$next/.packages"; then mv app/node_modules "$next/"; fi
    rm -rf app
    mv "$next" app
  fi
  rm taking
}
while :; do
  again=
  take
  setsid sh ./program &
  child=$!
  if [ -n "$again" ]; then end; fi
  status=0
  wait "$child" || status=$?
  # The signal ends the wait before the process has ended.
  wait "$child" || true
  end
  tries=0
  while [ "$tries" -lt 40 ] && kill -0 "-$child" 2>/dev/null; do
    sleep 0.05
    tries=$((tries + 1))
  done
  child=
  if [ -z "$again" ] && [ ! -f next ]; then exit "$status"; fi
done
`;

/** Returns the scripts of a container. */
export function serviceScripts(language: ServiceProgram['language']): readonly TarEntry[] {
  return [
    { name: 'run', content: RUN, mode: 0o755 },
    { name: 'program', content: `set -eu\ncd app\n${PROGRAM[language]}\n`, mode: 0o644 },
  ];
}

/** Returns what tells whether a container has these scripts: it goes on with those that it has begun with. */
function scriptsOf(language: ServiceProgram['language']): string {
  const hash = createHash('sha256');
  for (const { content } of serviceScripts(language)) hash.update(`${String(content)}\0`);
  return hash.digest('hex');
}

/** What a container runs. */
export interface ServiceProgram {
  readonly language: Exclude<ChaincodeLanguage, 'java'>;
  /** Id of the image. */
  readonly image: string;
  /** Digest of the files that it was made of. */
  readonly digest: string;
  readonly files: readonly TarEntry[];
}

interface ServiceContext extends Pick<RunContext, 'spec' | 'project' | 'runId'> {
  readonly journal: Pick<RecordedState, 'getFact'>;
  readonly docker: Pick<
    DockerPort,
    | 'listContainers'
    | 'inspectContainer'
    | 'createContainer'
    | 'renameContainer'
    | 'startContainer'
    | 'signalContainer'
    | 'removeContainer'
    | 'upload'
    | 'readFiles'
  >;
  readonly signal: AbortSignal;
}

/** Brings a program to a container, which takes it when it starts or gets SIGHUP. */
async function fill(
  { docker, signal }: Pick<ServiceContext, 'docker' | 'signal'>,
  id: string,
  { language, digest, files }: ServiceProgram,
): Promise<void> {
  const entries = [
    ...serviceScripts(language),
    ...files.map((entry) => ({ ...entry, name: `${digest}/${entry.name}` })),
    { name: `${digest}/${DIGEST}`, content: digest },
  ];
  await docker.upload(
    id,
    entries.map((entry) => ({ ...entry, name: `${HOME}/${entry.name}` })),
    signal,
  );
  // The program takes the files when this one is there: all of them are.
  await docker.upload(id, [{ name: `${HOME}/next`, content: digest }], signal);
}

/** Creates a container with a program. @returns its id */
async function createFilled(
  context: ServiceContext,
  name: string,
  { containerName, packageId }: { readonly containerName: string; readonly packageId: string },
  program: ServiceProgram,
): Promise<string> {
  const { docker, spec, journal } = context;
  const id = await docker.createContainer({
    name: containerName,
    image: program.image,
    cmd: ['sh', `/${HOME}/run`],
    env: {
      ...serviceVariables(`0.0.0.0:${PORT}`, packageId),
      CHAINCODE_TLS_DISABLED: 'true',
      CORE_PEER_TLS_ENABLED: 'false',
    },
    network: spec.network,
    aliases: [hostOf(spec.domain, name)],
    // A call can end the process: a panic in Go, an exception in Node.js.
    restarts: true,
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
    await fill(context, id, program);
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
      const isWaiting = (await docker.readFiles(id, `/${HOME}/next`)) !== undefined;
      if (!isWaiting && (await madeOf(docker, id)) === digest) return { yes: true };
      if ((await docker.inspectContainer(id))?.running === false) await docker.startContainer(id);
      return { no: { key: 'last.none' } };
    },
  });
}

/**
 * Runs a program as the process of a chaincode. A container of the same package and image is used again. Another one is
 * removed when the one that replaces it is complete.
 */
export async function runService(
  context: ServiceContext,
  name: string,
  packageId: string,
  program: ServiceProgram,
): Promise<void> {
  const { docker, spec, project, signal } = context;
  const known = (await listServices(docker, project)).filter(({ chaincode }) => chaincode === name);
  const scripts = scriptsOf(program.language);
  const usable = known
    .filter(
      (each) =>
        each.packageId === packageId &&
        each.imageId === program.image &&
        each.labels[LABEL.fingerprint] === scripts,
    )
    .sort((one, other) => Number(other.state === 'running') - Number(one.state === 'running'))[0];
  const others = known.filter((each) => each !== usable);
  const remove = (all: readonly ServiceContainer[]) =>
    Promise.all(all.map(({ id }) => docker.removeContainer(id)));
  if (usable) {
    await fill(context, usable.id, program);
    await remove(others);
    if (usable.state === 'running') await docker.signalContainer(usable.id, 'SIGHUP');
    else await docker.startContainer(usable.id);
    await taken(context, name, usable.id, program.digest);
    return;
  }
  // What an interrupted run has left may have the name.
  await remove(others.filter(({ state }) => state === 'created'));
  const own = serviceContainerName(spec, name);
  const isTaken = others.some((each) => each.name === own && each.state !== 'created');
  const containerName = isTaken ? `${own}.next` : own;
  const id = await createFilled(context, name, { containerName, packageId }, program);
  if (signal.aborted) {
    await docker.removeContainer(id);
    throw new CancelledError();
  }
  // Not cancelled from here on: the chaincode would have no process.
  await remove(others);
  await docker.startContainer(id);
  if (isTaken) await docker.renameContainer(id, own);
  await taken(context, name, id, program.digest);
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
  const file = await docker.readFiles(id, `/${HOME}/app/${DIGEST}`);
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
