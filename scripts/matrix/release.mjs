/** One release, from its tag to its row. */
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Interrupted } from '../processes.mjs';
import { choicesText, runWizard } from '../wizard.mjs';
import { checkOut } from './checkout.mjs';
import { imagesOf, reasonOf, stagesOf } from './outcome.mjs';
import { CLEAN, doStep, STEP_NAMES } from './steps.mjs';

/** The network that every line can have. */
const SHAPE = { orgs: 2, peers: 1 };

/** Of the project and of the images: what is built is never another line's, nor anybody's `latest`. */
export function projectOf(tag) {
  return `fw-matrix-${tag.toLowerCase().replace(/[^a-z0-9]+/g, '-')}`;
}

/**
 * Does the steps; the first that fails ends them, but for `clean`.
 * @param options `tag`; `only`: names of steps; `fabric`, `work`, `bin`: paths; `portBase`; `run`: a runner; `runToEnd`: one
 *   that nothing interrupts; `say` takes a line of progress
 * @returns a row, see `results.mjs`
 * @throws Interrupted; what this run had started is removed then, if `clean` is wanted
 */
export async function doRelease({ tag, only, fabric, work, bin, portBase, run, runToEnd, say }) {
  const folder = join(work, 'run', tag);
  const source = join(work, 'src', tag);
  const project = projectOf(tag);
  const wizardOf = (runner) => (args) => runWizard({ run: runner, bin, folder }, args);
  const ground = { run, project, dockerNs: project, source, wizard: wizardOf(run) };
  const cleanUp = () => doStep(CLEAN, { ...ground, run: runToEnd, wizard: wizardOf(runToEnd) });

  await mkdir(folder, { recursive: true });
  await writeFile(
    join(folder, 'fabric-wizard.yaml'),
    choicesText({ source, project, 'docker-ns': project, 'port-base': portBase, ...SHAPE }),
  );
  // What a run left that was killed.
  await cleanUp();
  await rm(join(folder, '.fabric-wizard'), { recursive: true, force: true });

  const row = {
    tag,
    only,
    date: new Date().toISOString(),
    commit: '–',
    absent: [],
    steps: {},
    outcome: 'green',
  };
  const fail = (step, reason) => {
    if (row.outcome === 'failed') return;
    Object.assign(row, { outcome: 'failed', failed: step, reason });
    say(`${step} failed: ${reason.title}`);
  };
  const attempt = async (step, act) => {
    try {
      return await act();
    } catch (error) {
      if (error instanceof Interrupted) throw error;
      fail(step, { title: error.message });
    }
  };
  try {
    Object.assign(row, await attempt('checkout', () => checkOut({ run, fabric, tag, to: source })));
    for (const step of STEP_NAMES.filter((name) => only.includes(name))) {
      if (row.outcome === 'failed' && step !== CLEAN) continue;
      say(step);
      const told = await attempt(step, () => doStep(step, ground));
      if (told === undefined) continue;
      row.steps[step] = { seconds: told.seconds, stages: stagesOf(told.events) };
      row.images = imagesOf(told.events) ?? row.images;
      const reason = reasonOf(told);
      if (reason) fail(step, reason);
    }
  } catch (error) {
    // Only an interruption comes so far.
    if (only.includes(CLEAN)) {
      say('removing what was made');
      await cleanUp();
    }
    throw error;
  }
  return row;
}
