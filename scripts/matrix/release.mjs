/** Tests one tag or branch. */
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Interrupted } from '../processes.mjs';
import { choicesText, runWizard } from '../wizard.mjs';
import { checkOut } from './checkout.mjs';
import { imagesOf, reasonOf, stagesOf } from './outcome.mjs';
import { CLEAN, doStep, STEP_NAMES } from './steps.mjs';

/** A network that every release supports. */
const SHAPE = { orgs: 2, peers: 1 };

/** Returns the name of the project and of the image namespace of a release. */
export function projectOf(tag) {
  return `fw-matrix-${tag.toLowerCase().replace(/[^a-z0-9]+/g, '-')}`;
}

/** Returns a row of which nothing is known yet. */
export function emptyRow(tag, only) {
  return { tag, only, date: new Date().toISOString(), commit: '–', absent: [], steps: {} };
}

/**
 * Runs the steps until one fails. `clean` always runs.
 * @param options `tag`; `only`: names of steps; `fabric`, `work`, `bin`: paths; `portBase`; `run`: a runner; `runToEnd`: a
 *   runner that is not interrupted; `log` prints a line of progress; `getSource({run, fabric, tag, to})` makes the source,
 *   see `checkOut`; `choices`: more of them; `cleaning`: options of `clean`
 * @returns a row, see `results.mjs`
 * @throws Interrupted, after `clean` if that is one of the steps
 */
export async function doRelease(options) {
  const { tag, only, fabric, work, bin, portBase, run, runToEnd, log } = options;
  const { getSource = checkOut, choices = {}, cleaning = ['--images'] } = options;
  const folder = join(work, 'run', tag);
  const source = join(work, 'src', tag);
  const project = projectOf(tag);
  const wizardOf = (runner) => (args) => runWizard({ run: runner, bin, folder }, args);
  const context = { run, project, dockerNs: project, source, cleaning, wizard: wizardOf(run) };
  const cleanUp = () => doStep(CLEAN, { ...context, run: runToEnd, wizard: wizardOf(runToEnd) });

  await mkdir(folder, { recursive: true });
  await writeFile(
    join(folder, 'fabric-wizard.yaml'),
    choicesText({ source, project, 'docker-ns': project, 'port-base': portBase, ...SHAPE, ...choices }),
  );
  // Remove what a killed run left.
  await cleanUp();
  await rm(join(folder, '.fabric-wizard'), { recursive: true, force: true });

  const row = { ...emptyRow(tag, only), outcome: 'green' };
  const fail = (step, reason) => {
    if (row.outcome === 'failed') return;
    Object.assign(row, { outcome: 'failed', failed: step, reason });
    log(`${step} failed: ${reason.title}`);
  };
  const attempt = async (step, work) => {
    try {
      return await work();
    } catch (error) {
      if (error instanceof Interrupted) throw error;
      fail(step, { title: error.message });
    }
  };
  try {
    Object.assign(row, await attempt('checkout', () => getSource({ run, fabric, tag, to: source })));
    for (const step of STEP_NAMES.filter((name) => only.includes(name))) {
      if (row.outcome === 'failed' && step !== CLEAN) continue;
      log(step);
      const result = await attempt(step, () => doStep(step, context));
      if (result === undefined) continue;
      row.steps[step] = { seconds: result.seconds, stages: stagesOf(result.events) };
      row.images = imagesOf(result.events) ?? row.images;
      const reason = reasonOf(result);
      if (reason) fail(step, reason);
    }
  } catch (error) {
    // This is always an interruption.
    if (only.includes(CLEAN)) {
      log('cleaning up');
      await cleanUp();
    }
    throw error;
  }
  return row;
}
