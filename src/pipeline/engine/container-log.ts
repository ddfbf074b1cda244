/** Logs and output of containers, line by line. */
import { PassThrough } from 'node:stream';
import type Docker from 'dockerode';
import { orCancelled } from '../core/cancellation.ts';
import { clip } from '../core/line-tail.ts';
import { closeStream } from './engine-answers.ts';
import type { WorkContainer } from './engine-types.ts';
import { LineSplitter } from './line-splitter.ts';

/** Splits a container's multiplexed output into stdout and stderr. Both streams end, or fail, as the output does. */
export function demux(
  docker: Docker,
  output: NodeJS.ReadableStream,
): { readonly stdout: PassThrough; readonly stderr: PassThrough } {
  const streams = { stdout: new PassThrough(), stderr: new PassThrough() };
  docker.modem.demuxStream(output, streams.stdout, streams.stderr);
  const end = () => {
    streams.stdout.end();
    streams.stderr.end();
  };
  output.on('end', end);
  output.on('close', end);
  output.on('error', (error) => {
    streams.stdout.destroy(error);
    streams.stderr.destroy(error);
  });
  return streams;
}

/** Reads a container's multiplexed output to its end, line by line. */
export async function demuxLines(
  docker: Docker,
  output: NodeJS.ReadableStream,
  onLine: WorkContainer['onLine'],
): Promise<void> {
  const streams = demux(docker, output);
  await Promise.all(
    (['stdout', 'stderr'] as const).map(async (name) => {
      const splitter = new LineSplitter();
      for await (const chunk of streams[name]) {
        for (const line of splitter.push(chunk as Buffer)) onLine?.(line, name);
      }
      const rest = splitter.end();
      if (rest) onLine?.(rest, name);
    }),
  );
}

export interface LogReading {
  /** Number of existing lines, from the end. Default: all. */
  readonly tail?: number | undefined;
  /** Milliseconds since the epoch; older lines are left out. */
  readonly since?: number | undefined;
  /** Puts the time and a blank before each line. */
  readonly timestamps?: boolean;
}

/** Returns the lines of a container's log, stdout and stderr in order. @param kept what is kept of a line */
export async function readLog(
  docker: Docker,
  id: string,
  options: LogReading,
  kept: (line: string) => string = (line) => line,
): Promise<string[]> {
  const { tail, since = 0, timestamps = false } = options;
  const collected: string[] = [];
  const output = await docker
    .getContainer(id)
    .logs({ stdout: true, stderr: true, tail, since: since / 1000, timestamps, follow: false });
  const stream = new PassThrough();
  stream.end(output);
  await demuxLines(docker, stream, (line) => collected.push(kept(line)));
  return collected;
}

/** Returns the last lines of a container's log. Long lines are cut. @param since milliseconds since the epoch */
export async function logTail(docker: Docker, id: string, lines: number, since: number): Promise<string[]> {
  return (await readLog(docker, id, { tail: lines, since }, (line) => clip(line))).slice(-lines);
}

export interface OutputFollowing {
  readonly signal: AbortSignal;
  readonly onLine: (line: string) => void;
}

export type LogFollowing = OutputFollowing & LogReading;

/** Follows a container's log until the container stops or the signal fires. */
export async function followLog(docker: Docker, id: string, options: LogFollowing): Promise<void> {
  const output = await docker.getContainer(id).logs({
    stdout: true,
    stderr: true,
    tail: options.tail,
    since: (options.since ?? 0) / 1000,
    timestamps: options.timestamps,
    follow: true,
    abortSignal: options.signal,
  });
  await orCancelled(
    demuxLines(docker, output, (line) => options.onLine(line)),
    options.signal,
  );
}

/** Follows a container's whole output, even if it has not started yet, until it stops or the signal fires. */
export async function followOutput(docker: Docker, id: string, options: OutputFollowing): Promise<void> {
  const output = await docker
    .getContainer(id)
    .attach({ stream: true, logs: true, stdout: true, stderr: true, abortSignal: options.signal });
  try {
    await orCancelled(
      demuxLines(docker, output, (line) => options.onLine(line)),
      options.signal,
    );
  } finally {
    closeStream(output);
  }
}
