/** Failures of commands that cannot be executed as they were entered. */
import { WizardFailure } from '../pipeline/core/failure.ts';
import type { Phrase } from '../pipeline/core/phrase.ts';

/** @param next commands that the user can run instead */
export function usage(message: Phrase, ...next: readonly string[]): WizardFailure {
  return new WizardFailure({ kind: 'usage', message, next });
}

/** Returns the failure for a folder that has no network. */
export function noNetwork(dir: string): WizardFailure {
  return usage({ key: 'usage.no-network', dir }, 'fabric-wizard up --yes');
}
