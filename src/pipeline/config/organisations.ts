/** PURE: the organisations of a network, as the choices `organisations` or `orgs` have them. */

import type { Phrase } from '../core/phrase.ts';
import { isSameName } from '../core/same-name.ts';
import { wholeNumber } from '../core/whole-number.ts';
import { type Entry, entriesOf, type ListProblem } from './entries.ts';
import { MOST_PEERS } from './port-numbers.ts';
import type { WizardConfig } from './wizard-config.ts';

/** An organisation that is to be made. */
export interface Organisation {
  readonly name: string;
  readonly domain: string;
  readonly mspId: string;
  readonly peers: number;
  /** Number of orderers that belong to it. */
  readonly orderers: number;
}

/** Domain of the network: that of the orderers that belong to no organisation with peers, and the end of other domains. */
export const NETWORK_DOMAIN = 'example.com';
/** MSP id of the orderers that belong to no organisation. */
export const ORDERER_MSP = 'OrdererMSP';

export const ORGANISATION_KEYS = ['domain', 'msp', 'peers', 'orderers'] as const;
type OrganisationKey = (typeof ORGANISATION_KEYS)[number];

/** Part of file names, of certificates and of the names of commands. */
const NAME = /^(?=.{1,30}$)[A-Za-z][A-Za-z0-9]*(?:-[A-Za-z0-9]+)*$/;
/** What the text of a policy can name, and what configtxgen accepts. */
const MSP_ID = /^(?=.{1,64}$)[A-Za-z0-9]+(?:[.-][A-Za-z0-9]+)*$/;
const LABEL = '[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?';
const DOMAIN = new RegExp(`^${LABEL}(?:\\.${LABEL})*$`);
/** The common name of a certificate has at most 64 characters; the longest ones are `peer63.DOMAIN` and `orderer9.DOMAIN`. */
const LONGEST_DOMAIN = 64 - 'orderer9.'.length;
/** Names that mean something else where organisations are named. */
const RESERVED = ['orderers', 'ordererorg'];
/** Highest number of orderers of a network. */
export const MOST_ORDERERS = 9;

type EntryProblem = Omit<ListProblem, 'index'>;

const CHECKS: Readonly<Record<OrganisationKey, (text: string) => Phrase | undefined>> = {
  domain: (text) =>
    DOMAIN.test(text) && text.length <= LONGEST_DOMAIN
      ? undefined
      : { key: 'wrong.org-domain', most: LONGEST_DOMAIN },
  msp: (text) => (MSP_ID.test(text) ? undefined : { key: 'wrong.org-msp' }),
  peers: (text) => countProblem(text, MOST_PEERS),
  orderers: (text) => countProblem(text, MOST_ORDERERS),
};

function countProblem(text: string, most: number): Phrase | undefined {
  const count = wholeNumber(text);
  return count !== undefined && count >= 0 && count <= most
    ? undefined
    : { key: 'wrong.range', from: 0, to: most };
}

/** Returns the domain of an organisation that names none. */
export function domainOf(name: string): string {
  return `${name.toLowerCase()}.${NETWORK_DOMAIN}`;
}

/** Returns the MSP id of an organisation that names none. */
export function mspIdOf(name: string): string {
  return `${name}MSP`;
}

/** Returns an entry as an organisation. @param peers number of peers if the entry has none */
function organisationOf({ name, values }: Entry, peers: number): Organisation {
  const count = (key: OrganisationKey, other: number) => wholeNumber(values.get(key) ?? '') ?? other;
  const orderers = count('orderers', 0);
  return {
    name,
    domain: values.get('domain') ?? domainOf(name),
    mspId: values.get('msp') ?? mspIdOf(name),
    peers: count('peers', peers),
    orderers,
  };
}

/** Returns what is wrong with one organisation. */
function ownProblem({ name, values }: Entry): EntryProblem | undefined {
  if (!NAME.test(name) || RESERVED.includes(name.toLowerCase()))
    return { key: 'name', problem: { key: 'wrong.org-name' } };
  for (const [key, value] of values) {
    const check = CHECKS[key as OrganisationKey] as (typeof CHECKS)[OrganisationKey] | undefined;
    if (!check)
      return { key, problem: { key: 'wrong.org-key', keys: ['name', ...ORGANISATION_KEYS].join(', ') } };
    const problem = check(value);
    if (problem) return { key: key as OrganisationKey, problem };
  }
  const { domain } = organisationOf({ name, values }, 1);
  return CHECKS.domain(domain) && { key: 'name', problem: { key: 'wrong.org-domain', most: LONGEST_DOMAIN } };
}

/** Returns what is wrong with an organisation beside those before it: names that differ only in case are one. */
function repeatedProblem(
  { name, domain, mspId }: Organisation,
  before: readonly Organisation[],
): EntryProblem | undefined {
  for (const other of before) {
    const problem: Phrase = { key: 'wrong.org-same', other: other.name };
    if (isSameName(name, other.name)) return { key: 'name', problem };
    if (domain === other.domain) return { key: 'domain', problem };
    if (isSameName(mspId, other.mspId)) return { key: 'msp', problem };
  }
  return undefined;
}

/** Returns what an organisation has that is that of the orderers that belong to no organisation. */
function ordererProblem({ domain, mspId }: Organisation): EntryProblem | undefined {
  const problem: Phrase = { key: 'wrong.org-orderers', domain: NETWORK_DOMAIN, msp: ORDERER_MSP };
  if (domain === NETWORK_DOMAIN) return { key: 'domain', problem };
  return isSameName(mspId, ORDERER_MSP) ? { key: 'msp', problem } : undefined;
}

/** Returns what is wrong with a list of organisations, by the index of the entry. */
export function organisationProblems(entries: readonly Entry[]): readonly ListProblem[] {
  const all = entries.map((entry) => organisationOf(entry, 1));
  const hasOwnOrderers = all.some(({ orderers }) => orderers > 0);
  const found = entries.flatMap((entry, index) => {
    const organisation = organisationOf(entry, 1);
    const problem =
      ownProblem(entry) ??
      repeatedProblem(organisation, all.slice(0, index)) ??
      (hasOwnOrderers ? undefined : ordererProblem(organisation)) ??
      (organisation.peers + organisation.orderers === 0
        ? { key: 'peers', problem: { key: 'wrong.org-empty' } as const }
        : undefined);
    return problem ? [{ ...problem, index }] : [];
  });
  if (found.length > 0 || entries.length === 0) return found;
  const orderers = all.reduce((sum, each) => sum + each.orderers, 0);
  if (orderers > MOST_ORDERERS)
    return [{ index: 0, key: 'orderers', problem: { key: 'wrong.org-many-orderers', most: MOST_ORDERERS } }];
  return all.every(({ peers }) => peers === 0)
    ? [{ index: 0, key: 'peers', problem: { key: 'wrong.org-no-peers' } }]
    : [];
}

type Shape = Pick<WizardConfig, 'orgs' | 'peers'> & Partial<Pick<WizardConfig, 'organisations'>>;

/** Returns the organisations of a network, those with orderers only included. */
export function organisationsOf({ orgs, peers, organisations = '' }: Shape): readonly Organisation[] {
  const entries = entriesOf(organisations) ?? [];
  const given =
    entries.length > 0
      ? entries
      : Array.from({ length: orgs }, (_, index): Entry => ({ name: `Org${index + 1}`, values: new Map() }));
  return given.map((entry) => organisationOf(entry, peers));
}

/** Returns the number of orderers that belong to organisations; 0: they have an organisation of their own. */
export function ownedOrderers(config: Shape): number {
  return organisationsOf(config).reduce((sum, { orderers }) => sum + orderers, 0);
}

/** Returns the number of peers of a network. */
export function peerCount(config: Shape): number {
  return organisationsOf(config).reduce((sum, { peers }) => sum + peers, 0);
}
