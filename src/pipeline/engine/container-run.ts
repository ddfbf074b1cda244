/** Runs a work container to its end, or a command in a running container. Both can be cancelled. */
import { text } from 'node:stream/consumers';
import type Docker from 'dockerode';
import { orCancelled } from '../core/cancellation.ts';
import { CancelledError } from '../core/failure.ts';
import { demux, demuxLines } from './container-log.ts';
import type { EngineAddress } from './engine-address.ts';
import { closeStream, envList, undefinedIfMissing } from './engine-answers.ts';
import { lostEngine } from './engine-connection.ts';
import type { ExecResult, LastingContainer, WorkContainer } from './engine-types.ts';
import { type TarEntry, withTar } from './tar-context.ts';
import { workLabels } from './work-labels.ts';

/** Puts files under `/` of a container, running or not. @throws WizardFailure `file`; CancelledError */
export async function upload(
  docker: Docker,
  containerId: string,
  entries: readonly TarEntry[],
  abortSignal?: AbortSignal,
  onSent?: (bytes: number) => void,
): Promise<void> {
  try {
    await withTar(
      entries,
      (stream) => docker.getContainer(containerId).putArchive(stream, { path: '/', abortSignal }),
      onSent,
    );
  } catch (error) {
    if (abortSignal?.aborted) throw new CancelledError();
    throw error;
  }
}

/** Reads a container that has ended, before it is removed. */
export type Collect<T> = (ended: {
  readonly exitCode: number;
  /** Returns the engine's tar of a path of the container. */
  readonly archive: (path: string) => Promise<NodeJS.ReadableStream>;
}) => Promise<T>;

export interface ExecOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly workdir?: string;
  /** Run the program itself, for images without a shell. Cancelling then does not end it. */
  readonly direct?: boolean;
  readonly signal: AbortSignal;
}

/**
 * Runs a container to its end, lets `collect` read its files, and always removes it. Cancelling kills it at once.
 * @param later receives the removal, which takes a third of a second, so that the caller need not wait for it
 */
export async function runWorkContainer<T>(
  docker: Docker,
  spec: WorkContainer,
  collect: Collect<T>,
  later: (removal: Promise<unknown>) => void,
): Promise<T> {
  if (spec.signal.aborted) throw new CancelledError();
  // Not cancelled: a container can only be removed by its id.
  const container = await docker.createContainer({
    Image: spec.image,
    // Otherwise the image's entry point would take the command as its arguments.
    Entrypoint: [],
    Cmd: [...spec.cmd],
    Env: envList(spec.env),
    WorkingDir: spec.workdir,
    User: '0',
    Labels: workLabels(spec.labels),
    HostConfig: {
      Binds: [...(spec.binds ?? [])],
      NetworkMode: spec.networkMode ?? 'default',
      // Without `exec`, no program in them can be run.
      Tmpfs: Object.fromEntries((spec.inMemory ?? []).map((path) => [path, 'exec'])),
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
    if (spec.inputs?.length) await upload(docker, container.id, spec.inputs, abortSignal, spec.onSent);
    output = await container.attach({ stream: true, stdout: true, stderr: true, abortSignal });
    const finished = demuxLines(docker, output, spec.onLine);
    // It may fail before it is awaited.
    finished.catch(() => undefined);
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
    closeStream(output);
    if (abortSignal.aborted) await remove();
    else later(remove());
  }
}

/** What the gateway has too. Such a log can be read on every engine. */
export const CONFINED = {
  CapDrop: ['ALL'],
  SecurityOpt: ['no-new-privileges:true'],
  LogConfig: { Type: 'json-file', Config: { 'max-size': '10m', 'max-file': '2' } },
};

/** Creates a container that runs until it is stopped, which kills it: it has nothing to save. @returns its id */
export async function createLasting(docker: Docker, spec: LastingContainer): Promise<string> {
  const { network, aliases = [], ports = {} } = spec;
  const published = Object.entries(ports).map(([inside, port]) => [`${inside}/tcp`, port] as const);
  const { id } = await docker.createContainer({
    ...(spec.name === undefined ? {} : { name: spec.name }),
    Image: spec.image,
    Entrypoint: [],
    Cmd: [...spec.cmd],
    Env: envList(spec.env),
    User: '0',
    StopSignal: 'SIGKILL',
    Labels: { ...spec.labels },
    ExposedPorts: Object.fromEntries(published.map(([inside]) => [inside, {}])),
    HostConfig: {
      Binds: [...(spec.binds ?? [])],
      NetworkMode: network,
      PortBindings: Object.fromEntries(
        published.map(([inside, port]) => [inside, [{ HostIp: '127.0.0.1', HostPort: String(port) }]]),
      ),
      ...(spec.restarts ? { RestartPolicy: { Name: 'on-failure' } } : {}),
      ...(spec.confined ? CONFINED : {}),
    },
    ...(aliases.length === 0
      ? {}
      : { NetworkingConfig: { EndpointsConfig: { [network]: { Aliases: [...aliases] } } } }),
  });
  return id;
}

/**
 * Returns the exit code of a command whose output has ended.
 * @throws WizardFailure `engine` if it has not ended, or if the engine was restarted and does not know it any more
 */
export async function exitCodeOf(
  exec: Docker.Exec,
  address: EngineAddress,
  cmd: readonly string[],
): Promise<number> {
  const ended = await undefinedIfMissing(() => exec.inspect());
  if (ended === undefined || ended.Running)
    throw lostEngine(address, { key: 'detail.output-ended', command: cmd.join(' ') });
  return ended.ExitCode ?? -1;
}

/** Kills a process of a container, which the engine cannot. Does nothing if either has already ended. */
export async function killIn(container: Docker.Container, pid: string): Promise<void> {
  // The shell's builtin `kill`: the images have no such program.
  await container
    .exec({ Cmd: ['sh', '-c', 'kill -9 "$1"', 'sh', pid], AttachStdout: true })
    .then((kill) => kill.start({ hijack: false, stdin: false }))
    .then((output) => output.resume())
    .catch(() => undefined);
}

/**
 * Runs a command in a running container. The engine cannot stop an exec, so a shell prints its process id first, and
 * cancelling kills that process.
 */
export async function execIn(
  docker: Docker,
  address: EngineAddress,
  containerId: string,
  cmd: readonly string[],
  options: ExecOptions,
): Promise<ExecResult> {
  if (options.signal.aborted) throw new CancelledError();
  const container = docker.getContainer(containerId);
  const exec = await container.exec({
    Cmd: options.direct ? [...cmd] : ['sh', '-c', 'echo $$; exec "$@"', 'sh', ...cmd],
    Env: envList(options.env),
    WorkingDir: options.workdir,
    AttachStdout: true,
    AttachStderr: true,
  });
  if (options.signal.aborted) throw new CancelledError();
  const output = await exec.start({ hijack: false, stdin: false });
  const { stdout, stderr } = demux(docker, output);
  const pid = new Promise<string>((resolve) => {
    stdout.once('data', (chunk: Buffer) => resolve(chunk.toString().split('\n')[0] ?? ''));
    stdout.once('close', () => resolve(''));
  });
  const finished = Promise.all([text(stdout), text(stderr)]);
  try {
    const [out, err] = await orCancelled(finished, options.signal);
    const exitCode = await exitCodeOf(exec, address, cmd);
    const printed = options.direct ? out : out.slice(out.indexOf('\n') + 1);
    return { exitCode, stdout: printed, stderr: err };
  } catch (error) {
    if (options.signal.aborted && options.direct) throw new CancelledError();
    if (options.signal.aborted) {
      await killIn(container, await pid);
      throw new CancelledError();
    }
    throw error;
  } finally {
    closeStream(output);
  }
}
