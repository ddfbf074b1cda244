/** Runs the program in a box and observes its events. */
import { once } from 'node:events';

/** A run that takes longer hangs. The longest limit of the program itself is shorter for the sample. */
const LIMIT_MS = 180_000;

function collect(stream, onChunk) {
  stream?.setEncoding('utf8').on('data', onChunk);
  // A fault may close the stream.
  stream?.on('error', () => undefined);
}

/**
 * Starts a command with `--json`.
 * @param site see `site.mjs`
 * @param options `args`: the command, by default `up --yes`; `env` is added to the environment; `before`: a program and its
 *   arguments that start the program; `cwd`; `stdio`; `onEvent(event)` is called for each event
 * @returns `child`; `signal(name)`; `ended` resolves to `{exitCode, killedBy, hung, seconds, events, garbage, stderr}`.
 *   `events` are without `stage-log`, `garbage` are lines of stdout that are no events
 */
export function launch(site, { args = ['up', '--yes'], env, before = [], cwd, stdio, onEvent } = {}) {
  const startedAt = performance.now();
  const [command, ...given] = [...before, process.execPath, site.bin, ...args, '--json'];
  const { child, signal } = site.box.spawn(command, given, {
    cwd: cwd ?? site.dir,
    env: { PATH: process.env.PATH, HOME: site.home, LANG: 'C.UTF-8', ...env },
    stdio: stdio ?? ['ignore', 'pipe', 'pipe'],
  });
  const seen = { events: [], garbage: [], stderr: '' };
  let rest = '';
  collect(child.stdout, (chunk) => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop();
    for (const line of lines) {
      const event = parse(line);
      if (event === undefined) seen.garbage.push(line);
      else {
        if (event.type !== 'stage-log') seen.events.push(event);
        onEvent?.(event);
      }
    }
  });
  collect(child.stderr, (chunk) => {
    seen.stderr += chunk;
  });
  const limit = setTimeout(() => {
    seen.hung = true;
    signal('SIGKILL');
  }, LIMIT_MS);
  const ended = once(child, 'close').then(([exitCode, killedBy]) => {
    clearTimeout(limit);
    if (rest !== '') seen.garbage.push(rest);
    return { exitCode, killedBy, seconds: (performance.now() - startedAt) / 1000, ...seen };
  });
  return { child, signal, ended };
}

function parse(line) {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
