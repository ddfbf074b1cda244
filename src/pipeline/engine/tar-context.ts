/** Packs and unpacks tars. Packed tars are deterministic: names are sorted, times and owners are fixed. */
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Readable, Transform } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import tar from 'tar-stream';

export interface TarEntry {
  /** Path inside the tar, without a leading slash. A directory ends with `/`. */
  readonly name: string;
  /** Bytes, text, or a file on this host that is read while the tar is streamed. */
  readonly content: Buffer | string | { readonly file: string };
  /** Permission bits; default 0644, directories 0755. */
  readonly mode?: number;
}

const EPOCH = new Date(0);

/** Returns a stream of the entries as a tar, sorted by name. */
export function packTar(entries: readonly TarEntry[]): Readable {
  const pack = tar.pack();
  const write = async () => {
    const sorted = [...entries].sort((a, b) => (a.name < b.name ? -1 : 1));
    for (const { name, content, mode } of sorted) {
      const header = { name, mtime: EPOCH, uid: 0, gid: 0 };
      if (name.endsWith('/')) {
        pack.entry({ ...header, type: 'directory', mode: mode ?? 0o755 });
        continue;
      }
      const fileHeader = { ...header, mode: mode ?? 0o644 };
      if (typeof content === 'object' && 'file' in content) {
        const { size } = await stat(content.file);
        await pipeline(createReadStream(content.file), pack.entry({ ...fileHeader, size }));
        continue;
      }
      await new Promise<void>((resolve, reject) => {
        pack.entry(fileHeader, content, (error) => (error ? reject(error) : resolve()));
      });
    }
    pack.finalize();
  };
  write().catch((error: Error) => pack.destroy(error));
  return pack as unknown as Readable;
}

/**
 * Writes the regular files of a tar under `dir` as the current user, without the first `strip` path components.
 * The engine's archive of a folder begins with the folder's name; that of a file contains only the file.
 * @returns for each file its path under `dir`, its size in bytes and the sha256 of its content
 */
export async function extractTar(
  stream: NodeJS.ReadableStream,
  dir: string,
  { strip = 1 }: { readonly strip?: number } = {},
): Promise<{ path: string; size: number; sha256: string }[]> {
  const files: { path: string; size: number; sha256: string }[] = [];
  const extract = tar.extract();
  stream.pipe(extract);
  stream.on('error', (error) => extract.destroy(error as Error));
  for await (const entry of extract) {
    const path = entry.header.name.split('/').slice(strip).join('/');
    if (entry.header.type !== 'file' || path.split('/').includes('..')) {
      entry.resume();
      continue;
    }
    const target = join(dir, ...path.split('/'));
    await mkdir(dirname(target), { recursive: true });
    const hash = createHash('sha256');
    const tap = new Transform({
      transform(chunk: Buffer, _, done) {
        hash.update(chunk);
        done(null, chunk);
      },
    });
    await pipeline(
      entry as unknown as Readable,
      tap,
      createWriteStream(target, { mode: entry.header.mode ?? 0o644 }),
    );
    files.push({ path, size: entry.header.size ?? 0, sha256: hash.digest('hex') });
  }
  return files;
}

/** Reads a tar's regular files into memory. */
export async function unpackTar(stream: NodeJS.ReadableStream): Promise<TarEntry[]> {
  const entries: TarEntry[] = [];
  const extract = tar.extract();
  stream.pipe(extract);
  stream.on('error', (error) => extract.destroy(error as Error));
  for await (const entry of extract) {
    const content = await buffer(entry as unknown as Readable);
    if (entry.header.type === 'file')
      entries.push({ name: entry.header.name, content, mode: entry.header.mode });
  }
  return entries;
}
