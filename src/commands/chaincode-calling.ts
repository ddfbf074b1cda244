/** How the command line and the screens call a chaincode: only if its process can answer, with what ended it, and not for ever. */
import { type ChaincodeCall, unanswered } from '../pipeline/chaincode/chaincode-call.ts';
import { type CommittedChaincode, committedOn } from '../pipeline/chaincode/deployed-chaincodes.ts';
import { recordedDeployments } from '../pipeline/chaincode/deployment-record.ts';
import { hasRelays } from '../pipeline/chaincode/relays.ts';
import { servesVersion, serviceOf } from '../pipeline/chaincode/shared-process.ts';
import { CancelledError } from '../pipeline/core/failure.ts';
import { shellWord } from '../pipeline/core/shell-text.ts';
import type { CallKind } from '../screens/chaincode-state.ts';
import { withCrash } from './chaincode-crash.ts';
import { askedOn, type ChaincodeNetwork } from './chaincode-network.ts';
import { usage } from './usage-failure.ts';

type CalledChaincode = Pick<ChaincodeCall, 'name' | 'channel'>;

/** A peer gives a chaincode five minutes to start, and then half a minute to answer. */
const CALL_MS = 6 * 60_000;

/**
 * Ends a call that is never answered: the peer can be told to wait for ever, and can itself hang.
 * @param act the call, which ends when its signal fires
 * @throws WizardFailure `chaincode` if there is no answer in time, or what `act` throws
 */
export async function answeredInTime<T>(
  { name, kind }: { readonly name: string; readonly kind: CallKind },
  signal: AbortSignal,
  act: (signal: AbortSignal) => Promise<T>,
  limitMs = CALL_MS,
): Promise<T> {
  const limit = AbortSignal.timeout(limitMs);
  try {
    return await act(AbortSignal.any([signal, limit]));
  } catch (error) {
    if (!(error instanceof CancelledError) || signal.aborted || !limit.aborted) throw error;
    const key = kind === 'invoke' ? 'chaincode.no-answer-to-invoke' : 'chaincode.no-answer';
    throw unanswered({ key, name, seconds: Math.round(limitMs / 1000) }, [
      `fabric-wizard chaincode logs ${shellWord(name)}`,
      'fabric-wizard status',
      'fabric-wizard logs',
    ]);
  }
}

/**
 * Refuses a call if the process of the chaincode serves another package: the peer would wait for five minutes. Relays would wait
 * for half a minute if its container was stopped.
 * @param committed returns the chaincodes of a channel
 * @throws WizardFailure `usage`; `chaincode` if its container was stopped
 */
export async function requireServing(
  network: Pick<ChaincodeNetwork, 'docker' | 'spec' | 'state' | 'release'>,
  { name, channel }: CalledChaincode,
  committed: (channel: string) => Promise<readonly CommittedChaincode[]>,
): Promise<void> {
  const service = await serviceOf(network, name);
  // The engine starts a process again that has failed.
  if (service?.state === 'exited' && hasRelays(network.release))
    throw unanswered({ key: 'chaincode.process-ended', name });
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
