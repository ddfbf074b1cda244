/** Programs of the host, timed, and ended together. */
import { spawn } from 'node:child_process';
import { setMaxListeners } from 'node:events';

export class Interrupted extends Error {}

/** What a program said before it failed. */
function tailOf(text) {
  return text.trim().split('\n').slice(-15).join('\n');
}

/**
 * @param signal ends whatever is running
 * @returns `run(command, args, {cwd, env, input, onOutput, mayFail})` -> `{seconds, exitCode, stdout, stderr}`;
 *   `onOutput({chunk, from, seconds, end})` hears both streams. It throws Interrupted when the signal fires,
 *   and Error for an exit code other than 0 unless `mayFail`
 */
export function createRunner(signal) {
  // One for each program that runs; nothing leaks.
  setMaxListeners(0, signal);
  return (command, args, { cwd, env, input, onOutput, mayFail = false } = {}) =>
    new Promise((resolve, reject) => {
      if (signal.aborted) return reject(new Interrupted());
      const startedAt = performance.now();
      const since = () => (performance.now() - startedAt) / 1000;
      const child = spawn(command, args, {
        cwd,
        env: { ...process.env, ...env },
        // A group of its own: Ctrl-C reaches us, and we end it.
        detached: true,
        stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
      });
      const end = () => {
        try {
          if (child.pid !== undefined) process.kill(-child.pid, 'SIGTERM');
        } catch {
          // It has ended by itself.
        }
      };
      signal.addEventListener('abort', end, { once: true });
      const said = { stdout: '', stderr: '' };
      for (const name of ['stdout', 'stderr']) {
        child[name].setEncoding('utf8').on('data', (chunk) => {
          said[name] += chunk;
          onOutput?.({ chunk, from: name, seconds: since(), end });
        });
      }
      // Whoever closes its input early says so by its exit code.
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
          const how = killedBy ? `was ended by ${killedBy}` : `ended with ${exitCode}`;
          const words = [command, ...args].join(' ');
          return reject(
            new Error(`${words.slice(0, 300)} ${how}\n${tailOf(`${said.stdout}\n${said.stderr}`)}`),
          );
        }
        resolve({ seconds, exitCode, ...said });
      });
    });
}
