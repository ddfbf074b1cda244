/** Shells that stay in a container, so that a command costs the start of its program and no `docker exec`. */
import { randomUUID } from 'node:crypto';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type Docker from 'dockerode';
import PQueue from 'p-queue';
import { orCancelled } from '../core/cancellation.ts';
import { CancelledError } from '../core/failure.ts';
import { shellLine, shellQuoted } from '../core/shell-text.ts';
import { demux } from './container-log.ts';
import { type ExecOptions, exitCodeOf, killIn } from './container-run.ts';
import type { EngineAddress } from './engine-address.ts';
import { closeStream } from './engine-answers.ts';
import type { ExecResult } from './engine-types.ts';

export type ShellOptions = Omit<ExecOptions, 'direct'>;

/** Returns what a shell reads to run a command. The command prints its process id first, and the shell a mark after its end. */
function scriptOf(cmd: readonly string[], { env = {}, workdir }: ShellOptions, mark: string): string {
  const steps = [
    ...Object.entries(env).map(([name, value]) => `export ${name}=${shellQuoted(value)}`),
    ...(workdir === undefined ? [] : [`cd ${shellQuoted(workdir)}`]),
    `exec sh -c 'echo $$; exec "$@"' sh ${shellLine(cmd)}`,
  ];
  return `(${steps.join(' && ')}) </dev/null; printf '\\n${mark} %s\\n' "$?"; printf '\\n${mark} \\n' >&2\n`;
}

/** Characters around a mark: line breaks, a blank and an exit code. */
const MARK_ROOM = 10;

/** Splits an output at the mark. @returns undefined if the mark has not come */
function atMark(text: string, mark: string): { readonly before: string; readonly after: string } | undefined {
  // Nothing follows the mark and an exit code.
  const from = Math.max(0, text.length - mark.length - MARK_ROOM);
  const at = text.endsWith('\n') ? text.indexOf(`\n${mark} `, from) : -1;
  if (at < 0) return undefined;
  return { before: text.slice(0, at), after: text.slice(at + mark.length + 2, -1) };
}

function withoutPid(text: string): string {
  return text.slice(text.indexOf('\n') + 1);
}

/** A command prints its process id at once. Only a dead connection takes longer. */
const PID_MS = 1000;

/** Whether the process can end before the stream. One through `ssh` keeps the process alive. */
function canRest(stream: Duplex): stream is Duplex & Pick<Socket, 'ref' | 'unref'> {
  return 'unref' in stream && typeof stream.unref === 'function';
}

/** A shell that runs one command at a time. */
class ContainerShell {
  readonly #container: Docker.Container;
  readonly #address: EngineAddress;
  readonly #exec: Docker.Exec;
  readonly #stream: Duplex;
  #stdout = '';
  #stderr = '';
  #error: Error | undefined;
  #isOpen = true;
  #onChange: () => void = () => undefined;

  private constructor(
    container: Docker.Container,
    address: EngineAddress,
    exec: Docker.Exec,
    stream: Duplex,
  ) {
    this.#container = container;
    this.#address = address;
    this.#exec = exec;
    this.#stream = stream;
  }

  static async open(docker: Docker, address: EngineAddress, containerId: string): Promise<ContainerShell> {
    const container = docker.getContainer(containerId);
    const attached = { AttachStdin: true, AttachStdout: true, AttachStderr: true };
    const exec = await container.exec({ Cmd: ['sh'], ...attached });
    const stream = await exec.start({ hijack: true, stdin: true });
    const shell = new ContainerShell(container, address, exec, stream);
    const { stdout, stderr } = demux(docker, stream);
    stdout.setEncoding('utf8').on('data', (text: string) => {
      shell.#stdout += text;
      shell.#onChange();
    });
    stderr.setEncoding('utf8').on('data', (text: string) => {
      shell.#stderr += text;
      shell.#onChange();
    });
    for (const each of [stdout, stderr, stream]) {
      each.on('error', (error: Error) => shell.#closed(error));
      each.on('close', () => shell.#closed());
    }
    return shell;
  }

  #closed(error?: Error): void {
    this.#isOpen = false;
    this.#error ??= error;
    this.#onChange();
  }

  /** Returns the process id of the command; empty if the shell ended before, or if nothing comes from it. */
  #pid(): Promise<string> {
    return new Promise((resolve) => {
      setTimeout(() => resolve(''), PID_MS).unref();
      this.#onChange = () => {
        const end = this.#stdout.indexOf('\n');
        if (end >= 0 || !this.#isOpen) resolve(this.#stdout.slice(0, Math.max(0, end)));
      };
      this.#onChange();
    });
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  /**
   * Does not throw for an exit code. Cancelling kills the command and ends the shell.
   * @returns undefined if the shell had ended before the command began
   * @throws CancelledError; WizardFailure `engine` if the connection ends before the command
   */
  async run(cmd: readonly string[], options: ShellOptions): Promise<ExecResult | undefined> {
    const mark = randomUUID();
    this.#stdout = '';
    this.#stderr = '';
    const ended = new Promise<ExecResult | undefined>((resolve) => {
      this.#onChange = () => {
        const [out, err] = [atMark(this.#stdout, mark), atMark(this.#stderr, mark)];
        if (out && err)
          resolve({ exitCode: Number(out.after), stdout: withoutPid(out.before), stderr: err.before });
        else if (!this.#isOpen) resolve(undefined);
      };
    });
    this.#stream.write(scriptOf(cmd, options, mark));
    this.#onChange();
    try {
      const result = await orCancelled(ended, options.signal);
      if (result) return result;
      if (!this.#stdout.includes('\n')) return undefined;
      if (this.#error) throw this.#error;
      const exitCode = await exitCodeOf(this.#exec, this.#address, cmd);
      return { exitCode, stdout: withoutPid(this.#stdout), stderr: this.#stderr };
    } catch (error) {
      if (options.signal.aborted) await killIn(this.#container, await this.#pid());
      this.end();
      throw error;
    }
  }

  /** Lets this process end while the shell has no command. @returns false if the connection keeps the process alive */
  rest(): boolean {
    const stream = this.#stream;
    if (canRest(stream)) stream.unref();
    return canRest(stream);
  }

  /** Ends a rest. */
  wake(): void {
    if (canRest(this.#stream)) this.#stream.ref();
  }

  /** Closes the connection. The shell then ends, because it can read no more commands. */
  end(): void {
    this.#isOpen = false;
    closeStream(this.#stream);
  }
}

/** Exit code of a program that SIGKILL has ended. */
const KILLED = 137;

/**
 * A shell without a command ends after this time. The next step of a stage or the next save finds it: another shell is a
 * `docker exec`. A connection that is idle for longer can be lost on the way to an engine elsewhere.
 */
const IDLE_MS = 60_000;
/** The same if its connection keeps this process alive. */
const AWAKE_IDLE_MS = 200;

/** The shells of a container. More commands than `atMost` wait. */
export class ContainerShells {
  readonly #open: () => Promise<ContainerShell>;
  readonly #queue: PQueue;
  readonly #idle = new Map<ContainerShell, NodeJS.Timeout>();

  constructor(docker: Docker, address: EngineAddress, containerId: string, atMost: number) {
    this.#open = () => ContainerShell.open(docker, address, containerId);
    this.#queue = new PQueue({ concurrency: atMost });
  }

  /** See `ContainerShell.run`. */
  run(cmd: readonly string[], options: ShellOptions): Promise<ExecResult> {
    const { signal } = options;
    return this.#queue.add(async () => {
      if (signal.aborted) throw new CancelledError();
      const kept = this.#idleShell();
      const result = kept && (await this.#runIn(kept, cmd, options));
      if (result) return result;
      const fresh = await this.#runIn(await this.#open(), cmd, options);
      // The engine has started this shell, so its container has just ended.
      return fresh ?? { exitCode: KILLED, stdout: '', stderr: '' };
    });
  }

  async #runIn(shell: ContainerShell, ...call: Parameters<ContainerShell['run']>) {
    const result = await shell.run(...call);
    if (result) this.#keep(shell);
    return result;
  }

  #keep(shell: ContainerShell): void {
    const end = () => {
      this.#idle.delete(shell);
      shell.end();
    };
    const rests = shell.rest();
    const timer = setTimeout(end, rests ? IDLE_MS : AWAKE_IDLE_MS);
    if (rests) timer.unref();
    this.#idle.set(shell, timer);
  }

  #idleShell(): ContainerShell | undefined {
    for (const [shell, timer] of this.#idle) {
      clearTimeout(timer);
      this.#idle.delete(shell);
      shell.wake();
      if (shell.isOpen) return shell;
    }
    return undefined;
  }
}
