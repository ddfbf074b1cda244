/** Runs programs, measures their time, and ends them all on interruption. */
import { spawn } from 'node:child_process';
import { setMaxListeners } from 'node:events';

/** The run was interrupted by a signal. */
export class Interrupted extends Error {}

/** Returns the last lines of an output. */
function tailOf(text) {
  return text.trim().split('\n').slice(-15).join('\n');
}

/**
 * Returns a function that runs programs.
 * @param signal ends all running programs
 * @returns `run(command, args, {cwd, env, input, onOutput, mayFail})` -> `{seconds, exitCode, stdout, stderr}`.
 *   `onOutput({chunk, from, seconds, end})` is called for both streams. It throws Interrupted if the signal fires,
 *   and Error if the exit code is not 0 and `mayFail` is not set
 */
export function createRunner(signal) {
  // Each running program adds a listener, and removes it at its end.
  setMaxListeners(0, signal);
  return (command, args, { cwd, env, input, onOutput, mayFail = false } = {}) =>
    new Promise((resolve, reject) => {
      if (signal.aborted) return reject(new Interrupted());
      const startedAt = performance.now();
      const since = () => (performance.now() - startedAt) / 1000;
      const child = spawn(command, args, {
        cwd,
        env: { ...process.env, ...env },
        // In its own process group, Ctrl-C does not reach the program directly.
        detached: true,
        stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
      });
      const end = () => {
        try {
          if (child.pid !== undefined) process.kill(-child.pid, 'SIGTERM');
        } catch {
          // It has ended already.
        }
      };
      signal.addEventListener('abort', end, { once: true });
      const output = { stdout: '', stderr: '' };
      for (const name of ['stdout', 'stderr']) {
        child[name].setEncoding('utf8').on('data', (chunk) => {
          output[name] += chunk;
          onOutput?.({ chunk, from: name, seconds: since(), end });
        });
      }
      // A program that closes its input early reports that by its exit code.
      child.stdin?.on('error', () => undefined);
      child.stdin?.end(input);
      child.on('error', (error) => {
        signal.removeEventListener('abort', end);
        reject(error);
      });
      child.on('close', (code, killedBy) => {
        const seconds = since();
        signal.removeEventListener('abort', end);
        if (signal.aborted) return reject(new Interrupted());
        const exitCode = code ?? -1;
        if (exitCode !== 0 && !mayFail) {
          const ending = killedBy ? `was ended by ${killedBy}` : `ended with ${exitCode}`;
          const commandLine = [command, ...args].join(' ');
          return reject(
            new Error(
              `${commandLine.slice(0, 300)} ${ending}\n${tailOf(`${output.stdout}\n${output.stderr}`)}`,
            ),
          );
        }
        resolve({ seconds, exitCode, ...output });
      });
    });
}
