/** The list of all faults: stages and states of a network, each with the kinds of faults that can happen there. */
import { engineFaults } from './kinds/engine.mjs';
import { networkFaults } from './kinds/nodes.mjs';
import { signalFaults } from './kinds/signals.mjs';
import { stateFaults } from './kinds/state-files.mjs';
import { surroundingFaults } from './kinds/surroundings.mjs';
import { SCENE_OF } from './scenes.mjs';

/**
 * A fault is `{kind, where, scene, at, inject, repair, expects, run}`. `inject(site, run)` may return sentences about what
 * went wrong. Without `at`, it happens before the run, which must then end proven unless the fault has a `repair`.
 * `at` is `{stage, moment}`; `moment` is `start`, `work` (the first sign of work) or a number of steps that are done.
 * @returns the faults, with a unique `name`
 */
export function faultList() {
  const faults = [
    ...signalFaults(Object.keys(SCENE_OF)),
    ...engineFaults(),
    ...networkFaults(),
    ...stateFaults(),
    ...surroundingFaults(),
  ];
  return faults.map((fault) => {
    const { kind, at, expects = 'ended' } = fault;
    const scene = fault.scene ?? (at ? SCENE_OF[at.stage] : 'at rest');
    const where = at ? placeOf(at) : (fault.where ?? scene);
    return { ...fault, scene, where, expects, name: `${kind}: ${where}` };
  });
}

function placeOf({ stage, moment }) {
  if (moment === 'start') return `${stage} starts`;
  return moment === 'work' ? stage : `${stage}, step ${moment}`;
}
