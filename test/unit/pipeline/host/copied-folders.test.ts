/** Copies of folders in volumes, on an engine whose volumes are folders: the tar and the script are the real ones. */
import { chmod, lstat, mkdir, readFile, readlink, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { type CopiedFolder, copyFolders } from '../../../../src/pipeline/host/copied-folders.ts';
import { tempDir } from '../../../support/temp-dir.ts';
import { volumesEngine } from '../../../support/volumes-engine.ts';

const { signal } = new AbortController();

/** A folder with files, and what copies it to the volume `v`. */
async function copied(files: Readonly<Record<string, string>>, folder: Partial<CopiedFolder> = {}) {
  const dir = await tempDir();
  const engine = await volumesEngine();
  const write = async (path: string, text: string) => {
    await mkdir(join(dir, path, '..'), { recursive: true });
    await writeFile(join(dir, path), text);
  };
  for (const [path, text] of Object.entries(files)) await write(path, text);
  const record = join(await tempDir(), 'record.json');
  const progress: (readonly [number, number])[] = [];
  const context = {
    docker: engine.docker,
    image: 'tools',
    labels: {},
    record,
    signal,
    onSent: (done: number, total: number) => void progress.push([done, total]),
  };
  const target = { volume: 'v', labels: {}, parts: [{ from: dir, at: '' }], ...folder };
  const inVolume = () => engine.filesIn('v');
  return { dir, engine, write, progress, inVolume, copy: () => copyFolders(context, [target]) };
}

describe('the copy of a folder in a volume', () => {
  it('has the files with their modes and times, and the links', async () => {
    const { dir, engine, inVolume, copy, progress } = await copied({ 'a/b/key': 'secret', run: '#!' });
    await chmod(join(dir, 'a'), 0o755);
    await chmod(join(dir, 'a/b'), 0o700);
    await chmod(join(dir, 'a/b/key'), 0o600);
    await chmod(join(dir, 'run'), 0o755);
    await utimes(join(dir, 'run'), 1000, 1000);
    await symlink('run', join(dir, 'link'));
    expect(await copy()).toBe(3);
    expect(await inVolume()).toEqual(['a/b/key', 'link', 'run']);
    const modes = ['a', 'a/b', 'a/b/key'].map((path) => lstat(join(engine.place('v'), path)));
    expect((await Promise.all(modes)).map(({ mode }) => mode & 0o777)).toEqual([0o755, 0o700, 0o600]);
    const run = await lstat(join(engine.place('v'), 'run'));
    expect([run.mode & 0o777, run.mtimeMs]).toEqual([0o755, 1_000_000]);
    expect(await readlink(join(engine.place('v'), 'link'))).toBe('run');
    expect(progress.at(-1)?.[0]).toBe(progress.at(-1)?.[1]);
  });

  it('is left alone as long as nothing changes', async () => {
    const { engine, copy } = await copied({ a: '1' });
    await copy();
    expect(await copy()).toBe(0);
    expect(engine.sent).toHaveLength(1);
  });

  it('gets only what has changed, and loses what was deleted', async () => {
    const { dir, engine, write, inVolume, copy } = await copied({ a: '1', 'sub/b': '1', c: '1' });
    await copy();
    await write('sub/b', '22');
    await rm(join(dir, 'c'));
    expect(await copy()).toBe(1);
    expect(engine.sent.at(-1)).toEqual(['copies/0/sub/b']);
    expect(await inVolume()).toEqual(['a', 'sub/b']);
    expect(await readFile(join(engine.place('v'), 'sub/b'), 'utf8')).toBe('22');
    await chmod(join(dir, 'a'), 0o755);
    expect(await copy()).toBe(1);
    expect(engine.sent.at(-1)).toEqual(['copies/0/a']);
  });

  it('loses a deleted file even if nothing else has changed', async () => {
    const { dir, inVolume, copy } = await copied({ a: '1', b: '1' });
    await copy();
    await rm(join(dir, 'b'));
    await copy();
    expect(await inVolume()).toEqual(['a']);
  });

  it.each([
    ['a folder', { a: '1' }, { 'a/b': '2' }],
    ['a file', { 'a/b': '1' }, { a: '2' }],
  ])('is right when a path becomes %s', async (_, before, after) => {
    const { dir, inVolume, write, copy } = await copied({ ...before, c: '1' });
    await copy();
    await rm(join(dir, 'a'), { recursive: true });
    for (const [path, text] of Object.entries(after)) await write(path, text);
    await copy();
    expect(await inVolume()).toEqual([...Object.keys(after), 'c']);
  });

  it('keeps what a new link leads to', async () => {
    const { dir, inVolume, copy } = await copied({ 'a/b': '1', 'c/b': '1' });
    await copy();
    await rm(join(dir, 'a'), { recursive: true });
    await symlink('c', join(dir, 'a'));
    await copy();
    expect(await inVolume()).toEqual(['a', 'c/b']);
  });

  it('needs a shell and `rm`, and no other program of the image', async () => {
    const { dir, engine, inVolume, copy } = await copied({ a: '1', '.b': '1', c: '1' });
    engine.state.path = await tempDir();
    const { stdout } = await execa('sh', ['-c', 'command -v rm']);
    await symlink(stdout, join(engine.state.path, 'rm'));
    await copy();
    await rm(join(dir, 'a'));
    await copy();
    expect(await inVolume()).toEqual(['.b', 'c']);
    await rm(join(dir, '.b'));
    engine.state.cut = true;
    await expect(copy()).rejects.toThrow('the connection was lost');
    engine.state.cut = false;
    await copy();
    expect(await inVolume()).toEqual(['c']);
  });

  it('that fails is named with what the shell says', async () => {
    const { dir, engine, copy } = await copied({ a: '1' });
    await copy();
    engine.state.path = await tempDir();
    await rm(join(dir, 'a'));
    await expect(copy()).rejects.toMatchObject({
      failure: { kind: 'copy', volumes: ['v'], exitCode: 127, tail: [expect.stringContaining('rm')] },
    });
  });

  it('is complete again after a copy that ended early', async () => {
    const { dir, engine, inVolume, write, copy } = await copied({ a: '1', b: '1', c: '1' });
    await copy();
    await write('a', '22');
    await write('b', '22');
    engine.state.cut = true;
    await expect(copy()).rejects.toThrow('the connection was lost');
    engine.state.cut = false;
    await rm(join(dir, 'c'));
    expect(await copy()).toBe(2);
    expect(await inVolume()).toEqual(['a', 'b']);
    expect(await copy()).toBe(0);
  });

  it('is made again if the volume was', async () => {
    const { engine, inVolume, copy } = await copied({ a: '1', b: '1' });
    await copy();
    await engine.remove('v');
    expect(await copy()).toBe(2);
    expect(await inVolume()).toEqual(['a', 'b']);
  });

  it('has files and folders at their places, without what is left out', async () => {
    const other = await tempDir();
    await writeFile(join(other, 'block'), 'x');
    const { dir, inVolume, copy } = await copied({ 'msp/cert': '1', '.git/config': '1' });
    const missing = join(other, 'absent');
    const parts = [
      { from: dir, at: '' },
      { from: join(other, 'block'), at: 'genesis.block' },
      { from: missing, at: 'absent' },
    ];
    const second = await copied({}, { parts, leavesOut: (path) => path === '.git' });
    await second.copy();
    expect(await second.inVolume()).toEqual(['genesis.block', 'msp/cert']);
    await copy();
    expect(await inVolume()).toEqual(['.git/config', 'msp/cert']);
  });
});
