import { execFileSync } from 'node:child_process';
import { mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { folderFiles } from '../../../../src/pipeline/host/folder-files.ts';
import { tempDir, writeFiles } from '../../../support/temp-dir.ts';

async function listed(dir: string) {
  const { files, badLinks } = await folderFiles(dir, (name) => name === '.git');
  return { files: files.map(({ path }) => path), bad: badLinks.map(({ path, problem }) => [path, problem]) };
}

test('links to files and folders inside are followed', async () => {
  const dir = await tempDir();
  await writeFiles(dir, { 'a.go': 'package a', 'third/x.org/lib/lib.go': 'package lib', '.git/HEAD': 'ref' });
  await symlink('a.go', join(dir, 'b.go'));
  await symlink(join(dir, 'third'), join(dir, 'vendor'));
  expect(await listed(dir)).toEqual({
    files: ['a.go', 'b.go', 'third/x.org/lib/lib.go', 'vendor/x.org/lib/lib.go'],
    bad: [],
  });
});

test('a folder that is itself reached through a link is read', async () => {
  const dir = await tempDir();
  await writeFiles(dir, { 'real/a.go': 'package a' });
  await symlink('a.go', join(dir, 'real', 'b.go'));
  await symlink('real', join(dir, 'link'));
  expect(await listed(join(dir, 'link'))).toEqual({ files: ['a.go', 'b.go'], bad: [] });
});

test('links that lead out, nowhere, in circles or to something else than a file are reported', async () => {
  const dir = await tempDir();
  await writeFiles(dir, { 'cc/a.go': 'package a', 'cc-other/secret': 's', 'cc/sub/b.go': 'package b' });
  const cc = join(dir, 'cc');
  await symlink('../cc-other/secret', join(cc, 'out.go'));
  await symlink('../cc-other', join(cc, 'vendor'));
  await symlink('nothing', join(cc, 'broken.go'));
  await symlink('itself', join(cc, 'itself'));
  await symlink('..', join(cc, 'sub', 'up'));
  await mkdir(join(cc, 'one'));
  await mkdir(join(cc, 'two'));
  await symlink('../two', join(cc, 'one', 'two'));
  await symlink('../one', join(cc, 'two', 'one'));
  execFileSync('mkfifo', [join(cc, 'pipe')]);
  await symlink('pipe', join(cc, 'pipe.go'));
  await symlink('/dev/null', join(cc, 'null.go'));
  expect(await listed(cc)).toEqual({
    files: ['a.go', 'sub/b.go'],
    bad: [
      ['broken.go', 'broken'],
      ['itself', 'circle'],
      ['null.go', 'outside'],
      ['one/two/one', 'circle'],
      ['out.go', 'outside'],
      ['pipe.go', 'special'],
      ['sub/up', 'circle'],
      ['two/one/two', 'circle'],
      ['vendor', 'outside'],
    ],
  });
});
