/** The container in which this program runs the process of a chaincode as a service. */
import type { FolderChaincode } from '../config/chaincode-list.ts';
import { projectLabels, type RunContext } from '../context/run-context.ts';
import { until } from '../core/waiting.ts';
import type { DockerPort } from '../engine/docker-port.ts';
import type { ContainerInfo } from '../engine/engine-types.ts';
import { isServiceOf, LABEL } from '../engine/labels.ts';
import type { TarEntry } from '../engine/tar-context.ts';
import type { ChaincodeLanguage } from '../fabric/release-facts.ts';
import { STATE_KEYS } from '../journal/state-keys.ts';
import type { NetworkSpec } from '../network/network-spec.ts';
import { filesDigest, type KnownHashes } from './chaincode-digest.ts';
import type { ProcessStep } from './deploy-plan.ts';

const PORT = 9999;

export function serviceContainerName({ project }: Pick<NetworkSpec, 'project'>, name: string): string {
  return `${project}-chaincode-${name}`;
}

/** Returns the address at which peers reach the process. The domain keeps it away from a proxy. */
export function ourServiceAddress({ domain }: Pick<NetworkSpec, 'domain'>, name: string): string {
  return `${hostOf(domain, name)}:${PORT}`;
}

function hostOf(domain: string, name: string): string {
  return `${name.toLowerCase()}.chaincode.${domain}`;
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
const PROGRAM: Readonly<Record<Exclude<ChaincodeLanguage, 'java'>, string>> = {
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
 * container.
 */
function script(language: keyof typeof PROGRAM): string {
  return `#!/bin/sh
set -eu
cd /${HOME}
take() {
  if [ ! -f next ]; then return; fi
  next=$(cat next)
  if cmp -s app/node_modules/.packages "$next/.packages"; then mv app/node_modules "$next/"; fi
  rm -rf app
  mv "$next" app
  rm next
}
program() {
  cd app
  ${PROGRAM[language]}
}
trap 'kill -9 "$child" 2>/dev/null || true' HUP
while :; do
  take
  (program) &
  child=$!
  status=0
  wait "$child" || status=$?
  # The signal ends the wait before the process has ended.
  wait "$child" || true
  if [ ! -f next ]; then exit "$status"; fi
done
`;
}

/** What a container runs. */
export interface ServiceProgram {
  readonly language: keyof typeof PROGRAM;
  /** Id of the image. */
  readonly image: string;
  /** Digest of the files that it was made of. */
  readonly digest: string;
  readonly files: readonly TarEntry[];
}

type ServiceContext = Pick<RunContext, 'docker' | 'spec' | 'project' | 'runId' | 'journal'> & {
  readonly signal: AbortSignal;
};

async function create(
  context: ServiceContext,
  name: string,
  packageId: string,
  { image, language }: ServiceProgram,
): Promise<string> {
  const { docker, spec, journal } = context;
  const id = await docker.createContainer({
    name: serviceContainerName(spec, name),
    image,
    cmd: ['sh', `/${HOME}/run`],
    env: {
      ...serviceVariables(`0.0.0.0:${PORT}`, packageId),
      CHAINCODE_TLS_DISABLED: 'true',
      CORE_PEER_TLS_ENABLED: 'false',
    },
    network: spec.network,
    aliases: [hostOf(spec.domain, name)],
    labels: {
      ...projectLabels(context),
      [LABEL.role]: 'service',
      [LABEL.instance]: journal.getFact(STATE_KEYS.crypto)?.instance ?? '',
      [LABEL.chaincode]: name,
      [LABEL.package]: packageId,
    },
  });
  await docker.upload(id, [{ name: `${HOME}/run`, content: script(language), mode: 0o755 }]);
  return id;
}

/** Runs a program as the process of a chaincode. A container of the same package and image is used again. */
export async function runService(
  context: ServiceContext,
  name: string,
  packageId: string,
  program: ServiceProgram,
): Promise<void> {
  const { docker, project, signal } = context;
  const known = (await listServices(docker, project)).filter(({ chaincode }) => chaincode === name);
  const usable = known.find((each) => each.packageId === packageId && each.imageId === program.image);
  await Promise.all(known.filter((each) => each !== usable).map(({ id }) => docker.removeContainer(id)));
  const id = usable?.id ?? (await create(context, name, packageId, program));
  const { digest, files } = program;
  await docker.upload(id, [
    ...files.map((entry) => ({ ...entry, name: `${HOME}/${digest}/${entry.name}` })),
    { name: `${HOME}/${digest}/${DIGEST}`, content: digest },
  ]);
  // The program takes the files when this one is there: all of them are.
  await docker.upload(id, [{ name: `${HOME}/next`, content: digest }]);
  if (usable?.state === 'running') await docker.signalContainer(id, 'SIGHUP');
  else await docker.startContainer(id);
  await until({
    what: { key: 'wait.process', chaincode: name },
    deadlineMs: TAKEN_MS,
    signal,
    poll: async () =>
      (await docker.readFiles(id, `/${HOME}/next`)) === undefined
        ? { yes: true }
        : { no: { key: 'last.none' } },
  });
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
