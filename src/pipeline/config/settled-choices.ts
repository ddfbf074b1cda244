/** PURE: choices that say the same in two ways. The one from the higher layer counts; two of one layer contradict. */
import type { ConfigIssue } from '../core/failure.ts';
import type { Text } from '../core/phrase.ts';
import { channelsOf, memberProblem } from './channel-list.ts';
import { type ChoiceField, keyOf } from './config-choices.ts';
import type { Origin } from './layers.ts';
import { organisationsOf, ownedOrderers } from './organisations.ts';
import type { WizardConfig } from './wizard-config.ts';

/** From the highest layer to the lowest. */
const RANKS: readonly Origin[] = ['flag', 'preset', 'file', 'last-run', 'default'];

type Origins = Readonly<Record<ChoiceField, Origin>>;

export interface SettledChoices {
  readonly values: WizardConfig;
  readonly origin: Origins;
  readonly issues: readonly ConfigIssue[];
}

/** A list, and the choice that it replaces. */
const LISTS = [
  ['organisations', 'orgs'],
  ['channels', 'channel'],
] as const;

/** Returns the choice of a pair that counts; undefined if both come from the same layer. */
function winner<L extends ChoiceField, S extends ChoiceField>(
  origin: Origins,
  list: L,
  short: S,
): L | S | undefined {
  if (origin[short] === 'default') return list;
  const difference = RANKS.indexOf(origin[short]) - RANKS.indexOf(origin[list]);
  if (difference === 0) return undefined;
  return difference > 0 ? list : short;
}

/** Returns the numbers and names that follow from the lists. */
function derived(values: WizardConfig): WizardConfig {
  const { organisations, channels } = values;
  const orderers = organisations === '' ? 0 : ownedOrderers(values);
  return {
    ...values,
    ...(values.identities === 'ca' ? { ca: true } : {}),
    ...(organisations === ''
      ? {}
      : { orgs: organisationsOf(values).filter(({ peers }) => peers > 0).length }),
    ...(orderers === 0 ? {} : { orderers }),
    ...(channels === ''
      ? {}
      : {
          channel: channelsOf(values)
            .map(({ name }) => name)
            .join(','),
        }),
  };
}

/** Certificates of Fabric CA need the servers. An earlier `--no-ca` is forgotten; one that is written contradicts. */
function caIssue(
  { identities, ca }: WizardConfig,
  origin: Origins,
  where: (field: ChoiceField) => Text,
): ConfigIssue | undefined {
  const isWritten = origin.ca !== 'default' && origin.ca !== 'last-run';
  if (identities !== 'ca' || ca || !isWritten) return undefined;
  return {
    path: keyOf('ca'),
    message: { key: 'issue.identities-need-ca' },
    where: where('ca'),
    fix: { key: 'suggest.identities-need-ca' },
  };
}

/** @param where as in `ConfigIssue`, of a choice */
export function settledChoices(
  values: WizardConfig,
  origin: Origins,
  where: (field: ChoiceField) => Text,
): SettledChoices {
  const settled: Record<string, unknown> = { ...values };
  const origins: Record<ChoiceField, Origin> = { ...origin };
  const issues: ConfigIssue[] = [];
  for (const [list, short] of LISTS) {
    if (values[list] === '') continue;
    const counts = winner(origin, list, short);
    if (counts === undefined)
      issues.push({
        path: keyOf(short),
        message: { key: 'issue.both-given', other: keyOf(list) },
        where: where(short),
        fix: { key: 'suggest.one-of', one: keyOf(list), other: keyOf(short) },
      });
    else if (counts === short) {
      settled[list] = '';
      origins[list] = 'default';
    } else origins[short] = 'default';
  }
  const chosen = settled as unknown as WizardConfig;
  const result = derived(chosen);
  const own = chosen.organisations === '' ? 0 : ownedOrderers(chosen);
  if (own > 0 && origin.orderers !== 'default' && origin.orderers !== 'last-run' && values.orderers !== own)
    issues.push({
      path: keyOf('orderers'),
      message: { key: 'issue.own-orderers', count: own },
      where: where('orderers'),
      fix: { key: 'suggest.own-orderers' },
    });
  if (own > 0) origins.orderers = 'default';
  const contradiction = caIssue(values, origin, where);
  if (contradiction) issues.push(contradiction);
  const member = memberProblem(result);
  if (member)
    issues.push({
      path: keyOf('channels'),
      message: { key: 'issue.channel-member', channel: member.channel, problem: member.problem },
      where: where('channels'),
      fix: { key: 'fix.channels' },
    });
  return { values: result, origin: origins, issues };
}
