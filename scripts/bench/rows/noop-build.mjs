/** `build` where everything is built already. */
import { builtStages, partsOf } from '../events.mjs';

export const noopBuild = {
  name: 'noop-build',
  what: '`build` with nothing changed',
  against: '`node -e 0` and `git status` on the same tree',
  atMost: 5,
  quick: true,
  measure: async (ground, runs) => {
    const { path } = await ground.work();
    const { run, source, bin } = ground;
    const node = () => run(process.execPath, ['-e', '0']);
    const git = () => run('git', ['-C', source.dir, 'status']);
    const ours = [];
    const theirs = [];
    // The first of each is thrown away: it finds nothing in the machine's own caches.
    for (let i = 0; i <= runs; i++) {
      const bare = (await node()).seconds + (await git()).seconds;
      const { seconds } = await run(process.execPath, [bin, 'build', '--yes'], { cwd: path });
      if (i === 0) continue;
      theirs.push(bare);
      ours.push(seconds);
    }
    const told = await ground.wizard(path, ['build', '--yes']);
    const built = builtStages(told.events);
    if (built.length > 0) throw new Error(`a build with nothing changed built ${built.join(', ')}`);
    return { ours, theirs, ourParts: partsOf(told) };
  },
};
