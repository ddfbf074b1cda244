/** What a CA means when it refuses a request, and what the user can do. */
import { WizardFailure } from '../core/failure.ts';
import type { Phrase } from '../core/phrase.ts';
import { shellWord } from '../core/shell-text.ts';
import type { CaOrg } from './ca-orgs.ts';

/** Codes of `lib/caerrors` in Fabric CA. A CA does not say which part of a login is wrong. */
const AUTHENTICATION = 20;
const AUTHORIZATION = 71;
const UNKNOWN_IDENTITY = 10;
const KNOWN_IDENTITY = 74;

/** What was asked of a CA. */
export interface CaRequest {
  readonly action: 'register' | 'enroll' | 'revoke' | 'list' | 'crl';
  /** Name of the identity that it is about; absent: all. */
  readonly name?: string;
}

/** Returns the code with which the CA has answered; undefined if it has not answered. */
function codeOf(error: unknown): number | undefined {
  const failure = error instanceof WizardFailure ? error.failure : undefined;
  if (failure?.kind !== 'command') return undefined;
  const codes = failure.tail.flatMap((line) => /Error Code: (\d+)/.exec(line)?.[1] ?? []);
  return codes.length > 0 ? Number(codes.at(-1)) : undefined;
}

function refusal({ action, name = '' }: CaRequest, ca: string, code: number | undefined): Phrase | undefined {
  if (code === undefined) return undefined;
  const isLogin = code === AUTHENTICATION || code === AUTHORIZATION;
  // Only an enrolment is made as the identity itself; the others are made by the administrator.
  if (isLogin)
    return action === 'enroll' ? { key: 'usage.ca-login', name, ca } : { key: 'usage.ca-admin-login', ca };
  if (code === KNOWN_IDENTITY) return { key: 'usage.identity-known', name, ca };
  if (code === UNKNOWN_IDENTITY) return { key: 'usage.identity-unknown', name, ca };
  return undefined;
}

/** Calls `act`. @throws WizardFailure `usage` if the CA refuses the request for a known reason, else what `act` throws */
export async function explained<T>(
  request: CaRequest,
  { name: org, ca }: Pick<CaOrg, 'name' | 'ca'>,
  act: () => Promise<T>,
): Promise<T> {
  try {
    return await act();
  } catch (error) {
    const { name = '' } = request;
    const message = refusal(request, ca.name, codeOf(error));
    if (!message) throw error;
    const flag = ` --org ${shellWord(org)}`;
    const known = `fabric-wizard identity list${flag}`;
    const next: Partial<Record<Phrase['key'], readonly string[]>> = {
      'usage.ca-login': [
        known,
        `fabric-wizard identity enroll ${name}${flag} --secret SECRET`,
        `fabric-wizard identity register ${name}${flag}`,
      ],
      'usage.identity-known': [`fabric-wizard identity enroll ${name}${flag}`, known],
      'usage.identity-unknown': [known],
      'usage.ca-admin-login': [`fabric-wizard logs ${ca.name}`],
    };
    throw new WizardFailure({ kind: 'usage', message, next: next[message.key] ?? [known] });
  }
}
