/** Engines in namespaces of their own. They share folders with this machine, but no network and no other data. */
import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { chown, mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import Docker from 'dockerode';
import { enterNamespaces, eventually } from '../namespaces.mjs';
import { USER_ID } from './system.mjs';

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
const USER_RUN = `/run/user/${USER_ID}`;
/** Some machines let only root use the device for networks without root. */
const OPEN_TUN = `mount -t tmpfs tmpfs dev/net
mknod -m 666 dev/net/tun c 10 200
mkdir -p ${USER_RUN.slice(1)}
chown ${USER_ID}:${USER_ID} ${USER_RUN.slice(1)}`;
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
mount -t tmpfs tmpfs run
${{ podman: HIDE_CGROUP2, rootless: OPEN_TUN }[kind] ?? ''}
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
  rootless: ({ folder, socket, flags = [] }) => [
    '/usr/share/docker.io/contrib/dockerd-rootless.sh',
    ...['--host', `unix://${socket}`, '--data-root', join(folder, 'data'), ...flags],
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

/** Returns the user of an engine, who also runs the programs that use it: root, or a plain user with a home of its own. */
function userOf({ kind, folder }) {
  if (kind !== 'rootless') return { user: 0, home: process.env.HOME ?? '/root', become: [], runtimeEnv: {} };
  const become = ['--setuid', String(USER_ID), '--setgid', String(USER_ID)];
  const runtimeEnv = { XDG_RUNTIME_DIR: USER_RUN };
  return { user: USER_ID, home: join(folder, 'home'), become, runtimeEnv };
}

/**
 * Starts an engine.
 * @param options `kind`: docker, podman or rootless (Docker of a plain user); `system`: see `makeSystem`, or undefined for this machine's own engine;
 *   `folder`: for its data; `shared`: folders that it shares with this machine; `flags` and `env` of the engine;
 *   `forwarded`: its socket has another path where the engine is, as in Docker Desktop; `run`: a runner
 * @returns `docker`: a client; `inside(runner)`: a runner in the engine's network, whose programs use the engine as its
 *   user; `give(path)` makes that user the owner of a folder; `stop()` ends everything. Data is kept
 */
export async function startEngine(options) {
  const { kind, system, folder, forwarded, env = {}, run } = options;
  const { user, home, become, runtimeEnv } = userOf(options);
  for (const path of [folder, home]) await mkdir(path, { recursive: true });
  if (user !== 0) for (const path of [folder, home]) await chown(path, user, user);
  const socket = join(folder, 'engine.sock');
  await rm(socket, { force: true });
  if (kind === 'podman') await limitPodman(system, run);
  const { init, end } = await enterNamespaces(folder, scriptOf(options));
  // The link is dangling for the engine: its processes have other ids there.
  if (forwarded) await symlink(`/proc/${init}/root${SOCKET_INSIDE}`, socket);
  const target = ['--target', String(init), '--net', ...become];
  const command = COMMANDS[kind]({ ...options, socket: forwarded ? SOCKET_INSIDE : socket });
  const log = openSync(join(folder, 'engine.log'), 'a');
  const daemon = spawn('nsenter', [...target, '--mount', '--uts', '--pid', '--', ...command], {
    detached: true,
    stdio: ['ignore', log, log],
    env: { PATH, HOME: home, ...runtimeEnv, ...env },
  });
  closeSync(log);
  const docker = new Docker({ socketPath: socket });
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
  const clients = { ...system?.clients, DOCKER_HOST: `unix://${socket}`, HOME: home };
  const inside = (runner) => (command, args, given) =>
    runner('nsenter', [...target, '--', command, ...args], {
      ...given,
      env: { ...clients, ...given?.env },
    });
  /** Gives a folder to the user whom programs inside run as. */
  const give = (path) => run('chown', ['--recursive', `${user}:${user}`, path]);
  return { docker, inside, give, stop: end };
}
