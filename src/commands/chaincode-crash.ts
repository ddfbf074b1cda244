/** Adds to the failure of a call that it has ended the process of the chaincode, and where. */
import { crashPlace } from '../pipeline/chaincode/crash-text.ts';
import { recordedDeployments } from '../pipeline/chaincode/deployment-record.ts';
import { WizardFailure } from '../pipeline/core/failure.ts';
import { READ_LINES } from '../pipeline/core/last-words.ts';
import type { ChaincodeNetwork } from './chaincode-network.ts';
import { namesOf } from './chaincode-service.ts';

/** The clock of the engine can differ a little from that of this machine. */
const CLOCK_MS = 2000;

/**
 * Returns the crash in the logs of the containers of a chaincode that have ended since a time. What others have printed is
 * no crash, however much it resembles one.
 */
async function crashOf(network: ChaincodeNetwork, name: string, at: number): Promise<string | undefined> {
  const { docker, state } = network;
  const since = at - CLOCK_MS;
  const [names, containers] = await Promise.all([namesOf(network, name), docker.listContainers()]);
  const dir = recordedDeployments(state).get(name)?.choice?.path;
  const own = containers.filter((each) => names.some(({ container }) => container === each.name));
  const places = await Promise.all(
    own.map(async ({ id }) => {
      const lines = await docker.logTail(id, READ_LINES, since);
      // The engine may have started it again.
      const container = await docker.inspectContainer(id);
      return container && container.endedAt > since ? crashPlace(lines, dir) : undefined;
    }),
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
