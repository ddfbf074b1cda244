/** The steps of `npm run swarm`, in their order. */
import { Interrupted } from '../processes.mjs';
import { again } from './steps/again.mjs';
import { clean } from './steps/clean.mjs';
import { drain } from './steps/drain.mjs';
import { edit } from './steps/edit.mjs';
import { kill } from './steps/kill.mjs';
import { lostManager } from './steps/lost-manager.mjs';
import { machineOff } from './steps/machine-off.mjs';
import { partition } from './steps/partition.mjs';
import { up } from './steps/up.mjs';

const STEPS = {
  up,
  again,
  edit,
  kill,
  partition,
  drain,
  'lost-manager': lostManager,
  'machine-off': machineOff,
  clean,
};

export const STEP_NAMES = Object.keys(STEPS);

/**
 * Does steps on a new network. All of them need what `up` starts, so it is always the first, and without it nothing else is done.
 * @param site see `makeSite`
 * @param options `only`: names of steps, empty for all; `log` prints a line of progress
 * @returns a row for each step: `step`; `seconds` of the step; `figures`: `{what, seconds}`, of parts that a user waits for;
 *   `facts`: what was seen, in words; `problems`: what is wrong, empty if nothing is
 * @throws Interrupted
 */
export async function doSteps(site, { only, log }) {
  const rows = [];
  for (const step of STEP_NAMES) {
    if (step !== 'up' && only.length > 0 && !only.includes(step)) continue;
    log(step);
    const row = { step, figures: [], facts: [], problems: [] };
    const startedAt = performance.now();
    try {
      await STEPS[step](site, row);
    } catch (error) {
      if (error instanceof Interrupted) throw error;
      row.problems.push(error.message);
    }
    row.seconds = (performance.now() - startedAt) / 1000;
    rows.push(row);
    log(`${step}: ${row.problems.length === 0 ? 'right' : `wrong: ${row.problems.join('; ')}`}`);
    if (step === 'up' && row.problems.length > 0) break;
  }
  return rows;
}
