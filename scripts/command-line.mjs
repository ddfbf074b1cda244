/** What the programs `npm run bench`, `npm run matrix` and `npm run record` have in common. */
import { createRunner } from './processes.mjs';

/** Invalid arguments, or a state in which the program cannot start. */
export class UsageError extends Error {}

/**
 * Runs a program and sets the exit code of the process. A UsageError is printed with the usage; its exit code is 2.
 * @param main `() => Promise<number>`, resolves to the exit code
 */
export async function runMain(main, usage) {
  try {
    process.exitCode = await main();
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    process.stderr.write(`${error.message}\n\n${usage}`);
    process.exitCode = 2;
  }
}

/** Returns a runner (see `createRunner`) whose programs end when this process is interrupted. */
export function interruptibleRunner() {
  const abort = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(name, () => abort.abort());
  return createRunner(abort.signal);
}

/** Returns a runner for clean-up: an interruption does not end its programs. */
export function cleanUpRunner() {
  return createRunner(new AbortController().signal);
}
