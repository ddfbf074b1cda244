/** What is done when the deployment of a chaincode fails: peers lose what they have made of it, and the failure names it. */
import type { ChaincodeChoice } from '../config/chaincode-list.ts';
import { WizardFailure } from '../core/failure.ts';
import type { Release } from '../fabric/release.ts';
import { memberAmong } from '../network/channel-members.ts';
import { runningPeers } from '../network/down-nodes.ts';
import { allPeers } from '../network/network-spec.ts';
import { type CliNetwork, nodeContainers, peerCli } from '../network/peer-cli.ts';
import { namesOnPeer, type PackedChaincode } from './chaincode-package.ts';
import { parseVersion } from './chaincode-version.ts';
import type { DeployPlan } from './deploy-plan.ts';
import { committedOn } from './deployed-chaincodes.ts';
import { removableRemains, removeRemains } from './remains.ts';
import { listServices } from './service-process.ts';

/** Longest time for which peers are asked what they have. The run may have been cancelled. */
const ASK_MS = 10_000;

interface FailedDeployment extends CliNetwork {
  readonly docker: CliNetwork['docker'] &
    Parameters<typeof removeRemains>[0] &
    Parameters<typeof removableRemains>[0];
  readonly settings: { readonly release: Release };
}

/** Removes containers and images, unless a channel has the version: then its peers use them. */
export async function removeUndefined(
  context: FailedDeployment,
  { name, version, digest }: Pick<DeployPlan, 'name' | 'version' | 'digest'>,
  packed: Pick<PackedChaincode, 'label' | 'mark'>,
): Promise<void> {
  const { docker, spec, settings } = context;
  const { release } = settings;
  const containers = await nodeContainers(context);
  const cli = await peerCli(context, AbortSignal.timeout(ASK_MS), containers);
  const peers = runningPeers(spec, containers);
  const committed = await Promise.all(
    spec.channels.map((channel) =>
      committedOn({ cli, spec, release }, memberAmong(spec, peers, channel), channel),
    ),
  );
  // Versions with the same content share a package.
  const isUsed = committed
    .flat()
    .some(
      (each) =>
        each.name === name &&
        (release.lifecycle === 'package'
          ? parseVersion(each.version)?.digest === digest
          : each.version === version),
    );
  if (isUsed) return;
  const names = allPeers(spec).map((peer) => namesOnPeer(context, packed, peer));
  await removeRemains(docker, await removableRemains(docker, release, names));
  const services = await listServices(docker, spec.project);
  const own = services.filter(({ packageId }) => packageId === `${packed.label}:${packed.mark}`);
  await Promise.all(own.map(({ id }) => docker.removeContainer(id)));
}

/**
 * Says that channels have the definition although the deployment has failed, and which version they had before.
 * @param defined the channels that have it
 */
export function withDefined(
  error: unknown,
  { name, define: steps }: Pick<DeployPlan, 'name' | 'define'>,
  defined: readonly string[],
): unknown {
  if (!(error instanceof WizardFailure) || error.failure.kind !== 'command' || defined.length === 0)
    return error;
  const replaced = steps.find(({ channel, from }) => from !== undefined && defined.includes(channel))?.from;
  return new WizardFailure({
    ...error.failure,
    chaincode: { ...error.failure.chaincode, name, defined, ...(replaced === undefined ? {} : { replaced }) },
  });
}

/** Says which chaincode a failed command is about, and how to try again. */
export function aboutChaincode(error: unknown, { name, path }: ChaincodeChoice, again: string): unknown {
  if (!(error instanceof WizardFailure) || error.failure.kind !== 'command') return error;
  return new WizardFailure({
    ...error.failure,
    again,
    chaincode: { ...error.failure.chaincode, name, ...(path === undefined ? {} : { dir: path }) },
  });
}

/** Adds to the failure of a restart that the process before it still answers. */
export function withAnswering(error: unknown, { process }: Pick<DeployPlan, 'process'>): unknown {
  if (process !== 'restart' || !(error instanceof WizardFailure)) return error;
  const { failure } = error;
  if (failure.kind !== 'chaincode' || failure.installed || failure.previous) return error;
  return new WizardFailure({ ...failure, answering: true });
}
