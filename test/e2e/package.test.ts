/** The package as npm packs it and as npx runs it, from an empty folder and without a registry. */
import { chown, mkdir, mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PartFile } from '../../src/part-file.ts';
import type { RunEvent } from '../../src/pipeline/core/events.ts';
import { currentDocker } from '../../src/pipeline/engine/current-docker.ts';
import { LABEL } from '../../src/pipeline/engine/labels.ts';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const docker = await currentDocker();
const engine = await docker.version().then(
  () => true,
  () => false,
);
const project = `fw-package-${process.pid}`;
/** A namespace of its own: the images are not those of another network of the practice source. */
const CHOICES = [
  ...['--source', 'sample', '--project', project, '--docker-ns', project],
  ...['--port-base', '20050', '--orgs', '1', '--peers', '1'],
];
const socket = await stat('/var/run/docker.sock').catch(() => undefined);
/** Only root can be somebody else, of whom nothing is known but that the engine lets this user in. */
const somebody = process.getuid?.() === 0 && socket ? { uid: 61_234, gid: socket.gid } : undefined;
let folder: string;
/** Where the program is called; of nobody else's files. */
let empty: string;
let tarball: string;
let packed: string[];

/** What the npm around `npm test` tells its children must not reach the npm inside. */
function cleanEnv(home: string): Record<string, string | undefined> {
  const inherited = Object.keys(process.env).filter((key) => /^(npm_|INIT_CWD$)/i.test(key));
  return {
    ...Object.fromEntries(inherited.map((key) => [key, undefined])),
    HOME: home,
    npm_config_cache: join(home, 'npm-cache'),
    npm_config_offline: 'true',
    npm_config_update_notifier: 'false',
  };
}

async function npx(...args: readonly string[]) {
  return execa('npm', ['exec', '--yes', `--package=${tarball}`, '--', 'fabric-wizard', ...args], {
    cwd: empty,
    env: cleanEnv(join(folder, 'home')),
    ...somebody,
    stdin: 'ignore',
    reject: false,
  });
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fabric-wizard-package-'));
  empty = join(folder, 'empty');
  // `dist/` is current here as for every other test; packing must not replace it under them.
  const { stdout } = await execa(
    'npm',
    ['pack', '--ignore-scripts', '--json', '--pack-destination', folder],
    { cwd: root, env: cleanEnv(folder), stdin: 'ignore' },
  );
  // One npm gives a list of packages, another an object by their names.
  const [report] = Object.values(JSON.parse(stdout) as Record<string, PackReport>);
  if (!report) throw new Error(`npm pack said ${stdout}`);
  tarball = join(folder, report.filename);
  packed = report.files.map(({ path }) => path).sort();
  for (const dir of [empty, join(folder, 'home')]) await mkdir(dir);
  const { uid, gid } = somebody ?? {};
  if (uid !== undefined && gid !== undefined)
    for (const path of [folder, empty, join(folder, 'home'), tarball]) await chown(path, uid, gid);
});

interface PackReport {
  readonly filename: string;
  readonly files: readonly { readonly path: string }[];
}

afterAll(async () => {
  if (engine) await npx('clean', '--images', '--yes', '--project', project);
  await rm(folder, { recursive: true, force: true });
});

describe('the package', () => {
  it('contains only the bundle, the data, the gateway, the sample and the templates', async () => {
    const list = await execa('git', [
      ...['-C', root, 'ls-files', '--cached', '--others', '--exclude-standard'],
      ...['--', 'compose', 'gateway', 'sample', 'templates'],
    ]);
    // npm keeps .gitignore files to itself.
    const data = list.stdout.split('\n').filter((path) => !/\.gitignore$|^gateway\/.*_test\.go$/.test(path));
    const rest = packed.filter((path) => !path.startsWith('dist/'));
    expect(rest).toEqual([...data, 'CHANGELOG.md', 'LICENSE', 'README.md', 'package.json'].sort());
    expect(rest).toContain('sample/.fabric-wizard-practice');
    expect(packed.filter((path) => path.startsWith('dist/'))).toEqual([
      'dist/THIRD-PARTY.txt',
      'dist/bin.js',
      'dist/fabric-wizard.1',
      'dist/modules.pack',
      'dist/package.json',
    ]);
  });

  it('consists of strict modules, as those are of which it is made', async () => {
    const pack = new PartFile(join(root, 'dist', 'modules.pack'));
    expect(pack.names.length).toBeGreaterThan(100);
    for (const name of pack.names)
      expect(pack.read(name)?.toString('latin1', 0, 100), name).toMatch(/^\(function [^{]*\{ "use strict";/);
  });

  it('has no dependencies to install', async () => {
    const manifest = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
    expect(manifest).not.toHaveProperty('dependencies');
    expect(manifest).not.toHaveProperty('optionalDependencies');
  });

  it('names the licence of every direct dependency of the bundle', async () => {
    const text = await readFile(join(root, 'dist', 'THIRD-PARTY.txt'), 'utf8');
    for (const name of [
      'commander',
      'docker-compose',
      'dockerode',
      'execa',
      'p-queue',
      'tar-stream',
      'yaml',
      'zod',
    ])
      expect(text).toMatch(new RegExp(`^  ${name} [0-9.]+: (MIT|ISC|Apache-2.0)$`, 'm'));
  });

  it("does not contain dockerode's libraries for remote engines", async () => {
    const text = await readFile(join(root, 'dist', 'THIRD-PARTY.txt'), 'utf8');
    expect(text).not.toMatch(/^ {2}(ssh2|@grpc\/grpc-js|protobufjs|tar-fs) /m);
  });

  it('runs by npx from an empty folder', async () => {
    const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { version: string };
    const said = await npx('--version');
    expect(said).toMatchObject({ exitCode: 0, stdout: version });
  });
});

describe.skipIf(!engine)('the package on the engine', () => {
  it('finds the machine ready', async () => {
    const said = await npx('doctor', '--json', ...CHOICES);
    expect(JSON.parse(said.stdout)).toMatchObject({ ok: true });
    expect(said.exitCode).toBe(0);
  });

  it('proves a chaincode on the sample that it contains', async () => {
    const said = await npx('up', '--yes', '--json', ...CHOICES);
    expect(said, said.stdout.split('\n').at(-1)).toMatchObject({ exitCode: 0 });
    const events = said.stdout.split('\n').map((line) => JSON.parse(line) as RunEvent);
    expect(events[0]).toMatchObject({ type: 'run-started', project, practice: true });
    expect(events.at(-1)).toMatchObject({ type: 'run-finished', outcome: 'done', exitCode: 0 });
    expect(events.find(({ type }) => type === 'smoke-result')).toMatchObject({ ok: true });
  });

  it.skipIf(!somebody)('creates every file as the user who ran it', async () => {
    const files = await readdir(empty, { recursive: true, withFileTypes: true });
    expect(files.length).toBeGreaterThan(30);
    for (const entry of files) {
      const path = join(entry.parentPath, entry.name);
      expect((await stat(path)).uid, path).toBe(somebody?.uid);
    }
  });

  it('removes everything that it created', async () => {
    const said = await npx('clean', '--images', '--yes', '--project', project);
    expect(said, said.stderr).toMatchObject({ exitCode: 0 });
    const label = `${LABEL.project}=${project}`;
    expect(await docker.listContainers({ label: [label] })).toEqual([]);
    expect(await docker.listNetworks([label])).toEqual([]);
    expect(await docker.listVolumes([label])).toEqual([]);
    const tags = (await docker.listImages()).flatMap((image) => image.tags);
    expect(tags.filter((tag) => tag.startsWith(project))).toEqual([]);
  });
});
