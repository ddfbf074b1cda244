/** The command that makes a refused network fit. */
import type { ConfigIssue } from '../core/failure.ts';
import { shellWord } from '../core/shell-text.ts';
import { highestPortBase, mostPeers, sizeIssue } from './choice-checks.ts';
import { CHOICE_FIELDS, keyOf } from './config-choices.ts';
import type { WizardConfig } from './wizard-config.ts';

/**
 * Returns the command with the most peers, with the highest first port, or for a Swarm, if nothing else is wrong and a flag can
 * override the value.
 */
export function fittingCommand(issues: readonly ConfigIssue[], values: WizardConfig): readonly string[] {
  const [issue, ...others] = issues;
  if (!issue || others.length > 0) return [];
  const { path, message, where } = issue;
  if (typeof message !== 'string' && message.key === 'issue.too-many-peers') {
    const peers = mostPeers(values);
    const isFitting = sizeIssue({ ...values, peers }, keyOf) === undefined;
    return isFitting ? [`fabric-wizard up --yes --peers ${peers}`] : [];
  }
  if (typeof message !== 'string' && message.key === 'issue.needs-swarm') {
    const value = CHOICE_FIELDS.filter((field) => keyOf(field) === path).map((field) => values[field]);
    return [`fabric-wizard up --yes --swarm --${path} ${shellWord(String(value))}`];
  }
  if (path !== keyOf('portBase')) return [];
  const isRange = typeof message !== 'string' && message.key === 'issue.port-range';
  // A value in the file is checked even if a flag overrides it.
  const isFlag = typeof where === 'string' && where.startsWith('--');
  const command = `fabric-wizard up --yes --port-base ${highestPortBase(values)}`;
  return isRange || isFlag ? [command] : [];
}
