/** Runs a program in a running container with the user's input and output, as `docker exec -it` does. */
import { once } from 'node:events';
import type { Duplex, Readable, Writable } from 'node:stream';
import type Docker from 'dockerode';
import { orCancelled } from '../core/cancellation.ts';
import { closeStream, envList, undefinedIfMissing } from './engine-answers.ts';

export interface TerminalSize {
  readonly columns: number;
  readonly rows: number;
}

export interface TerminalOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly workdir?: string;
  readonly input: Readable;
  readonly output: Writable;
  readonly errors: Writable;
  /** Gives the program a terminal of this size; without it, the program reads and writes pipes. */
  readonly size?: () => TerminalSize;
  /** Calls back after every change of the size. @returns a function that removes the listener */
  readonly onResize?: (listener: () => void) => () => void;
  /** Ends the connection. */
  readonly signal: AbortSignal;
}

const CTRL_C = '\u0003';
const CTRL_D = '\u0004';
/** A shell that handles Ctrl-C drops the keys that follow at once. */
const APART_MS = 100;

/** Ends the program of a shell and then the shell. The engine cannot end a command. */
function endShell(stream: Duplex): void {
  stream.write(CTRL_C);
  setTimeout(() => stream.end(CTRL_D, () => closeStream(stream)), APART_MS);
}

/** Sends the input until the output ends. */
async function connect(docker: Docker, stream: Duplex, options: TerminalOptions): Promise<void> {
  const { input, output, errors, size, signal } = options;
  // The stream may fail before anything waits for its end.
  const ended = Promise.race([once(stream, 'end'), once(stream, 'close')]);
  ended.catch(() => undefined);
  if (size) stream.pipe(output, { end: false });
  else docker.modem.demuxStream(stream, output, errors);
  input.pipe(stream);
  try {
    await orCancelled(ended, signal);
  } finally {
    input.unpipe(stream);
    input.pause();
    if (signal.aborted && size) endShell(stream);
    else closeStream(stream);
  }
}

/**
 * Runs a command in a running container and connects it with the input and the output.
 * @returns its exit code @throws CancelledError
 */
export async function attachTerminal(
  docker: Docker,
  containerId: string,
  cmd: readonly string[],
  options: TerminalOptions,
): Promise<number> {
  const { size } = options;
  const exec = await docker.getContainer(containerId).exec({
    Cmd: [...cmd],
    Env: envList(options.env),
    WorkingDir: options.workdir,
    AttachStdin: true,
    AttachStdout: true,
    AttachStderr: true,
    Tty: size !== undefined,
  });
  const stream = await exec.start({ hijack: true, stdin: true, Tty: size !== undefined });
  // The program may end before its terminal is resized.
  const resize = () => {
    if (!size) return;
    const { columns, rows } = size();
    exec.resize({ w: columns, h: rows }).catch(() => undefined);
  };
  resize();
  const removeListener = options.onResize?.(resize);
  try {
    await connect(docker, stream, options);
  } finally {
    removeListener?.();
  }
  return (await undefinedIfMissing(() => exec.inspect()))?.ExitCode ?? -1;
}
