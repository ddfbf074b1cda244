/** Archives of images, as `docker save` writes them, without the layers that the engine which reads them already has. */
import { addAbortSignal, PassThrough, type Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import * as z from 'zod/mini';
import { CancelledError } from '../core/failure.ts';
import { entriesOf } from './tar-context.ts';

const MANIFEST = 'manifest.json';
/** Only in the form that `docker load` reads without these files. */
const LAYER = /^[0-9a-f]{64}\/layer\.tar$/;

const manifestSchema = z.array(z.object({ Config: z.string(), Layers: z.array(z.string()) }));

/** Digests of the layers of an image, lowest first, as in `ImageInfo`. */
export type Layers = readonly string[];

/** Returns a text for each layer of an image: an engine has a layer only with all that are below it. */
function chains(layers: Layers): string[] {
  return layers.map((_, index) => layers.slice(0, index + 1).join(' '));
}

/** Returns the chains of layers that images have. */
function chainsOf(images: readonly Layers[]): ReadonlySet<string> {
  return new Set(images.flatMap(chains));
}

/**
 * Reads the list of layer files of each image, by the file of its configuration, and the files that links lead to.
 * @throws the error of the archive
 */
async function readIndex(archive: Readable) {
  const linked = new Set<string>();
  let manifest: z.infer<typeof manifestSchema> = [];
  for await (const entry of entriesOf(archive)) {
    const { name, type, linkname } = entry.header;
    if (type === 'symlink' && linkname) linked.add(linkname.replace(/^(?:\.\.\/)+/, ''));
    if (name === MANIFEST) manifest = manifestSchema.parse(JSON.parse((await buffer(entry)).toString()));
    else entry.resume();
  }
  return { manifest, linked };
}

/**
 * Returns the files that an archive need not have.
 * @param images layers of the images in the archive, by id
 */
async function spareFiles(
  archive: Readable,
  images: ReadonlyMap<string, Layers>,
  known: ReadonlySet<string>,
): Promise<ReadonlySet<string>> {
  const { manifest, linked } = await readIndex(archive);
  const spare = new Set<string>();
  const needed = new Set(linked);
  for (const { Config: config, Layers: files } of manifest) {
    const id = `sha256:${/[0-9a-f]{64}/.exec(config)?.[0]}`;
    const wanted = chains(images.get(id) ?? []);
    files.forEach((file, index) => {
      if (LAYER.test(file) && known.has(wanted[index] ?? '')) spare.add(file);
      else needed.add(file);
    });
  }
  return new Set([...spare].filter((file) => !needed.has(file)));
}

/** Returns the archive without these files. What reads it and stops closes the archive. */
async function without(archive: Readable, files: ReadonlySet<string>): Promise<Readable> {
  const writer = (await import('tar-stream')).default.pack();
  const copy = async () => {
    for await (const entry of entriesOf(archive)) {
      if (files.has(entry.header.name)) entry.resume();
      else await pipeline(entry, writer.entry(entry.header));
    }
    writer.finalize();
  };
  copy().catch((error: Error) => writer.destroy(error));
  const output = new PassThrough();
  pipeline(writer, output).catch((error: Error) => {
    archive.destroy();
    output.destroy(error);
  });
  return output;
}

/**
 * Returns an archive of images. It is read twice if the reader has some of the layers.
 * @param save returns the whole archive, each time it is called
 * @param images layers of the images, by id
 * @param present layers of the images that the reader has
 * @throws the error of the archive; CancelledError
 */
export async function leanArchive(
  save: () => Promise<Readable>,
  images: ReadonlyMap<string, Layers>,
  present: readonly Layers[],
  signal: AbortSignal,
): Promise<Readable> {
  const known = chainsOf(present);
  const whole = async () => addAbortSignal(signal, await save());
  try {
    if (![...images.values()].some((layers) => known.has(layers[0] ?? ''))) return await whole();
    const spare = await spareFiles(await whole(), images, known);
    return spare.size === 0 ? await whole() : await without(await whole(), spare);
  } catch (error) {
    throw signal.aborted ? new CancelledError() : error;
  }
}
