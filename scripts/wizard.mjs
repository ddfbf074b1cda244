/** Runs the built program and reads its events. */

/**
 * Runs a command with `--json`.
 * @param options `run`: a runner (see `createRunner`); `bin`: path of the program; `folder`: its working directory
 * @param args the command and its options
 * @returns `{seconds, exitCode, events, stderr}`. Each event also has `arrived`, the seconds since the start. The object
 *   of commands that print one object is the only event. `stage-log` events are left out
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
        // There are thousands of log lines, and no caller needs them.
        if (!line.startsWith('{"type":"stage-log"')) events.push({ ...JSON.parse(line), arrived });
      }
    },
  });
  return { seconds, exitCode, events, stderr };
}

/** Returns the text of a `fabric-wizard.yaml`. Values are written as JSON, which is valid YAML. @param choices values by key */
export function choicesText(choices) {
  return Object.entries(choices)
    .map(([key, value]) => `${key}: ${JSON.stringify(value)}\n`)
    .join('');
}
