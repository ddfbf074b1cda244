/**
 * The way to an engine behind SSH: a program `ssh`, one for each process and engine, passes connections from a socket of
 * this machine on to the socket of the engine.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { access, mkdtemp } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { orCancelled } from '../core/cancellation.ts';
import { isSsh, socketElsewhere, sshWords, UNIX } from '../core/engine-origin.ts';
import { errorCode } from '../core/error-code.ts';
import { type EngineFailure, WizardFailure } from '../core/failure.ts';
import type { Text } from '../core/phrase.ts';
import { type EngineAddress, engineEnvironment } from './engine-address.ts';
import { LineSplitter } from './line-splitter.ts';

/**
 * Runs `ssh`. Ends it when descriptor 3 ends, as it does with this process, however that ends: the other host may not react
 * to the end of its input. Removes the folder of the socket at the end of `ssh`.
 */
const SUPERVISOR = [
  'command -v "$1" >/dev/null || { echo fabric-wizard:no-ssh; exit; }',
  // The signal that ends the others must not end this shell before the folder is removed.
  'trap : TERM',
  // A shell gives a program in the background no input, unless it is told to.
  'exec 4<&0',
  '"$@" <&4 3<&- 4<&- & ssh=$!',
  '{ read -r end <&3; kill 0; } >/dev/null 2>&1 4<&- & watch=$!',
  // A shell reports the signal that ended a program. Nobody may read that any more.
  'exec </dev/null >/dev/null 2>&1 3<&- 4<&-',
  // From here on, the signal must not end what removes the folder. It can also have come too early for `ssh`.
  "wait $ssh; trap '' TERM; kill -KILL $ssh $watch; wait",
  'rm -f "$0/engine.sock"; rmdir "$0"',
].join('\n');

/** What the command on the other host says about the engine's socket, or `SUPERVISOR` about `ssh`. */
const STATE = /^fabric-wizard:(open|denied|absent|no-ssh)$/;
/** Runs on the other host as long as its input is open. The first line is the path of the socket, which so needs no quotes. */
const COMMAND = `sh -c '${[
  'read -r p',
  'if [ ! -S "$p" ]; then echo fabric-wizard:absent',
  'elif [ -r "$p" ] && [ -w "$p" ]; then echo fabric-wizard:open',
  'else echo fabric-wizard:denied; fi',
  'exec cat >/dev/null',
].join('; ')}'`;

/**
 * Nobody can answer questions of this `ssh`, and its command must run whatever the user's configuration says. It has a
 * connection of its own: one that it shared would keep its socket after its end.
 */
const OPTIONS = [
  // For the options that ssh has since 8.7. This replaces a list in the user's configuration, so it allows whatever that does.
  'IgnoreUnknown=*',
  ...['SessionType=default', 'StdinNull=no', 'ForkAfterAuthentication=no', 'RemoteCommand=none'],
  ...['ControlMaster=no', 'ControlPath=none', 'PermitLocalCommand=no'],
  ...['BatchMode=yes', 'ConnectTimeout=8', 'LogLevel=INFO'],
  ...['ServerAliveInterval=5', 'ServerAliveCountMax=2', 'StreamLocalBindUnlink=yes'],
].flatMap((option) => ['-o', option]);

/** How long a login may take, from the start of `ssh` to the answer of the command on the other host. */
const LOGIN_MS = 30_000;

const MAX_WORDS = 20;

interface Tunnel {
  readonly socketPath: string;
  /** Resolves when `ssh` has ended. */
  readonly ended: Promise<void>;
  /** What `ssh` has said last about a problem; empty if nothing. */
  readonly lastWords: () => string;
}

interface Ssh {
  readonly process: ChildProcess;
  readonly input: Writable;
  readonly output: Readable;
  readonly errors: Readable;
  /** `ssh` runs as long as this is open. */
  readonly life: Writable;
}

function start(endpoint: string, folder: string): Ssh {
  const forward = ['-L', `${join(folder, 'engine.sock')}:${socketElsewhere(endpoint)}`];
  const ssh = sshWords(endpoint, ['-T', '-x', '-a', ...OPTIONS, ...forward], [COMMAND]);
  // Without the terminal of this process, Ctrl-C does not end it before the run has removed what it leaves.
  const child = spawn('sh', ['-c', SUPERVISOR, folder, ...ssh], {
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
  });
  const [input, output, errors, life] = child.stdio;
  return {
    process: child,
    input: input as Writable,
    output: output as Readable,
    errors: errors as Readable,
    life: life as Writable,
  };
}

/** Ends `ssh` at the end of this process. @returns a function that ends it now */
function endWithProcess({ process: child }: Ssh, folder: string): () => void {
  const end = () => {
    process.off('exit', end);
    try {
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGTERM');
    } catch {
      // It has ended already.
    }
    rmSync(folder, { recursive: true, force: true });
  };
  process.on('exit', end);
  return end;
}

/** Lets this process end while `ssh` runs. */
function letEnd({ process: child, input, output, errors, life }: Ssh): void {
  child.unref();
  for (const stream of [input, output, errors, life])
    if ('unref' in stream && typeof stream.unref === 'function') stream.unref();
}

/** Returns what the other host says about the socket; undefined if `ssh` ends first. */
async function stateOf({ output }: Ssh): Promise<string | undefined> {
  const splitter = new LineSplitter();
  for await (const chunk of output) {
    for (const line of splitter.push(chunk as Buffer)) {
      const state = STATE.exec(line.trim())?.[1];
      if (state !== undefined) return state;
    }
  }
  return undefined;
}

/** Resolves as `work` does, or with `late` when a login has taken too long. */
async function orLate<T>(work: Promise<T>): Promise<T | 'late'> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<'late'>((resolve) => {
    timer = setTimeout(resolve, LOGIN_MS, 'late');
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Returns what a failed `ssh` means. @param said its last lines */
function problemOf(said: string): EngineFailure['problem'] {
  if (/host identification has changed/i.test(said)) return 'host-key-changed';
  if (/host key verification failed/i.test(said)) return 'host-key';
  if (/permission denied|too many authentication failures|no supported authentication/i.test(said))
    return 'login';
  return 'unreachable';
}

function failure(
  { endpoint, origin }: EngineAddress,
  problem: EngineFailure['problem'],
  detail: Text,
): WizardFailure {
  return new WizardFailure({ kind: 'engine', problem, endpoint, origin, detail });
}

/** Creates a folder that only this user can enter. */
function ownFolder(): Promise<string> {
  const inside = (parent: string) => mkdtemp(join(parent, 'fabric-wizard-ssh-'));
  const { XDG_RUNTIME_DIR: runtime } = process.env;
  // The system removes the user's folder when the last session of the user ends.
  return runtime ? inside(runtime).catch(() => inside(tmpdir())) : inside(tmpdir());
}

function lateDetail(words: string): Text {
  const seconds = (LOGIN_MS / 1000).toFixed(1);
  return words === '' ? { key: 'detail.no-answer', seconds } : { key: 'detail.late-ssh', seconds, words };
}

/** Starts `ssh` and waits until it passes connections on. @throws WizardFailure `engine` */
async function open(address: EngineAddress): Promise<Tunnel> {
  const { endpoint } = address;
  const folder = await ownFolder();
  const ssh = start(endpoint, folder);
  const words: string[] = [];
  const splitter = new LineSplitter();
  ssh.errors.on('data', (chunk: Buffer) => words.push(...splitter.push(chunk).filter((line) => line.trim())));
  const lastWords = () => words.slice(-MAX_WORDS).join('\n').trim();
  const ended = once(ssh.process, 'exit').then(
    () => undefined,
    () => undefined,
  );
  const closed = new Promise((resolve) => ssh.process.once('close', resolve));
  // `ssh` may end before it reads.
  for (const stream of [ssh.input, ssh.life]) stream.on('error', () => undefined);
  ssh.input.write(`${socketElsewhere(endpoint)}\n`);
  const end = endWithProcess(ssh, folder);
  void ended.then(end);
  // What it says when it fails is complete when its output is closed.
  const state = await orLate(stateOf(ssh).then((said) => said ?? closed.then(() => 'ended')));
  const socketPath = join(folder, 'engine.sock');
  const isBound = await access(socketPath).then(
    () => true,
    () => false,
  );
  if (state === 'open' && isBound) {
    letEnd(ssh);
    // What it says from now on is about the end of the connection.
    words.length = 0;
    return { socketPath, ended, lastWords };
  }
  end();
  const path = socketElsewhere(endpoint);
  switch (state) {
    case 'no-ssh':
    case 'denied':
      throw failure(address, state, '');
    case 'absent':
      throw failure(address, 'unreachable', { key: 'detail.no-socket-there', path });
    case 'late':
      throw failure(address, 'unreachable', lateDetail(lastWords()));
    default:
      throw failure(address, problemOf(lastWords()), lastWords());
  }
}

const tunnels = new Map<string, Promise<Tunnel>>();
const lastTunnels = new Map<string, Tunnel>();

function forget(endpoint: string, opened: Promise<Tunnel>): void {
  if (tunnels.get(endpoint) === opened) tunnels.delete(endpoint);
}

/**
 * Returns the tunnel of this process to an engine. Opens it, unless it is open. A caller that stops waiting does not end it
 * for others. @throws WizardFailure `engine`
 */
function tunnelTo(address: EngineAddress): Promise<Tunnel> {
  const { endpoint } = address;
  const known = tunnels.get(endpoint);
  if (known) return known;
  const opened = open(address);
  tunnels.set(endpoint, opened);
  opened.then(
    (tunnel) => {
      lastTunnels.set(endpoint, tunnel);
      return tunnel.ended.then(() => forget(endpoint, opened));
    },
    () => forget(endpoint, opened),
  );
  return opened;
}

interface Connection {
  readonly socket: Socket;
  readonly socketPath: string;
}

async function connectedTo({ socketPath }: Tunnel): Promise<Connection> {
  const socket = connect(socketPath);
  await once(socket, 'connect');
  return { socket, socketPath };
}

async function connection(address: EngineAddress): Promise<Connection> {
  const opened = tunnelTo(address);
  const tunnel = await opened;
  try {
    return await connectedTo(tunnel);
  } catch (error) {
    if (!['ENOENT', 'ECONNREFUSED'].includes(errorCode(error))) throw error;
    // `ssh` has just ended, or its socket was removed. In this case it keeps the connections that it has.
    forget(address.endpoint, opened);
    return connectedTo(await tunnelTo(address));
  }
}

/**
 * Returns a connection to the engine behind SSH. Starts `ssh`, unless it runs.
 * @throws WizardFailure `engine`; CancelledError
 */
export async function connectThroughSsh(address: EngineAddress, signal?: AbortSignal): Promise<Socket> {
  const connecting = connection(address);
  try {
    return (await orCancelled(connecting, signal)).socket;
  } catch (error) {
    // Nobody uses a connection that comes later.
    connecting.then(({ socket }) => socket.destroy()).catch(() => undefined);
    throw error;
  }
}

/** Waits until the host of an engine behind SSH has let this user in. @throws WizardFailure `engine`; CancelledError */
export async function loginThroughSsh(address: EngineAddress, signal?: AbortSignal): Promise<void> {
  await orCancelled(tunnelTo(address), signal);
}

/** Returns what `ssh` said when the connection to the engine ended; empty if it said nothing or is not used. */
export function lastWordsOfSsh({ endpoint }: EngineAddress): string {
  return lastTunnels.get(endpoint)?.lastWords() ?? '';
}

/**
 * Returns the environment for programs that use the engine, once they can.
 * @throws WizardFailure `engine`; CancelledError
 */
export async function connectedEnvironment(
  address: EngineAddress,
  signal: AbortSignal,
): Promise<NodeJS.ProcessEnv> {
  if (!isSsh(address)) return engineEnvironment(address);
  const connecting = connection(address);
  // The connection only shows that the socket accepts others.
  connecting.then(({ socket }) => socket.destroy()).catch(() => undefined);
  const { socketPath } = await orCancelled(connecting, signal);
  return engineEnvironment({ endpoint: `${UNIX}${socketPath}` });
}
