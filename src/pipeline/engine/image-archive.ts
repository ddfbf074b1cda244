/** Archives of images, as `docker save` writes them, without the layers that the engine which reads them already has. */
import { PassThrough, type Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import * as z from 'zod/mini';

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

/** Reads the list of layer files of each image, by the file of its configuration, and the files that links lead to. */
async function readIndex(archive: Readable) {
  const tar = (await import('tar-stream')).default;
  const reader = tar.extract();
  const reading = pipeline(archive, reader);
  const linked = new Set<string>();
  let manifest: z.infer<typeof manifestSchema> = [];
  for await (const entry of reader) {
    const { name, type, linkname } = entry.header;
    if (type === 'symlink' && linkname) linked.add(linkname.replace(/^(?:\.\.\/)+/, ''));
    if (name === MANIFEST) manifest = manifestSchema.parse(JSON.parse((await buffer(entry)).toString()));
    else entry.resume();
  }
  await reading;
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

/** Returns the archive without these files. */
async function without(archive: Readable, files: ReadonlySet<string>): Promise<Readable> {
  const tar = (await import('tar-stream')).default;
  const reader = tar.extract();
  const writer = tar.pack();
  const output = new PassThrough();
  const copy = async () => {
    const reading = pipeline(archive, reader);
    for await (const entry of reader) {
      if (files.has(entry.header.name)) entry.resume();
      else await pipeline(entry, writer.entry(entry.header));
    }
    await reading;
    writer.finalize();
  };
  copy().catch((error: Error) => output.destroy(error));
  pipeline(writer, output).catch((error: Error) => output.destroy(error));
  return output;
}

/**
 * Returns an archive of images. It is read twice if the reader has some of the layers.
 * @param save returns the whole archive, each time it is called
 * @param images layers of the images, by id
 * @param present layers of the images that the reader has
 */
export async function leanArchive(
  save: () => Promise<Readable>,
  images: ReadonlyMap<string, Layers>,
  present: readonly Layers[],
): Promise<Readable> {
  const known = chainsOf(present);
  if (![...images.values()].some((layers) => known.has(layers[0] ?? ''))) return save();
  const spare = await spareFiles(await save(), images, known);
  return spare.size === 0 ? save() : without(await save(), spare);
}
