/** Engines in namespaces of their own. They share folders with this machine, but no network and no other data. */
import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import Docker from 'dockerode';
import { enterNamespaces, eventually } from '../namespaces.mjs';

const CGROUP = '/fabric-wizard-engines';
const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** Quotes a word for the shell. */
function word(text) {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** The script of an engine that this machine has. */
const OWN_SYSTEM = 'mount -t tmpfs tmpfs /run';
/** Podman uses either cgroup 1 or cgroup 2, and some machines have both. */
const HIDE_CGROUP2 = 'umount -l sys/fs/cgroup/unified 2>/dev/null || true';
/** Path of the socket where the engine is. */
const SOCKET_INSIDE = '/run/docker.sock';

/** Returns the script that makes another system the root, with shared folders at their usual paths. */
function otherSystem(kind, root, shared) {
  const folders = shared.flatMap((path) => [
    `mkdir -p ${word(join(root, path))}`,
    `mount --bind ${word(path)} ${word(join(root, path))}`,
  ]);
  return `mount --bind ${word(root)} ${word(root)}
cd ${word(root)}
${folders.join('\n')}
for each in proc sys dev; do mount --rbind /$each $each; done
${kind === 'podman' ? HIDE_CGROUP2 : ''}
mount -t tmpfs tmpfs run
mkdir -p mnt/old
pivot_root . mnt/old
cd /
umount -l /mnt/old`;
}

function scriptOf({ kind, system, shared, forwarded }) {
  return `set -e
ip link set lo up
${forwarded ? 'hostname virtual-machine' : ''}
${system === undefined ? OWN_SYSTEM : otherSystem(kind, system.root, shared)}
mkdir -p /run/lock
echo ready
while :; do sleep 3600; done`;
}

/** Returns the command line of each kind of engine. */
const COMMANDS = {
  docker: ({ folder, socket, flags = [] }) => [
    'dockerd',
    ...['--host', `unix://${socket}`, '--data-root', join(folder, 'data'), '--group', '0'],
    ...['--cgroup-parent', CGROUP, '--exec-opt', 'native.cgroupdriver=cgroupfs', ...flags],
  ],
  podman: ({ folder, socket }) => [
    'podman',
    ...['--cgroup-manager=cgroupfs', '--root', join(folder, 'data'), '--runroot', '/run/podman-store'],
    ...['system', 'service', '--time=0', `unix://${socket}`],
  ],
};

/** Podman gives containers higher limits than those of a restricted root user, who may not raise them. */
async function limitPodman({ root }, run) {
  const { stdout } = await run('bash', ['-c', 'ulimit -Hn; ulimit -Hu']);
  const [files, processes] = stdout
    .trim()
    .split('\n')
    .map((limit) => (limit === 'unlimited' ? -1 : limit));
  const limits = `["nofile=${files}:${files}", "nproc=${processes}:${processes}"]`;
  await mkdir(join(root, 'etc/containers'), { recursive: true });
  await writeFile(
    join(root, 'etc/containers/containers.conf'),
    `[containers]\ndefault_ulimits = ${limits}\n`,
  );
}

/**
 * Starts an engine.
 * @param options `kind`: docker or podman; `system`: see `makeSystem`, or undefined for this machine's own engine;
 *   `folder`: for its data; `shared`: folders that it shares with this machine; `flags` and `env` of the engine;
 *   `forwarded`: its socket has another path where the engine is, as in Docker Desktop; `run`: a runner
 * @returns `docker`: a client; `inside(runner)`: a runner in the engine's network, whose programs use the engine; `stop()` ends
 *   everything. Data is kept
 */
export async function startEngine(options) {
  const { kind, system, folder, forwarded, env = {}, run } = options;
  await mkdir(folder, { recursive: true });
  const socket = join(folder, 'engine.sock');
  await rm(socket, { force: true });
  if (kind === 'podman') await limitPodman(system, run);
  const { init, end } = await enterNamespaces(folder, scriptOf(options));
  // The link is dangling for the engine: its processes have other ids there.
  if (forwarded) await symlink(`/proc/${init}/root${SOCKET_INSIDE}`, socket);
  const target = ['--target', String(init)];
  const log = openSync(join(folder, 'engine.log'), 'a');
  const daemon = spawn(
    'nsenter',
    [
      ...target,
      '--mount',
      '--net',
      '--uts',
      '--pid',
      '--',
      ...COMMANDS[kind]({ ...options, socket: forwarded ? SOCKET_INSIDE : socket }),
    ],
    { detached: true, stdio: ['ignore', log, log], env: { PATH, HOME: '/root', ...env } },
  );
  closeSync(log);
  const docker = new Docker({ socketPath: socket });
  const clients = { ...system?.clients, DOCKER_HOST: `unix://${socket}` };
  try {
    await eventually('the engine', () => {
      if (daemon.exitCode !== null) throw new Error(`the engine ended; see ${folder}/engine.log`);
      return docker.ping().then(
        () => true,
        () => false,
      );
    });
  } catch (error) {
    await end();
    throw error;
  }
  const inside = (runner) => (command, args, given) =>
    runner('nsenter', [...target, '--net', '--', command, ...args], {
      ...given,
      env: { ...clients, ...given?.env },
    });
  return { docker, inside, stop: end };
}
