import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { ServiceBuilder } from '../../../../src/pipeline/chaincode/service-program.ts';
import { HUB } from '../../../../src/pipeline/chaincode/service-scripts.ts';
import type { FolderChaincode } from '../../../../src/pipeline/config/chaincode-list.ts';
import type { ExecOptions } from '../../../../src/pipeline/engine/container-run.ts';
import type { DockerPort } from '../../../../src/pipeline/engine/docker-port.ts';
import { LABEL } from '../../../../src/pipeline/engine/labels.ts';
import type { TarEntry } from '../../../../src/pipeline/engine/tar-context.ts';
import { type Release, releaseOf } from '../../../../src/pipeline/fabric/release.ts';
import { openJournal } from '../../../../src/pipeline/journal/journal.ts';
import { userChaincode } from '../../../support/chaincode.ts';
import { stageContext } from '../../../support/contexts.ts';
import { tempDir, writeFiles } from '../../../support/temp-dir.ts';

/** An engine that compiles everything, and whose containers can be removed by others. */
class Engine {
  readonly containers = new Map<string, Set<string>>();
  /** What was compiled, with which flags. */
  readonly commands: { program: string; path: string; flags: string | undefined }[] = [];
  /** Resolves before a container is created. */
  creating: Promise<void> = Promise.resolve();
  #count = 0;

  readonly inspectImage = async () => ({ id: 'sha256:image', labels: { [LABEL.nodeenv]: 'f' } });
  /** No container reaches a registry. */
  readonly runToEnd = async (_spec: unknown, act: (end: { readonly exitCode: number }) => unknown) =>
    act({ exitCode: 1 });
  readonly createVolume = async () => undefined;
  readonly createContainer = async () => {
    await this.creating;
    this.#count += 1;
    this.containers.set(`id-${this.#count}`, new Set());
    return `id-${this.#count}`;
  };
  readonly startContainer = async (id: string) => void this.#of(id);
  readonly removeContainer = async (id: string) => void this.containers.delete(id);
  readonly inspectContainer = async (id: string) => (this.containers.has(id) ? { running: true } : undefined);
  readonly upload = async (id: string, entries: readonly TarEntry[]) => {
    for (const { name } of entries) this.#of(id).add(name);
  };
  readonly execInShell = async (id: string, command: readonly string[], options: ExecOptions) => {
    this.commands.push({ program: command[4] ?? '', path: command[6] ?? '', flags: options.env?.GOFLAGS });
    const compiles = [...this.#of(id)].some((name) => /(?:main|hub)\.go$/.test(name));
    return { exitCode: compiles ? 0 : 1, stdout: '', stderr: compiles ? '' : 'no Go files' };
  };
  readonly readFiles = async () => [{ name: 'chaincode', content: 'program' }];

  #of(id: string): Set<string> {
    const found = this.containers.get(id);
    if (!found) throw new Error(`No such container: ${id}`);
    return found;
  }
}

async function builder(version = '2.5.12') {
  const dir = await tempDir();
  const journal = await openJournal(dir, { command: 'test' });
  onTestFinished(() => journal.close());
  const engine = new Engine();
  const release = releaseOf(version) as Release;
  const choices = { dir, docker: engine as unknown as DockerPort, settings: { release } };
  const { context } = await stageContext(choices, journal, new AbortController().signal);
  const path = join(dir, 'basic');
  await userChaincode(path, 'example.org/basic', context.settings.release.shim);
  const { shim, protos } = release.shim;
  const vendored = ['example.org/x', shim, protos].map((each) => [`vendor/${each}/x.go`, 'package x\n']);
  await writeFiles(path, Object.fromEntries(vendored));
  const choice: FolderChaincode = { name: 'basic', path, language: 'go' };
  return { engine, choice, builder: new ServiceBuilder(context, undefined) };
}

it('no compiler container stays behind when the source is wrong before the container is there', async () => {
  const { engine, choice, builder: wrong } = await builder();
  let create: () => void = () => undefined;
  engine.creating = new Promise((resolve) => {
    create = resolve;
  });
  await expect(wrong.build({ ...choice, path: join(choice.path, 'absent') })).rejects.toThrow();
  const closed = wrong.close();
  create();
  await closed;
  expect([...engine.containers]).toEqual([]);
});

it('a compiler container that another command has removed is made again, with the whole source', async () => {
  const { engine, choice, builder: made } = await builder();
  await made.build(choice);
  engine.containers.clear();
  expect((await made.build(choice)).files).toHaveLength(1);
  await made.close();
  expect([...engine.containers]).toEqual([]);
});

it('the compiler container stays from one build to the next', async () => {
  const { engine, choice, builder: made } = await builder();
  await made.build(choice);
  await made.build(choice);
  expect([...engine.containers.keys()]).toEqual(['id-1']);
});

it('a program of 1.x registers at a hub that is compiled once, with what both import of Fabric', async () => {
  const { engine, choice, builder: made } = await builder('1.4.12');
  const first = await made.build(choice);
  expect(first.registers).toBe('here');
  expect(first.files.map(({ name }) => name)).toEqual(['chaincode', HUB]);
  await made.build(choice);
  const hub = 'github.com/hyperledger/fabric/fabric-wizard/hub';
  const flags = '-tags=nopkcs11';
  expect(engine.commands).toEqual([
    { program: 'chaincode', path: 'example.org/basic', flags },
    { program: HUB, path: hub, flags },
    { program: 'chaincode', path: 'example.org/basic', flags },
  ]);
  const names = [...engine.containers.values()].flatMap((each) => [...each]);
  expect(names).toContain(`chaincode/src/${hub}/hub.go`);
  expect(
    names.some((name) => name.startsWith('chaincode/src/github.com/hyperledger/fabric/protos/peer/')),
  ).toBe(true);
});

it('the hub for a process of the user has the port at which it registers', async () => {
  const { builder: made } = await builder('1.4.12');
  const program = await made.hub({ name: 'basic', service: 'localhost:9998' });
  expect(program).toMatchObject({ registers: 'own', port: 9998 });
  expect(program.files.map(({ name }) => name)).toEqual([HUB]);
});

it('each program in Node.js has the packages that npm cannot download, and the bytes of its files', async () => {
  // The bundled tree names the image for Node.js as 1.4 does.
  const { choice, builder: made } = await builder('1.4.12');
  const path = join(choice.path, '..', 'node');
  await writeFiles(path, {
    'package.json': JSON.stringify({
      scripts: { start: 'fabric-chaincode-node start' },
      dependencies: { 'fabric-shim': '2.5.8' },
    }),
    'index.js': 'first',
    'node_modules/fabric-shim/package.json': '{}',
  });
  const node: FolderChaincode = { name: 'basic', path, language: 'node' };
  const namesOf = ({ files }: Awaited<ReturnType<ServiceBuilder['build']>>) =>
    files.map(({ name }) => name).sort();
  const first = await made.build(node);
  expect(namesOf(first)).toContain('fabric-wizard-node-modules.tgz');
  await writeFiles(path, { 'index.js': 'second' });
  const second = await made.build(node);
  expect(namesOf(second)).toEqual(namesOf(first));
  expect(namesOf(first)).toContain(HUB);
  const index = (program: typeof first) =>
    String(program.files.find(({ name }) => name === 'index.js')?.content);
  expect([index(first), index(second)]).toEqual(['first', 'second']);
});

it('an error of the compiler names the file of the user', async () => {
  const { engine, choice, builder: wrong } = await builder();
  const stderr = '# example.org/basic\n./main.go:18:26: undefined: argz\n';
  Object.assign(engine, { execInShell: async () => ({ exitCode: 1, stdout: '', stderr }) });
  await expect(wrong.build(choice).finally(() => wrong.close())).rejects.toMatchObject({
    failure: { kind: 'chaincode', place: `${join(choice.path, 'main.go')}:18:26: undefined: argz` },
  });
});
