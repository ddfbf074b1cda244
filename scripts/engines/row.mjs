/** Proves one release on one engine. */
import { cp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { checkOut } from '../matrix/checkout.mjs';
import { doRelease, emptyRow } from '../matrix/release.mjs';
import { copyBases } from './base-images.mjs';
import { copyGoCache } from './go-cache.mjs';
import { contents, leftovers } from './leftovers.mjs';
import { SAMPLE } from './table.mjs';

export const STEPS = ['up', 'rebuild', 'clean'];
const PORT_BASE = 45_000;

/** The request of a peer that names a version of the engine's API in Fabric 2.2.6 to 2.5.14, and the version. */
const CLIENT = 'core/container/docker/client.go';
const UNVERSIONED = '"POST", "/build"';
const VERSIONED = '"POST", "/v1.25/build"';

/** Copies the practice source, because a row edits its source. Its peers then name a version as those of Fabric 2.5 do. */
async function copySample(root, to) {
  await rm(to, { recursive: true, force: true });
  await cp(join(root, SAMPLE), to, { recursive: true });
  const path = join(to, CLIENT);
  const text = await readFile(path, 'utf8');
  if (!text.includes(UNVERSIONED)) throw new Error(`${CLIENT} has no ${UNVERSIONED}`);
  await writeFile(path, text.replace(UNVERSIONED, VERSIONED));
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

/** Returns the row of an engine that does not start. */
export function failedRow(engine, tag, error) {
  return {
    ...emptyRow(tag, STEPS),
    ...{ outcome: 'failed', failed: 'start', reason: { title: error.message } },
    ...{ engine: engine.name, engineVersion: '–', left: [] },
  };
}

/**
 * Does a row: `up` to the proof, an edit with `rebuild --smoke`, `clean --all`, and a look at what is left.
 * @param options `started`: see `startEngine`; `engine` and `tag`: see `table.mjs`; `fabric`, `work`, `bin`, `root`: paths;
 *   `run`, `runToEnd`: runners with this machine's engine; `log`; `steps`: some of STEPS
 * @returns a row of the matrix with `engine`: its name, `engineVersion`: what it says of itself, and `left`: a list of words
 */
export async function doRow({
  started,
  engine,
  tag,
  work,
  bin,
  root,
  run,
  runToEnd,
  steps = STEPS,
  ...options
}) {
  const { docker, inside, give } = started;
  const place = join(work, engine.name);
  const folder = join(work, 'bases');
  const getSource = async ({ fabric, to }) => {
    const source = tag === SAMPLE ? await copySample(root, to) : await checkOut({ run, fabric, tag, to });
    await give(place);
    const engines = { run, inside: inside(run), folder };
    const builder = await copyBases({ ...engines, bin, source: to });
    // The cache may have gigabytes, and the practice source compiles in seconds without it.
    if (tag !== SAMPLE) await copyGoCache(engines, builder);
    return source;
  };
  // What another row left is not the fault of this one.
  const before = await contents(docker);
  const row = await doRelease({
    ...options,
    tag,
    only: steps,
    work: place,
    bin,
    portBase: PORT_BASE,
    run: inside(run),
    runToEnd: inside(runToEnd),
    getSource,
    choices: { base: 'debian', gateway: true },
    cleaning: ['--all'],
  });
  const left = await leftovers(docker, before);
  const result = { ...row, engine: engine.name, engineVersion: await versionOf(docker), left };
  if (left.length === 0 || row.outcome === 'failed') return result;
  return {
    ...result,
    outcome: 'failed',
    failed: 'clean',
    reason: { title: 'the engine has more than before' },
  };
}
