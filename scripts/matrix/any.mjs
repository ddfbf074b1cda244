/** Chooses tags of a Fabric repository at random. A seed makes the choice repeatable. */
import { randomInt } from 'node:crypto';
import { ANY_OWNER } from '../git.mjs';

/** Fabric before 1.0 is another program. */
const TAG = /^v([1-9]\d*\.\d+\.\d+(?:-[A-Za-z0-9.]+)?)$/;
const SEEDS = 2 ** 32;

export function newSeed() {
  return randomInt(SEEDS);
}

/** Returns a function that returns numbers from 0 to 1, always the same for a seed (mulberry32). */
function randomOf(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / SEEDS;
  };
}

/**
 * Returns different tags, without their v, in the order in which they were drawn.
 * @param names of all tags; those that name no version from 1.0 on are left out
 * @param count all of them if there are fewer
 */
export function drawTags(names, count, seed) {
  const random = randomOf(seed);
  // The order in which git lists tags must not matter.
  const left = [...new Set(names.flatMap((name) => TAG.exec(name)?.[1] ?? []))].sort();
  const drawn = [];
  while (drawn.length < count && left.length > 0)
    drawn.push(...left.splice(Math.floor(random() * left.length), 1));
  return drawn;
}

/** Returns the names of all tags of a repository. */
export async function tagNames(run, fabric) {
  const { stdout } = await run('git', ['-C', fabric, 'tag', '--list'], { env: ANY_OWNER });
  return stdout.split('\n').filter((name) => name !== '');
}
