/** Adds to the failure of a call that it has ended the process of the chaincode, and where. */
import { crashPlace } from '../pipeline/chaincode/crash-text.ts';
import { recordedDeployments } from '../pipeline/chaincode/deployment-record.ts';
import { WizardFailure } from '../pipeline/core/failure.ts';
import { READ_LINES } from '../pipeline/core/last-words.ts';
import type { ChaincodeNetwork } from './chaincode-network.ts';
import { namesOf } from './chaincode-service.ts';

/** The clock of the engine can differ a little from that of this machine. */
const CLOCK_MS = 2000;

/** Returns the crash in the logs of the containers of a chaincode. */
async function crashOf(network: ChaincodeNetwork, name: string, since: number): Promise<string | undefined> {
  const { docker, state } = network;
  const [names, containers] = await Promise.all([namesOf(network, name), docker.listContainers()]);
  const dir = recordedDeployments(state).get(name)?.choice?.path;
  const own = containers.filter((each) => names.some(({ container }) => container === each.name));
  const places = await Promise.all(
    own.map(async ({ id }) => crashPlace(await docker.logTail(id, READ_LINES, since - CLOCK_MS), dir)),
  );
  return places.find((place) => place !== undefined);
}

/**
 * Runs a call of a chaincode. Its failure tells whether the process of the chaincode has ended.
 * @throws WizardFailure of the call
 */
export async function withCrash<T>(
  network: ChaincodeNetwork,
  name: string,
  call: () => Promise<T>,
): Promise<T> {
  const since = Date.now();
  try {
    return await call();
  } catch (error) {
    if (!(error instanceof WizardFailure) || error.failure.kind !== 'command') throw error;
    const { chaincode } = error.failure;
    if (!chaincode || chaincode.refusal !== undefined || chaincode.invalid !== undefined) throw error;
    // The failure of the call is what the user has to know.
    const crash = await crashOf(network, name, since).catch(() => undefined);
    if (crash === undefined) throw error;
    throw new WizardFailure({ ...error.failure, chaincode: { ...chaincode, crash } });
  }
}
