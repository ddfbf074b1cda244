/** `build` if everything is built already. */
import { builtStages, partsOf } from '../events.mjs';

export const noopBuild = {
  name: 'noop-build',
  what: '`build` with nothing changed',
  against: '`node -e 0` and `git status` on the same tree',
  atMost: 3,
  quick: true,
  measure: async (setup, runs) => {
    const { path } = await setup.work();
    const { run, source, bin } = setup;
    const node = () => run(process.execPath, ['-e', '0']);
    const git = () => run('git', ['-C', source.dir, 'status']);
    const measured = [];
    const reference = [];
    // The first run is not counted: the file caches of the system are cold.
    for (let i = 0; i <= runs; i++) {
      const bare = (await node()).seconds + (await git()).seconds;
      const { seconds } = await run(process.execPath, [bin, 'build', '--yes'], { cwd: path });
      if (i === 0) continue;
      reference.push(bare);
      measured.push(seconds);
    }
    const result = await setup.wizard(path, ['build', '--yes']);
    const built = builtStages(result.events);
    if (built.length > 0) throw new Error(`a build with nothing changed built ${built.join(', ')}`);
    return { measured, reference, measuredParts: partsOf(result) };
  },
};
