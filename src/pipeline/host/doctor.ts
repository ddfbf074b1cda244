/** Looks at the host before anything is done to it. Reads only, within one deadline. */
import { access, constants, readFile, statfs } from 'node:fs/promises';
import { DockerPort } from '../engine/docker-port.ts';
import type { ContainerInfo } from '../engine/engine-types.ts';
import { LABEL } from '../engine/labels.ts';
import { toFailure, WizardFailure } from '../run/failure.ts';
import { describeFailure } from '../run/failure-text.ts';
import { installCommand, isRoot } from './apt-install.ts';
import { hostDistribution } from './host-apt.ts';
import { findCompose } from './host-setup.ts';
import { takenPorts, type WantedPort } from './ports.ts';

export interface DoctorCheck {
  readonly id: string;
  readonly status: 'ok' | 'warn' | 'fail';
  readonly detail: string;
  /** A command or a flag; absent where all is well. */
  readonly fix?: string;
}

export interface DoctorReport {
  /** No check failed. */
  readonly ok: boolean;
  readonly checks: readonly DoctorCheck[];
}

export interface DoctorOptions {
  readonly docker?: DockerPort;
  readonly project: string;
  readonly ports: readonly WantedPort[];
  /** Bytes that the chosen network wants free. */
  readonly needMemory: number;
  /** Where the configuration and the state live. */
  readonly dir: string;
}

const LIMIT_MS = 1800;
const GB = 1e9;
const DISK_WARN = 6 * GB;
const DISK_FAIL = 2 * GB;

type Finding = Omit<DoctorCheck, 'id'>;
type Engine = Awaited<ReturnType<DockerPort['version']>>;

function ok(detail: string): Finding {
  return { status: 'ok', detail };
}

function gigabytes(bytes: number): string {
  return `${(bytes / GB).toFixed(1)} GB`;
}

interface Deadline {
  /** For the programs that are asked. */
  readonly signal: AbortSignal;
  readonly passed: Promise<Finding>;
}

function deadline(): Deadline {
  const signal = AbortSignal.timeout(LIMIT_MS);
  const passed = new Promise<Finding>((resolve) => {
    const say = () => resolve({ status: 'warn', detail: `no answer within ${LIMIT_MS / 1000} seconds` });
    signal.addEventListener('abort', say, { once: true });
  });
  return { signal, passed };
}

/** Holds to the deadline even where a program or the engine does not answer at all. */
async function limited(
  id: string,
  { signal, passed }: Deadline,
  look: (signal: AbortSignal) => Promise<Finding>,
): Promise<DoctorCheck> {
  const found = look(signal).catch(
    (error: unknown): Finding => ({
      status: 'warn',
      detail: error instanceof Error ? error.message : String(error),
    }),
  );
  return { id, ...(await Promise.race([found, passed])) };
}

async function engineCheck(
  docker: DockerPort,
): Promise<{ readonly engine?: Engine; readonly check: DoctorCheck }> {
  try {
    const engine = await docker.version(LIMIT_MS);
    return {
      engine,
      check: { id: 'engine', ...ok(`Docker Engine ${engine.engine}, API ${engine.minApi} to ${engine.api}`) },
    };
  } catch (error) {
    const { title, detail, hint, next } = describeFailure(toFailure(error));
    const installable = !process.env.DOCKER_HOST && isRoot() && (await hostDistribution());
    return {
      check: {
        id: 'engine',
        status: 'fail',
        detail: [title, ...detail, hint].filter(Boolean).join(' '),
        fix: installable ? 'fabric-wizard doctor --fix engine' : next[0],
      },
    };
  }
}

async function composeCheck(engine: Engine | undefined, signal: AbortSignal): Promise<Finding> {
  const compose = await findCompose(signal);
  if (!compose) {
    return {
      status: 'fail',
      detail: 'neither "docker compose" nor "docker-compose" is here',
      fix: installCommand(['docker-compose']),
    };
  }
  const name = compose.kind === 'plugin' ? 'docker compose' : 'docker-compose';
  // Compose v1 speaks an API that engines from 29 on have dropped.
  if (compose.version.startsWith('1.') && Number.parseInt(engine?.engine ?? '0', 10) >= 29) {
    return {
      status: 'fail',
      detail: `${name} ${compose.version} cannot talk to Docker Engine ${engine?.engine}`,
      fix: 'install the compose plugin (version 2 or newer)',
    };
  }
  return ok(`${name} ${compose.version}`);
}

async function portsCheck(options: DoctorOptions, docker: DockerPort): Promise<Finding> {
  const taken = await takenPorts(options.ports, docker, options.project);
  if (taken.length === 0) return ok(`${options.ports.length} ports of 127.0.0.1 are free or ours`);
  const byOwner = new Map<string, number[]>();
  for (const { port, owner } of taken) byOwner.set(owner, [...(byOwner.get(owner) ?? []), port]);
  return {
    status: 'fail',
    detail: [...byOwner]
      .map(([owner, ports]) => `${ports.join(', ')} in use by ${owner || 'an unknown program'}`)
      .join('; '),
    fix: '--port-base NUMBER',
  };
}

async function diskCheck(rootDir: string): Promise<Finding> {
  const { bavail, bsize } = await statfs(rootDir);
  const free = bavail * bsize;
  const detail = `${gigabytes(free)} free in ${rootDir}`;
  if (free >= DISK_WARN) return ok(detail);
  return { status: free < DISK_FAIL ? 'fail' : 'warn', detail, fix: 'fabric-wizard clean --images' };
}

async function memoryCheck(needMemory: number): Promise<Finding> {
  const text = await readFile('/proc/meminfo', 'utf8');
  const free = Number(/^MemAvailable:\s+(\d+) kB$/m.exec(text)?.[1] ?? 0) * 1024;
  const wanted = Math.max(2 * GB, needMemory);
  const detail = `${gigabytes(free)} available`;
  if (free >= wanted) return ok(detail);
  return { status: 'warn', detail: `${detail}, ${gigabytes(wanted)} wanted`, fix: '--orgs 1 --peers 1' };
}

function architectureCheck(engine: Engine): Finding {
  const known = ['amd64', 'arm64', 'ppc64le', 's390x'].includes(engine.arch);
  if (known) return ok(engine.arch);
  return { status: 'warn', detail: `Fabric is not known to be built for ${engine.arch}` };
}

async function socketCheck(path: string): Promise<Finding> {
  try {
    await access(path, constants.R_OK | constants.W_OK);
    return ok(`${path} can be read and written`);
  } catch (error) {
    const denied = error instanceof Error && 'code' in error && error.code === 'EACCES';
    return denied
      ? { status: 'fail', detail: `${path} is closed to this user`, fix: 'sudo usermod -aG docker $USER' }
      : { status: 'fail', detail: `${path} is not there` };
  }
}

async function gitCheck(signal: AbortSignal): Promise<Finding> {
  const { execa } = await import('execa');
  const git = await execa('git', ['--version'], { reject: false, cancelSignal: signal });
  if (git.exitCode === 0) return ok(git.stdout.replace(/^git version /, 'git '));
  return { status: 'warn', detail: 'git is missing; only needed to clone', fix: installCommand(['git']) };
}

async function debianCheck(signal: AbortSignal): Promise<Finding> {
  if (!(await hostDistribution())) {
    return {
      status: 'warn',
      detail: 'base images cannot be built here: neither Debian nor Ubuntu',
      fix: '--base pull',
    };
  }
  const { execa } = await import('execa');
  const found = await execa('debootstrap', ['--version'], { reject: false, cancelSignal: signal });
  const there = found.exitCode === 0;
  if (isRoot()) return ok(there ? 'debootstrap is here' : 'debootstrap is installed when it is needed');
  const fix = there ? 'run with sudo' : installCommand(['debootstrap']);
  return {
    status: 'warn',
    detail: `building base images from Debian packages needs root${there ? '' : ' and debootstrap'}`,
    fix,
  };
}

function proxiesCheck(proxies: Readonly<Record<string, string>>): Finding {
  const mine =
    process.env.https_proxy ?? process.env.HTTPS_PROXY ?? process.env.http_proxy ?? process.env.HTTP_PROXY;
  const engines = proxies.https || proxies.http;
  if (mine && !engines) {
    return {
      status: 'warn',
      detail: 'a proxy is set for this shell, but the engine pulls without one',
      fix: 'set "proxies" in /etc/docker/daemon.json and restart the engine',
    };
  }
  return ok(engines ? 'the engine uses a proxy' : 'none');
}

function names(containers: readonly ContainerInfo[]): string {
  const shown = containers.slice(0, 4).map(({ name }) => name);
  return containers.length > 4 ? `${shown.join(', ')} and ${containers.length - 4} more` : shown.join(', ');
}

async function leftoversCheck(docker: DockerPort, project: string): Promise<Finding> {
  const containers = await docker.listContainers();
  // A running one may belong to a run that is alive.
  const work = containers.filter(({ labels, state }) => labels[LABEL.role] === 'work' && state !== 'running');
  const others = containers.filter(
    ({ image, state, labels }) =>
      state === 'running' && /fabric-(peer|orderer)/.test(image) && labels[LABEL.project] !== project,
  );
  const found = [
    ...(work.length > 0 ? [`work containers that an ended run left behind: ${names(work)}`] : []),
    ...(others.length > 0 ? [`another Fabric network runs: ${names(others)}`] : []),
  ];
  if (found.length === 0) return ok('none');
  const fix = work.length > 0 ? `docker rm -f ${work.map(({ name }) => name).join(' ')}` : undefined;
  return { status: 'warn', detail: found.join('; '), fix };
}

async function dirCheck(dir: string): Promise<Finding> {
  try {
    await access(dir, constants.W_OK);
    return ok(`${dir} can be written`);
  } catch {
    return { status: 'fail', detail: `${dir} cannot be written`, fix: '--dir DIR' };
  }
}

/** All checks at once, in under two seconds whatever hangs. Changes nothing. */
export async function runDoctor(options: DoctorOptions): Promise<DoctorReport> {
  const docker = options.docker ?? new DockerPort();
  const limit = deadline();
  const check = (id: string, look: (signal: AbortSignal) => Promise<Finding>) => limited(id, limit, look);
  const asked = engineCheck(docker);
  const { socketPath } = docker;
  // What needs the engine waits for its answer; the rest runs meanwhile.
  const withEngine = async (
    id: string,
    look: (engine: Engine) => Promise<Finding> | Finding,
  ): Promise<DoctorCheck[]> => {
    const { engine } = await asked;
    return engine ? [await check(id, async () => look(engine))] : [];
  };
  const found = await Promise.all([
    asked.then((answer) => [answer.check]),
    check('compose', async (signal) => composeCheck((await asked).engine, signal)),
    check('ports', async () => portsCheck(options, docker)),
    withEngine('disk', async () => diskCheck((await docker.info()).rootDir)),
    check('memory', async () => memoryCheck(options.needMemory)),
    withEngine('architecture', architectureCheck),
    ...(socketPath ? [check('socket', async () => socketCheck(socketPath))] : []),
    check('git', gitCheck),
    check('debian', debianCheck),
    withEngine('proxies', async () => proxiesCheck((await docker.info()).proxies)),
    withEngine('leftovers', async () => leftoversCheck(docker, options.project)),
    check('dir', async () => dirCheck(options.dir)),
  ]);
  const checks = found.flat();
  return { ok: checks.every(({ status }) => status !== 'fail'), checks };
}

/**
 * The ports half of the preflight.
 * @param project ports that containers of this project publish are its own
 * @throws WizardFailure `port-taken`
 */
export async function checkPorts(
  wanted: readonly WantedPort[],
  docker: DockerPort,
  project: string,
): Promise<void> {
  const taken = await takenPorts(wanted, docker, project);
  if (taken.length > 0) throw new WizardFailure({ kind: 'port-taken', taken });
}
