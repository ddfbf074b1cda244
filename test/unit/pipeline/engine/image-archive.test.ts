/** Archives of images without layers, and how they are sent to an engine. */
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { PassThrough, type Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { describe, expect, it, vi } from 'vitest';
import { CancelledError } from '../../../../src/pipeline/core/failure.ts';
import { type Layers, leanArchive } from '../../../../src/pipeline/engine/image-archive.ts';
import { entriesOf, packTar, type TarEntry } from '../../../../src/pipeline/engine/tar-context.ts';
import { answeringEngine } from '../../../support/answering-engine.ts';

const { signal } = new AbortController();

function hex(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

interface Image {
  readonly name: string;
  readonly layers: readonly string[];
}

function idOf({ name }: Image): string {
  return `sha256:${hex(name)}`;
}

function layersById(images: readonly Image[]): ReadonlyMap<string, Layers> {
  return new Map(images.map((image) => [idOf(image), image.layers]));
}

/** An archive as docker 20.10 writes it: a folder for each layer of each image, with a link if the archive has the layer already. */
function oldArchive(
  images: readonly Image[],
  content: (layer: string) => Buffer | string = (layer) => layer,
) {
  const places = new Map<string, string>();
  const manifest = images.map((image) => ({
    Config: `${hex(image.name)}.json`,
    RepoTags: [image.name],
    Layers: image.layers.map((_, index) => `${hex(image.name + index)}/layer.tar`),
  }));
  const layers = images.flatMap((image) =>
    image.layers.flatMap((layer, index): TarEntry[] => {
      const folder = hex(image.name + index);
      const first = places.get(layer);
      places.set(layer, first ?? folder);
      return [
        { name: `${folder}/VERSION`, content: '1.0' },
        first === undefined
          ? { name: `${folder}/layer.tar`, content: content(layer) }
          : { name: `${folder}/layer.tar`, content: '', link: `../${first}/layer.tar` },
      ];
    }),
  );
  return [
    ...layers,
    ...images.map((image) => ({ name: `${hex(image.name)}.json`, content: '{}' })),
    { name: 'manifest.json', content: JSON.stringify(manifest) },
  ];
}

/** An archive as docker 28 writes it: an OCI layout, in which all files have the names of their content. */
function newArchive(images: readonly Image[]): TarEntry[] {
  const manifest = images.map((image) => ({
    Config: `blobs/sha256/${hex(image.name)}`,
    Layers: image.layers.map((layer) => `blobs/sha256/${hex(layer)}`),
  }));
  const layers = [...new Set(images.flatMap((image) => image.layers))];
  return [
    ...layers.map((layer) => ({ name: `blobs/sha256/${hex(layer)}`, content: layer })),
    ...images.map(({ name }) => ({ name: `blobs/sha256/${hex(name)}`, content: '{}' })),
    { name: 'index.json', content: '{}' },
    { name: 'oci-layout', content: '{"imageLayoutVersion":"1.0.0"}' },
    { name: 'manifest.json', content: JSON.stringify(manifest) },
  ];
}

/** Names of the files of an archive, with their content. */
async function filesIn(archive: Readable): Promise<ReadonlyMap<string, string>> {
  const files = new Map<string, string>();
  for await (const entry of entriesOf(archive)) {
    const { name, linkname } = entry.header;
    let text = linkname ? `-> ${linkname}` : '';
    for await (const chunk of entry) text += (chunk as Buffer).toString();
    files.set(name, text);
  }
  return files;
}

/** The files of an archive that the reader gets, and those that it does not get. */
async function lean(entries: TarEntry[], images: readonly Image[], present: readonly Layers[]) {
  const whole = await filesIn(packTar(entries));
  const sent = await filesIn(
    await leanArchive(async () => packTar(entries), layersById(images), present, signal),
  );
  for (const [name, text] of sent) expect(text, name).toBe(whole.get(name));
  return [...whole.keys()].filter((name) => !sent.has(name));
}

const PEER: Image = { name: 'peer', layers: ['base', 'peer'] };
const ORDERER: Image = { name: 'orderer', layers: ['base', 'orderer'] };

describe('an archive of images', () => {
  it('is sent without the layers that the reader has', async () => {
    const left = await lean(oldArchive([PEER]), [PEER], [['base', 'other']]);
    expect(left).toEqual([`${hex('peer0')}/layer.tar`]);
  });

  it('is sent whole to a reader that has none of them', async () => {
    expect(await lean(oldArchive([PEER]), [PEER], [['other', 'base']])).toEqual([]);
  });

  it('keeps a layer that the reader has above another one', async () => {
    const image = { name: 'peer', layers: ['base', 'go', 'peer'] };
    expect(await lean(oldArchive([image]), [image], [['base', 'peer'], ['go']])).toEqual([
      `${hex('peer0')}/layer.tar`,
    ]);
  });

  it('keeps a layer to which the link of another image leads', async () => {
    const images = [PEER, ORDERER];
    const left = await lean(oldArchive(images), images, [['base']]);
    // The link itself is not needed.
    expect(left).toEqual([`${hex('orderer0')}/layer.tar`]);
  });

  it('of docker 28 is sent whole', async () => {
    const images = [PEER, ORDERER];
    expect(await lean(newArchive(images), images, [['base']])).toEqual([]);
  });

  it('is read no faster than it is sent', async () => {
    const layers = ['base', ...Array.from({ length: 8 }, (_, index) => `layer${index}`)];
    const image = { name: 'large', layers };
    const part = randomBytes(8e6);
    const entries = oldArchive([image], () => part);
    let read = 0;
    const save = async () => {
      read = 0;
      return packTar(entries).pipe(
        new Transform({
          transform: (chunk: Buffer, _encoding, done) => {
            read += chunk.length;
            done(null, chunk);
          },
        }),
      );
    };
    const archive = await leanArchive(save, layersById([image]), [['base']], signal);
    let sent = 0;
    for await (const chunk of archive) {
      sent += (chunk as Buffer).length;
      // What is read ahead is in streams: it does not grow with the archive.
      const ahead = read - sent;
      expect(ahead).toBeLessThan(4 * part.length);
    }
    expect(sent).toBeGreaterThan(8 * part.length);
  });

  it.each([0, 1])('fails with the error of its source, in reading %i', async (reading) => {
    let readings = 0;
    const save = async () => {
      const stream = packTar(oldArchive([PEER]));
      if (readings++ !== reading) return stream;
      const cut = new PassThrough();
      cut.write((await once(stream, 'data'))[0]);
      setImmediate(() => cut.destroy(new Error('the connection was lost')));
      return cut;
    };
    const read = async () => filesIn(await leanArchive(save, layersById([PEER]), [['base']], signal));
    await expect(read()).rejects.toThrow('the connection was lost');
  });

  it('closes its source when its reader stops, also if the source has stalled', async () => {
    const stalled = new PassThrough();
    const sources = [packTar(oldArchive([PEER])), stalled];
    const save = async () => sources.shift() ?? stalled;
    const archive = await leanArchive(save, layersById([PEER]), [['base']], signal);
    archive.destroy();
    await vi.waitFor(() => expect(stalled.destroyed).toBe(true));
  });

  it('is not read to its end when the run is cancelled', async () => {
    const abort = new AbortController();
    const stalled = new PassThrough();
    const archive = leanArchive(async () => stalled, layersById([PEER]), [['base']], abort.signal);
    abort.abort();
    await expect(archive).rejects.toBeInstanceOf(CancelledError);
    expect(stalled.destroyed).toBe(true);
  });
});

/** An engine that answers to an archive. */
function loading(answer: string, reads = true) {
  return answeringEngine('Docker/20.10.24 (linux)', {
    'POST /images/load': (request, response) => {
      response.writeHead(200, { 'Content-Type': 'application/json' });
      if (reads) request.on('end', () => response.end(answer));
    },
  });
}

describe('an engine that gets an archive', () => {
  it('tells an error in an answer with status 200', async () => {
    const { docker } = await loading('{"stream":"Loading"}\n{"error":"no space left on device"}');
    await expect(docker.loadImages(packTar(oldArchive([PEER])), signal)).rejects.toMatchObject({
      failure: { kind: 'engine-refused', detail: 'no space left on device' },
    });
  });

  it('gets all of it', async () => {
    const { docker } = await loading('{"stream":"Loaded image: peer"}\n');
    await docker.loadImages(packTar(oldArchive([PEER])), signal);
  });

  it('does not get the rest of one whose source is lost, which is the cause that is told', async () => {
    const { docker } = await loading('{"error":"unexpected EOF"}');
    const tar = new PassThrough();
    tar.write('half');
    const load = docker.loadImages(tar, signal);
    setImmediate(() => tar.destroy(new Error('the connection was lost')));
    await expect(load).rejects.toThrow('the connection was lost');
  });

  it.each([
    ['before', 0],
    ['after', 50],
  ])('gets no more %s the run is cancelled', async (_, after) => {
    const { docker } = await loading('', false);
    const abort = new AbortController();
    const tar = new PassThrough();
    tar.write('half');
    if (after === 0) abort.abort();
    else setTimeout(() => abort.abort(), after);
    await expect(docker.loadImages(tar, abort.signal)).rejects.toBeInstanceOf(CancelledError);
    expect(tar.destroyed).toBe(true);
  });
});

it('asks for several images at once, by their names', async () => {
  const { docker, requests } = await answeringEngine('Docker/20.10.24 (linux)', {
    'GET /images/get': (_, response) => response.end('archive'),
  });
  const chunks: Buffer[] = [];
  await pipeline(await docker.saveImages(['acme/peer:1', 'acme/orderer:1'], signal), async (source) => {
    for await (const chunk of source) chunks.push(chunk as Buffer);
  });
  expect(Buffer.concat(chunks).toString()).toBe('archive');
  expect(requests).toEqual(['GET /images/get?names=acme%2Fpeer%3A1&names=acme%2Forderer%3A1']);
});

it('does not wait for an engine that still collects the layers', async () => {
  const abort = new AbortController();
  const closed = vi.fn();
  const { docker } = await answeringEngine('Docker/20.10.24 (linux)', {
    'GET /images/get': (_, response) => {
      response.on('close', closed);
      abort.abort();
    },
  });
  const save = () => docker.saveImages(['acme/peer:1'], abort.signal);
  await expect(leanArchive(save, new Map(), [], abort.signal)).rejects.toBeInstanceOf(CancelledError);
  await vi.waitFor(() => expect(closed).toHaveBeenCalled());
});
