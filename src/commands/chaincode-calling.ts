/** How the command line and the screens call a chaincode: only if its process can answer, and with what ended it. */
import type { ChaincodeCall } from '../pipeline/chaincode/chaincode-call.ts';
import { type CommittedChaincode, committedOn } from '../pipeline/chaincode/deployed-chaincodes.ts';
import { recordedDeployments } from '../pipeline/chaincode/deployment-record.ts';
import { servesVersion, serviceOf } from '../pipeline/chaincode/shared-process.ts';
import { withCrash } from './chaincode-crash.ts';
import { askedOn, type ChaincodeNetwork } from './chaincode-network.ts';
import { usage } from './usage-failure.ts';

type CalledChaincode = Pick<ChaincodeCall, 'name' | 'channel'>;

/**
 * Refuses a call if the process of the chaincode serves another package: the peer would wait for five minutes.
 * @param committed returns the chaincodes of a channel
 * @throws WizardFailure `usage`
 */
export async function requireServing(
  network: Pick<ChaincodeNetwork, 'docker' | 'spec' | 'state'>,
  { name, channel }: CalledChaincode,
  committed: (channel: string) => Promise<readonly CommittedChaincode[]>,
): Promise<void> {
  const service = await serviceOf(network, name);
  if (service?.state !== 'running') return;
  const last = recordedDeployments(network.state).get(name);
  if (last?.channels?.includes(channel) && servesVersion(service, name, last.version)) return;
  const version = (await committed(channel)).find((each) => each.name === name)?.version;
  if (version === undefined || servesVersion(service, name, version)) return;
  const channels = [...new Set([channel, ...(last?.channels ?? [])])].join(',');
  throw usage(
    { key: 'usage.other-package', name, version, channel },
    `fabric-wizard chaincode deploy ${name} --channel ${channels}`,
    'fabric-wizard chaincode list',
  );
}

/** Calls a chaincode. A failure tells whether the call has ended the process. @throws WizardFailure of the call */
export async function called<T>(
  network: ChaincodeNetwork,
  call: CalledChaincode,
  act: () => Promise<T>,
): Promise<T> {
  await requireServing(network, call, (channel) => committedOn(network, askedOn(network, channel), channel));
  return withCrash(network, call.name, act);
}
