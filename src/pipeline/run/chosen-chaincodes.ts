/** Decides which chaincodes a run deploys. */
import { keptServices } from '../chaincode/deployment-record.ts';
import type { ChaincodeChoice } from '../config/chaincode-list.ts';
import type { PlanGoal } from '../context/stage-definition.ts';
import type { Phrase } from '../core/phrase.ts';
import { exists } from '../host/files.ts';
import type { NetworkRecord } from '../network/kept-networks.ts';

export interface ChosenFrom {
  /** Absent: those of the configuration. */
  readonly chaincodes?: readonly ChaincodeChoice[] | undefined;
  readonly config: { readonly chaincodes: readonly ChaincodeChoice[] };
  readonly goal: { readonly until: PlanGoal['until'] };
}

/**
 * Returns the chaincodes that a run deploys. `up` starts the services again that were deployed on the network from
 * elsewhere and not removed: no peer starts their process.
 * @param network the one that the run uses; undefined if it makes a new one
 * @param warn is told which of them have lost their folder
 */
export async function chaincodesOf(
  { chaincodes, config, goal }: ChosenFrom,
  network: NetworkRecord | undefined,
  warn: (message: Phrase) => void,
): Promise<readonly ChaincodeChoice[]> {
  if (chaincodes || goal.until !== 'up') return chaincodes ?? config.chaincodes;
  const isConfigured = (name: string) => config.chaincodes.some((each) => each.name === name);
  const others = keptServices(Object.values(network?.state?.deployed ?? {})).filter(
    ({ name }) => !isConfigured(name),
  );
  const present = await Promise.all(others.map(({ path }) => exists(path)));
  for (const { name, path } of others.filter((_, index) => !present[index]))
    warn({ key: 'warning.service-folder', chaincode: name, path });
  return [...config.chaincodes, ...others.filter((_, index) => present[index])];
}
