/** An isolated Docker Engine: it has its own processes, mounts, network, /run and data, and can be killed at any time. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import Docker from 'dockerode';

const POLL_MS = 30;
const START_LIMIT_MS = 60_000;
/** The kernel ends all processes of a namespace, and a busy machine takes its time. */
const END_LIMIT_MS = 120_000;

/**
 * The first process of a box. An engine that the program itself starts in the box uses the default folders, so these are
 * mounts of the box as well. The shell collects the processes that lose their parent.
 */
const INIT = `set -e
ip link set lo up
mount -t tmpfs tmpfs /run
mkdir -p /run/lock "$0/data" /var/lib/docker
mount --bind "$0/data" /var/lib/docker
mount -t tmpfs tmpfs /var/log
[ ! -d /var/lib/containerd ] || mount -t tmpfs tmpfs /var/lib/containerd
echo ready
while :; do sleep 3600; done`;
const ENGINE_PID = '/run/docker.pid';
/** Names the process whose end is the end of the box. */
const INIT_FILE = 'box.pid';

/** Polls until `ask` returns something other than undefined and false. */
export async function eventually(what, ask, limitMs = START_LIMIT_MS) {
  const startedAt = performance.now();
  for (;;) {
    const answer = await ask();
    if (answer !== undefined && answer !== false) return answer;
    if (performance.now() - startedAt > limitMs) throw new Error(`timed out waiting for ${what}`);
    await delay(POLL_MS);
  }
}

/** Returns the first child of a process, or undefined. */
async function childOf(pid) {
  const text = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => '');
  const [child] = text.trim().split(' ');
  return child ? Number(child) : undefined;
}

/** Ends a box that a killed campaign left in this folder: two engines would use the same data. */
async function endLeftBox(folder) {
  const pid = await readFile(join(folder, INIT_FILE), 'utf8').catch(() => undefined);
  const command = pid && (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => ''));
  if (!command?.startsWith('unshare\0') || !command.includes(folder)) return;
  signal(Number(pid), 'SIGKILL');
  await eventually('the end of the earlier box', async () => !(await isAlive(`/proc/${pid}`)));
}

/** Creates the namespaces. @returns `init`: pid of the first process in them; `end()` ends everything in them */
async function enterNamespaces(folder) {
  const flags = ['--mount', '--net', '--pid', '--fork', '--kill-child', '--mount-proc'];
  const unshare = spawn('unshare', [...flags, '--propagation', 'private', 'sh', '-c', INIT, folder], {
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stderr = '';
  unshare.stderr.setEncoding('utf8').on('data', (chunk) => {
    stderr += chunk;
  });
  const failed = once(unshare, 'exit').then(() => {
    throw new Error(`cannot create namespaces: ${stderr.trim()}`);
  });
  failed.catch(() => undefined);
  await writeFile(join(folder, INIT_FILE), String(unshare.pid));
  await Promise.race([once(unshare.stdout, 'data'), failed]);
  const init = await eventually('the namespaces', () => childOf(unshare.pid));
  const end = async () => {
    const ended = failed.catch(() => undefined);
    unshare.kill('SIGKILL');
    await ended;
    await eventually(
      'the end of the namespaces',
      async () => !(await isAlive(`/proc/${init}`)),
      END_LIMIT_MS,
    );
  };
  return { init, end };
}

/** @param folder of the process in a /proc */
async function isAlive(folder) {
  const stat = await readFile(join(folder, 'stat'), 'utf8').catch(() => '');
  return stat !== '' && !/\) [ZX] /.test(stat);
}

/** Sends a signal to a process, which may have ended. */
function signal(pid, name) {
  try {
    process.kill(pid, name);
  } catch (error) {
    if (error.code !== 'ESRCH') throw error;
  }
}

/** An isolated engine, and the programs that run beside it. */
export class Box {
  #folder;
  #cgroup;
  #namespaces;

  /**
   * @param folder for the data of the engine; it is kept when the box is closed
   * @param number distinguishes the boxes of a campaign
   */
  constructor(folder, number) {
    this.#folder = folder;
    this.#cgroup = `/fabric-wizard-faults-${process.pid}-${number}`;
  }

  /** Creates the namespaces and starts the engine. */
  async open() {
    await mkdir(this.#folder, { recursive: true });
    await endLeftBox(this.#folder);
    this.#namespaces = await enterNamespaces(this.#folder);
    await this.startEngine();
  }

  /** Ends everything in the box at once. What is on disk is kept. */
  async close() {
    await this.#namespaces?.end();
    this.#namespaces = undefined;
  }

  /** Ends everything at once, as a power failure does, and starts the engine again. */
  async reboot() {
    await this.close();
    await this.open();
  }

  get socket() {
    return join(this.inside('/run'), 'docker.sock');
  }

  /** A client of the engine of this box. */
  get engine() {
    return new Docker({ socketPath: this.socket });
  }

  /** Returns the path under which this process sees a path of the box. */
  inside(path) {
    return join(`/proc/${this.#namespaces.init}/root`, path);
  }

  /**
   * Starts a program in the box.
   * @param cwd a folder in the box
   * @returns `child`, and `signal(name)`, which reaches the program itself
   */
  spawn(command, args, { cwd = '/', ...options } = {}) {
    const enter = ['--target', String(this.#namespaces.init), '--mount', '--net', '--pid'];
    // The shell enters the folder as the box sees it.
    const program = ['sh', '-c', 'cd "$0" && exec "$@"', cwd, command, ...args];
    const child = spawn('nsenter', [...enter, ...program], { detached: true, ...options });
    return {
      child,
      signal: async (name) => {
        const pid = await eventually(
          `${command} to start`,
          () => child.exitCode !== null || childOf(child.pid),
        );
        if (pid !== true) signal(pid, name);
      },
    };
  }

  /** Runs a program to its end. @returns its output @throws Error if the exit code is not 0 */
  async run(command, args, options) {
    const { child } = this.spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options });
    const output = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr']) {
      child[name].setEncoding('utf8').on('data', (chunk) => {
        output[name] += chunk;
      });
    }
    const [code] = await once(child, 'close');
    if (code !== 0)
      throw new Error(`${[command, ...args].join(' ')} ended with ${code}: ${output.stderr.trim()}`);
    return output.stdout.trim();
  }

  /** Starts the engine, unless one answers. */
  async startEngine() {
    if (await this.#ping()) return;
    const log = openSync(join(this.#folder, 'dockerd.log'), 'a');
    // A killed engine leaves its files behind, and another process may have its pid now.
    await this.run('rm', ['-f', ENGINE_PID, '/run/docker.sock']);
    const groups = ['--cgroup-parent', this.#cgroup, '--exec-opt', 'native.cgroupdriver=cgroupfs'];
    const { child } = this.spawn('dockerd', groups, { stdio: ['ignore', log, log] });
    closeSync(log);
    await eventually('the engine', () => {
      if (child.exitCode !== null) throw new Error(`dockerd ended; see ${this.#folder}/dockerd.log`);
      return this.#ping();
    });
  }

  /** Sends a signal to the engine. SIGKILL and SIGTERM end it; it has ended when this resolves. */
  async signalEngine(name) {
    const pid = (await readFile(this.inside(ENGINE_PID), 'utf8')).trim();
    await this.run('kill', ['-s', name.slice('SIG'.length), pid]);
    if (name !== 'SIGKILL' && name !== 'SIGTERM') return;
    await eventually('the end of the engine', async () => !(await isAlive(this.inside(`/proc/${pid}`))));
  }

  async #ping() {
    return this.engine.ping().then(
      () => true,
      () => false,
    );
  }
}
