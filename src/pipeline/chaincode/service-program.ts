/** Makes the program of a chaincode as a service: Go is compiled in the builder image, Node.js runs as it is. */
import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import type { FolderChaincode, ListeningChaincode } from '../config/chaincode-list.ts';
import { projectLabels, type StageContext } from '../context/run-context.ts';
import { fileFailure, WizardFailure } from '../core/failure.ts';
import { LABEL } from '../engine/labels.ts';
import type { LoadedEntry, TarEntry } from '../engine/tar-context.ts';
import { workLabels } from '../engine/work-labels.ts';
import type { BuildOutputs } from '../images/build-outputs.ts';
import { goCacheName } from '../images/go-cache.ts';
import { requireImage } from '../images/require-image.ts';
import { networkPeerImages } from '../resolve/peer-images.ts';
import { filesDigest, type KnownHashes } from './chaincode-digest.ts';
import { type ChaincodeSource, chaincodeSource, gopathFolder } from './chaincode-source.ts';
import { usersFile } from './crash-text.ts';
import { hubSource, hubWorld } from './hub-source.ts';
import { nodeImages } from './language-images.ts';
import { proxyAnswers } from './module-vendor.ts';
import { nodeModules, ownFiles } from './project-source.ts';
import { hasRelays } from './relays.ts';
import { portOf } from './service-address.ts';
import { PACKAGES, type ServiceProgram } from './service-process.ts';
import { HUB } from './service-scripts.ts';

const HOME = 'chaincode';

/**
 * Builds like a peer, but without cgo: the program has to run on any image. $1 name of the program, $2 folder with the source,
 * $3 import path, further arguments: files that the source does not have any more
 */
const SCRIPT = `
set -eu
cd "/${HOME}"
out=$1 folder=$2 path=$3
shift 3
if [ $# -gt 0 ]; then rm -f -- "$@"; fi
if [ ! -f "$folder/go.mod" ]; then
  export GO111MODULE=off GOPATH="/${HOME}:$GOPATH"
else
  cd "$folder"
  export GO111MODULE=on GOFLAGS=-mod=readonly
  if [ -d vendor ]; then export GOFLAGS=-mod=vendor; fi
fi
exec go build -ldflags "-s -w" -o "/${HOME}/out/$out" "$path"
`;

/** The shim of 1.x needs cgo otherwise. */
const WITHOUT_CGO = { GOFLAGS: '-tags=nopkcs11' };

const COMPILE_ERROR = /^(?:\.\/)?(?<file>\S+\.go)(?<rest>:\d+(?::\d+)?: .*)/;

/** Files that decide which packages npm installs. */
const NPM_READS = /^(?:package(?:-lock)?\.json|npm-shrinkwrap\.json|\.npmrc)$/;

function isFile(content: TarEntry['content']): content is { readonly file: string } {
  return typeof content === 'object' && 'file' in content;
}

/** Reads a file that a program consists of. @throws WizardFailure `file` */
async function withBytes(entry: TarEntry): Promise<LoadedEntry> {
  const { content } = entry;
  if (!isFile(content)) return { ...entry, content };
  const bytes = await readFile(content.file).catch((error: unknown) => {
    throw fileFailure(content.file, error);
  });
  return { ...entry, content: bytes };
}

/** Returns what changes when an entry does. */
async function stampOf({ content }: TarEntry): Promise<string> {
  if (!isFile(content)) return createHash('sha256').update(content).digest('hex');
  const { size, mtimeMs, ctimeMs, ino } = await stat(content.file);
  return [size, mtimeMs, ctimeMs, ino].join(' ');
}

/** Returns the id of the image on which programs of a language run. */
export async function runtimeImage(
  context: StageContext,
  language: ServiceProgram['language'],
): Promise<string> {
  const ref =
    language === 'node'
      ? (await nodeImages(context)).runtime
      : (await networkPeerImages(context)).runtime.ref;
  return (await requireImage(context.docker, ref)).id;
}

/** Returns the failure of a compile, with the user's files and lines. @param dir folder of the user */
async function notCompiled(lines: readonly string[], dir: string, again: string): Promise<WizardFailure> {
  const errors = lines
    .map((line) => COMPILE_ERROR.exec(line)?.groups)
    .filter((groups) => groups !== undefined)
    .slice(0, 5);
  const places = await Promise.all(
    errors.map(async ({ file = '', rest = '' }) => `${await usersFile(file, dir)}${rest}`),
  );
  return new WizardFailure({
    kind: 'chaincode',
    problem: { key: 'chaincode.not-compiled', dir },
    place: (places.length > 0 ? places : lines.slice(0, 5)).join('\n'),
    next: [again],
  });
}

/** Compiles one chaincode, again and again if need be: the container and what it has of the source stay. */
export class ServiceBuilder {
  readonly #context: StageContext;
  readonly #outputs: BuildOutputs | undefined;
  readonly #hashes: KnownHashes = new Map();
  /** Name and stamp of the files in the container. */
  readonly #brought = new Map<string, string>();
  /** Fabric's packages in the container by what the chaincode imports of them, and the hub. */
  readonly #worlds = new Map<string, Promise<readonly TarEntry[]>>();
  #hub: LoadedEntry | undefined;
  #container: Promise<string> | undefined;
  #proxy: Promise<boolean> | undefined;
  /** What `npm install` needs besides the project, and the hash of what it reads there. */
  #packages: { readonly hash: string; readonly brought: readonly TarEntry[] } | undefined;

  constructor(context: StageContext, outputs: BuildOutputs | undefined) {
    this.#context = context;
    this.#outputs = outputs;
  }

  /** @throws WizardFailure `chaincode` if it does not compile; CancelledError */
  async build(choice: FolderChaincode): Promise<ServiceProgram> {
    const digest = await filesDigest(choice, this.#hashes);
    return choice.language === 'node' ? this.#node(choice, digest) : this.#go(choice, digest);
  }

  /** Removes the container, also one that is still being made. */
  async close(): Promise<void> {
    const making = this.#container;
    this.#container = undefined;
    const id = await making?.catch(() => undefined);
    if (id !== undefined) await this.#context.docker.removeContainer(id);
  }

  async #node(choice: FolderChaincode, digest: string): Promise<ServiceProgram> {
    const context = this.#context;
    const project = { dir: choice.path, language: choice.language };
    const own: LoadedEntry[] = [];
    for (const entry of await ownFiles(context, project)) own.push(await withBytes(entry));
    const read = createHash('sha256');
    for (const { name, content } of own.filter((entry) => NPM_READS.test(entry.name)))
      read.update(`${name}\0`).update(content);
    const hash = read.digest('hex');
    if (this.#packages?.hash !== hash)
      this.#packages = { hash, brought: await nodeModules(context, project.dir) };
    const files = [...own, ...(await Promise.all(this.#packages.brought.map(withBytes)))];
    const image = await runtimeImage(context, 'node');
    const program = [...files, { name: PACKAGES, content: hash }];
    if (!hasRelays(context.settings.release)) return { language: 'node', image, digest, files: program };
    const id = await this.#start();
    await this.#bring(
      id,
      (await this.#fabric([])).map((each) => ({ ...each, name: `src/${each.name}` })),
    );
    const registering = [...program, await this.#hubIn(id)];
    return { language: 'node', registers: 'here', image, digest, files: registering };
  }

  /** Returns the container, which runs. Another command may have removed the one of the last build. */
  async #start(): Promise<string> {
    const { docker } = this.#context;
    const id = await this.#container?.catch(() => undefined);
    if (id !== undefined) {
      if ((await docker.inspectContainer(id))?.running) return id;
      await docker.removeContainer(id);
    }
    this.#brought.clear();
    this.#container = this.#create();
    await docker.startContainer(await this.#container);
    return this.#container;
  }

  async #create(): Promise<string> {
    const context = this.#context;
    const { docker, settings } = context;
    const { id: image } = await requireImage(docker, settings.builderImage);
    const cache = goCacheName(image);
    await docker.createVolume(cache, { [LABEL.role]: 'cache' });
    return docker.createContainer({
      image,
      cmd: ['sleep', 'infinity'],
      env: {
        GOPATH: '/opt/gopath',
        GOCACHE: '/cache/go-build',
        GOMODCACHE: '/cache/modules',
        GOTOOLCHAIN: 'local',
        CGO_ENABLED: '0',
      },
      binds: [`${cache}:/cache`],
      network: 'default',
      labels: workLabels(projectLabels(context)),
    });
  }

  /** Returns the source of a chaincode, with the packages that it imports. */
  async #source({ name, path: dir }: FolderChaincode): Promise<ChaincodeSource> {
    const context = this.#context;
    if (hasRelays(context.settings.release)) {
      const { path, own, brought } = await gopathFolder(context, { name, dir });
      const files = [...own, ...(await this.#fabric(brought))];
      // Without modules, whatever the folder has: the peers of the release do not know them.
      return { files: files.map((each) => ({ ...each, name: `src/${each.name}` })), path, folder: 'src' };
    }
    return chaincodeSource(context, this.#outputs, {
      ...{ dir, shipped: false },
      hasProxy: () => {
        this.#proxy ??= proxyAnswers(context.signal);
        return this.#proxy;
      },
    });
  }

  /** Returns the hub's source and Fabric's packages. */
  #fabric(brought: readonly string[]): Promise<readonly TarEntry[]> {
    const key = brought.join(' ');
    const known = this.#worlds.get(key);
    if (known) return known;
    const reading = Promise.all([hubSource(this.#context), hubWorld(this.#context, brought)]).then(
      ([{ files }, world]) => [...files, ...world],
    );
    this.#worlds.set(key, reading);
    return reading;
  }

  async #go(choice: FolderChaincode, digest: string): Promise<ServiceProgram> {
    const context = this.#context;
    const { release } = context.settings;
    const [id, image, source] = await Promise.all([
      this.#start(),
      runtimeImage(context, 'go'),
      this.#source(choice),
    ]);
    const removed = await this.#bring(id, source.files);
    const program = await this.#compile(id, 'chaincode', source, removed, choice.path);
    if (!hasRelays(release)) return { language: 'go', image, digest, files: [program] };
    const files = [program, await this.#hubIn(id)];
    return { language: 'go', registers: 'here', image, digest, files };
  }

  /** Returns the hub, compiled in a container that has its source. */
  async #hubIn(id: string): Promise<LoadedEntry> {
    const { path } = await hubSource(this.#context);
    this.#hub ??= await this.#compile(id, HUB, { folder: 'src', path }, [], undefined);
    return this.#hub;
  }

  /** Makes the program of a container in which the user's process registers. */
  async hub({ service }: ListeningChaincode): Promise<ServiceProgram> {
    const context = this.#context;
    const [id, image, source] = await Promise.all([
      this.#start(),
      runtimeImage(context, 'go'),
      this.#fabric([]),
    ]);
    await this.#bring(
      id,
      source.map((each) => ({ ...each, name: `src/${each.name}` })),
    );
    const { digest } = await hubSource(context);
    const port = Number(portOf(service));
    return { language: 'go', registers: 'own', image, digest, port, files: [await this.#hubIn(id)] };
  }

  /**
   * @param dir folder of the user; undefined for the hub
   * @throws WizardFailure `chaincode` if the user's program does not compile
   */
  async #compile(
    id: string,
    program: 'chaincode' | typeof HUB,
    { folder, path }: Pick<ChaincodeSource, 'folder' | 'path'>,
    removed: readonly string[],
    dir: string | undefined,
  ): Promise<LoadedEntry> {
    const { docker, signal, report, options, settings } = this.#context;
    const command = ['sh', '-c', SCRIPT, 'fabric-wizard', program, folder, path, ...removed];
    const env = hasRelays(settings.release) ? WITHOUT_CGO : {};
    const { exitCode, stdout, stderr } = await docker.execInShell(id, command, { signal, env, atMost: 1 });
    const lines = `${stdout}\n${stderr}`.split('\n').filter((line) => line.trim() !== '');
    if (exitCode !== 0) {
      for (const line of lines) report.log(line);
      if (dir === undefined) throw new Error(`the hub does not compile: ${lines.join('\n')}`);
      throw await notCompiled(lines, dir, options.again);
    }
    const [file] = (await docker.readFiles(id, `/${HOME}/out/${program}`)) ?? [];
    if (!file) throw new Error('go build has left no program');
    return { name: program, content: file.content, mode: 0o755 };
  }

  /** Brings what the container does not have as it is now. @returns paths of files that the source does not have any more */
  async #bring(id: string, files: readonly TarEntry[]): Promise<readonly string[]> {
    const stamps = new Map(
      await Promise.all(files.map(async (entry) => [entry.name, await stampOf(entry)] as const)),
    );
    const changed = files.filter(({ name }) => this.#brought.get(name) !== stamps.get(name));
    const removed = [...this.#brought.keys()].filter((name) => !stamps.has(name));
    if (changed.length > 0)
      await this.#context.docker.upload(
        id,
        changed.map((entry) => ({ ...entry, name: `${HOME}/${entry.name}` })),
        this.#context.signal,
      );
    this.#brought.clear();
    for (const [name, stamp] of stamps) this.#brought.set(name, stamp);
    return removed;
  }
}
