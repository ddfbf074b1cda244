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
    const measured = await setup.wizard(await setup.folder('cold', COLD, own.choices), ['build', '--yes']);
    if (!builtStages(measured.events).includes('compile')) throw new Error('the cold build compiled nothing');

    setup.log('by hand, with a cache for each program');
    const dir = join(setup.dir, 'by-hand');
    const alone = await buildByHand(setup, { dir, namespace: COLD, bases: await setup.ownBases(COLD) });

    setup.log('by hand, with one Go cache');
    const sharedCache = join(setup.dir, 'by-hand-cache');
    await mkdir(sharedCache);
    const shared = await buildByHand(setup, {
      dir: join(setup.dir, 'by-hand-shared'),
      namespace: COLD,
      bases: await setup.ownBases(COLD),
      sharedCache,
    });
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
