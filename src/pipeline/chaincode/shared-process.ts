/** The channels of a service share the one process that this program runs, and a process serves one package. */
import { WizardFailure } from '../core/failure.ts';
import type { DockerPort } from '../engine/docker-port.ts';
import type { NetworkSpec } from '../network/network-spec.ts';
import { packageLabel, parseVersion } from './chaincode-version.ts';
import type { DeployPlan } from './deploy-plan.ts';
import type { CommittedChaincode } from './deployed-chaincodes.ts';
import { listServices, type ServiceContainer } from './service-process.ts';

export interface AskedServices {
  readonly docker: Pick<DockerPort, 'listContainers'>;
  readonly spec: Pick<NetworkSpec, 'project' | 'channels'>;
  /** Returns the chaincodes of a channel. */
  readonly committedOn: (channel: string) => Promise<readonly CommittedChaincode[]>;
}

/** Returns the container whose process serves a chaincode; undefined if this program runs none. */
export async function serviceOf(
  { docker, spec }: Pick<AskedServices, 'docker' | 'spec'>,
  name: string,
): Promise<ServiceContainer | undefined> {
  const services = await listServices(docker, spec.project);
  return services.find(({ chaincode, serves }) => chaincode === name && serves);
}

/** Whether a process serves the package of this version. */
export function servesVersion(
  { packageId }: Pick<ServiceContainer, 'packageId'>,
  name: string,
  version: string,
): boolean {
  const digest = parseVersion(version)?.digest;
  return digest !== undefined && packageId.startsWith(`${packageLabel(name, digest)}:`);
}

/**
 * Refuses a deployment that would take the process of a service from a channel which the deployment does not cover.
 * @param again returns the command that deploys the chaincode on these channels
 * @throws WizardFailure `usage`
 */
export async function requireSameDefinition(
  { committedOn, ...asked }: AskedServices,
  { name, version, channels }: Pick<DeployPlan, 'name' | 'version' | 'channels'>,
  again: (channels: readonly string[]) => string,
): Promise<void> {
  const service = await serviceOf(asked, name);
  if (service === undefined || servesVersion(service, name, version)) return;
  const others = asked.spec.channels.filter((channel) => !channels.includes(channel));
  const versions = await Promise.all(
    others.map(async (channel) => (await committedOn(channel)).find((each) => each.name === name)?.version),
  );
  const losing = others.flatMap((channel, index) => {
    const has = versions[index];
    return has !== undefined && servesVersion(service, name, has) ? [{ channel, version: has }] : [];
  });
  const [first] = losing;
  if (first === undefined) return;
  throw new WizardFailure({
    kind: 'usage',
    message: { key: 'usage.other-definition', name, ...first },
    next: [again([...channels, ...losing.map(({ channel }) => channel)])],
  });
}
