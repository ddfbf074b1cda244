/** Which checkouts of Fabric CA are recognised, and what `--ca-source` means. */
import { mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { caSourceHere, recogniseCa } from '../../../../src/pipeline/fabric/ca-source.ts';
import { tempDir } from '../../../support/temp-dir.ts';

const MAKEFILE = 'PROJECT_NAME = fabric-ca\nBASE_VERSION = 1.5.5\nIS_RELEASE = true\n';
const FILES = {
  'cmd/fabric-ca-server/main.go': 'package main\n',
  'cmd/fabric-ca-client/main.go': 'package main\n',
  'lib/server.go': 'package lib\n',
  'vendor/modules.txt': '',
  'go.mod': 'module github.com/hyperledger/fabric-ca\n\ngo 1.17\n',
};

async function checkout(dir: string, differs: Readonly<Record<string, string>> = {}): Promise<string> {
  for (const [path, text] of Object.entries({ Makefile: MAKEFILE, ...FILES, ...differs })) {
    await mkdir(join(dir, path, '..'), { recursive: true });
    await writeFile(join(dir, path), text);
  }
  return dir;
}

describe('a checkout of Fabric CA', () => {
  it('has a version, a Go version and a module mode', async () => {
    const dir = await checkout(await tempDir());
    expect(await recogniseCa(dir)).toMatchObject({
      ...{ dir, version: '1.5.5', goVersion: '1.17', goMode: 'modules', bundlesSqlite: false },
    });
  });

  it('is found by GOPATH if it has no go.mod, and may have SQLite', async () => {
    const sqlite = { 'vendor/github.com/mattn/go-sqlite3/sqlite3-binding.c': 'int x;\n' };
    const dir = await checkout(await tempDir(), sqlite);
    await rm(join(dir, 'go.mod'));
    expect(await recogniseCa(dir)).toMatchObject({ goMode: 'gopath', bundlesSqlite: true });
  });

  it('states its version as a tag in newer Makefiles', async () => {
    const dir = await checkout(await tempDir(), {
      Makefile: 'PROJECT_NAME = fabric-ca\nBASE_VERSION ?= v1.5.15\n',
    });
    expect((await recogniseCa(dir)).version).toBe('1.5.15');
  });

  it('has another version between two releases', async () => {
    const dir = await checkout(await tempDir(), { Makefile: MAKEFILE.replace('= true', '= false') });
    expect((await recogniseCa(dir)).version).toBe('1.5.5-snapshot-unknown');
  });

  it.each([
    ['usage.ca-incomplete', 'vendor', ''],
    ['usage.ca-other', '', MAKEFILE.replace('fabric-ca', 'fabric')],
    ['usage.ca-other', '', MAKEFILE.replace('1.5.5', '$(shell id)')],
  ])('is refused with %s', async (key, removed, makefile) => {
    const dir = await checkout(await tempDir(), makefile === '' ? {} : { Makefile: makefile });
    if (removed !== '') await rm(join(dir, removed), { recursive: true });
    await expect(recogniseCa(dir)).rejects.toMatchObject({
      failure: {
        kind: 'usage',
        message: { key },
        next: [expect.stringContaining('--ca-source'), expect.anything()],
      },
    });
  });

  it('is refused if a link leads out of it', async () => {
    const dir = await checkout(await tempDir());
    await symlink('/etc', join(dir, 'lib', 'out'));
    await expect(recogniseCa(dir)).rejects.toMatchObject({
      failure: { message: { key: 'usage.ca-link', link: 'lib/out', target: '/etc' } },
    });
  });
});

describe('--ca-source', () => {
  async function places(goVersion = '1.19') {
    const root = await tempDir();
    const places = {
      dir: join(root, 'a', 'project'),
      stateDir: join(root, 'state'),
      fabricDir: join(root, 'b', 'fabric'),
    };
    await Promise.all(Object.values(places).map((each) => mkdir(each, { recursive: true })));
    return { root, places: { ...places, goVersion } };
  }

  it('auto is the folder fabric-ca beside the Fabric checkout', async () => {
    const { root, places: at } = await places();
    await checkout(join(root, 'b', 'fabric-ca'));
    expect(await caSourceHere('auto', at)).toMatchObject({ dir: join(root, 'b', 'fabric-ca') });
  });

  it.each([
    ['1.19', 'v1.5.5'],
    ['1.23.5', 'v1.5.15'],
  ])('auto without a folder is a tag that Go %s compiles', async (go, tag) => {
    const { places: at } = await places(go);
    expect(await caSourceHere('auto', at)).toEqual({ toClone: tag });
  });

  it('a tag is fetched, unless it was', async () => {
    const { places: at } = await places();
    expect(await caSourceHere('1.5.5', at)).toEqual({ toClone: 'v1.5.5' });
    const dir = await checkout(join(at.stateDir, 'source', 'fabric-ca-v1.5.5'));
    expect(await caSourceHere('v1.5.5', at)).toMatchObject({ dir });
  });

  it('a folder that is not there is refused', async () => {
    const { places: at } = await places();
    await expect(caSourceHere('./nowhere', at)).rejects.toMatchObject({
      failure: { kind: 'usage', message: { key: 'usage.ca-absent' } },
    });
  });
});
