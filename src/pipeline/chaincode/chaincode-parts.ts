/** PURE: refuses what a release cannot do with a chaincode, before anything is built or installed. */
import type { ChaincodeChoice } from '../config/chaincode-list.ts';
import { WizardFailure } from '../core/failure.ts';
import type { Phrase } from '../core/phrase.ts';
import { policyError } from '../fabric/policy-text.ts';
import type { ReleaseFacts } from '../fabric/release-facts.ts';
import { hasRelays } from './relays.ts';
import { isLocalAddress } from './service-address.ts';

type Parts = Pick<ChaincodeChoice, 'name' | 'language' | 'collections' | 'policy' | 'service'>;
type Release = Pick<ReleaseFacts, 'id' | 'lifecycle' | 'privateData' | 'languages' | 'externalBuilders'>;

/** What a release may not be able to do with a chaincode. */
export type Part = 'language' | 'collections' | 'policy' | 'service';

/** Which part of a chaincode a release does not have. */
export function unsupported(
  { language, collections, policy, service }: Omit<Parts, 'name'>,
  { lifecycle, privateData, languages, externalBuilders }: Omit<Release, 'id'>,
): Part | undefined {
  // The process registers at the hub, which has a port of this host.
  if (typeof service === 'string' && hasRelays({ externalBuilders }) && !isLocalAddress(service))
    return 'service';
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
 * @param next returns commands that the user can run instead, for the part that is wrong
 * @throws WizardFailure `usage` if the release lacks a part of the chaincode
 */
export function requireParts(
  choice: Parts,
  { release, practice }: { readonly release: Release; readonly practice: boolean },
  next: (wrong: Part) => readonly string[],
): void {
  const { name, language, service } = choice;
  const refuse = (wrong: Part, message: Phrase) =>
    new WizardFailure({ kind: 'usage', message, next: next(wrong) });
  if (service === true && language === 'java') throw refuse('service', { key: 'usage.java-service', name });
  if (practice && service !== undefined) throw refuse('service', { key: 'usage.practice-service', name });
  if (practice && language !== 'go') throw refuse('language', { key: 'usage.practice-language', name });
  requirePolicy(choice, next('policy'));
  const part = unsupported(choice, release);
  if (part === undefined) return;
  const facts = { name, release: release.id };
  throw refuse(
    part,
    part === 'language'
      ? { key: `usage.unsupported-${language === 'java' ? 'java' : 'node'}`, ...facts }
      : { key: `usage.unsupported-${part}`, ...facts },
  );
}
