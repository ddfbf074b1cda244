/** Deploys a chaincode, with the last program of a service if its files cannot be used as they are now. */
import { type ChaincodeChoice, isOurService } from '../config/chaincode-list.ts';
import type { StageContext } from '../context/run-context.ts';
import { type ChaincodeFailure, WizardFailure } from '../core/failure.ts';
import type { Text } from '../core/phrase.ts';
import { folderFlag } from '../host/folder-flag.ts';
import { packageLabel } from './chaincode-version.ts';
import { type DeployRun, deployChaincode, type FinishedChaincode } from './deploy.ts';
import type { DeployPlan } from './deploy-plan.ts';
import type { ObservedNetwork } from './deployed-chaincodes.ts';
import { startLastProgram } from './service-start.ts';

/**
 * Starts the last program of a service that failed, if its definition is on the channels. Warns if it serves.
 * @returns whether it does
 */
async function startedLast(
  context: StageContext,
  choice: ChaincodeChoice,
  { name, digest, define, process }: DeployPlan,
  { problem, place }: ChaincodeFailure,
): Promise<boolean> {
  if (!isOurService(choice) || process === undefined || define.length > 0) return false;
  if (!(await startLastProgram(context, choice, packageLabel(name, digest)))) return false;
  const [first = ''] =
    typeof place === 'string' ? place.split('\n').map((line) => line.replace(/\.$/, '')) : [place];
  // A process that ended without output has no place, and a place does not always name the folder.
  const reason: Text = first === '' ? problem : { key: 'warning.reason', problem, place: first };
  // Not the command of the run: `add peer` would add another peer.
  const next = ['fabric-wizard chaincode deploy', name, ...folderFlag(context.dir)].join(' ');
  const facts = { chaincode: name, reason, next };
  context.report.warn('last-program', { key: 'warning.last-program', ...facts });
  return true;
}

/**
 * Deploys a chaincode that the network has already. If the process of a service cannot be made of its files, its last program
 * serves, and everything else is done as planned.
 * @throws WizardFailure see `deployChaincode`
 */
export async function deployOrStartLast(
  run: DeployRun,
  choice: ChaincodeChoice,
  plan: DeployPlan,
  before: ObservedNetwork,
): Promise<FinishedChaincode> {
  const failure = await deployChaincode(run, choice, plan, before).catch((error: unknown) => {
    if (error instanceof WizardFailure && error.failure.kind === 'chaincode') return error.failure;
    throw error;
  });
  if (!('kind' in failure)) return failure;
  try {
    if (await startedLast(run.context, choice, plan, failure)) {
      const { process: _, ...others } = plan;
      return await deployChaincode(run, choice, others, before);
    }
  } catch (error) {
    // What is wrong with the files would not be told otherwise.
    const { problem } = failure;
    run.context.report.warn('chaincode', { key: 'warning.not-started', chaincode: plan.name, problem });
    throw error;
  }
  throw new WizardFailure(failure);
}
