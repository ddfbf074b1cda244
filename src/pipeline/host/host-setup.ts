/** Installs a Docker Engine and compose on Debian or Ubuntu. On other systems it only reports what is missing. */

import { execFile } from 'node:child_process';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { originText } from '../core/engine-origin.ts';
import { CancelledError, toFailure, WizardFailure } from '../core/failure.ts';
import type { Text } from '../core/phrase.ts';
import type { ComposeProgram, UnknownCompose } from '../engine/compose-port.ts';
import { currentDocker } from '../engine/current-docker.ts';
import type { DockerPort } from '../engine/docker-port.ts';
import { type EngineAddress, engineEnvironment } from '../engine/engine-address.ts';
import type { EngineVersion } from '../engine/engine-types.ts';
import { installPackages, isRoot } from './apt-install.ts';
import { isExecutable, startEngine } from './engine-daemon.ts';
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

const ANSWER_MS = 5000;
/** How much longer a run waits for an engine that accepts connections: it may be starting, or short of memory. */
const PATIENCE_MS = 25_000;
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

async function hasProgram(name: string): Promise<boolean> {
  // root's PATH does not always contain /usr/sbin.
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin'];
  const found = await Promise.all(folders.filter(Boolean).map((folder) => isExecutable(join(folder, name))));
  return found.includes(true);
}

/** Returns what the engine says about itself. Waits longer for one that is there and does not answer. */
async function versionOf(docker: DockerPort, { onNotice, signal }: HostSetup): Promise<EngineVersion> {
  try {
    return await docker.version(ANSWER_MS, signal);
  } catch (error) {
    const failure = toFailure(error);
    if (failure.kind !== 'engine' || failure.problem !== 'silent') throw error;
    onNotice({ key: 'step.engine-silent', endpoint: docker.endpoint, seconds: PATIENCE_MS / 1000 });
    return docker.version(PATIENCE_MS, signal);
  }
}

/** An engine that answers, and what it says about itself. */
export interface AnsweringEngine {
  readonly docker: DockerPort;
  readonly version: EngineVersion;
}

/**
 * Returns the engine of this process when it answers. If there is none, nothing names another one than the default, the
 * system is Debian or Ubuntu and the user is root, installs it from the host's package sources and starts it. The
 * engine keeps running after this process.
 * @throws WizardFailure `engine`; CancelledError
 */
export async function ensureEngine(setup: HostSetup): Promise<AnsweringEngine> {
  const docker = await currentDocker(setup.signal);
  const { endpoint, origin } = docker.address;
  const announced = (version: EngineVersion): AnsweringEngine => {
    const { name, engine, api } = version;
    setup.onNotice({ key: 'step.engine', name, engine, api, endpoint, origin: originText(origin) });
    return { docker, version };
  };
  try {
    return announced(await versionOf(docker, setup));
  } catch (error) {
    if (error instanceof CancelledError) throw error;
    const failure = toFailure(error);
    const isLocal =
      failure.kind === 'engine' && failure.problem === 'unreachable' && origin.kind === 'default';
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
  return announced(await docker.version());
}

async function installEngine(docker: DockerPort, setup: HostSetup): Promise<void> {
  const compose = (await findCompose(docker.address, setup.signal)) ? [] : [COMPOSE];
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

/** Says what it is in its first line: `docker-compose version 1.29.2, build …`, `Docker Compose version v2.29.1`. */
const COMPOSE_VERSION = /^docker[- ]compose version v?(\d+\.\d+[^\s,]*)/im;

/** Returns what a command says about its version; undefined if it does not exist or fails. */
async function composeAt(
  kind: ComposeProgram['kind'],
  engine: EngineAddress,
  signal?: AbortSignal,
): Promise<ComposeProgram | UnknownCompose | undefined> {
  const [command, args] = kind === 'plugin' ? ['docker', ['compose']] : ['docker-compose', []];
  try {
    const options = { timeout: 10_000, signal, env: engineEnvironment(engine) };
    const { stdout } = await execFileAsync(command, [...args, 'version'], options);
    const version = COMPOSE_VERSION.exec(stdout)?.[1];
    if (version !== undefined) return { kind, version };
    const says = stdout.trim().split('\n')[0] ?? '';
    return { kind: 'unknown', program: [command, ...args].join(' '), says };
  } catch {
    return undefined;
  }
}

/**
 * Returns `docker compose` or else a `docker-compose` program, or else a program that has such a name and is another
 * one. Each has 10 s to answer.
 * @param remembered version of the standalone program in an earlier run: the Python one takes most of a second to
 * print it
 */
export async function findCompose(
  engine: EngineAddress,
  signal?: AbortSignal,
  remembered?: { readonly file: string; readonly version: string },
): Promise<ComposeProgram | UnknownCompose | undefined> {
  const findStandalone = async () =>
    remembered !== undefined && (await programFile('docker-compose')) === remembered.file
      ? ({ kind: 'standalone', version: remembered.version } as const)
      : composeAt('standalone', engine, signal);
  const found = await Promise.all([composeAt('plugin', engine, signal), findStandalone()]);
  return found.find((each) => each && each.kind !== 'unknown') ?? found.find((each) => each !== undefined);
}

/**
 * Returns compose, and installs it under the same conditions as the engine.
 * @param search result of `findCompose`, if the caller has already started it
 * @throws WizardFailure `compose-missing`
 */
export async function ensureCompose(
  setup: HostSetup,
  engine: EngineAddress,
  search = findCompose(engine, setup.signal),
): Promise<ComposeProgram> {
  const found = await search;
  // Not replaced: somebody has given this program the name on purpose.
  if (found?.kind === 'unknown') throw unknownCompose(found);
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
    const installed = await findCompose(engine, setup.signal);
    if (installed?.kind === 'unknown') throw unknownCompose(installed);
    if (installed) return installed;
  } else if (await hostDistribution()) {
    detail = installCommand(['docker-compose']);
  }
  throw new WizardFailure({ kind: 'compose-missing', detail });
}

function unknownCompose({ program, says }: UnknownCompose): WizardFailure {
  return new WizardFailure({ kind: 'compose-missing', detail: '', unknown: { program, says } });
}
