/** Decides which chaincodes a run deploys. */
import { keptServices } from '../chaincode/deployment-record.ts';
import { asGiven, type ChaincodeChoice, type WantedChaincode } from '../config/chaincode-list.ts';
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
): Promise<readonly WantedChaincode[]> {
  const given = (chaincodes ?? config.chaincodes).map(asGiven);
  if (chaincodes || goal.until !== 'up') return given;
  const isConfigured = (name: string) => config.chaincodes.some((each) => each.name === name);
  const others = keptServices(Object.values(network?.state?.deployed ?? {})).filter(
    ({ choice }) => !isConfigured(choice.name),
  );
  const present = await Promise.all(others.map(({ choice }) => exists(choice.path)));
  for (const { choice } of others.filter((_, index) => !present[index]))
    warn({ key: 'warning.service-folder', chaincode: choice.name, path: choice.path });
  return [...given, ...others.filter((_, index) => present[index])];
}
