import { chmod, rm, stat, symlink, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { fingerprintOf, readSourceTree } from '../../../../src/pipeline/fabric/source-tree.ts';
import { commitAll } from '../../../support/fabric-shape.ts';
import { tempDir, writeFiles } from '../../../support/temp-dir.ts';

const all = () => true;

async function repository(files: Readonly<Record<string, string>>): Promise<string> {
  const dir = await tempDir();
  await writeFiles(dir, files);
  await commitAll(dir);
  return dir;
}

describe('a git checkout', () => {
  it('lists what is committed, with the commit', async () => {
    const dir = await tempDir();
    await writeFiles(dir, { 'a.go': 'a', 'sub/b c.go': 'b', 'sub/ü\t.go': 'u' });
    const commit = await commitAll(dir);
    const tree = await readSourceTree(dir);
    expect([...tree.files.keys()].sort()).toEqual(['a.go', 'sub/b c.go', 'sub/ü\t.go']);
    expect(tree.fullCommit).toBe(commit);
    expect(commit.startsWith(tree.commit) && tree.commit.length >= 4).toBe(true);
    expect(tree.dirty).toEqual([]);
  });

  it('sees changed, staged, deleted, renamed and untracked files, and no ignored one', async () => {
    const dir = await repository({
      '.gitignore': '*.log\nbuild/\n',
      a: '1',
      b: '1',
      c: '1',
      d: 'same',
      e: '1',
    });
    const before = await readSourceTree(dir);
    await writeFiles(dir, { a: '2', b: '2', 'new dir/x y': 'new', 'x.log': 'ignored', 'build/peer': 'made' });
    await execa('git', ['add', 'b'], { cwd: dir });
    await unlink(join(dir, 'c'));
    await execa('git', ['mv', 'd', 'moved'], { cwd: dir });
    const after = await readSourceTree(dir);
    expect(after.dirty).toEqual(['a', 'b', 'c', 'd', 'moved', 'new dir/x y']);
    expect([...after.files.keys()].sort()).toEqual(['.gitignore', 'a', 'b', 'e', 'moved', 'new dir/x y']);
    for (const changed of ['a', 'b']) expect(after.files.get(changed)).not.toBe(before.files.get(changed));
    expect(after.files.get('moved')).toBe(before.files.get('d'));
    expect(after.files.get('e')).toBe(before.files.get('e'));
  });

  it('has the same ids after the change is committed, and in a folder without git', async () => {
    const dir = await repository({ a: '1', b: '1' });
    await symlink('a', join(dir, 'link'));
    await writeFiles(dir, { a: '2', c: 'new' });
    const dirty = await readSourceTree(dir);
    await commitAll(dir);
    const committed = await readSourceTree(dir);
    await rm(join(dir, '.git'), { recursive: true });
    const bare = await readSourceTree(dir);
    expect(committed.dirty).toEqual([]);
    expect(fingerprintOf(committed, all)).toBe(fingerprintOf(dirty, all));
    expect(fingerprintOf(bare, all)).toBe(fingerprintOf(dirty, all));
    expect([bare.commit, bare.fullCommit]).toEqual(['', '']);
  });

  it('leaves out our own state folder and file', async () => {
    const dir = await repository({ a: '1' });
    const before = await readSourceTree(dir);
    await writeFiles(dir, { '.fabric-wizard/state.json': '{}', 'fabric-wizard.yaml': 'orgs: 1\n' });
    const after = await readSourceTree(dir);
    expect(after.dirty).toEqual([]);
    expect(fingerprintOf(after, all)).toBe(fingerprintOf(before, all));
  });

  it('runs nothing that the checkout configures, and writes nothing into it', async () => {
    const dir = await repository({ a: '1' });
    const mark = join(dir, '..', `${dir.split('/').at(-1)}-ran`);
    await writeFiles(dir, { '.git/spy.sh': `#!/bin/sh\ntouch '${mark}'\n` });
    await chmod(join(dir, '.git/spy.sh'), 0o755);
    await execa('git', ['config', 'core.fsmonitor', join(dir, '.git/spy.sh')], { cwd: dir });
    const index = (await stat(join(dir, '.git/index'))).mtimeMs;
    await writeFiles(dir, { a: '1' });
    await readSourceTree(dir);
    await expect(stat(mark)).rejects.toThrow();
    expect((await stat(join(dir, '.git/index'))).mtimeMs).toBe(index);
  });

  it('reads a repository without a commit', async () => {
    const dir = await tempDir();
    await writeFiles(dir, { a: '1' });
    await execa('git', ['init', '-q'], { cwd: dir });
    const tree = await readSourceTree(dir);
    expect([tree.commit, [...tree.files.keys()], tree.dirty]).toEqual(['', ['a'], ['a']]);
  });

  it('reads a checkout that belongs to another user', async ({ skip }) => {
    if (process.getuid?.() !== 0) skip('needs root to give files away');
    const dir = await repository({ a: '1' });
    await execa('chown', ['-R', '12345:12345', dir]);
    expect((await readSourceTree(dir)).commit).not.toBe('');
  });

  it('of another user is read without running its filters', async ({ skip }) => {
    if (process.getuid?.() !== 0) skip('needs root to give files away');
    const dir = await repository({ 'a.go': 'a', '.gitattributes': '*.go filter=spy\n' });
    const proof = join(dir, '.git', 'ran');
    await execa('git', ['config', 'filter.spy.clean', `touch '${proof}'; cat`], { cwd: dir });
    await execa('git', ['config', 'filter.spy.required', 'true'], { cwd: dir });
    await execa('chown', ['-R', '12345:12345', dir]);
    await writeFiles(dir, { 'a.go': 'b' });
    expect((await readSourceTree(dir)).dirty).toEqual(['a.go']);
    await expect(stat(proof)).rejects.toThrow('ENOENT');
  });

  it('asks the right repository although a git hook started us', async () => {
    const dir = await repository({ a: '1' });
    const other = await repository({ z: '1' });
    process.env.GIT_DIR = join(other, '.git');
    try {
      const tree = await readSourceTree(dir);
      expect([[...tree.files.keys()], tree.dirty]).toEqual([['a'], []]);
    } finally {
      delete process.env.GIT_DIR;
    }
  });
});

describe('any other folder', () => {
  it('skips what make and git leave at the top, and only there', async () => {
    const dir = await tempDir();
    await writeFiles(dir, {
      a: '1',
      '.build/x': '',
      'build/x': '',
      '.git/x': '',
      'sub/build/x': '',
      '.fabric-wizard/x': '',
    });
    expect([...(await readSourceTree(dir)).files.keys()].sort()).toEqual(['a', 'sub/build/x']);
  });

  it('does not take a folder inside a repository for the repository', async () => {
    const dir = await repository({ 'sub/a': '1', top: '1' });
    const tree = await readSourceTree(join(dir, 'sub'));
    expect([tree.commit, [...tree.files.keys()]]).toEqual(['', ['a']]);
  });
});

describe.each(['a git checkout', 'any other folder'])('what editors leave for a while in %s', (kind) => {
  const files = { 'sampleconfig/core.yaml': 'peer:\n', 'core/peer/peer.go': 'package peer\n' };

  async function folder(): Promise<string> {
    if (kind === 'a git checkout') return repository(files);
    const dir = await tempDir();
    await writeFiles(dir, files);
    return dir;
  }

  it.each([
    ['vim: a swap file', 'sampleconfig/.core.yaml.swp'],
    ['vim: a second one', 'sampleconfig/.core.yaml.swo'],
    ['vim: is the folder writable', 'sampleconfig/4913'],
    ['vim: a backup', 'sampleconfig/core.yaml~'],
    ['vim: of a file without a name', 'core/peer/.swp'],
    ['emacs: an auto-save', 'core/peer/#peer.go#'],
    ['emacs: a backup', 'core/peer/peer.go~'],
    ['emacs: a numbered backup', 'core/peer/peer.go.~1~'],
    ['nano: a lock', 'core/peer/.peer.go.swp'],
    ['gedit', 'sampleconfig/.goutputstream-A1B2C3'],
    ['JetBrains: the new text', 'sampleconfig/core.yaml___jb_tmp___'],
    ['JetBrains: the old text', 'sampleconfig/core.yaml___jb_old___'],
    ['kate', 'sampleconfig/.core.yaml.kate-swp'],
    ['at the top', '.Makefile.swp'],
  ])('%s', async (_, path) => {
    const dir = await folder();
    const before = await readSourceTree(dir);
    await writeFiles(dir, { [path]: 'temporary' });
    const after = await readSourceTree(dir);
    expect(after.files).toEqual(before.files);
    expect(after.dirty).toEqual([]);
  });

  it('emacs: a lock, a link to nowhere', async () => {
    const dir = await folder();
    await symlink('me@here.1:2', join(dir, 'core/peer/.#peer.go'));
    expect([...(await readSourceTree(dir)).files.keys()].sort()).toEqual(Object.keys(files).sort());
  });

  it.each([
    'core/peer/peer.swp.go',
    'sampleconfig/4913.yaml',
    'core/peer/a~b.go',
    'docs/#1.md',
    'x/jb_tmp.go',
  ])('but not %s', async (path) => {
    const dir = await folder();
    await writeFiles(dir, { [path]: 'mine' });
    expect([...(await readSourceTree(dir)).files.keys()]).toContain(path);
  });
});

describe('fingerprintOf', () => {
  it('depends on paths and contents that are wanted, and on nothing else', async () => {
    const dir = await tempDir();
    await writeFiles(dir, { 'a.go': '1', 'b.md': '1' });
    const onlyGo = (path: string) => path.endsWith('.go');
    const first = fingerprintOf(await readSourceTree(dir), onlyGo);
    expect(first).toMatch(/^[0-9a-f]{64}$/);
    await writeFiles(dir, { 'b.md': '2' });
    expect(fingerprintOf(await readSourceTree(dir), onlyGo)).toBe(first);
    await writeFiles(dir, { 'a.go': '2' });
    expect(fingerprintOf(await readSourceTree(dir), onlyGo)).not.toBe(first);
    await writeFiles(dir, { 'a.go': '1', 'c.go': '' });
    expect(fingerprintOf(await readSourceTree(dir), onlyGo)).not.toBe(first);
  });
});
