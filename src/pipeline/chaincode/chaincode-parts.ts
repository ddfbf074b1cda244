/** PURE: refuses what a release cannot do with a chaincode, before anything is built or installed. */
import type { ChaincodeChoice } from '../config/chaincode-list.ts';
import { WizardFailure } from '../core/failure.ts';
import type { Phrase } from '../core/phrase.ts';
import { policyError } from '../fabric/policy-text.ts';
import type { ReleaseFacts } from '../fabric/release-facts.ts';

type Parts = Pick<ChaincodeChoice, 'name' | 'language' | 'collections' | 'policy' | 'service'>;
type Release = Pick<ReleaseFacts, 'id' | 'lifecycle' | 'privateData' | 'languages' | 'externalBuilders'>;

/** Which part of a chaincode a release does not have. */
export function unsupported(
  { language, collections, policy, service }: Omit<Parts, 'name'>,
  { lifecycle, privateData, languages, externalBuilders }: Omit<Release, 'id'>,
): 'language' | 'collections' | 'policy' | 'service' | undefined {
  if (service !== undefined && !externalBuilders) return 'service';
  if (language !== undefined && !languages.includes(language)) return 'language';
  if (collections !== undefined && !privateData) return 'collections';
  return lifecycle === 'legacy' && policy?.startsWith('/') ? 'policy' : undefined;
}

/** Peers read the policy only once the chaincode is installed. @throws WizardFailure `usage` */
function requirePolicy({ name, policy }: Pick<Parts, 'name' | 'policy'>, next: readonly string[]): void {
  const error = policy === undefined || policy.startsWith('/') ? undefined : policyError(policy);
  if (policy === undefined || !error) return;
  const { at, found } = error;
  const message: Phrase = {
    key: 'usage.policy-syntax',
    ...{ name, policy, at },
    found: found === '' ? { key: 'policy.end' } : found,
  };
  throw new WizardFailure({ kind: 'usage', message, next });
}

/**
 * @param next commands that the user can run
 * @throws WizardFailure `usage` if the release lacks a part of the chaincode
 */
export function requireParts(
  choice: Parts,
  { release, practice }: { readonly release: Release; readonly practice: boolean },
  next: readonly string[],
): void {
  const { name, language, service } = choice;
  if (service === true && language === 'java')
    throw new WizardFailure({ kind: 'usage', message: { key: 'usage.java-service', name }, next });
  if (practice && service === undefined && language !== 'go')
    throw new WizardFailure({ kind: 'usage', message: { key: 'usage.practice-language', name }, next });
  requirePolicy(choice, next);
  const part = unsupported(choice, release);
  if (part === undefined) return;
  const facts = { name, release: release.id };
  throw new WizardFailure({
    kind: 'usage',
    message:
      part === 'language'
        ? { key: `usage.unsupported-${language === 'java' ? 'java' : 'node'}`, ...facts }
        : { key: `usage.unsupported-${part}`, ...facts },
    next,
  });
}
