/** PURE: words for what a stage does, will do, or need not do. */
import type { causes } from '../language/en/causes.ts';
import type { Text } from '../pipeline/core/phrase.ts';
import type { StageState } from '../pipeline/core/run-state.ts';

/** Causes of stages that have no result to be up to date: there is nothing for them to do. */
const NOT_NEEDED: readonly (keyof typeof causes)[] = [
  'cause.not-needed',
  'cause.no-network',
  'cause.all-recreated',
  'cause.none-started',
];

/** Returns the word for a stage that does no work: its result is there already, or nobody needs it. */
export function idleWord(cause: Text | undefined): 'stage.current' | 'stage.not-needed' {
  const isNeeded = typeof cause !== 'object' || !NOT_NEEDED.some((key) => key === cause.key);
  return isNeeded ? 'stage.current' : 'stage.not-needed';
}

/** Returns the word for how a stage ended. A stage that ran and found its result there is up to date. */
export function outcomeWord({
  outcome,
  action,
  cause,
}: Partial<Pick<StageState, 'outcome' | 'action' | 'cause'>>): 'stage.built' | ReturnType<typeof idleWord> {
  if (outcome !== 'cached') return 'stage.built';
  return idleWord(action === 'cached' ? cause : undefined);
}
