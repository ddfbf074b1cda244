/** PURE: who takes part in a network: the configuration says it of a new one, the record of one that was extended. */

import { isDeepStrictEqual } from 'node:util';
import { channelsOf } from '../config/channel-list.ts';
import { domainOf, mspIdOf, type Organisation, organisationsOf } from '../config/organisations.ts';
import type { WizardConfig } from '../config/wizard-config.ts';
import { isSameName } from '../core/same-name.ts';
import type { CryptoFact } from '../journal/state-keys.ts';

/** The members of a network that was extended, as its record has them. */
export type Members = NonNullable<CryptoFact['members']>;

export type MemberOrg = Members['orgs'][number];

interface NewPeers {
  /** Numbers of their ports; absent: those after the last ones. */
  readonly ports?: readonly number[];
}

/** What is added to a network. */
export type Addition =
  | ({ readonly kind: 'peer'; readonly org: string } & NewPeers)
  | ({ readonly kind: 'org'; readonly peers: number } & NewPeers)
  | { readonly kind: 'channel'; readonly name: string };

type Shape = Pick<WizardConfig, 'orgs' | 'peers' | 'channel'> &
  Partial<Pick<WizardConfig, 'organisations' | 'channels'>>;

/**
 * Returns the first name `OrgN` that no organisation has, and whose domain and MSP id no organisation has.
 * @param others organisations that may have no peers
 */
export function nextOrganisation(
  orgs: readonly Pick<MemberOrg, 'name' | 'domain' | 'mspId'>[],
  others: readonly Pick<Organisation, 'name' | 'domain' | 'mspId'>[],
): string {
  const isTaken = (wanted: string) =>
    [...orgs, ...others].some(
      ({ name, domain = domainOf(name), mspId = mspIdOf(name) }) =>
        isSameName(name, wanted) || domain === domainOf(wanted) || isSameName(mspId, mspIdOf(wanted)),
    );
  let number = orgs.length + 1;
  while (isTaken(`Org${number}`)) number += 1;
  return `Org${number}`;
}

/** Returns the members of a new network. */
function configuredMembers(config: Shape): Members {
  const { orgs, peers, organisations = '' } = config;
  let ports = 0;
  const members = organisationsOf(config).filter((each) => each.peers > 0);
  return {
    madeWith: { orgs, peers, ...(organisations === '' ? {} : { organisations }) },
    orgs: members.map(({ name, domain, mspId, peers: count }) => ({
      name,
      ...(organisations === '' ? {} : { domain, mspId }),
      peers: Array.from({ length: count }, () => ({ ports: ports++ })),
    })),
    channels: [...channelsOf(config)],
  };
}

/** Whether the configuration is that of the network when it was made, or as it is now. */
function isAbout(configured: Members, recorded: Members): boolean {
  // The same organisations can be written in several ways.
  if (isDeepStrictEqual(organisationsOf(configured.madeWith), organisationsOf(recorded.madeWith)))
    return true;
  const shape = ({ orgs }: Members) =>
    orgs.map(({ name, domain, mspId, peers }) => ({ name, domain, mspId, peers: peers.length }));
  return isDeepStrictEqual(shape(configured), shape(recorded));
}

/**
 * Returns the members of the network that a configuration is about. A network that was extended keeps its members, and
 * every network keeps its channels.
 * @param made the record of the network; undefined for a new one
 */
export function membersOf(config: Shape, made: Pick<CryptoFact, 'members'> | undefined): Members {
  const configured = configuredMembers(config);
  const recorded = made?.members;
  if (recorded === undefined || !isAbout(configured, recorded)) return configured;
  const isConfigured = ({ name }: { readonly name: string }) =>
    configured.channels.some((channel) => channel.name === name);
  const others = recorded.channels.filter((channel) => !isConfigured(channel));
  return { ...recorded, channels: [...configured.channels, ...others] };
}

/** Returns the words after `add` that name an addition. */
export function additionWords(addition: Addition): string {
  switch (addition.kind) {
    case 'peer':
      return `peer ${addition.org}`;
    case 'org':
      return addition.peers === 1 ? 'org' : `org --peers ${addition.peers}`;
    case 'channel':
      return `channel ${addition.name}`;
    default:
      return addition satisfies never;
  }
}

/** Returns the first number from which on no peer has ports: the ports of the others stay. */
export function freePorts({ orgs }: Members): number {
  return Math.max(-1, ...orgs.flatMap(({ peers }) => peers.map(({ ports }) => ports))) + 1;
}

/** Returns the members with one more. */
export function withAddition(members: Members, addition: Addition): Members {
  const first = freePorts(members);
  const portsOf = (index: number, { ports }: NewPeers) => ports?.[index] ?? first + index;
  switch (addition.kind) {
    case 'peer':
      return {
        ...members,
        orgs: members.orgs.map((org) =>
          org.name === addition.org
            ? { ...org, peers: [...org.peers, { ports: portsOf(0, addition), added: true }] }
            : org,
        ),
      };
    case 'org': {
      const peers = Array.from({ length: addition.peers }, (_, index) => ({
        ports: portsOf(index, addition),
      }));
      const name = nextOrganisation(members.orgs, organisationsOf(members.madeWith));
      return { ...members, orgs: [...members.orgs, { name, peers, added: true }] };
    }
    case 'channel':
      return { ...members, channels: [...members.channels, { name: addition.name }] };
    default:
      return addition satisfies never;
  }
}
