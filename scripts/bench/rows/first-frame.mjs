/** The first output of the program without arguments. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { isAlive } from '../../command-line.mjs';

/** A terminal without a size gets prompts, and that of a benchmark in a pipe has none. */
const SIZE = 'stty columns 120 rows 40';

/** It ends some time after its terminal, and would take time from the next measurement. */
async function ended(pid) {
  while (isAlive(pid)) await delay(20);
}

export const firstFrame = {
  name: 'first-frame',
  what: 'first output of `fabric-wizard` in a terminal',
  against: '`node -e 0`',
  atMost: 1.3,
  quick: true,
  measure: async (setup, runs) => {
    const { run, bin } = setup;
    const folder = await setup.folder('first', 'fw-bench-first', {});
    const pidFile = join(folder, 'pid');
    const first = async () => {
      let seen;
      // The time includes the start of the pty and of `stty`.
      await run(
        'script',
        [
          '--quiet',
          '--flush',
          '--command',
          `echo $$ > pid; ${SIZE}; exec "${process.execPath}" "${bin}"`,
          '/dev/null',
        ],
        {
          cwd: folder,
          // It is ended after its first output.
          mayFail: true,
          onOutput: ({ seconds, end }) => {
            seen ??= seconds;
            end();
          },
        },
      );
      if (seen === undefined) throw new Error('fabric-wizard printed nothing');
      await ended(Number(await readFile(pidFile, 'utf8')));
      return seen;
    };
    const measured = [];
    const reference = [];
    for (let i = 0; i <= runs; i++) {
      const bare = (await run(process.execPath, ['-e', '0'])).seconds;
      const seconds = await first();
      if (i === 0) continue;
      reference.push(bare);
      measured.push(seconds);
    }
    return { measured, reference };
  },
};
