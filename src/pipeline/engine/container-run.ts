/** Running something in a container and cancelling it: a work container to its end, a command in a running one. */
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import type Docker from 'dockerode';
import { orCancelled } from '../core/cancellation.ts';
import { CancelledError } from '../core/failure.ts';
import { envList, release } from './engine-answers.ts';
import type { ExecResult, WorkContainer } from './engine-types.ts';
import { LABEL } from './labels.ts';
import { LineSplitter } from './line-splitter.ts';
import { packTar, type TarEntry } from './tar-context.ts';

/** Puts files under `/` of a container, running or not. */
export async function upload(
  docker: Docker,
  containerId: string,
  entries: readonly TarEntry[],
  abortSignal?: AbortSignal,
): Promise<void> {
  const tar = packTar(entries);
  try {
    await docker
      .getContainer(containerId)
      .putArchive(tar as unknown as NodeJS.ReadableStream, { path: '/', abortSignal });
  } finally {
    tar.destroy();
  }
}

/** Looks at a container that has ended, before it is removed. */
export type Collect<T> = (ended: {
  readonly exitCode: number;
  /** A tar of a path of the container, as the engine gives it. */
  readonly archive: (path: string) => Promise<NodeJS.ReadableStream>;
}) => Promise<T>;

export interface ExecOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly workdir?: string;
  readonly signal: AbortSignal;
}

/** Separates the two streams of a container's output and cuts them into lines. */
export async function demuxLines(
  docker: Docker,
  output: NodeJS.ReadWriteStream,
  onLine: WorkContainer['onLine'],
): Promise<void> {
  const pipes = { stdout: new PassThrough(), stderr: new PassThrough() };
  docker.modem.demuxStream(output, pipes.stdout, pipes.stderr);
  const end = () => {
    pipes.stdout.end();
    pipes.stderr.end();
  };
  output.on('end', end);
  output.on('close', end);
  output.on('error', end);
  await Promise.all(
    (['stdout', 'stderr'] as const).map(async (name) => {
      const splitter = new LineSplitter();
      for await (const chunk of pipes[name]) {
        for (const line of splitter.push(chunk as Buffer)) onLine?.(line, name);
      }
      const rest = splitter.end();
      if (rest) onLine?.(rest, name);
    }),
  );
}

/**
 * Runs a container to its end, then lets `collect` read its files, then removes it, whatever happened.
 * Cancelling kills it at once.
 * @param later takes the removal of a container that nobody needs any more, which takes a third of a second
 */
export async function runWorkContainer<T>(
  docker: Docker,
  spec: WorkContainer,
  collect: Collect<T>,
  later: (removal: Promise<unknown>) => void,
): Promise<T> {
  if (spec.signal.aborted) throw new CancelledError();
  // Not given up when the signal fires: only what we know of can be removed.
  const container = await docker.createContainer({
    Image: spec.image,
    // An image's own entry point must not swallow our command.
    Entrypoint: [],
    Cmd: [...spec.cmd],
    Env: envList(spec.env),
    WorkingDir: spec.workdir,
    User: '0',
    Labels: { ...spec.labels, [LABEL.role]: 'work' },
    HostConfig: {
      Binds: [...(spec.binds ?? [])],
      NetworkMode: spec.networkMode ?? 'default',
      VolumesFrom: spec.volumesFrom === undefined ? [] : [spec.volumesFrom],
    },
  });
  let removal: Promise<unknown> | undefined;
  const remove = () => {
    removal ??= container.remove({ force: true, v: true }).catch(() => undefined);
    return removal;
  };
  const onAbort = () => void remove();
  const abortSignal = spec.signal;
  abortSignal.addEventListener('abort', onAbort, { once: true });
  let output: NodeJS.ReadWriteStream | undefined;
  try {
    if (abortSignal.aborted) throw new CancelledError();
    if (spec.inputs?.length) await upload(docker, container.id, spec.inputs, abortSignal);
    output = await container.attach({ stream: true, stdout: true, stderr: true, abortSignal });
    const finished = demuxLines(docker, output, spec.onLine);
    await container.start({ abortSignal });
    const { StatusCode } = (await orCancelled(container.wait({ abortSignal }), abortSignal)) as {
      StatusCode: number;
    };
    await orCancelled(finished, abortSignal);
    return await orCancelled(
      collect({
        exitCode: StatusCode,
        archive: async (path) => container.getArchive({ path, abortSignal }),
      }),
      abortSignal,
    );
  } catch (error) {
    if (abortSignal.aborted) throw new CancelledError();
    throw error;
  } finally {
    abortSignal.removeEventListener('abort', onAbort);
    release(output);
    if (abortSignal.aborted) await remove();
    else later(remove());
  }
}

/**
 * Runs a command in a running container. The engine has no way to end an exec, so the command says its
 * process id first, and cancelling kills that.
 */
export async function execIn(
  docker: Docker,
  containerId: string,
  cmd: readonly string[],
  options: ExecOptions,
): Promise<ExecResult> {
  if (options.signal.aborted) throw new CancelledError();
  const container = docker.getContainer(containerId);
  const exec = await container.exec({
    Cmd: ['sh', '-c', 'echo $$; exec "$@"', 'sh', ...cmd],
    Env: envList(options.env),
    WorkingDir: options.workdir,
    AttachStdout: true,
    AttachStderr: true,
  });
  if (options.signal.aborted) throw new CancelledError();
  const output = await exec.start({ hijack: false, stdin: false });
  const stdout = new PassThrough();
  const stderr = new PassThrough();
  docker.modem.demuxStream(output, stdout, stderr);
  const end = () => {
    stdout.end();
    stderr.end();
  };
  output.on('end', end);
  output.on('close', end);
  output.on('error', end);
  const pid = new Promise<string>((resolve) => {
    stdout.once('data', (chunk: Buffer) => resolve(chunk.toString().split('\n')[0] ?? ''));
    stdout.once('close', () => resolve(''));
  });
  const finished = Promise.all([text(stdout), text(stderr)]);
  try {
    const [out, err] = await orCancelled(finished, options.signal);
    const { ExitCode } = await exec.inspect();
    return { exitCode: ExitCode ?? -1, stdout: out.slice(out.indexOf('\n') + 1), stderr: err };
  } catch (error) {
    if (options.signal.aborted) {
      // The shell's own `kill`: the images have no program of that name.
      await container
        .exec({ Cmd: ['sh', '-c', 'kill -9 "$1"', 'sh', await pid], AttachStdout: true })
        .then((kill) => kill.start({ hijack: false, stdin: false }))
        .then((said) => said.resume())
        // Gone with its container, or ended meanwhile.
        .catch(() => undefined);
      throw new CancelledError();
    }
    throw error;
  } finally {
    release(output);
  }
}
