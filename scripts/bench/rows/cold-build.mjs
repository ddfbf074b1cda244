/** All four images without caches: the program, and the commands of the Makefile. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { buildByHand } from '../by-hand.mjs';
import { builtStages, partsOf } from '../events.mjs';
import { COLD } from '../names.mjs';

export const coldBuild = {
  name: 'cold-build',
  what: 'all four images, with an empty Go cache',
  against:
    '`docker run … go install` for each program, each with an empty cache, then `docker build` for each image',
  atMost: 0.75,
  measure: async (setup) => {
    setup.log('fabric-wizard');
    const own = await setup.ownBases(COLD);
    // A check builds two images, and by hand with a filled cache only.
    const names = setup.check ? ['ccenv', 'peer'] : undefined;
    const folder = await setup.folder('cold', COLD, own.choices);
    const measured = await setup.wizard(folder, ['build', ...(names ?? []), '--yes']);
    if (!builtStages(measured.events).includes('compile')) throw new Error('the cold build compiled nothing');

    setup.log('by hand, with one Go cache');
    const sharedCache = join(setup.dir, 'by-hand-cache');
    await mkdir(sharedCache);
    if (setup.check) await setup.warm(sharedCache, own.builder);
    const byHand = async (name, more) =>
      buildByHand(setup, {
        dir: join(setup.dir, name),
        namespace: COLD,
        bases: await setup.ownBases(COLD),
        names,
        ...more,
      });
    const shared = await byHand('by-hand-shared', { sharedCache });

    setup.log('by hand, with a cache for each program');
    const alone = setup.check ? shared : await byHand('by-hand');
    return {
      measured: [measured.seconds],
      reference: [alone.seconds],
      extras: [
        {
          what: `ratio to the same by hand with one Go cache for all programs (${Math.round(shared.seconds)} s)`,
          ratio: measured.seconds / shared.seconds,
        },
      ],
      measuredParts: partsOf(measured),
      referenceParts: alone.parts,
    };
  },
};
