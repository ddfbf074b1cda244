/** PURE: the channels of a network, as the choices `channels` or `channel` have them. */

import type { Phrase } from '../core/phrase.ts';
import { isSameName } from '../core/same-name.ts';
import { channelNames, SYSTEM_CHANNEL } from '../fabric/channel-names.ts';
import { policyError } from '../fabric/policy-text.ts';
import { type Entry, entriesOf, type ListProblem } from './entries.ts';
import { organisationsOf } from './organisations.ts';
import type { WizardConfig } from './wizard-config.ts';

/** Policies that a channel can have of its own: those of its application. */
export const CHANNEL_POLICIES = [
  'Readers',
  'Writers',
  'Admins',
  'Endorsement',
  'LifecycleEndorsement',
] as const;
export type ChannelPolicy = (typeof CHANNEL_POLICIES)[number];

/** A channel that is to be made. Absent lists: all. */
export interface ChannelChoice {
  readonly name: string;
  /** Names of the organisations that are members. */
  readonly organisations?: readonly string[];
  /** Peers that join it: `peer0.org1.example.com`, or `peer0.org1`. */
  readonly peers?: readonly string[];
  readonly policies?: Readonly<Partial<Record<ChannelPolicy, string>>>;
  /** The capability of its application: `V1_4_2`. */
  readonly capability?: string;
}

export const CHANNEL_KEYS = ['organisations', 'peers', 'capability', 'policies'] as const;

const NAME = /^[a-z][a-z0-9.-]{0,248}$/;
const CAPABILITY = /^V\d+_\d+(?:_\d+)?$/;
/** A rule about the policies of the organisations: `MAJORITY Admins`. */
export const IMPLICIT_RULE = /^(?:ANY|ALL|MAJORITY) \w+$/;
const POLICY_KEY = /^policies\.(.+)$/;

function listOf(text: string): string[] {
  return text.split('+').map((part) => part.trim());
}

function channelOf({ name, values }: Entry): ChannelChoice {
  const policies = [...values].flatMap(([key, value]) => {
    const [, policy] = POLICY_KEY.exec(key) ?? [];
    return policy === undefined ? [] : [[policy, value] as const];
  });
  const list = (key: 'organisations' | 'peers') => {
    const text = values.get(key);
    return text === undefined ? {} : { [key]: listOf(text) };
  };
  const capability = values.get('capability');
  return {
    name,
    ...list('organisations'),
    ...list('peers'),
    ...(policies.length > 0 ? { policies: Object.fromEntries(policies) } : {}),
    ...(capability === undefined ? {} : { capability }),
  };
}

/** Returns what is wrong with the rule of a policy. */
function ruleProblem(rule: string): Phrase | undefined {
  if (IMPLICIT_RULE.test(rule)) return undefined;
  return policyError(rule) && { key: 'wrong.policy-rule' };
}

function valueProblem(key: string, value: string): Phrase | undefined {
  const [, policy] = POLICY_KEY.exec(key) ?? [];
  if (policy !== undefined)
    return CHANNEL_POLICIES.some((name) => name === policy)
      ? ruleProblem(value)
      : { key: 'wrong.channel-policy', policies: CHANNEL_POLICIES.join(', ') };
  if (key === 'capability') return CAPABILITY.test(value) ? undefined : { key: 'wrong.capability' };
  if (key !== 'organisations' && key !== 'peers')
    return { key: 'wrong.channel-key', keys: ['name', ...CHANNEL_KEYS].join(', ') };
  const names = listOf(value);
  const isList = names.every((name) => name !== '') && new Set(names).size === names.length;
  return isList ? undefined : { key: 'wrong.name-list' };
}

/** Returns what is wrong with a list of channels, by the index of the entry. Members are checked with the network. */
export function channelProblems(entries: readonly Entry[]): readonly ListProblem[] {
  const names = entries.map(({ name }) => name);
  return entries.flatMap(({ name, values }, index) => {
    const at = (key: string, problem: Phrase | undefined) => (problem ? [{ index, key, problem }] : []);
    if (!NAME.test(name)) return at('name', { key: 'wrong.channel' });
    if (name === SYSTEM_CHANNEL || names.indexOf(name) < index)
      return at('name', { key: 'wrong.channels', systemChannel: SYSTEM_CHANNEL });
    return [...values].flatMap(([key, value]) => at(key, valueProblem(key, value))).slice(0, 1);
  });
}

type Shape = Pick<WizardConfig, 'channel'> & Partial<Pick<WizardConfig, 'channels'>>;

/** Returns the channels of a network. */
export function channelsOf({ channel, channels = '' }: Shape): readonly ChannelChoice[] {
  const entries = entriesOf(channels) ?? [];
  return entries.length > 0 ? entries.map(channelOf) : channelNames(channel).map((name) => ({ name }));
}

/** Whether a name in a list of peers is that of this peer: `peer0.org1` for `peer0.org1.example.com`. */
export function isPeerNamed(given: string, name: string): boolean {
  return name === given || name.startsWith(`${given}.`);
}

/**
 * Returns the first member of a channel that the network does not have.
 * @returns undefined if all channels have members that exist
 */
export function memberProblem(
  config: Pick<WizardConfig, 'channel' | 'channels' | 'orgs' | 'peers' | 'organisations'>,
): { readonly channel: string; readonly problem: Phrase } | undefined {
  const all = organisationsOf(config).filter(({ peers }) => peers > 0);
  for (const { name: channel, organisations, peers } of channelsOf(config)) {
    const isMember = (name: string) =>
      organisations === undefined || organisations.some((each) => isSameName(each, name));
    const unknown = organisations?.find((given) => !all.some(({ name }) => isSameName(name, given)));
    if (unknown !== undefined)
      return {
        channel,
        problem: { key: 'wrong.channel-org', name: unknown, orgs: all.map(({ name }) => name).join(', ') },
      };
    const members = all.filter(({ name }) => isMember(name));
    const nodes = (of: typeof all) =>
      of.flatMap(({ domain, peers: count }) =>
        Array.from({ length: count }, (_, index) => `peer${index}.${domain}`),
      );
    const known = nodes(members);
    const lost = peers?.find((given) => !known.some((name) => isPeerNamed(given, name)));
    if (lost !== undefined)
      return {
        channel,
        problem: { key: 'wrong.channel-peer', name: lost, peers: known.slice(0, 4).join(', ') },
      };
    const without =
      peers &&
      members.find((org) => !nodes([org]).some((name) => peers.some((given) => isPeerNamed(given, name))));
    if (without) return { channel, problem: { key: 'wrong.channel-no-peer', org: without.name } };
  }
  return undefined;
}
