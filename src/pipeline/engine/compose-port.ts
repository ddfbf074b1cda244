/** Compose (plugin or standalone), run by the `docker-compose` package and cancellable. */
import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import type { IDockerComposeOptions } from 'docker-compose';
import { CancelledError, WizardFailure } from '../core/failure.ts';
import { type EngineAddress, machineAddress } from './engine-address.ts';
import { LineSplitter } from './line-splitter.ts';
import { connectedEnvironment } from './ssh-tunnel.ts';

export interface ComposeProgram {
  readonly kind: 'plugin' | 'standalone';
  readonly version: string;
}

/** A program with one of compose's names that is not Docker Compose. */
export interface UnknownCompose {
  readonly kind: 'unknown';
  /** Its command: `docker-compose`. */
  readonly program: string;
  /** First line of what it says about its version. */
  readonly says: string;
}

export interface ComposeRun {
  /** Folder of the file and its .env. */
  readonly dir: string;
  /** Name of the file; default: `docker-compose.yaml`. */
  readonly file?: string | undefined;
  readonly project: string;
  /** Only these services; default: all services. */
  readonly services?: readonly string[] | undefined;
  /** What `services` are: some that start without their dependencies, or all that the network needs. Default: some. */
  readonly scope?: 'some' | 'needed';
  readonly signal: AbortSignal;
  readonly onLine: (line: string) => void;
}

export class ComposePort {
  readonly program: ComposeProgram;
  readonly #engine: EngineAddress;

  constructor(program: ComposeProgram, engine: EngineAddress) {
    this.program = program;
    this.#engine = engine;
  }

  /** Returns the same program for the engine of a machine of the network. */
  on(machine: string | undefined): ComposePort {
    const { machines, origin } = this.#engine;
    if (machine === undefined || machine === machines?.selected) return this;
    const other = machines?.others.find(({ name }) => name === machine);
    if (!other) throw new Error(`no engine of ${machine}`);
    return new ComposePort(this.program, machineAddress(other, origin));
  }

  /** Address of the engine, for `DOCKER_HOST`. */
  get endpoint(): string {
    return this.#engine.endpoint;
  }

  /** The command to show to the user. */
  get command(): string {
    return this.program.kind === 'plugin' ? 'docker compose' : 'docker-compose';
  }

  /**
   * Runs `up -d`: creates missing containers, recreates changed ones, and removes those of deleted services.
   * @throws WizardFailure `command`, without the output that `onLine` received; CancelledError
   */
  async up(run: ComposeRun): Promise<void> {
    // The bundler only supports the default export of a CommonJS package that is imported dynamically.
    const { upAll, upMany } = (await import('docker-compose')).default;
    if (run.signal.aborted) throw new CancelledError();
    const splitter = new LineSplitter();
    const flag = run.services && run.scope !== 'needed' ? '--no-deps' : '--remove-orphans';
    // The package cannot stop its processes. A variable in their environment identifies them.
    const mark = `FABRIC_WIZARD_COMPOSE=${process.pid}-${Date.now()}`;
    const [markName = '', markValue = ''] = mark.split('=');
    const options: IDockerComposeOptions = {
      cwd: run.dir,
      config: run.file ?? 'docker-compose.yaml',
      executable: this.program.kind === 'standalone' ? { standalone: true } : undefined,
      composeOptions: [['--project-name', run.project]],
      commandOptions: [flag],
      env: {
        ...(await connectedEnvironment(this.#engine, run.signal)),
        COMPOSE_PROJECT_NAME: run.project,
        [markName]: markValue,
      },
      maxOutputLength: 0,
      callback: (chunk) => {
        for (const text of splitter.push(chunk)) run.onLine(text);
      },
    };
    let ended = false;
    const onAbort = async () => {
      // Repeated until compose has ended: a process that is just starting does not have the variable yet.
      while (!ended) {
        await killMarked(mark);
        await delay(20);
      }
    };
    run.signal.addEventListener('abort', onAbort, { once: true });
    try {
      await (run.services ? upMany([...run.services], options) : upAll(options));
    } catch (error) {
      if (run.signal.aborted) throw new CancelledError();
      // The package rejects with a plain object: {exitCode, out, err}.
      const exitCode =
        typeof error === 'object' && error !== null && 'exitCode' in error ? Number(error.exitCode) : -1;
      const rest = splitter.end();
      if (rest) run.onLine(rest);
      if (error instanceof Error) run.onLine(error.message);
      throw new WizardFailure({
        kind: 'command',
        command: `${this.command}${run.file ? ` --file ${run.file}` : ''} --project-name ${run.project} up -d ${[flag, ...(run.services ?? [])].join(' ')}`,
        where: run.dir,
        exitCode,
        tail: [],
      });
    } finally {
      ended = true;
      run.signal.removeEventListener('abort', onAbort);
    }
    if (run.signal.aborted) throw new CancelledError();
  }
}

/** Kills every process whose environment contains `mark`: compose and its children. */
async function killMarked(mark: string): Promise<void> {
  const pids = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name));
  await Promise.all(
    pids.map(async (pid) => {
      const environment = await readFile(`/proc/${pid}/environ`, 'latin1').catch(() => '');
      if (!environment.split('\0').includes(mark)) return;
      try {
        process.kill(Number(pid), 'SIGKILL');
      } catch {
        // The process has already ended.
      }
    }),
  );
}
