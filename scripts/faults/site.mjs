/** The project that the faults happen to: a network of the practice source in a box. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, cp, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import Docker from 'dockerode';
import { cleanUpRunner, UsageError } from '../command-line.mjs';
import { gatewayNames } from '../engines/base-images.mjs';
import { linkImages } from '../machines/linked-images.mjs';
import { choicesText } from '../wizard.mjs';
import { Box } from './box.mjs';
import { launch } from './launch.mjs';

export const PROJECT = 'fw-faults';
const CONFIG_FILE = 'fabric-wizard.yaml';
/** Base images of the practice source. */
const BASES = ['fabric-baseimage', 'fabric-baseos'];
const BASE_VERSION = '0.4.22';

async function isThere(path) {
  return access(path).then(
    () => true,
    () => false,
  );
}

/** Returns the names of the practice source's base images on the engine of this machine, without those of other releases. */
async function baseNames() {
  const outer = new Docker();
  const { Arch } = await outer.version();
  const wanted = BASES.map((name) => `hyperledger/${name}:${Arch}-${BASE_VERSION}`);
  const names = (await outer.listImages())
    .map(({ RepoTags }) => RepoTags ?? [])
    .filter((tags) => tags.some((tag) => wanted.includes(tag)))
    .flat()
    .filter((tag) => wanted.includes(tag) || tag.startsWith('fabric-wizard/'));
  const missing = wanted.filter((name) => !names.includes(name));
  if (missing.length > 0)
    throw new UsageError(
      `missing on the engine: ${missing.join(', ')}; npm start -- build --source sample --yes makes them`,
    );
  return names;
}

/** Gives the base images their names again. */
async function restoreBases({ engine, bases }) {
  for (const name of bases.filter((base) => base.startsWith('hyperledger/'))) {
    const role = name.includes('baseimage') ? /debian-\w+-go/ : /debian-\w+:/;
    const [repo, tag] = name.split(':');
    const other = bases.find((base) => role.test(base));
    if (other) await engine.getImage(other).tag({ repo, tag });
  }
}

/** Copies images from the engine of this machine, unless the box has them. */
async function loadImages(engine, names) {
  const present = (await engine.listImages()).flatMap(({ RepoTags }) => RepoTags ?? []);
  if (names.every((name) => present.includes(name))) return;
  const save = spawn('docker', ['save', ...names], { stdio: ['ignore', 'pipe', 'inherit'] });
  const loaded = await engine.loadImage(save.stdout, { quiet: true });
  await once(loaded.resume(), 'end');
}

/** A project in a box. */
export class Site {
  project = PROJECT;
  /** Whether the network is proven and nothing is the matter with it. */
  atRest = false;
  #root;

  /** @param options `root`: of the package; `folder`: for everything of the site; `number`: of the site */
  constructor({ root, folder, number }) {
    this.#root = root;
    this.box = new Box(join(folder, 'engine'), number);
    this.bin = join(root, 'dist', 'bin.js');
    this.dir = join(folder, 'project');
    this.state = join(this.dir, '.fabric-wizard');
    this.source = join(folder, 'source');
    this.home = join(folder, 'home');
  }

  /** Opens the box. It goes on with the project and the engine of an earlier campaign, if there are any. */
  async open() {
    const run = cleanUpRunner();
    /** Names of the base images. */
    this.bases = await baseNames();
    const refs = [...this.bases, ...(await gatewayNames(run))];
    if (!(await isThere(this.box.data))) await linkImages({ refs, folder: this.box.data, run });
    await this.box.open();
    await loadImages(this.engine, refs);
    if (!(await isThere(join(this.dir, CONFIG_FILE)))) await this.reset();
  }

  async close() {
    await this.box.close();
  }

  /** Makes new namespaces, which also ends all mounts and programs. */
  async reopen() {
    await this.box.reboot();
  }

  /** A client of the engine. */
  get engine() {
    return this.box.engine;
  }

  /** Begins anew: removes the network and its images, and writes the project and its source again. */
  async reset() {
    this.atRest = false;
    await restoreBases(this);
    for (const dir of [this.dir, this.source, this.home]) await rm(dir, { recursive: true, force: true });
    for (const dir of [this.dir, this.home]) await mkdir(dir, { recursive: true });
    await cp(join(this.#root, 'sample'), this.source, { recursive: true });
    const choices = { source: this.source, project: PROJECT, 'docker-ns': PROJECT, orgs: 2, peers: 1 };
    await writeFile(join(this.dir, CONFIG_FILE), choicesText(choices));
    await launch(this, { args: ['clean', '--images', '--yes'] }).ended;
  }
}
