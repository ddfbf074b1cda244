/** Decides which chaincodes a run deploys. */
import { knownChoices, recordedDeployments } from '../chaincode/deployment-record.ts';
import { type ChaincodeChoice, isOurService } from '../config/chaincode-list.ts';
import type { PlanGoal } from '../context/stage-definition.ts';
import { exists } from '../host/files.ts';
import type { RecordedState } from '../journal/wizard-state.ts';

export interface ChosenFrom {
  /** Absent: those of the configuration. */
  readonly chaincodes?: readonly ChaincodeChoice[] | undefined;
  readonly config: { readonly chaincodes: readonly ChaincodeChoice[] };
  readonly goal: { readonly until: PlanGoal['until'] };
}

/**
 * Returns the chaincodes that a run deploys. `up` starts the services again that were deployed on the network from
 * elsewhere: no peer starts their process.
 */
export async function chaincodesOf(
  { chaincodes, config, goal }: ChosenFrom,
  state: Pick<RecordedState, 'getFact'>,
): Promise<readonly ChaincodeChoice[]> {
  if (chaincodes || goal.until !== 'up') return chaincodes ?? config.chaincodes;
  const known = knownChoices(config.chaincodes, recordedDeployments(state));
  const others = known.filter((each) => !config.chaincodes.includes(each)).filter(isOurService);
  const present = await Promise.all(others.map(({ path }) => exists(path)));
  return [...config.chaincodes, ...others.filter((_, index) => present[index])];
}
