/** An isolated Docker Engine: it has its own processes, mounts, network, /run and data, and can be killed at any time. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import Docker from 'dockerode';
import { childOf, enterNamespaces, eventually, isAlive, signal } from '../namespaces.mjs';

/**
 * The first process of a box. An engine that the program itself starts in the box uses the default folders, so these are
 * mounts of the box as well.
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
    this.#namespaces = await enterNamespaces(this.#folder, INIT);
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

  /** The data folder of the engine. */
  get data() {
    return join(this.#folder, 'data');
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
