/** All four images from nothing: ours, and the Makefile's commands one after another. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { buildByHand } from '../by-hand.mjs';
import { builtStages, partsOf } from '../events.mjs';
import { COLD } from '../names.mjs';

export const coldBuild = {
  name: 'cold-build',
  what: 'all four images from nothing, with an empty Go cache',
  against:
    'one `docker run … go install` a program, each with its cache empty, then one `docker build` an image',
  atMost: 0.75,
  measure: async (ground) => {
    ground.say('ours');
    const own = await ground.ownBases(COLD);
    const ours = await ground.wizard(await ground.folder('cold', COLD, own.choices), ['build', '--yes']);
    if (!builtStages(ours.events).includes('compile')) throw new Error('the cold build compiled nothing');

    ground.say('by hand, nothing shared');
    const dir = join(ground.dir, 'by-hand');
    const alone = await buildByHand(ground, { dir, namespace: COLD, bases: await ground.ownBases(COLD) });

    ground.say('by hand, one Go cache');
    const sharedCache = join(ground.dir, 'by-hand-cache');
    await mkdir(sharedCache);
    const shared = await buildByHand(ground, {
      dir: join(ground.dir, 'by-hand-shared'),
      namespace: COLD,
      bases: await ground.ownBases(COLD),
      sharedCache,
    });
    return {
      ours: [ours.seconds],
      theirs: [alone.seconds],
      extras: [
        {
          what: `ratio to the same by hand with one Go cache for all programs (${Math.round(shared.seconds)} s)`,
          ratio: ours.seconds / shared.seconds,
        },
      ],
      ourParts: partsOf(ours),
      theirParts: alone.parts,
    };
  },
};
