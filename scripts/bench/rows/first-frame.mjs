/** The first that a person sees after typing the bare name. */

export const firstFrame = {
  name: 'first-frame',
  what: 'first output of a bare `fabric-wizard` at a terminal',
  against: '`node -e 0`',
  atMost: 3,
  quick: true,
  measure: async (ground, runs) => {
    const { run, bin } = ground;
    const folder = await ground.folder('first', 'fw-bench-first', {});
    const first = async () => {
      let seen;
      // The pty's own start is counted as ours.
      await run(
        'script',
        ['--quiet', '--flush', '--command', `"${process.execPath}" "${bin}"`, '/dev/null'],
        {
          cwd: folder,
          // Ended as soon as it has said something.
          mayFail: true,
          onOutput: ({ seconds, end }) => {
            seen ??= seconds;
            end();
          },
        },
      );
      if (seen === undefined) throw new Error('a bare fabric-wizard said nothing');
      return seen;
    };
    const ours = [];
    const theirs = [];
    for (let i = 0; i <= runs; i++) {
      const bare = (await run(process.execPath, ['-e', '0'])).seconds;
      const seconds = await first();
      if (i === 0) continue;
      theirs.push(bare);
      ours.push(seconds);
    }
    return { ours, theirs };
  },
};
