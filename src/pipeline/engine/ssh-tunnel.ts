/**
 * The way to an engine behind SSH: a program `ssh`, one for each process and engine, passes connections from a socket of
 * this machine on to the socket of the engine.
 */
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { access, mkdtemp } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { isSsh, socketElsewhere, sshTarget, UNIX } from '../core/engine-origin.ts';
import { errorCode } from '../core/error-code.ts';
import { type EngineFailure, WizardFailure } from '../core/failure.ts';
import type { Text } from '../core/phrase.ts';
import { type EngineAddress, engineEnvironment } from './engine-address.ts';
import { LineSplitter } from './line-splitter.ts';

/**
 * Removes the folder of the socket when `ssh` has ended, also if this process was killed: the end of its input then ends
 * the command on the other host, and with it `ssh`.
 */
const SUPERVISOR = '"$@"; code=$?; rm -f "$0/engine.sock"; rmdir "$0"; exit $code';
/** The exit code of a shell that does not find a program. */
const NOT_FOUND = 127;

/** What the command on the other host says about the engine's socket. */
const STATE = /^fabric-wizard:(open|denied|absent)$/;
/** Runs on the other host as long as its input is open. The first line is the path of the socket, which so needs no quotes. */
const COMMAND = `sh -c '${[
  'read -r p',
  'if [ ! -S "$p" ]; then echo fabric-wizard:absent',
  'elif [ -r "$p" ] && [ -w "$p" ]; then echo fabric-wizard:open',
  'else echo fabric-wizard:denied; fi',
  'exec cat >/dev/null',
].join('; ')}'`;

/**
 * Nobody can answer questions of this `ssh`. An existing connection of the user is shared, but none is left behind for
 * others.
 */
const OPTIONS = [
  ...[
    'BatchMode=yes',
    'ConnectTimeout=8',
    'LogLevel=INFO',
    'ControlMaster=no',
    'RemoteCommand=none',
    'PermitLocalCommand=no',
  ],
  ...['ServerAliveInterval=5', 'ServerAliveCountMax=2', 'StreamLocalBindUnlink=yes'],
].flatMap((option) => ['-o', option]);

const MAX_WORDS = 20;

interface Tunnel {
  readonly socketPath: string;
  /** Resolves when `ssh` has ended. */
  readonly ended: Promise<void>;
  /** What `ssh` has said last about a problem; empty if nothing. */
  readonly lastWords: () => string;
}

type Ssh = ChildProcessByStdio<Writable, Readable, Readable>;

function start(endpoint: string, folder: string): Ssh {
  const { host, port, user } = sshTarget(endpoint);
  const forward = ['-L', `${join(folder, 'engine.sock')}:${socketElsewhere(endpoint)}`];
  const login = [...(user === '' ? [] : ['-l', user]), ...(port === '' ? [] : ['-p', port])];
  const ssh = ['ssh', '-T', '-x', '-a', ...OPTIONS, ...forward, ...login, '--', host, COMMAND];
  // Without the terminal of this process, Ctrl-C does not end it before the run has removed what it leaves.
  return spawn('sh', ['-c', SUPERVISOR, folder, ...ssh], { detached: true, stdio: ['pipe', 'pipe', 'pipe'] });
}

/** Ends `ssh` at the end of this process. @returns a function that ends it now */
function endWithProcess(child: Ssh, folder: string): () => void {
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
function letEnd(child: Ssh): void {
  child.unref();
  for (const stream of [child.stdin, child.stdout, child.stderr])
    if ('unref' in stream && typeof stream.unref === 'function') stream.unref();
}

/** Returns what the other host says about the socket; undefined if `ssh` ends first. */
async function stateOf(child: Ssh): Promise<string | undefined> {
  const splitter = new LineSplitter();
  for await (const chunk of child.stdout) {
    for (const line of splitter.push(chunk as Buffer)) {
      const state = STATE.exec(line.trim())?.[1];
      if (state !== undefined) return state;
    }
  }
  return undefined;
}

/** Returns what a failed `ssh` means. @param said its last lines */
function problemOf(code: number | null, said: string): EngineFailure['problem'] {
  if (code === NOT_FOUND) return 'no-ssh';
  if (/host key verification failed|host identification has changed/i.test(said)) return 'host-key';
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

/** Starts `ssh` and waits until it passes connections on. @throws WizardFailure `engine` */
async function open(address: EngineAddress, signal?: AbortSignal): Promise<Tunnel> {
  const { endpoint } = address;
  // Only this user can enter the folder.
  const folder = await mkdtemp(join(process.env.XDG_RUNTIME_DIR || tmpdir(), 'fabric-wizard-ssh-'));
  const child = start(endpoint, folder);
  const words: string[] = [];
  const splitter = new LineSplitter();
  child.stderr.on('data', (chunk: Buffer) =>
    words.push(...splitter.push(chunk).filter((line) => line.trim())),
  );
  const lastWords = () => words.slice(-MAX_WORDS).join('\n').trim();
  const ended = once(child, 'close').then(
    () => undefined,
    () => undefined,
  );
  // `ssh` may end before it reads.
  child.stdin.on('error', () => undefined);
  child.stdin.write(`${socketElsewhere(endpoint)}\n`);
  const end = endWithProcess(child, folder);
  void ended.then(end);
  signal?.addEventListener('abort', end, { once: true });
  const state = await stateOf(child);
  signal?.removeEventListener('abort', end);
  if (state === undefined) {
    await ended;
    throw failure(address, problemOf(child.exitCode, lastWords()), lastWords());
  }
  const socketPath = join(folder, 'engine.sock');
  const isBound = await access(socketPath).then(
    () => true,
    () => false,
  );
  if (state === 'open' && isBound) {
    letEnd(child);
    // What it says from now on is about the end of the connection.
    words.length = 0;
    return { socketPath, ended, lastWords };
  }
  end();
  if (state === 'denied') throw failure(address, 'denied', '');
  const path = socketElsewhere(endpoint);
  throw failure(
    address,
    'unreachable',
    state === 'absent' ? { key: 'detail.no-socket-there', path } : lastWords(),
  );
}

const tunnels = new Map<string, Promise<Tunnel>>();
const lastTunnels = new Map<string, Tunnel>();

/** Returns the tunnel of this process to an engine. Opens it, unless it is open. @throws WizardFailure `engine` */
function tunnelTo(address: EngineAddress, signal?: AbortSignal): Promise<Tunnel> {
  const { endpoint } = address;
  const known = tunnels.get(endpoint);
  if (known) return known;
  const opened = open(address, signal);
  const forget = () => void tunnels.delete(endpoint);
  tunnels.set(endpoint, opened);
  opened.then((tunnel) => {
    lastTunnels.set(endpoint, tunnel);
    return tunnel.ended.then(forget);
  }, forget);
  return opened;
}

async function connected(path: string): Promise<Socket> {
  const socket = connect(path);
  await once(socket, 'connect');
  return socket;
}

/**
 * Returns a connection to the engine behind SSH. Starts `ssh`, unless it runs.
 * @param signal ends an `ssh` that is connecting
 * @throws WizardFailure `engine`
 */
export async function connectThroughSsh(address: EngineAddress, signal?: AbortSignal): Promise<Socket> {
  const tunnel = await tunnelTo(address, signal);
  try {
    return await connected(tunnel.socketPath);
  } catch (error) {
    if (!['ENOENT', 'ECONNREFUSED'].includes(errorCode(error))) throw error;
    // `ssh` has just ended, and this process learns it a moment later.
    await tunnel.ended;
    return connected((await tunnelTo(address, signal)).socketPath);
  }
}

/** Waits until the host of an engine behind SSH has let this user in. @throws WizardFailure `engine` */
export async function loginThroughSsh(address: EngineAddress, signal?: AbortSignal): Promise<void> {
  await tunnelTo(address, signal);
}

/** Returns what `ssh` said when the connection to the engine ended; empty if it said nothing or is not used. */
export function lastWordsOfSsh({ endpoint }: EngineAddress): string {
  return lastTunnels.get(endpoint)?.lastWords() ?? '';
}

/** Returns the environment for programs that use the engine, once they can. @throws WizardFailure `engine` */
export async function connectedEnvironment(address: EngineAddress): Promise<NodeJS.ProcessEnv> {
  if (!isSsh(address)) return engineEnvironment(address);
  return engineEnvironment({ endpoint: `${UNIX}${(await tunnelTo(address)).socketPath}` });
}
