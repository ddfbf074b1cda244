/** Proves one release on one engine. */
import { cp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { checkOut } from '../matrix/checkout.mjs';
import { doRelease } from '../matrix/release.mjs';
import { copyBases } from './base-images.mjs';
import { leftovers } from './leftovers.mjs';
import { SAMPLE } from './table.mjs';

export const STEPS = ['up', 'rebuild', 'clean'];
const PORT_BASE = 45_000;

/** Copies the practice source, because a row edits its source. */
async function copySample(root, to) {
  await rm(to, { recursive: true, force: true });
  await cp(join(root, SAMPLE), to, { recursive: true });
  return { commit: '–', absent: [] };
}

/** Returns what the engine says of itself. */
async function versionOf(docker) {
  const {
    Components: components,
    Version: version,
    MinAPIVersion: min,
    ApiVersion: max,
  } = await docker.version();
  const name = components?.[0]?.Name ?? 'Engine';
  return `${name === 'Engine' ? 'Docker' : name} ${version}, API ${min}–${max}`;
}

/**
 * Does a row: `up` to the proof, an edit with `rebuild --smoke`, `clean --all`, and a look at what is left.
 * @param options `started`: see `startEngine`; `engine` and `tag`: see `table.mjs`; `fabric`, `work`, `bin`, `root`: paths;
 *   `run`, `runToEnd`: runners with this machine's engine; `log`
 * @returns a row of the matrix with `engine`: its name, `engineVersion`: what it says of itself, and `left`: a list of words
 */
export async function doRow({ started, engine, tag, work, bin, root, run, runToEnd, ...options }) {
  const { docker, inside } = started;
  const folder = join(work, 'bases');
  const getSource = async ({ to, ...from }) => {
    const source = tag === SAMPLE ? await copySample(root, to) : await checkOut({ ...from, to });
    await copyBases({ run, inside: inside(run), bin, source: to, folder });
    return source;
  };
  const row = await doRelease({
    ...options,
    tag,
    only: STEPS,
    work: join(work, engine.name),
    bin,
    portBase: PORT_BASE,
    run: inside(run),
    runToEnd: inside(runToEnd),
    getSource,
    choices: { base: 'debian', gateway: true },
    cleaning: ['--all'],
  });
  const left = await leftovers(docker);
  const result = { ...row, engine: engine.name, engineVersion: await versionOf(docker), left };
  if (left.length === 0 || row.outcome === 'failed') return result;
  return { ...result, outcome: 'failed', failed: 'clean', reason: { title: `left: ${left.join(', ')}` } };
}
