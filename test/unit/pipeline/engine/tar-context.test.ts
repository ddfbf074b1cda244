/** Tars from and to files that change, vanish or cannot be written meanwhile. */
import { appendFile, mkdir, readFile, rm, rmdir, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { toFailure } from '../../../../src/pipeline/core/failure.ts';
import { extractTar, packTar, unpackTar } from '../../../../src/pipeline/engine/tar-context.ts';
import { writePayload } from '../../../../src/pipeline/stages/write-payload.ts';
import { tempDir } from '../../../support/temp-dir.ts';

const LARGE = 4 * 1024 * 1024;
const { signal } = new AbortController();

async function failureOf(work: Promise<unknown>) {
  return work.then(
    () => undefined,
    (error: unknown) => toFailure(error),
  );
}

/** A tar of a small and a large file, whose second half is damaged when the first bytes of the large one have been read. */
async function damagedMeanwhile(damage: (file: string) => Promise<void>, mayGrow = false) {
  const dir = await tempDir();
  const file = join(dir, 'b');
  await writeFile(file, Buffer.alloc(LARGE, 'b'));
  const tar = packTar([
    { name: 'a', content: 'small' },
    { name: 'b', content: { file, mayGrow } },
  ]);
  const read = async () => {
    let isDamaged = false;
    for await (const chunk of tar) {
      if (isDamaged || !(chunk as Buffer).includes('bbbb')) continue;
      isDamaged = true;
      await damage(file);
    }
  };
  return { file, failure: await failureOf(read()) };
}

describe('packTar', () => {
  it('packs what unpackTar reads', async () => {
    const dir = await tempDir();
    const file = join(dir, 'file');
    await writeFile(file, Buffer.alloc(LARGE, 'x'));
    const tar = packTar([
      { name: 'b/file', content: { file }, mode: 0o755 },
      { name: 'a', content: 'text' },
      { name: 'empty', content: '' },
      { name: 'folder/', content: '' },
    ]);
    const entries = await unpackTar(tar);
    expect(entries.map(({ name, mode }) => [name, mode])).toEqual([
      ['a', 0o644],
      ['b/file', 0o755],
      ['empty', 0o644],
    ]);
    expect(entries[1]?.content).toHaveLength(LARGE);
  });

  it('fails with the name of a file that is not there', async () => {
    const file = join(await tempDir(), 'gone');
    const tar = packTar([{ name: 'gone', content: { file } }]);
    expect(await failureOf(buffer(tar))).toMatchObject({
      kind: 'file',
      path: file,
      detail: expect.stringContaining('ENOENT'),
    });
  });

  it('fails with the name of a file that has become a folder', async () => {
    const file = join(await tempDir(), 'folder');
    await mkdir(file);
    expect(await failureOf(buffer(packTar([{ name: 'x', content: { file } }])))).toMatchObject({
      kind: 'file',
      path: file,
      detail: expect.stringContaining('EISDIR'),
    });
  });

  it.each<[string, (file: string) => Promise<void>]>([
    ['shrinks', (file) => truncate(file, LARGE / 2)],
    ['grows', (file) => appendFile(file, 'more')],
  ])('fails with the name of a file that %s while it is read', async (_, damage) => {
    const { file, failure } = await damagedMeanwhile(damage);
    expect(failure).toEqual({ kind: 'file', path: file, detail: 'the file changed while it was read' });
  });

  it('takes a file as it was at first if it may grow', async () => {
    const grow = (file: string) => appendFile(file, 'more');
    expect((await damagedMeanwhile(grow, true)).failure).toBeUndefined();
    const shrink = (file: string) => truncate(file, LARGE / 2);
    expect((await damagedMeanwhile(shrink, true)).failure).toMatchObject({ kind: 'file' });
  });

  it('reads a file to its end that is removed while it is read', async () => {
    expect((await damagedMeanwhile((file) => rm(file))).failure).toBeUndefined();
  });
});

describe('writePayload', () => {
  it('fails with the name of a file that is gone, and leaves nothing', async () => {
    const dir = await tempDir();
    const file = join(dir, 'gone');
    const target = join(dir, 'payload', 'x.tar');
    const tar = packTar([{ name: 'gone', content: { file } }]);
    expect(await failureOf(writePayload(target, tar, signal))).toMatchObject({ kind: 'file', path: file });
    await rmdir(join(dir, 'payload'));
  });
});

describe('extractTar', () => {
  const two = () =>
    buffer(
      packTar([
        { name: 'top/a', content: 'a' },
        { name: 'top/sub/b', content: Buffer.alloc(LARGE, 'b') },
      ]),
    );

  it('writes the files of a tar', async () => {
    const dir = await tempDir();
    const stream = new PassThrough();
    stream.end(await two());
    const files = await extractTar(stream, dir);
    expect(files.map(({ path, size }) => [path, size])).toEqual([
      ['a', 1],
      ['sub/b', LARGE],
    ]);
    expect(await readFile(join(dir, 'a'), 'utf8')).toBe('a');
  });

  it.each([10, 700, 2000, LARGE])('fails when the stream does after %i bytes', async (bytes) => {
    const [tar, dir] = [await two(), await tempDir()];
    const stream = new PassThrough();
    const lost = new Error('lost');
    stream.write(tar.subarray(0, bytes), () => stream.destroy(lost));
    await expect(extractTar(stream, dir)).rejects.toBe(lost);
  });

  it('fails when the stream has failed before it is read', async () => {
    const stream = new PassThrough();
    stream.on('error', () => undefined);
    stream.destroy(new Error('lost'));
    await new Promise((resolve) => stream.once('close', resolve));
    await expect(extractTar(stream, await tempDir())).rejects.toThrow('lost');
  });

  it('fails with the name of a file that cannot be written, and closes the stream', async () => {
    const dir = await tempDir();
    await mkdir(join(dir, 'sub', 'b'), { recursive: true });
    const stream = new PassThrough();
    stream.write(await two());
    expect(await failureOf(extractTar(stream, dir))).toMatchObject({
      kind: 'file',
      path: join(dir, 'sub', 'b'),
    });
    expect(stream.destroyed).toBe(true);
  });
});
