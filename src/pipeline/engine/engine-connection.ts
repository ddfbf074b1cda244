/** The connection to the engine: each request ends with an answer, or with a failure that says what happened. */

import { setMaxListeners } from 'node:events';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { Agent, type AgentOptions } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { Socket } from 'node:net';
import { Duplex, PassThrough } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import Docker from 'dockerode';
import { isSsh, socketPathOf } from '../core/engine-origin.ts';
import { errorCode } from '../core/error-code.ts';
import { CancelledError, WizardFailure } from '../core/failure.ts';
import type { Text } from '../core/phrase.ts';
import { httpAddress } from '../core/remote-endpoint.ts';
import type { EngineAddress } from './engine-address.ts';
import { messageOf, statusOf } from './engine-answers.ts';
import { HostPulse } from './host-pulse.ts';
import { connectThroughSsh, lastWordsOfSsh } from './ssh-tunnel.ts';
import { certificatesIn, tlsDetail, tlsFailure, wantsTls } from './tls.ts';

/** How connections are kept for the next request, as Node's own agents do. */
const KEPT: AgentOptions = { keepAlive: true, scheduling: 'lifo', timeout: 5000 };
/** How long another host may take to accept a connection. */
const CONNECT_MS = 10_000;

type Callback = (error: unknown, answer?: unknown) => void;

/** A request as dockerode hands it to docker-modem. */
interface Request {
  readonly method: string;
  readonly path: string;
  /** Whether the answer is a stream and not a value. */
  readonly isStream?: boolean;
  /** Whether the connection is used in both directions after the answer. */
  readonly hijack?: boolean;
  readonly abortSignal?: AbortSignal;
}

interface Modem {
  dial: (request: Request, callback: Callback) => void;
  buildQuerystring: (options: Readonly<Record<string, unknown>>) => string;
}

/** An error status of the engine. Callers that expect the status handle it; any other is a failure of its own. */
export class RefusedRequest extends WizardFailure {
  readonly statusCode: number;

  constructor(request: string, statusCode: number, detail: string) {
    super({ kind: 'engine-refused', request, status: statusCode, detail });
    this.message = detail;
    this.statusCode = statusCode;
  }
}

/** Returns the failure for a connection that ended too early. `cause` is the error of the connection. */
export function lostEngine(
  { endpoint, origin }: EngineAddress,
  detail: Text,
  cause?: unknown,
): WizardFailure {
  const lost = new WizardFailure({ kind: 'engine', problem: 'gone', endpoint, origin, detail });
  lost.cause = cause;
  return lost;
}

/** Whether the engine is lost, so that an error says nothing about what was requested. */
export function isLost(error: unknown): error is WizardFailure {
  return (
    error instanceof WizardFailure && error.failure.kind === 'engine' && error.failure.problem === 'gone'
  );
}

/** Whether an error comes from the connection, and not from the files that are sent through it. */
function isOfConnection(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if ('syscall' in error && error.syscall === 'connect') return true;
  // HPE: the answer was cut off in its header or in the length of a chunk.
  return /^(?:ECONNRESET|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|HPE_.*)$/.test(errorCode(error));
}

/** Returns an error as the failure that it means. */
function failureOf(error: unknown, { method, path, abortSignal }: Request, address: EngineAddress): unknown {
  if (wantsTls(error)) return tlsFailure(address, { key: 'detail.needs-tls' });
  const status = statusOf(error);
  if (status !== undefined)
    return new RefusedRequest(`${method} ${path.replace(/\?.*$/, '')}`, status, messageOf(error));
  if (abortSignal?.aborted || error instanceof WizardFailure) return error;
  const ofTls = tlsDetail(error, address);
  if (ofTls !== undefined) return tlsFailure(address, ofTls);
  if (!isOfConnection(error)) return error;
  // Node's word for a connection that was closed in the middle of a response.
  const isClosed = messageOf(error) === 'aborted';
  const detail: Text = isClosed ? { key: 'detail.connection-closed' } : messageOf(error);
  return lostEngine(address, lastWordsOfSsh(address) || detail, error);
}

/** Returns the value of a body: parsed if it is JSON, else its bytes. */
async function readValue(body: NodeJS.ReadableStream): Promise<unknown> {
  const content = await buffer(body);
  try {
    return JSON.parse(content.toString()) as unknown;
  } catch {
    return content;
  }
}

/**
 * Returns the stream, which fails with `failure` if the connection ends before the answer. Closing it closes the
 * connection.
 */
function guarded(body: NodeJS.ReadableStream, failure: (error: unknown) => unknown): PassThrough {
  const guard = new PassThrough();
  body.on('error', (error) => guard.destroy(failure(error) as Error));
  body.on('close', () => {
    // A body that was read to its end has ended the guard.
    if (!guard.writableEnded) guard.destroy();
  });
  guard.on('close', () => {
    if ('destroy' in body && typeof body.destroy === 'function') body.destroy();
  });
  // A consumer that has stopped reading does not listen any more.
  guard.on('error', () => undefined);
  return body.pipe(guard);
}

const podmanClients = new WeakSet<Docker>();

/** Whether the engine that has answered this client is Podman. */
export function isPodman(client: Docker): boolean {
  return podmanClients.has(client);
}

/** Notes which engine has answered. Podman's API has this name in the header of every answer. */
function noteEngine(client: Docker, answer: { readonly headers?: IncomingHttpHeaders }): void {
  if (String(answer.headers?.server).startsWith('Libpod/')) podmanClients.add(client);
}

/** Returns why a signal ends what is in flight: the failure that it has as its reason, or else a cancellation. */
function reasonOf({ reason }: AbortSignal): Error {
  return reason instanceof WizardFailure ? reason : new CancelledError();
}

/**
 * Aborts a read that is in flight when the signal fires: an engine in trouble answers some requests and not others. A
 * read that begins later serves the removal of what the run left, and is not aborted. Requests that change the engine go on.
 */
function abortReads(modem: Modem, signal: AbortSignal): void {
  // Each read listens.
  setMaxListeners(0, signal);
  const dial = modem.dial.bind(modem);
  modem.dial = (request, callback) => {
    const isRead = request.method === 'GET' && !request.isStream && request.abortSignal === undefined;
    if (!isRead || signal.aborted) return dial(request, callback);
    dial({ ...request, abortSignal: signal }, (error, answer) =>
      callback(error && signal.aborted ? reasonOf(signal) : error, answer),
    );
  };
}

/** Lets a stream that stands for a socket decide whether the process waits for that socket. */
function withSocket(stream: Duplex, socket: NodeJS.ReadableStream): Duplex {
  if (!(socket instanceof Socket)) return stream;
  return Object.assign(stream, { ref: () => socket.ref(), unref: () => socket.unref() });
}

/**
 * Replaces docker-modem's way of reading answers. It waits for the end of a body for ever if the connection ends first,
 * as it does while the engine waits for a container and is killed.
 */
function endWithConnection(client: Docker, modem: Modem, address: EngineAddress): void {
  const dial = modem.dial.bind(modem);
  modem.dial = (request, callback) => {
    const fail = (error: unknown) => failureOf(error, request, address);
    dial({ ...request, isStream: true }, (error, answer) => {
      if (error) return callback(fail(error));
      const body = answer as NodeJS.ReadableStream;
      noteEngine(client, body as Partial<IncomingMessage>);
      if (request.hijack) {
        const both = { readable: guarded(body, fail), writable: body as Duplex };
        return callback(null, withSocket(Duplex.from(both), body));
      }
      if (request.isStream) return callback(null, guarded(body, fail));
      readValue(body).then(
        (value) => callback(null, value),
        (cause: unknown) => callback(fail(cause)),
      );
    });
  };
}

/** Leaves undefined options out of the query. docker-modem writes them as `name=`, which Podman rejects as invalid JSON. */
function omitUndefined(modem: Modem): void {
  const build = modem.buildQuerystring.bind(modem);
  modem.buildQuerystring = (options) =>
    build(Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)));
}

/**
 * As Node's own, but with an empty server name, which a socket has none of. To find one, Node would compile its expression of
 * IPv6 addresses, which takes 4 ms.
 */
function socketAgent(): Agent {
  const options: AgentOptions & { readonly servername: string } = { ...KEPT, servername: '' };
  return new Agent(options);
}

/** Returns an agent whose connections lead through `ssh`. One that begins after the signal serves the removal of what the run left. */
function sshAgent(address: EngineAddress, signal: AbortSignal | undefined): Agent {
  const agent = socketAgent();
  agent.createConnection = (_options, created) => {
    connectThroughSsh(address, signal?.aborted ? undefined : signal).then(
      (socket) => created?.(null, socket),
      (error: Error) => created?.(error, new Duplex()),
    );
    return undefined;
  };
  return agent;
}

/** Returns an agent whose connections end if the host does not accept them in time. */
function remoteAgent(
  address: EngineAddress,
  isTls: boolean,
  { connectMs = CONNECT_MS, host, signal }: Reaching & { readonly host: string },
): Agent {
  const options = { ...KEPT, rejectUnauthorized: !address.unverified };
  const agent = isTls ? new HttpsAgent(options) : new Agent(options);
  const create = agent.createConnection.bind(agent);
  const opened = isTls ? 'secureConnect' : 'connect';
  const lost = () => lostEngine(address, { key: 'detail.host-silent', host });
  const pulse = new HostPulse(agent, lost, signal);
  agent.createConnection = (given, created) => {
    const socket = create(given, created);
    const seconds = connectMs / 1000;
    const timer = setTimeout(
      () => socket?.destroy(lostEngine(address, { key: 'detail.no-answer', seconds: seconds.toFixed(1) })),
      connectMs,
    );
    const stop = () => clearTimeout(timer);
    if (socket instanceof Socket) pulse.watch(socket, { open: () => create(given) as Socket, opened });
    socket?.once(opened, stop).once('close', stop);
    return socket;
  };
  return agent;
}

interface Reaching {
  /** How long another host may take to accept a connection. */
  readonly connectMs: number | undefined;
  readonly signal: AbortSignal | undefined;
}

type ClientOptions = Docker.DockerOptions & { readonly agent: Agent };

/**
 * Returns a client. dockerode reads `DOCKER_HOST` before its options, and with it the files in `DOCKER_CERT_PATH`: it throws if
 * one is missing. So `host: undefined` among the options is not enough.
 */
function clientOf(options: ClientOptions): Docker {
  const { DOCKER_HOST } = process.env;
  delete process.env.DOCKER_HOST;
  try {
    return new Docker(options);
  } finally {
    if (DOCKER_HOST !== undefined) process.env.DOCKER_HOST = DOCKER_HOST;
  }
}

function optionsOf(address: EngineAddress, { signal, connectMs }: Reaching): ClientOptions {
  const { endpoint, certificates } = address;
  const socketPath = socketPathOf(endpoint);
  if (socketPath !== undefined) return { socketPath, protocol: 'http', agent: socketAgent() };
  // The agent connects to another socket than the one of this path.
  if (isSsh(address)) return { socketPath: endpoint, protocol: 'http', agent: sshAgent(address, signal) };
  const { protocol, hostname, port } = new URL(httpAddress(endpoint));
  const isTls = certificates !== undefined || protocol === 'https:';
  // A URL has an IPv6 address in brackets.
  const at = { host: hostname.replace(/^\[(.*)\]$/, '$1'), port: Number(port || (isTls ? 2376 : 2375)) };
  return {
    protocol: isTls ? 'https' : 'http',
    ...at,
    agent: remoteAgent(address, isTls, { connectMs, host: at.host, signal }),
    ...(certificates === undefined ? {} : certificatesIn(certificates, address)),
  };
}

/**
 * Returns a client of the engine. It connects with each request.
 * @param signal when it fires, reads in flight reject with `CancelledError`, or with the failure that is its reason
 * @param connectMs how long another host may take to accept a connection
 */
export function connectionTo(address: EngineAddress, signal?: AbortSignal, connectMs?: number): Docker {
  const client = clientOf(optionsOf(address, { signal, connectMs }));
  const modem = client.modem as unknown as Modem;
  endWithConnection(client, modem, address);
  if (signal) abortReads(modem, signal);
  omitUndefined(modem);
  return client;
}
