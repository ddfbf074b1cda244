/** What is known of the process of a service: whether it serves the chaincode, and whether it has its files as they are now. */
import {
  type ChaincodeChoice,
  type FolderChaincode,
  isListening as isOwnProcess,
} from '../config/chaincode-list.ts';
import type { DockerPort } from '../engine/docker-port.ts';
import type { NetworkSpec } from '../network/network-spec.ts';
import { filesDigest, type KnownHashes } from './chaincode-digest.ts';
import type { ProcessStep } from './deploy-plan.ts';
import { listens } from './service-listening.ts';
import { listServices, madeOf, type ServiceContainer } from './service-process.ts';

/** What tells whether a process runs, and what it was made of. */
export type ServiceEngine = Pick<DockerPort, 'listContainers' | 'readFiles'>;

interface OnEngine<T> {
  readonly docker: T;
  readonly spec: Pick<NetworkSpec, 'project'>;
}

interface AskedEngine extends OnEngine<ServiceEngine & Pick<DockerPort, 'execInShell'>> {
  readonly signal: AbortSignal;
}

async function hasOtherFiles(
  docker: ServiceEngine,
  { id }: ServiceContainer,
  choice: FolderChaincode,
  known?: KnownHashes,
): Promise<boolean> {
  const [digest, made] = await Promise.all([filesDigest(choice, known), madeOf(docker, id)]);
  return made !== digest;
}

/** Returns the container whose process serves a chaincode. @param label of the package that it is to serve */
function servingIn(
  services: readonly ServiceContainer[],
  name: string,
  label: string,
): ServiceContainer | undefined {
  return services.find(
    ({ chaincode, state, serves, packageId }) =>
      chaincode === name && serves && state === 'running' && packageId.startsWith(`${label}:`),
  );
}

/** Whether the process that serves a chaincode was made of other files. @param label of the package that it is to serve */
export async function isOutdated(
  { docker, spec }: OnEngine<ServiceEngine>,
  choice: FolderChaincode,
  label: string,
  known?: KnownHashes,
): Promise<boolean> {
  const running = servingIn(await listServices(docker, spec.project), choice.name, label);
  return running !== undefined && hasOtherFiles(docker, running, choice, known);
}

/** Whether the process of a package serves a chaincode now. @param label of the package */
export async function isServed(
  { docker, spec, signal }: AskedEngine,
  name: string,
  label: string,
): Promise<boolean> {
  const running = servingIn(await listServices(docker, spec.project), name, label);
  return running !== undefined && listens({ docker, signal }, running.id);
}

/**
 * Returns what has to be done with the process of a chaincode. One that runs and does not listen has to be started again: a run
 * that was interrupted may have left it.
 * @param label of the package that it is to serve
 */
export async function serviceStep(
  { docker, spec, signal }: AskedEngine,
  choice: ChaincodeChoice,
  label: string,
): Promise<ProcessStep | undefined> {
  const running = servingIn(await listServices(docker, spec.project), choice.name, label);
  if (!running) return 'start';
  // A hub is what it was, whether or not the user's process runs.
  if (isOwnProcess(choice)) return undefined;
  const [isOld, isListening] = await Promise.all([
    hasOtherFiles(docker, running, choice),
    listens({ docker, signal }, running.id),
  ]);
  return isListening && !isOld ? undefined : 'restart';
}
