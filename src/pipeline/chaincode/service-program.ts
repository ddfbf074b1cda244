/** Makes the program of a chaincode as a service: Go is compiled in the builder image, Node.js runs as it is. */
import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import type { FolderChaincode } from '../config/chaincode-list.ts';
import { projectLabels, type StageContext } from '../context/run-context.ts';
import { fileFailure, WizardFailure } from '../core/failure.ts';
import { LABEL, workLabels } from '../engine/labels.ts';
import type { LoadedEntry, TarEntry } from '../engine/tar-context.ts';
import type { BuildOutputs } from '../images/build-outputs.ts';
import { goCacheName } from '../images/go-cache.ts';
import { requireImage } from '../images/require-image.ts';
import { networkPeerImages } from '../resolve/peer-images.ts';
import { filesDigest, type KnownHashes } from './chaincode-digest.ts';
import { chaincodeSource } from './chaincode-source.ts';
import { usersFile } from './crash-text.ts';
import { nodeImages } from './language-images.ts';
import { proxyAnswers } from './module-vendor.ts';
import { nodeModules, ownFiles } from './project-source.ts';
import { PACKAGES, type ServiceProgram } from './service-process.ts';

const HOME = 'chaincode';

/**
 * Builds like a peer, but without cgo: the program has to run on any image. $1 folder with the source, $2 import path,
 * further arguments: files that the source does not have any more
 */
const SCRIPT = `
set -eu
cd "/${HOME}"
folder=$1 path=$2
shift 2
if [ $# -gt 0 ]; then rm -f -- "$@"; fi
if [ ! -f "$folder/go.mod" ]; then
  export GO111MODULE=off GOPATH="/${HOME}:$GOPATH"
else
  cd "$folder"
  export GO111MODULE=on GOFLAGS=-mod=readonly
  if [ -d vendor ]; then export GOFLAGS=-mod=vendor; fi
fi
exec go build -ldflags "-s -w" -o "/${HOME}/out/chaincode" "$path"
`;

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

/** Compiles one chaincode, again and again if need be: the container and what it has of the source stay. */
export class ServiceBuilder {
  readonly #context: StageContext;
  readonly #outputs: BuildOutputs | undefined;
  readonly #hashes: KnownHashes = new Map();
  /** Name and stamp of the files in the container. */
  readonly #brought = new Map<string, string>();
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
    return { language: 'node', image, digest, files: [...files, { name: PACKAGES, content: hash }] };
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

  async #go(choice: FolderChaincode, digest: string): Promise<ServiceProgram> {
    const context = this.#context;
    const { docker, signal, report, options } = context;
    const [id, runtime, source] = await Promise.all([
      this.#start(),
      runtimeImage(context, 'go'),
      chaincodeSource(context, this.#outputs, {
        dir: choice.path,
        shipped: false,
        hasProxy: () => {
          this.#proxy ??= proxyAnswers(signal);
          return this.#proxy;
        },
      }),
    ]);
    const removed = await this.#bring(id, source.files);
    const command = ['sh', '-c', SCRIPT, 'fabric-wizard', source.folder, source.path, ...removed];
    const { exitCode, stdout, stderr } = await docker.exec(id, command, { signal });
    const lines = `${stdout}\n${stderr}`.split('\n').filter((line) => line.trim() !== '');
    if (exitCode !== 0) {
      for (const line of lines) report.log(line);
      const errors = lines
        .map((line) => COMPILE_ERROR.exec(line)?.groups)
        .filter((groups) => groups !== undefined)
        .slice(0, 5);
      const places = await Promise.all(
        errors.map(async ({ file = '', rest = '' }) => `${await usersFile(file, choice.path)}${rest}`),
      );
      throw new WizardFailure({
        kind: 'chaincode',
        problem: { key: 'chaincode.not-compiled', dir: choice.path },
        place: (places.length > 0 ? places : lines.slice(0, 5)).join('\n'),
        next: [options.again],
      });
    }
    const [program] = (await docker.readFiles(id, `/${HOME}/out/chaincode`)) ?? [];
    if (!program) throw new Error('go build has left no program');
    const files = [{ name: 'chaincode', content: program.content, mode: 0o755 }];
    return { language: 'go', image: runtime, digest, files };
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
