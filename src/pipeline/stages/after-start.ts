/** Runs the hooks of `after-start`: the nodes have been started, and peers are on their channels. */
import { cached, defineStage, run } from '../context/stage-definition.ts';
import { STATE_KEYS } from '../journal/state-keys.ts';
import { anchorsStage } from './anchors.ts';
import { executeHooks, HOOK_COST, hookCause, hooksOf } from './hook-stage.ts';
import { joinStage } from './join.ts';
import { readyStage } from './ready.ts';
import { startStage } from './start.ts';

const EVENT = 'after-start';

export const afterStartStage = defineStage({
  id: EVENT,
  topic: { group: 'network-stages', aliases: ['hooks', 'hook'], see: ['after-proof', 'start'] },
  needs: [startStage, readyStage, joinStage, anchorsStage],
  isIncluded: ({ goal }) => goal.until === 'up' && hooksOf(goal, EVENT).length > 0,
  // What an earlier run did not finish is done now, although it has started the nodes.
  decide: ({ goal, observed, runs }) =>
    runs(startStage) || observed.hooksDue
      ? run(hookCause(goal, EVENT))
      : cached({ key: 'cause.none-started' }),
  cost: () => HOOK_COST,
  execute: async (context) => {
    const result = await executeHooks(context, EVENT);
    await context.journal.setFact(STATE_KEYS.hooksDue, undefined);
    return result;
  },
});
