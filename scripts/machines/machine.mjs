/** A machine of its own on this one: namespaces with a Docker Engine, which share no folder of this machine but the programs. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, stat, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import Docker from 'dockerode';
import { enterNamespaces, eventually } from '../namespaces.mjs';
import { root } from '../prepare.mjs';
import { linkImages } from './linked-images.mjs';

/** Where the engine's socket is, as the machine sees it. */
export const SOCKET = '/run/docker.sock';
/** Where a machine has a folder of its own, as the machine sees it. */
export const OWN_INSIDE = '/srv';
const CGROUPS = '/sys/fs/cgroup';
/** A worker tries for 20 s to attach each container to the Swarm's network if no manager answers, and only then listens. */
const ENGINE_LIMIT_MS = 300_000;

/** The folders that the machine must not see. `/usr` and what belongs to it contain the programs. */
function hiddenFolders() {
  const own = `/${root.split('/')[1]}`;
  const usual = ['/run', '/tmp', '/var/tmp', '/var/log', '/home', '/mnt', '/opt', '/root'];
  return [...new Set([...usual, ...(own === '/usr' || own === OWN_INSIDE ? [] : [own])])];
}

/** The first process of a machine. Engines with the same key.json would have the same id. */
function scriptOf(name, prepare) {
  return `set -e
ip link set lo up
hostname ${name}
mkdir -p /var/lib/docker /etc/docker
mount --bind "$0/data" /var/lib/docker
mount --bind "$0/settings" /etc/docker
${prepare}
[ ! -d /var/lib/containerd ] || mount -t tmpfs tmpfs /var/lib/containerd
for each in ${hiddenFolders().join(' ')}; do [ ! -d "$each" ] || mount -t tmpfs tmpfs "$each"; done
mkdir -p /run/lock
echo ready
while :; do sleep 3600; done`;
}

/** Removes the control groups with this name. Those of version 1 are in one folder for each controller. */
async function removeCgroups(name, run) {
  const controllers = await readdir(CGROUPS).catch(() => []);
  for (const path of ['.', ...controllers].map((folder) => join(CGROUPS, folder, name))) {
    const isThere = () =>
      stat(path).then(
        () => true,
        () => false,
      );
    // The kernel refuses while a process of the group is ending.
    await eventually(`the end of ${path}`, async () => {
      if (await isThere()) await run('find', [path, '-depth', '-type', 'd', '-delete'], { mayFail: true });
      return !(await isThere());
    });
  }
}

/**
 * Returns why there can be no other machine here, or undefined.
 * @param check a shell command that the machine must be able to run
 */
export async function obstacleToMachines(check = 'ip -Version >&2') {
  const folder = await mkdtemp(join(tmpdir(), 'fabric-wizard-machine-'));
  try {
    const { end } = await enterNamespaces(
      folder,
      `set -e\n${check}\necho ready\nwhile :; do sleep 3600; done`,
    );
    await end();
    return undefined;
  } catch (error) {
    return String(error);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** A machine. What is in its folder is kept when it loses its power. */
export class Machine {
  #folder;
  #network;
  #prepare;
  #flags;
  #run;
  #images;
  #namespaces;

  /**
   * @param options `name`: its host name; `folder` for its data; `network`: see `createNetwork`; `run`: a runner;
   *   `flags(address)`: more arguments for dockerd; `prepare`: shell commands that mount more, in which `$0` is the folder; `images`: a
   *   list of names of images of the default engine that the machine has from its first start
   */
  constructor({ name, folder, network, run, flags, prepare = '', images }) {
    this.name = name;
    this.host = network.address();
    this.#folder = folder;
    this.#network = network;
    this.#run = run;
    this.#images = images;
    this.#flags = flags;
    this.#prepare = prepare;
    /** A client that uses the engine's socket, also after the machine was started again. */
    this.engine = new Docker({ socketPath: join(folder, 'engine.sock') });
  }

  /** The file with the output of the servers. */
  get log() {
    return join(this.#folder, 'servers.log');
  }

  get #cgroup() {
    return `fabric-wizard-${this.host}`;
  }

  #entering(program, args) {
    const target = ['--target', String(this.#namespaces.init)];
    return [...target, '--mount', '--net', '--uts', '--pid', '--', program, ...args];
  }

  /** Starts the machine and its engine. */
  async start() {
    for (const name of ['data', 'settings']) await mkdir(join(this.#folder, name), { recursive: true });
    const refs = this.#images;
    this.#images = [];
    const folder = join(this.#folder, 'data');
    const areThere = refs.length === 0 || (await linkImages({ refs, folder, run: this.#run }));
    await this.#startEngine();
    if (!areThere) await this.copyImages(refs);
  }

  async #startEngine() {
    this.#namespaces = await enterNamespaces(this.#folder, scriptOf(this.name, this.#prepare));
    const { init } = this.#namespaces;
    await this.#network.plug(this.name, init, this.host);
    const socket = join(this.#folder, 'engine.sock');
    await rm(socket, { force: true });
    await symlink(`/proc/${init}/root${SOCKET}`, socket);
    const groups = ['--cgroup-parent', `/${this.#cgroup}`, '--exec-opt', 'native.cgroupdriver=cgroupfs'];
    const child = this.serve('dockerd', ['--host', `unix://${SOCKET}`, ...groups, ...this.#flags(this.host)]);
    const answers = () => {
      if (child.exitCode !== null) throw new Error(`dockerd ended; see ${this.log}`);
      return this.engine.ping().then(
        () => true,
        () => false,
      );
    };
    await eventually(`the engine; see ${this.log}`, answers, ENGINE_LIMIT_MS);
  }

  /** Starts a server on the machine. It ends with the machine. */
  serve(program, args) {
    const log = openSync(this.log, 'a');
    const options = { detached: true, stdio: ['ignore', log, log], cwd: '/' };
    const child = spawn('nsenter', this.#entering(program, args), options);
    closeSync(log);
    return child;
  }

  /** Runs a program on the machine. @returns its output */
  async inside(program, ...args) {
    const { stdout } = await this.#run('nsenter', this.#entering(program, args), { cwd: '/' });
    return stdout.trimEnd();
  }

  /** Copies images of the default engine. */
  async copyImages(refs) {
    const saving = spawn('docker', ['save', ...refs], { stdio: ['ignore', 'pipe', 'inherit'] });
    const ended = once(saving, 'close');
    // The answer ends when the images are there. The status is 200 even if they cannot be loaded.
    const answer = await text(await this.engine.loadImage(saving.stdout));
    const [code] = await ended;
    if (code !== 0) throw new Error(`docker save ended with ${code}`);
    if (answer.includes('"error"')) throw new Error(`${this.name} cannot load images: ${answer.trim()}`);
  }

  /** Disconnects the machine from its network, or connects it again. */
  async setLink(state) {
    await this.#network.setLink(this.name, state);
  }

  /** Ends all processes of the machine at once, as a power failure does. */
  async kill() {
    if (this.#namespaces === undefined) return;
    await this.#network.unplug(this.name);
    await this.#namespaces.end();
    this.#namespaces = undefined;
    await removeCgroups(this.#cgroup, this.#run);
  }
}
