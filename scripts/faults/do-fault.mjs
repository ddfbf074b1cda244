/** Lets one fault happen and judges what came of it. */
import { rm } from 'node:fs/promises';
import { decoyProblems, ensureDecoys } from './decoys.mjs';
import { endingJudged, endingText, isProven, mustBeProven, nextOf } from './judge.mjs';
import { launch } from './launch.mjs';
import { SCENES } from './scenes.mjs';
import { isLocked, nodeProblems, stateProblems, workProblems } from './state-folder.mjs';

/** Returns a function that tells whether an event is the place of a fault. */
export function placeWatcher({ stage, moment }) {
  let started = false;
  return (event) => {
    if (event.stage !== stage) return false;
    if (event.type === 'stage-started') {
      started = true;
      return moment === 'start';
    }
    if (!started || moment === 'start') return false;
    return moment === 'work' || event.type === 'stage-finished' || event.done >= moment;
  };
}

/** Runs the program and injects the fault at its place. @returns the ending, and `injected`: see `inject`, or undefined */
async function runWithFault(site, { at, inject, run: options }) {
  if (at === undefined) {
    const injected = (await inject(site)) ?? [];
    return { ended: await launch(site, options).ended, injected };
  }
  const isPlace = placeWatcher(at);
  let injection;
  const run = launch(site, {
    ...options,
    onEvent: (event) => {
      if (injection !== undefined || !isPlace(event)) return;
      injection = Promise.resolve(inject(site, run)).then(
        (problems) => problems ?? [],
        (error) => [`could not be injected: ${error.message}`],
      );
    },
  });
  const ended = await run.ended;
  return { ended, injected: await injection };
}

/** Brings the network to rest. It begins anew if a run does not succeed. */
export async function comeToRest(site, log) {
  if (site.atRest) return;
  const first = await launch(site).ended;
  if (!isProven(first)) {
    log(`begins anew: ${endingText(first)}`);
    await site.reset();
    const again = await launch(site).ended;
    if (!isProven(again))
      throw new Error(`no network without a fault: ${endingText(again)}\n${again.stderr}`);
  }
  site.atRest = true;
}

async function sideProblems(site, before, leftAsIs) {
  return [
    ...(await workProblems(site)),
    ...(await decoyProblems(site, before)),
    ...(await stateProblems(site.state, leftAsIs)),
    ...(await nodeProblems(site)),
  ];
}

/** Runs the first command that a failed run names, then the program. @returns how that run ended */
async function followAdvice(site, failed) {
  const command = nextOf(failed);
  const own = `fabric-wizard() { "${process.execPath}" "${site.bin}" "$@" --plain; }`;
  const env = { PATH: process.env.PATH, HOME: site.home };
  await site.box.run('bash', ['-c', `${own}; ${command}`], { cwd: site.dir, env });
  return launch(site).ended;
}

async function faultProblems(site, fault, row) {
  const before = await ensureDecoys(site);
  const { ended, injected } = await runWithFault(site, fault);
  row.broken = endingText(ended);
  const problems = [...(injected ?? []), ...endingJudged(ended, fault.expects)];
  if (!ended.killedBy && !ended.hung && (await isLocked(site.state)))
    problems.push('the lock was not released');
  await fault.repair?.(site);
  if (injected === undefined) problems.push('the place was not reached');
  const needsRepeat = fault.at !== undefined || !isProven(ended);
  if (needsRepeat) {
    const again = await launch(site).ended;
    row.again = endingText(again);
    const healed = !isProven(again) && fault.advised ? await followAdvice(site, again) : again;
    if (!isProven(healed)) problems.push(`the next run: ${endingText(healed)}`);
    else if (healed !== again) row.again = `${row.again}, then after its advice proven`;
    else if (mustBeProven(fault)) problems.push(`the first run: ${row.broken}`);
    problems.push(...endingJudged(again, 'ended').map((text) => `the next run: ${text}`));
    site.atRest = isProven(healed);
  } else site.atRest = true;
  const damaged = fault.leftAsIs?.();
  problems.push(...(await sideProblems(site, before, damaged)));
  if (damaged !== undefined) await rm(damaged, { force: true });
  return problems;
}

/**
 * Does one fault.
 * @param site see `site.mjs`
 * @param log prints a line of progress
 * @returns a row: `{name, kind, where, outcome, broken, again, problems, seconds, date}`. `outcome` is `survived` or `failed`;
 *   `broken` and `again` say how the run with the fault, and the run after it, ended
 */
export async function doFault(site, fault, log) {
  const { name, kind, where, scene } = fault;
  await comeToRest(site, log);
  // The images that they are made from may be missing in the scene.
  await ensureDecoys(site);
  const startedAt = performance.now();
  const row = {
    ...{ name, kind, where, outcome: 'survived', broken: '', problems: [] },
    date: new Date().toISOString(),
  };
  site.atRest = false;
  try {
    await SCENES[scene](site);
    row.problems = await faultProblems(site, fault, row);
  } catch (error) {
    row.problems = [`the campaign: ${error.stack}`];
    await site.reopen();
  }
  if (row.problems.length > 0) row.outcome = 'failed';
  row.seconds = Math.round((performance.now() - startedAt) / 1000);
  return row;
}
