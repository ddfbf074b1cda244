/** Packs and unpacks tars. Packed tars are deterministic: names are sorted, owners are fixed, and so are times that are not given. */
import { createHash, type Hash } from 'node:crypto';
import { createWriteStream, mkdirSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Readable, pipeline as startPipeline } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import type tar from 'tar-stream';
import { fileFailure } from '../core/failure.ts';
import { withFileName } from '../core/file-error.ts';

export interface TarEntry {
  /** Path inside the tar, without a leading slash. A directory ends with `/`. */
  readonly name: string;
  /** Bytes, text, or a file on this host that is read while the tar is streamed. */
  readonly content: Buffer | string | FileContent;
  /** Text of a symbolic link, which has no content. */
  readonly link?: string;
  /** Permission bits; default 0644, directories 0755. */
  readonly mode?: number;
  /** Time of the last change, in milliseconds since the epoch; default: a fixed time. */
  readonly modified?: number;
}

/** A file on this host. */
interface FileContent {
  readonly file: string;
  /** Whether a file that grows while it is read counts as what it was at first. Otherwise that is a failure. */
  readonly mayGrow?: boolean;
}

/** An entry whose bytes are in memory. */
export interface LoadedEntry extends TarEntry {
  readonly content: Buffer | string;
}

/** Loaded when a tar is packed or read: most commands do neither. */
async function tarStream(): Promise<typeof tar> {
  return (await import('tar-stream')).default;
}

/** What a tar contains, while it is read. */
type Entry = tar.ExtractEvents['entry'][1];

/**
 * Reads an open file. @throws WizardFailure `file` if it cannot be read or has another size at the end
 * @param mayGrow whether what is added meanwhile is left out
 */
async function* contentOf(
  file: FileHandle,
  path: string,
  size: number,
  mayGrow: boolean,
): AsyncGenerator<Buffer> {
  if (mayGrow && size === 0) return;
  let read = 0;
  try {
    const limit = mayGrow ? { end: size - 1 } : {};
    for await (const chunk of file.createReadStream({ autoClose: false, ...limit })) {
      read += (chunk as Buffer).length;
      yield chunk as Buffer;
    }
  } catch (error) {
    throw fileFailure(path, error);
  }
  if (read !== size) throw fileFailure(path, new Error('the file changed while it was read'));
}

/** @throws WizardFailure `file` */
async function packFile(
  pack: tar.Pack,
  header: Parameters<tar.Pack['entry']>[0],
  { file: path, mayGrow = false }: FileContent,
): Promise<void> {
  const file = await open(path).catch((error: unknown) => {
    throw fileFailure(path, error);
  });
  try {
    const { size } = await file.stat();
    await pipeline(contentOf(file, path, size, mayGrow), pack.entry({ ...header, size }));
  } finally {
    await file.close();
  }
}

async function packAll(pack: tar.Pack, entries: readonly TarEntry[]): Promise<void> {
  const sorted = [...entries].sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const { name, content, link, mode, modified = 0 } of sorted) {
    const header = { name, mtime: new Date(modified), uid: 0, gid: 0 };
    if (name.endsWith('/')) {
      pack.entry({ ...header, type: 'directory', mode: mode ?? 0o755 });
      continue;
    }
    if (link !== undefined) {
      pack.entry({ ...header, type: 'symlink', linkname: link });
      continue;
    }
    const fileHeader = { ...header, mode: mode ?? 0o644 };
    if (typeof content === 'object' && 'file' in content) {
      await packFile(pack, fileHeader, content);
      continue;
    }
    await new Promise<void>((resolve, reject) => {
      pack.entry(fileHeader, content, (error) => (error ? reject(error) : resolve()));
    });
  }
  pack.finalize();
}

async function* packed(
  entries: readonly TarEntry[],
  onRead?: (bytes: number) => void,
): AsyncGenerator<Buffer> {
  const pack = (await tarStream()).pack();
  packAll(pack, entries).catch((error: Error) => pack.destroy(error));
  let read = 0;
  for await (const chunk of pack as AsyncIterable<Buffer>) {
    read += chunk.length;
    onRead?.(read);
    yield chunk;
  }
}

/**
 * Returns a stream of the entries as a tar, sorted by name. No file is opened before the stream is read, so that its errors
 * reach the reader. It fails with a `WizardFailure` `file` if a file cannot be read or changes meanwhile.
 * @param onRead receives the number of bytes that have been read so far
 */
export function packTar(entries: readonly TarEntry[], onRead?: (bytes: number) => void): Readable {
  return Readable.from(packed(entries, onRead), { objectMode: false });
}

/**
 * Hands a tar of the entries to `send`, and closes it when that has ended.
 * @throws WizardFailure `file`; what `send` throws
 */
export async function withTar<T>(
  entries: readonly TarEntry[],
  send: (stream: NodeJS.ReadableStream) => Promise<T>,
  onRead?: (bytes: number) => void,
): Promise<T> {
  const stream = packTar(entries, onRead);
  try {
    return await send(stream);
  } catch (error) {
    // What a receiver says about half a tar is not the cause.
    throw stream.errored ?? error;
  } finally {
    stream.destroy();
  }
}

/** Reads the entries of a tar one after another. The stream is closed at the end. @throws the error of the stream */
export async function* entriesOf(stream: NodeJS.ReadableStream): AsyncGenerator<Entry> {
  const extract = (await tarStream()).extract();
  startPipeline(stream, extract, () => undefined);
  yield* extract;
}

async function* hashed(content: AsyncIterable<Buffer>, hash: Hash): AsyncGenerator<Buffer> {
  for await (const chunk of content) {
    hash.update(chunk);
    yield chunk;
  }
}

/**
 * Writes the regular files of a tar under `dir` as the current user, without the first `strip` path components.
 * The engine's archive of a folder begins with the folder's name; that of a file contains only the file.
 * @returns for each file its path under `dir`, its size in bytes and the sha256 of its content
 * @throws WizardFailure `file`; the error of the stream
 */
export async function extractTar(
  stream: NodeJS.ReadableStream,
  dir: string,
  { strip = 1 }: { readonly strip?: number } = {},
): Promise<{ path: string; size: number; sha256: string }[]> {
  const files: { path: string; size: number; sha256: string }[] = [];
  for await (const entry of entriesOf(stream)) {
    const path = entry.header.name.split('/').slice(strip).join('/');
    if (entry.header.type !== 'file' || path.split('/').includes('..')) {
      entry.resume();
      continue;
    }
    const target = join(dir, ...path.split('/'));
    const hash = createHash('sha256');
    try {
      // Nothing listens to the errors of an entry until it is read.
      mkdirSync(dirname(target), { recursive: true });
      await pipeline(
        hashed(entry as AsyncIterable<Buffer>, hash),
        createWriteStream(target, { mode: entry.header.mode ?? 0o644 }),
      );
    } catch (error) {
      throw withFileName(target, error);
    }
    files.push({ path, size: entry.header.size ?? 0, sha256: hash.digest('hex') });
  }
  return files;
}

/** Reads a tar's regular files into memory. */
export async function unpackTar(stream: NodeJS.ReadableStream): Promise<LoadedEntry[]> {
  const entries: LoadedEntry[] = [];
  for await (const entry of entriesOf(stream)) {
    const content = await buffer(entry as unknown as Readable);
    if (entry.header.type === 'file')
      entries.push({ name: entry.header.name, content, mode: entry.header.mode });
  }
  return entries;
}
