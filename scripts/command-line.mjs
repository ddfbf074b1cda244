/** What the programs `npm run bench`, `npm run faults`, `npm run matrix` and `npm run record` have in common. */
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createRunner } from './processes.mjs';

const LOCK = 'lock';

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

/** Prints a line of progress with the time of day to stderr. */
export function log(line) {
  const time = new Date().toTimeString().slice(0, 8);
  process.stderr.write(`${time} ${line}\n`);
}

/** Returns the values of the command line, see `parseArgs` of Node. @throws UsageError */
export function parseValues(args, options) {
  try {
    return parseArgs({ args, options }).values;
  } catch (error) {
    throw new UsageError(error.message);
  }
}

export function isAlive(pid) {
  if (!(pid > 0)) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/**
 * Locks a work folder, because two processes would overwrite each other's checkouts and results.
 * @returns a function that unlocks it
 * @throws UsageError if a running process has the lock
 */
export async function lockFolder(work) {
  const path = join(work, LOCK);
  const take = () => writeFile(path, String(process.pid), { flag: 'wx' });
  try {
    await take();
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
    const holder = Number(await readFile(path, 'utf8'));
    if (isAlive(holder)) throw new UsageError(`process ${holder} is using ${work}; use another --work`);
    await rm(path, { force: true });
    await take();
  }
  return () => rm(path, { force: true });
}

/**
 * Calls `work` while this process alone uses the folder, which is created if it does not exist.
 * @throws UsageError if another process uses it
 */
export async function inWorkFolder(folder, work) {
  await mkdir(folder, { recursive: true });
  const unlock = await lockFolder(folder);
  try {
    return await work();
  } finally {
    await unlock();
  }
}

/**
 * Runs a program that works in a folder: prints its usage if that was asked for, else calls `work` while this process
 * alone uses the folder.
 * @param program `parse(argv)` returns options with `help` alone, or with `work`, the folder; `usage`: text
 * @param work `(options) => Promise<number>`, resolves to the exit code
 */
export async function runInFolder({ parse, usage }, work) {
  await runMain(async () => {
    const options = parse(process.argv.slice(2));
    if (options.help) {
      console.log(usage);
      return 0;
    }
    return inWorkFolder(options.work, () => work(options));
  }, usage);
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
