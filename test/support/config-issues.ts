/** What is wrong with a configuration. */
import { WizardFailure } from '../../src/pipeline/core/failure.ts';

/** Returns path, position and message key of each issue of a refusal. @throws if nothing is refused, or for another reason */
export async function issuesIn(reading: Promise<unknown>) {
  const error = await reading.then(
    () => new Error('nothing was refused'),
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof WizardFailure) || error.failure.kind !== 'config') throw error;
  return error.failure.issues.map(({ path, where, message }) => [
    path,
    where,
    typeof message === 'string' ? message : message.key,
  ]);
}
