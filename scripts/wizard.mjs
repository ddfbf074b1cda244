/** Our program as users run it, and what it tells. */

/**
 * Runs a command with `--json`.
 * @param options `run`: a runner (`processes.mjs`); `bin`: our program; `folder`: where it is run
 * @param args the command and its options
 * @returns `{seconds, exitCode, events, stderr}`; each event has `arrived`, seconds since the start, besides what it
 *   carries. Commands that print one object give that as the only event; `stage-log` is left out
 * @throws Interrupted
 */
export async function runWizard({ run, bin, folder }, args) {
  const events = [];
  let rest = '';
  const { seconds, exitCode, stderr } = await run(process.execPath, [bin, ...args, '--json'], {
    cwd: folder,
    mayFail: true,
    onOutput: ({ chunk, from: stream, seconds: arrived }) => {
      if (stream !== 'stdout') return;
      const lines = (rest + chunk).split('\n');
      rest = lines.pop();
      for (const line of lines) {
        // What goes on inside is told by the thousand and used by nobody here.
        if (!line.startsWith('{"type":"stage-log"')) events.push({ ...JSON.parse(line), arrived });
      }
    },
  });
  return { seconds, exitCode, events, stderr };
}

/** A file of choices, whatever is in a path of them: what is JSON is YAML, too. @param choices values by key */
export function choicesText(choices) {
  return Object.entries(choices)
    .map(([key, value]) => `${key}: ${JSON.stringify(value)}\n`)
    .join('');
}
