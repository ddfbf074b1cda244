/** Installs a Docker Engine and compose on Debian or Ubuntu. On other systems it only reports what is missing. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { access, constants, open, readFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { CancelledError, toFailure, WizardFailure } from '../core/failure.ts';
import type { Text } from '../core/phrase.ts';
import { until } from '../core/waiting.ts';
import type { ComposeProgram } from '../engine/compose-port.ts';
import { DockerPort } from '../engine/docker-port.ts';
import { installPackages, isRoot } from './apt-install.ts';
import { programFile } from './files.ts';
import { hostDistribution } from './host-apt.ts';
import { installCommand } from './install-command.ts';

const execFileAsync = promisify(execFile);

export interface HostSetup {
  /** If false, nothing is installed or started on the host. */
  readonly allowInstall: boolean;
  /** Receives each step before it begins, and the output of apt-get. */
  readonly onNotice: (text: Text) => void;
  readonly signal: AbortSignal;
}

const DAEMON_LOG = '/var/log/fabric-wizard-dockerd.log';
const ANSWER_MS = 5000;
const DAEMON_DEADLINE_MS = 60_000;
/** Packages of compose, the preferred one first: the plugin (Ubuntu), then the old name (v2 from Debian 13 on). */
const COMPOSE = ['docker-compose-v2', 'docker-compose-plugin', 'docker-compose'];

/** The recommended packages of docker.io that it needs on a minimal system. The others are not installed. */
const ENGINE_HELPERS = [
  'apparmor',
  'ca-certificates',
  'cgroupfs-mount',
  'docker-cli',
  'iptables',
  'xz-utils',
];

async function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}

async function hasProgram(name: string): Promise<boolean> {
  // root's PATH does not always contain /usr/sbin.
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin'];
  const found = await Promise.all(folders.filter(Boolean).map((folder) => isExecutable(join(folder, name))));
  return found.includes(true);
}

async function daemonLogTail(): Promise<string[]> {
  const text = await readFile(DAEMON_LOG, 'utf8').catch(() => '');
  const lines = text.split('\n').filter((line) => line !== '' && !/ level=(info|debug) /.test(line));
  return lines.slice(-15);
}

/** Starts dockerd in a session of its own, so that it survives this process and Ctrl-C in the terminal. */
async function startDetached(): Promise<ChildProcess> {
  const log = await open(DAEMON_LOG, 'w');
  try {
    const daemon = spawn('dockerd', [], {
      cwd: '/',
      detached: true,
      stdio: ['ignore', log.fd, log.fd],
      env: { ...process.env, PATH: `${process.env.PATH ?? ''}:/usr/local/sbin:/usr/sbin:/sbin` },
    });
    // Emitted if dockerd cannot be started at all; `startEngine` then reports it.
    daemon.on('error', () => undefined);
    daemon.unref();
    return daemon;
  } finally {
    await log.close();
  }
}

async function startEngine(docker: DockerPort, setup: HostSetup): Promise<void> {
  let daemon: ChildProcess | undefined;
  if (await isExecutable('/run/systemd/system')) {
    setup.onNotice({ key: 'step.systemctl' });
    const { execa } = await import('execa');
    await execa('systemctl', ['start', 'docker'], {
      reject: false,
      cancelSignal: setup.signal,
      timeout: DAEMON_DEADLINE_MS,
    });
  } else {
    setup.onNotice({ key: 'step.dockerd', log: DAEMON_LOG });
    daemon = await startDetached();
  }
  const failed = async (detail: string) =>
    new WizardFailure({
      kind: 'engine',
      problem: 'install-failed',
      endpoint: docker.endpoint,
      detail: [detail, ...(daemon ? await daemonLogTail() : [])].join('\n'),
    });
  try {
    await until({
      what: { key: 'wait.engine' },
      deadlineMs: DAEMON_DEADLINE_MS,
      signal: setup.signal,
      poll: async () => {
        const ended = daemon !== undefined && (daemon.exitCode !== null || daemon.pid === undefined);
        try {
          await docker.version(2000);
          return { yes: true };
        } catch {
          if (ended) throw await failed('dockerd ended while it started');
          return { no: { key: 'last.none' } };
        }
      },
    });
  } catch (error) {
    if (toFailure(error).kind !== 'timeout') throw error;
    throw await failed(`dockerd was started and did not answer within ${DAEMON_DEADLINE_MS / 1000} seconds`);
  }
}

/**
 * Returns an engine that answers. If none does, DOCKER_HOST is unset, the system is Debian or Ubuntu and the user is
 * root, installs it from the host's package sources and starts it. The engine keeps running after this process.
 * @throws WizardFailure `engine`; CancelledError
 */
export async function ensureEngine(setup: HostSetup): Promise<DockerPort> {
  const docker = new DockerPort();
  try {
    await docker.version(ANSWER_MS, setup.signal);
    return docker;
  } catch (error) {
    if (error instanceof CancelledError) throw error;
    const failure = toFailure(error);
    const isLocal =
      failure.kind === 'engine' && failure.problem === 'unreachable' && !process.env.DOCKER_HOST;
    if (!isLocal || !setup.allowInstall || !isRoot() || !(await hostDistribution())) throw error;
  }
  if (setup.signal.aborted) throw new CancelledError();
  if (!(await hasProgram('dockerd'))) {
    setup.onNotice({ key: 'step.install-engine' });
    await installEngine(docker, setup);
  }
  // With systemd the package starts the engine, unless a policy prevents it.
  const running = await docker.version(2000).then(
    () => true,
    () => false,
  );
  if (!running) await startEngine(docker, setup);
  const { engine, api } = await docker.version();
  setup.onNotice({ key: 'step.engine', engine, api, endpoint: docker.endpoint });
  return docker;
}

async function installEngine(docker: DockerPort, setup: HostSetup): Promise<void> {
  const compose = (await findCompose(setup.signal)) ? [] : [COMPOSE];
  const alternatives = [...ENGINE_HELPERS.map((name) => [name]), ...compose];
  try {
    await installPackages(['docker.io', 'debootstrap'], { ...setup, alternatives });
  } catch (error) {
    const failure = toFailure(error);
    if (failure.kind !== 'command') throw error;
    throw new WizardFailure({
      kind: 'engine',
      problem: 'install-failed',
      endpoint: docker.endpoint,
      detail: [`${failure.command} ended with ${failure.exitCode}`, ...failure.tail.slice(-8)].join('\n'),
    });
  }
}

async function versionOf(
  command: string,
  args: readonly string[],
  signal?: AbortSignal,
): Promise<string | undefined> {
  try {
    const options = { timeout: 10_000, signal };
    const { stdout } = await execFileAsync(command, [...args, 'version', '--short'], options);
    return /^v?(\d+\.\d+\S*)$/.exec(stdout.trim())?.[1];
  } catch {
    return undefined;
  }
}

/**
 * Returns `docker compose` or else a `docker-compose` program. Each has 10 s to answer.
 * @param remembered version of the standalone program in an earlier run: the Python one takes most of a second to
 * print it
 */
export async function findCompose(
  signal?: AbortSignal,
  remembered?: { readonly file: string; readonly version: string },
): Promise<ComposeProgram | undefined> {
  const standaloneVersion = async () =>
    remembered !== undefined && (await programFile('docker-compose')) === remembered.file
      ? remembered.version
      : versionOf('docker-compose', [], signal);
  const [plugin, standalone] = await Promise.all([
    versionOf('docker', ['compose'], signal),
    standaloneVersion(),
  ]);
  if (plugin) return { kind: 'plugin', version: plugin };
  return standalone ? { kind: 'standalone', version: standalone } : undefined;
}

/**
 * Returns compose, and installs it under the same conditions as the engine.
 * @param search result of `findCompose`, if the caller has already started it
 * @throws WizardFailure `compose-missing`
 */
export async function ensureCompose(
  setup: HostSetup,
  search = findCompose(setup.signal),
): Promise<ComposeProgram> {
  const found = await search;
  if (found) return found;
  if (setup.signal.aborted) throw new CancelledError();
  let detail = '';
  if (setup.allowInstall && isRoot() && (await hostDistribution())) {
    setup.onNotice({ key: 'step.install-compose' });
    try {
      await installPackages([], { ...setup, alternatives: [COMPOSE] });
    } catch (error) {
      const failure = toFailure(error);
      if (failure.kind !== 'command') throw error;
      detail = `${failure.command} ended with ${failure.exitCode}: ${failure.tail.at(-1) ?? ''}`;
    }
    const installed = await findCompose(setup.signal);
    if (installed) return installed;
  } else if (await hostDistribution()) {
    detail = installCommand(['docker-compose']);
  }
  throw new WizardFailure({ kind: 'compose-missing', detail });
}
