import { symlink } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { StageFailure } from '../../../../src/pipeline/core/failure.ts';
import {
  type ChaincodeWorld,
  chaincodeImports,
  chaincodeProblem,
  retriedWith,
} from '../../../../src/pipeline/fabric/chaincode-check.ts';
import { readChaincodeFolder } from '../../../../src/pipeline/fabric/chaincode-folder.ts';
import { releaseOf } from '../../../../src/pipeline/fabric/release.ts';
import { inEnglish } from '../../../support/english.ts';
import { tempDir, writeFiles } from '../../../support/temp-dir.ts';

const CHECKOUT = [
  'core/chaincode/shim/chaincode.go',
  'core/chaincode/lib/cid/cid.go',
  'vendor/github.com/pkg/errors/errors.go',
  'vendor/github.com/hyperledger/fabric-chaincode-go/shim/shim.go',
  'vendor/github.com/hyperledger/fabric-protos-go/peer/peer.go',
];

function world(version: string, more: Partial<ChaincodeWorld> = {}): ChaincodeWorld {
  const release = releaseOf(version);
  if (!release) throw new Error(version);
  const files = new Map(CHECKOUT.map((path) => [path, 'id']));
  return { release, tree: { files }, arch: 'amd64', minor: undefined, ...more };
}

const OLD = world('1.4.12');
const NEW = world('2.5.12');

const FABRIC = 'github.com/hyperledger/fabric';
const SHIM = { old: `${FABRIC}/core/chaincode/shim`, new: 'github.com/hyperledger/fabric-chaincode-go/shim' };

/** A chaincode with these imports. */
function main(...imports: readonly string[]): string {
  const lines = imports.map((path) => `\t"${path}"\n`).join('');
  return `package main\n\nimport (\n\t"fmt"\n${lines})\n\nfunc main() { fmt.Println() }\n`;
}

type Files = Readonly<Record<string, string>>;

async function read(files: Files) {
  const dir = join(await tempDir(), 'cc');
  await writeFiles(dir, files);
  return readChaincodeFolder(dir);
}

/** Title, place and first command of the problem, with DIR for the folder. */
async function problem(files: Files, of: ChaincodeWorld = OLD) {
  const folder = await read(files);
  const failure: StageFailure | undefined = chaincodeProblem(folder, of);
  if (!failure) return undefined;
  const { title, detail, next, exitCode } = inEnglish(failure);
  expect(exitCode).toBe(2);
  const plain = (text: string) => text.replaceAll(folder.dir, 'DIR');
  return { title: plain(title), place: detail.map(plain), next: next.map(plain) };
}

test('the command that was refused is the one to run again', async () => {
  const folder = await read({ 'README.md': 'x' });
  const failure = chaincodeProblem(folder, OLD);
  if (!failure) throw new Error('no problem');
  const again = `fabric-wizard smoke --yes --keep --chaincode ${folder.dir}`;
  const { next } = retriedWith(failure, again, folder.dir);
  expect(next.at(-1)).toBe(again);
  expect(next.join()).not.toContain('fabric-wizard up');
});

test('a folder that was to be deployed is deployed again, or the folder below that has the chaincode', async () => {
  const again = 'fabric-wizard chaincode deploy ./cc --yes';
  const nextOf = async (files: Readonly<Record<string, string>>) => {
    const folder = await read(files);
    const failure = chaincodeProblem(folder, OLD);
    if (!failure) throw new Error('no problem');
    return retriedWith(failure, again, folder.dir).next.map((line) => line.replaceAll(folder.dir, 'DIR'));
  };
  expect(await nextOf({ 'README.md': 'x' })).toEqual([again]);
  expect(await nextOf({ 'go/main.go': main() })).toEqual(['fabric-wizard chaincode deploy DIR/go']);
});

describe('chaincode that no peer could build', () => {
  test.each([
    ['no Go files', { 'README.md': 'x' }, 'contains no Go files.', []],
    ['only tests', { 'cc_test.go': main() }, 'contains only tests.', ['cc_test.go']],
    ['another package', { 'cc.go': 'package smoke\n' }, 'is package smoke', ['cc.go:1: package smoke']],
    [
      'two packages',
      { 'cc.go': main(), 'lib.go': '\npackage lib\n' },
      'two packages, main and lib',
      ['lib.go:2: package lib'],
    ],
    ['no main', { 'cc.go': 'package main\n// func main()\n' }, 'does not declare func main()', ['cc.go']],
    [
      'build tags',
      { 'cc.go': `// +build ignore\n\n${main()}` },
      'exclude every Go file',
      ['cc.go:1: // +build ignore'],
    ],
    ['names', { 'cc_windows.go': main() }, 'on linux/amd64', ['cc_windows.go']],
  ])('%s', async (_, files: Files, title, place) => {
    const found = await problem(files);
    expect(found?.title).toContain(title);
    expect(found?.place).toEqual(place);
    expect(found?.next.at(-1)).toBe('fabric-wizard up --yes --chaincode DIR');
  });

  test('Go files in a subfolder only: it is offered', async () => {
    const found = await problem({ 'lib/lib.go': 'package lib\n', 'cmd/cc/cc.go': main() });
    expect(found?.title).toContain('cmd/cc contains a package');
    expect(found?.next).toEqual(['fabric-wizard up --yes --chaincode DIR/cmd/cc']);
  });

  test('a newer Go is named, and only if the Go of the builder is known', async () => {
    const files = { 'cc.go': `//go:build go1.25\n\n${main()}` };
    const found = await problem(files, world('2.5.12', { minor: 23 }));
    expect(found?.title).toContain('needs Go 1.25, and peers compile it with Go 1.23');
    expect(found?.next[0]).toContain('--chaincode-builder IMAGE');
    expect(await problem(files, NEW)).toBeUndefined();
  });

  test('a link out of the folder is refused, and a copy offered', async () => {
    const dir = await tempDir();
    await writeFiles(dir, { 'cc/cc.go': main(), 'third/x.org/lib/lib.go': 'package lib\n' });
    await symlink('../third', join(dir, 'cc', 'vendor'));
    const failure = chaincodeProblem(await readChaincodeFolder(join(dir, 'cc')), OLD);
    if (!failure) throw new Error('no failure');
    const { title, next } = inEnglish(failure);
    expect(title).toContain('vendor points to ');
    expect(title).toContain('to ../third');
    expect(next[0]).toBe(`cp -RL ${dir}/cc ${dir}/cc-copy`);
  });

  test('the target of a link, which may be dots only, does not end the sentence', async () => {
    const dir = await tempDir();
    await writeFiles(dir, { 'cc.go': main() });
    await symlink('.', join(dir, 'self'));
    const failure = chaincodeProblem(await readChaincodeFolder(dir), OLD);
    if (!failure) throw new Error('no failure');
    expect(inEnglish(failure).title).toMatch(/self in .* points to \., which is .*\w\.$/);
  });
});

describe('what a chaincode may import', () => {
  const lib = { 'lib/lib.go': 'package lib\n' };
  const vendored = { 'vendor/github.com/acme/x/x.go': 'package x\n' };

  test.each<[string, Files, ChaincodeWorld]>([
    ['the shim', { 'cc.go': main(SHIM.old, `${FABRIC}/protos/peer`) }, OLD],
    ['the shim of 2.x', { 'cc.go': main(SHIM.new) }, NEW],
    ['what is in its vendor', { 'cc.go': main('github.com/acme/x'), ...vendored }, OLD],
    [
      'its own package, with go.mod',
      { 'go.mod': 'module x.org/cc\n', 'cc.go': main('x.org/cc/lib'), ...lib },
      OLD,
    ],
    ['its own package, in GOPATH', { 'cc.go': main('github.com/acme/cc/lib'), ...lib }, OLD],
    ['its own package, without a host', { 'cc.go': main('cc/lib'), ...lib }, NEW],
    ['packages of Fabric, up to 1.4', { 'cc.go': main(`${FABRIC}/core/chaincode/lib/cid`) }, OLD],
    ["packages of Fabric's vendor, from 2.0 on", { 'cc.go': main('github.com/pkg/errors') }, NEW],
    [
      'modules that go.mod requires',
      {
        'go.mod': `module x.org/cc\n\nrequire (\n\tgithub.com/acme/x v1.0.0\n)\n`,
        'cc.go': main('github.com/acme/x/y'),
      },
      NEW,
    ],
  ])('%s', async (_, files, of) => {
    expect(await problem(files, of)).toBeUndefined();
  });

  test.each<[string, Files, ChaincodeWorld, string]>([
    ['a package of nobody', { 'cc.go': main('github.com/acme/x') }, OLD, 'github.com/acme/x'],
    [
      "a package of Fabric's vendor, up to 1.4",
      { 'cc.go': main('github.com/pkg/errors') },
      OLD,
      'github.com/pkg/errors',
    ],
    [
      'cid, where the checkout has none',
      { 'cc.go': main(`${FABRIC}/core/chaincode/lib/cid`) },
      NEW,
      'lib/cid',
    ],
    [
      'what go.mod does not require',
      { 'go.mod': 'module x.org/cc\n', 'cc.go': main(SHIM.new) },
      NEW,
      SHIM.new,
    ],
    [
      'the shim that its vendor lacks',
      { 'cc.go': main(SHIM.new, 'github.com/acme/x'), ...vendored },
      NEW,
      SHIM.new,
    ],
    [
      'an import of its own package',
      {
        'go.mod': 'module x.org/cc\n',
        'cc.go': main('x.org/cc/lib'),
        'lib/lib.go': 'package lib\nimport "github.com/acme/y"\n',
      },
      OLD,
      'github.com/acme/y',
    ],
  ])('not %s', async (_, files, of, absent) => {
    const found = await problem(files, of);
    expect(found?.title).toContain(`${absent}, which is neither in its vendor folder`);
    expect(found?.place[0]).toMatch(/\.go:\d: import "/);
    expect(found?.next[0]).toMatch(/^\(cd DIR && .*go mod vendor\)$/);
  });

  test('not an own package that does not exist', async () => {
    const found = await problem({ 'go.mod': 'module x.org/cc\n', 'cc.go': main('x.org/cc/lib') });
    expect(found?.title).toContain('its own package x.org/cc/lib');
    expect(found?.place).toEqual(['cc.go:5: import "x.org/cc/lib"']);
  });
});

test.each([
  ['3.1.1', SHIM.new, 'github.com/hyperledger/fabric-chaincode-go/v2/shim'],
  [
    '3.1.1',
    'github.com/hyperledger/fabric-protos-go/peer',
    'github.com/hyperledger/fabric-protos-go-apiv2/peer',
  ],
  ['2.5.12', SHIM.old, SHIM.new],
  ['1.4.12', SHIM.new, SHIM.old],
])('chaincode for %s that imports %s is told to import %s', async (version, imported, wanted) => {
  const of = world(version, { tree: { files: new Map() } });
  const found = await problem({ 'cc.go': main(imported) }, of);
  expect(found?.title).toContain(`imports ${wanted} instead`);
  expect(found?.place).toEqual(
    [`cc.go:5: import "${imported}"`, expect.any(String)].slice(0, found?.place.length),
  );
});

describe('the import path of a chaincode', () => {
  test.each<[string, Files, string | undefined]>([
    ['go.mod', { 'go.mod': '// x\nmodule x.org/cc // y\n', 'cc.go': main() }, 'x.org/cc'],
    [
      'an own import',
      { 'cc.go': main('x.org/cc/pkg/lib'), 'pkg/lib/a.go': 'package lib', 'lib/a.go': 'package lib' },
      'x.org/cc',
    ],
    [
      'nothing',
      { 'cc.go': main('encoding/json', SHIM.old), 'json/a.go': 'package json', 'shim/a.go': 'package shim' },
      undefined,
    ],
    [
      'no vendored package',
      { 'cc.go': main('x.org/lib'), 'lib/a.go': 'package lib', 'vendor/x.org/lib/a.go': 'package lib' },
      undefined,
    ],
  ])('from %s', async (_, files, root) => {
    expect(chaincodeImports(await read(files), OLD).root).toBe(root);
  });

  test('packages of the checkout are brought along once', async () => {
    const cid = `${FABRIC}/core/chaincode/lib/cid`;
    const folder = await read({
      'cc.go': main('cc/lib', cid),
      'lib/lib.go': `package lib\nimport "${cid}"\n`,
    });
    expect(basename(folder.dir)).toBe('cc');
    expect(chaincodeImports(folder, OLD)).toEqual({ root: 'cc', brought: [cid] });
  });
});
