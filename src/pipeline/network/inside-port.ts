/** Connects to ports from inside a container, for engines whose published ports are not those of this host. */
import { Duplex, PassThrough, Writable } from 'node:stream';
import type { DockerPort } from '../engine/docker-port.ts';
import { messageOf, statusOf } from '../engine/engine-answers.ts';
import { parseProcNetTcp } from '../host/ports.ts';

export interface InsideEngine {
  readonly docker: Pick<DockerPort, 'exec' | 'attachTerminal'>;
}

/** Connects its input and output with the port $1, until one side ends. */
const CONNECT = `
exec 3<>"/dev/tcp/127.0.0.1/$1" 4<&0 || exit 1
cat <&3 &
reader=$!
cat <&4 >&3 &
wait -n
kill $reader $! 2>/dev/null
`;

/** What a shell and an engine return for a program that does not exist. */
const NO_PROGRAM = [126, 127];

/**
 * Opens a connection to a port from a shell in the container itself.
 * @param signal ends the connection
 * @returns the connection, and whether the container has the shell, as far as that is known at the end
 */
export function connectInside(
  { docker }: InsideEngine,
  container: string,
  port: number,
  signal: AbortSignal,
): { readonly connection: Duplex; readonly hasShell: Promise<boolean> } {
  const input = new PassThrough();
  const output = new PassThrough();
  const errors = new Writable({ write: (_chunk, _encoding, done) => done() });
  const command = ['bash', '-c', CONNECT, 'connect', String(port)];
  const ended = docker.attachTerminal(container, command, { input, output, errors, signal });
  const hasShell = ended.then(
    (exitCode) => {
      output.end();
      return !NO_PROGRAM.includes(exitCode);
    },
    (error: Error) => {
      output.destroy(error);
      return true;
    },
  );
  return { connection: Duplex.from({ readable: output, writable: input }), hasShell };
}

/** Returns what the engine says if it refuses to run a command, as in a container that does not run. */
function refusal(error: unknown): string {
  if (statusOf(error) === undefined) throw error;
  return messageOf(error);
}

/** Whether a process in the container listens at a port; a text is the reason why that is not known. */
export async function listensInside(
  { docker }: InsideEngine,
  container: string,
  port: number,
  signal: AbortSignal,
): Promise<boolean | string> {
  try {
    const command = ['cat', '/proc/net/tcp', '/proc/net/tcp6'];
    const { stdout } = await docker.exec(container, command, { direct: true, signal });
    return parseProcNetTcp(stdout).has(port);
  } catch (error) {
    return refusal(error);
  }
}

/**
 * Sends the request in `$REQUEST` to the port $1, and prints the answer. The request has a password, so it is not an argument:
 * the list of processes shows those.
 */
const REQUEST = 'exec 3<>"/dev/tcp/127.0.0.1/$1" || exit 1; printf %s "$REQUEST" >&3; cat <&3';

export interface HttpRequest {
  readonly method: 'GET' | 'PUT';
  readonly path: string;
  readonly authorization: string;
  readonly body: string;
}

/** Sends a request from a shell in the container. @throws Error if there is no response */
export async function requestInside(
  { docker }: { readonly docker: Pick<DockerPort, 'exec'> },
  container: string,
  port: number,
  { method, path, authorization, body }: HttpRequest,
  signal: AbortSignal,
): Promise<{ readonly status: number; readonly text: string }> {
  const lines = [
    // With 1.0 the server closes the connection, and does not send its answer in chunks.
    `${method} ${path} HTTP/1.0`,
    'Host: localhost',
    `Authorization: ${authorization}`,
    'Content-Type: application/json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    '',
    body,
  ];
  const command = ['bash', '-c', REQUEST, 'request', String(port)];
  const env = { REQUEST: lines.join('\r\n') };
  const { stdout, stderr } = await docker.exec(container, command, { env, direct: true, signal });
  const status = /^HTTP\/1\.\d (\d{3})/.exec(stdout)?.[1];
  if (status === undefined) throw new Error(stderr.trim() || 'no answer');
  const start = stdout.indexOf('\r\n\r\n');
  return { status: Number(status), text: start < 0 ? '' : stdout.slice(start + 4).trim() };
}
