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
 * @throws WizardFailure the first one; the others are warnings
 */
export async function deployInTurn<T extends { readonly choice: Pick<ChaincodeChoice, 'name'> }>(
  all: readonly T[],
  { deploy, goesOn, warn }: TurnActs<T>,
): Promise<void> {
  let first: ChaincodeFailure | undefined;
  for (const each of all) {
    try {
      await deploy(each);
    } catch (error) {
      if (!goesOn || !(error instanceof WizardFailure) || error.failure.kind !== 'chaincode') throw error;
      const { failure } = error;
      const { name } = each.choice;
      if (first) warn({ key: 'warning.not-started', chaincode: name, problem: failure.problem });
      first ??= failure;
    }
  }
  if (first) throw new WizardFailure(first);
}
