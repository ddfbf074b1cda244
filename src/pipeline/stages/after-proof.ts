/** Runs the hooks of `after-proof`: the network is proved, and has the chaincodes of the configuration. */
import { defineStage, run } from '../context/stage-definition.ts';
import { deployStage } from './deploy.ts';
import { executeHooks, HOOK_COST, hookCause, hooksOf } from './hook-stage.ts';
import { smokeStage } from './smoke.ts';

const EVENT = 'after-proof';

export const afterProofStage = defineStage({
  id: EVENT,
  topic: { group: 'network-stages', aliases: [], see: ['after-start', 'smoke'] },
  needs: [smokeStage, deployStage],
  isIncluded: (input) => smokeStage.isIncluded(input) && hooksOf(input.goal, EVENT).length > 0,
  decide: ({ goal }) => run(hookCause(goal, EVENT)),
  cost: () => HOOK_COST,
  execute: (context) => executeHooks(context, EVENT),
});
