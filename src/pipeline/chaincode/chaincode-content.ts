/** What a deployment compares with the network: the digest of a chaincode, and the state of its process. */
import { type ChaincodeChoice, isListening, isOurService } from '../config/chaincode-list.ts';
import type { DockerPort } from '../engine/docker-port.ts';
import type { ReleaseFacts } from '../fabric/release-facts.ts';
import type { NetworkSpec } from '../network/network-spec.ts';
import { chaincodeDigest } from './chaincode-digest.ts';
import { packageLabel } from './chaincode-version.ts';
import type { DeployPlan } from './deploy-plan.ts';
import { hasRelays } from './relays.ts';
import { addressForPeers, ownHubAddress } from './service-address.ts';
import { serviceStep } from './service-state.ts';

export interface ChaincodeContent {
  /** The choice, with the address of a service as the peers reach it. */
  readonly choice: ChaincodeChoice;
  readonly digest: string;
}

interface AskedEngine {
  readonly docker: DockerPort;
  readonly signal: AbortSignal;
}

type Connects = Pick<ReleaseFacts, 'externalBuilders'>;

/**
 * Returns a choice with the address of a service as the peers reach it. That of a process which registers is one of this machine:
 * it must not change with the subnet.
 * @param cliId id of the CLI container
 */
export async function reachedByPeers(
  engine: AskedEngine,
  cliId: string,
  choice: ChaincodeChoice,
  release: Connects,
): Promise<ChaincodeChoice> {
  if (!isListening(choice)) return choice;
  if (hasRelays(release)) return { ...choice, service: ownHubAddress(choice.service) };
  return { ...choice, service: await addressForPeers(engine, cliId, choice.service) };
}

/** @param cliId id of the CLI container. @throws WizardFailure `check` if the folder cannot be read */
export async function contentOf(
  engine: AskedEngine,
  cliId: string,
  choice: ChaincodeChoice,
  release: Connects,
): Promise<ChaincodeContent> {
  const reached = await reachedByPeers(engine, cliId, choice, release);
  return { choice: reached, digest: await chaincodeDigest(reached) };
}

/** Adds what has to be done with the process of a service that this program runs, or with the hub of the user's. */
export async function withProcess(
  network: AskedEngine & { readonly spec: Pick<NetworkSpec, 'project'> },
  choice: ChaincodeChoice,
  plan: DeployPlan,
  release: Connects,
): Promise<DeployPlan> {
  const isOurs = isOurService(choice) || (isListening(choice) && hasRelays(release));
  if (!isOurs) return plan;
  const process = await serviceStep(network, choice, packageLabel(plan.name, plan.digest));
  return process === undefined ? plan : { ...plan, process };
}
