/** Deploys several chaincodes one after another. */
import type { ChaincodeChoice } from '../config/chaincode-list.ts';
import { type ChaincodeFailure, WizardFailure } from '../core/failure.ts';
import type { Phrase } from '../core/phrase.ts';

export interface TurnActs<T> {
  readonly deploy: (chaincode: T) => Promise<void>;
  /** Whether a chaincode that fails must not keep the others from starting. */
  readonly goesOn: boolean;
  readonly warn: (message: Phrase) => void;
}

/**
 * Deploys chaincodes one after another: each compile uses whole cores.
 * @throws WizardFailure of the first chaincode that failed; the others are warnings. If another error ends it, all are
 */
export async function deployInTurn<T extends { readonly choice: Pick<ChaincodeChoice, 'name'> }>(
  all: readonly T[],
  { deploy, goesOn, warn }: TurnActs<T>,
): Promise<void> {
  const failed: { readonly chaincode: string; readonly failure: ChaincodeFailure }[] = [];
  const warnOf = (some: typeof failed) => {
    for (const { chaincode, failure } of some)
      warn({ key: 'warning.not-started', chaincode, problem: failure.problem });
  };
  try {
    for (const each of all)
      try {
        await deploy(each);
      } catch (error) {
        if (!goesOn || !(error instanceof WizardFailure) || error.failure.kind !== 'chaincode') throw error;
        failed.push({ chaincode: each.choice.name, failure: error.failure });
      }
  } catch (error) {
    warnOf(failed);
    throw error;
  }
  const [first, ...others] = failed;
  warnOf(others);
  if (first) throw new WizardFailure(first.failure);
}
