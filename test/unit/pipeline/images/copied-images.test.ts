/** Images and chaincode that engines get from each other. */

import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { farPeers, onPeersSharing } from '../../../../src/pipeline/chaincode/shared-builds.ts';
import type { ImageInfo } from '../../../../src/pipeline/engine/engine-types.ts';
import { releaseOf } from '../../../../src/pipeline/fabric/release.ts';
import { copyImages } from '../../../../src/pipeline/images/copied-images.ts';
import { allPeers } from '../../../../src/pipeline/network/network-spec.ts';
import { writeNetwork } from '../../../support/made-network.ts';
import { tempDir } from '../../../support/temp-dir.ts';

/** An engine whose archives are lists of names. */
class Engine {
  readonly images: Map<string, ImageInfo>;
  readonly calls: string[] = [];

  constructor(images: Readonly<Record<string, string>> = {}) {
    this.images = new Map(Object.entries(images).map(([name, id]) => [name, this.#image(name, id)]));
  }

  #image(name: string, id: string): ImageInfo {
    const lists = { tags: [name], layers: [id], exposedPorts: [], digests: [] };
    return { id, ...lists, labels: {}, env: {}, architecture: 'amd64', size: 1, created: 0 };
  }

  async inspectImage(ref: string) {
    const image = [...this.images].find(([name, { id }]) => name === ref || id === ref)?.[1];
    const tags = [...this.images].flatMap(([name, { id }]) => (id === image?.id ? [name] : []));
    return image && { ...image, tags };
  }

  async listImages() {
    return [...this.images.values()];
  }

  async saveImages(refs: readonly string[]) {
    const found = refs.map((ref) => [ref, this.images.get(ref)?.id]);
    return Readable.from([JSON.stringify(found)]);
  }

  async loadImages(tar: Readable) {
    for (const [name, id] of JSON.parse(await text(tar)) as [string, string][]) {
      this.calls.push(`load ${name}`);
      this.images.set(name, this.#image(name, id));
    }
  }

  async tag(ref: string, target: string) {
    const image = this.images.get(ref);
    if (!image) throw new Error(`No such image: ${ref}`);
    this.images.set(target, this.#image(target, image.id));
  }

  async removeImage(ref: string) {
    this.images.delete(ref);
  }
}

const { signal } = new AbortController();

describe('images of another engine', () => {
  const from = () => new Engine({ 'acme/peer:1.4': 'a', 'acme/peer:latest': 'a', 'acme/orderer:1': 'b' });

  it('are copied if they are not there, or are others', async () => {
    const to = new Engine({ 'acme/orderer:1': 'b', 'acme/peer:1.4': 'old' });
    const refs = ['acme/peer:1.4', 'acme/orderer:1', 'acme/no:1'];
    expect(await copyImages({ from: from(), to, signal }, refs, false)).toEqual(['acme/peer:1.4']);
    expect(to.images.get('acme/peer:1.4')?.id).toBe('a');
    to.calls.length = 0;
    expect(await copyImages({ from: from(), to, signal }, refs, false)).toEqual([]);
    expect(to.calls).toEqual([]);
  });

  it('get all their names where that is asked', async () => {
    const to = new Engine();
    const copied = await copyImages({ from: from(), to, signal }, ['acme/peer:1.4'], true);
    expect(copied).toEqual(['acme/peer:1.4', 'acme/peer:latest']);
    expect([...to.images.keys()]).toEqual(copied);
  });
});

/** A network of four peers, two on each machine, and its engines. */
async function network(flags = {}) {
  const spec = await writeNetwork(await tempDir(), '2.5.12', { orgs: '2', peers: '2' });
  const release = releaseOf('2.5.12');
  if (!release) throw new Error('no release');
  const peers = allPeers(spec);
  const placement = Object.fromEntries(peers.map(({ name, org }) => [name, org === 'Org1' ? 'm1' : 'm2']));
  const engines = { m1: new Engine(), m2: new Engine() };
  const docker = { on: (machine: 'm1' | 'm2') => engines[machine] };
  const context = {
    docker,
    spec: { ...spec, placement },
    config: { proveEveryPeer: false, ...flags },
    settings: { release },
    signal,
  };
  return { context: context as never, engines, peers, release };
}

const PACKED = { label: 'mycc_1.0', mark: 'ab' };

describe('chaincode of peers on several machines', () => {
  it('is built by the first peer alone, and then has the names of the others on their machines', async () => {
    const { context, engines, peers, release } = await network();
    const imageOf = (peer: string) =>
      `${release.chaincodeImageName('fw-unit', peer, PACKED.label, PACKED.mark)}:latest`;
    const order: string[] = [];
    await onPeersSharing(context, PACKED, peers, 9, async ({ name }) => {
      order.push(name);
      if (order.length > 1) expect(engines.m2.images.size).toBe(2);
      else
        engines.m1.images.set(imageOf(name), {
          ...(await new Engine({ x: 'built' }).inspectImage('x')),
          tags: [],
        } as never);
    });
    expect(order[0]).toBe('peer0.org1.example.com');
    expect(order).toHaveLength(4);
    const names = ['peer0.org2.example.com', 'peer1.org2.example.com'].map(imageOf);
    expect([...engines.m2.images].map(([name, { id }]) => [name, id])).toEqual(
      names.map((name) => [name, 'built']),
    );
  });

  it('is not shared if the call of the first peer builds nothing, as an installation in 1.x', async () => {
    const { context, engines, peers } = await network();
    const called: string[] = [];
    await onPeersSharing(context, PACKED, peers, 9, async ({ name }) => {
      called.push(name);
    });
    expect(called).toHaveLength(4);
    expect(engines.m2.images.size).toBe(0);
  });

  it('is built by each peer where each must prove it', async () => {
    const { context, engines, peers } = await network({ proveEveryPeer: true });
    const [first] = peers;
    if (!first) throw new Error('no peer');
    expect(farPeers(context, first, peers)).toEqual([]);
    await onPeersSharing(context, PACKED, peers, 9, async () => undefined);
    expect(engines.m2.images.size).toBe(0);
  });
});
