/** The first output of the program without arguments. */

export const firstFrame = {
  name: 'first-frame',
  what: 'first output of `fabric-wizard` in a terminal',
  against: '`node -e 0`',
  atMost: 3,
  quick: true,
  measure: async (setup, runs) => {
    const { run, bin } = setup;
    const folder = await setup.folder('first', 'fw-bench-first', {});
    const first = async () => {
      let seen;
      // The time includes the start of the pty.
      await run(
        'script',
        ['--quiet', '--flush', '--command', `"${process.execPath}" "${bin}"`, '/dev/null'],
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
