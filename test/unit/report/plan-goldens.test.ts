/**
 * The text of the plan for each state of a project and each goal. The golden files are in `test/recordings/plans/`;
 * `npx vitest run --project unit -u test/unit/report/plan-goldens.test.ts` rewrites them.
 */
import { expect, test } from 'vitest';
import type { PlanGoal } from '../../../src/pipeline/context/stage-definition.ts';
import { renderPlan } from '../../../src/report/plan-text.ts';
import { createStyle } from '../../../src/report/style.ts';
import { planFor, STATES, UP } from '../../support/plans.ts';

const plain = createStyle({ colour: false, unicode: true });
const folder = new URL('../../recordings/plans/', import.meta.url);

/** By the command that a user types. */
const GOALS: Readonly<Record<string, PlanGoal>> = {
  build: { ...UP, until: 'build' },
  up: UP,
  rebuild: { ...UP, until: 'rebuild' },
  'rebuild --smoke': { ...UP, until: 'rebuild', smoke: true },
  smoke: { ...UP, until: 'smoke' },
};

test.each(Object.entries(STATES))('the plans of %s', async (name, observed) => {
  const plans = Object.entries(GOALS).map(
    ([command, goal]) =>
      `$ fabric-wizard ${command} --dry-run\n${renderPlan(planFor(observed, goal), plain)}\n`,
  );
  await expect(plans.join('\n')).toMatchFileSnapshot(new URL(`${name}.txt`, folder).pathname);
});
