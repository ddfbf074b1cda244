/** Copies of folders in volumes, on an engine whose volumes are folders: the tar and the script are the real ones. */
import {
  chmod,
  lstat,
  mkdir,
  readdir,
  readFile,
  readlink,
  rm,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import type { WorkContainer } from '../../../../src/pipeline/engine/engine-types.ts';
import { packTar } from '../../../../src/pipeline/engine/tar-context.ts';
import { type CopiedFolder, copyFolders } from '../../../../src/pipeline/host/copied-folders.ts';
import { tempDir } from '../../../support/temp-dir.ts';

const { signal } = new AbortController();

/** An engine with volumes. `sent` has the names of the files of each container that was run. */
async function volumesEngine() {
  const root = await tempDir();
  const volumes = new Map<string, Readonly<Record<string, string>>>();
  const sent: string[][] = [];
  const state = { cut: false };
  const place = (volume: string) => join(root, volume);
  const run = async ({ binds = [], inputs = [], cmd }: WorkContainer) => {
    const container = join(root, `container-${sent.length}`);
    await mkdir(join(container, 'copies'), { recursive: true });
    await mkdir(join(container, 'tmp'));
    for (const bind of binds) {
      const [volume = '', target = ''] = bind.split(':');
      await symlink(place(volume), join(container, target));
    }
    sent.push(
      inputs.map(({ name }) => name).filter((name) => !name.endsWith('/') && !name.endsWith('.files')),
    );
    const input = packTar(state.cut ? inputs.slice(0, Math.ceil(inputs.length / 2)) : inputs);
    await execa('tar', ['-x', '-p', '--keep-directory-symlink', '-C', container], { input });
    if (state.cut) throw new Error('the connection was lost');
    const [shell = '', flags = '', script = '', ...args] = cmd;
    const inside = script
      .replaceAll('/tmp/', `${container}/tmp/`)
      .replaceAll('/copies/', `${container}/copies/`);
    return (await execa(shell, [flags, inside, ...args])).exitCode ?? -1;
  };
  return {
    sent,
    state,
    place,
    remove: async (volume: string) => {
      volumes.delete(volume);
      await rm(place(volume), { recursive: true });
    },
    docker: {
      listVolumes: async () => [...volumes].map(([name, labels]) => ({ name, labels })),
      createVolume: async (name: string, labels: Readonly<Record<string, string>>) => {
        volumes.set(name, labels);
        await mkdir(place(name));
      },
      runToEnd: async (spec: WorkContainer, collect: (ended: never) => unknown) =>
        collect({ exitCode: await run(spec) } as never) as never,
    },
  };
}

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
  const inVolume = async () => {
    const found = await readdir(engine.place('v'), { recursive: true, withFileTypes: true });
    return found
      .filter((entry) => !entry.isDirectory())
      .map((entry) => join(entry.parentPath, entry.name).slice(engine.place('v').length + 1))
      .sort();
  };
  return { dir, engine, write, progress, inVolume, copy: () => copyFolders(context, [target]) };
}

describe('the copy of a folder in a volume', () => {
  it('has the files with their modes and times, and the links', async () => {
    const { dir, engine, inVolume, copy, progress } = await copied({ 'a/b/key': 'secret', run: '#!' });
    await chmod(join(dir, 'a/b/key'), 0o600);
    await chmod(join(dir, 'run'), 0o755);
    await utimes(join(dir, 'run'), 1000, 1000);
    await symlink('run', join(dir, 'link'));
    expect(await copy()).toBe(3);
    expect(await inVolume()).toEqual(['a/b/key', 'link', 'run']);
    expect((await lstat(join(engine.place('v'), 'a/b/key'))).mode & 0o777).toBe(0o600);
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
