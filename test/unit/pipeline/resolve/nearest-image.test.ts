import { describe, expect, it } from 'vitest';
import {
  difference,
  nearestImages,
  similarity,
  type Wanted,
} from '../../../../src/pipeline/resolve/nearest-image.ts';
import { localOf } from '../../../support/peers.ts';

const RUNTIME: Wanted = {
  role: 'runtime',
  ref: 'hyperledger/fabric-yxbaseos:amd64-0.4.22',
  ownRef: 'hyperledger/fabric-baseos:amd64-0.4.22',
  latestOnly: false,
  peerLayers: ['debian', 'peer'],
  peerNamespace: 'hyperledger',
  peerProject: 'fw-mine',
  architecture: 'amd64',
};
const BUILDER: Wanted = {
  ...RUNTIME,
  role: 'builder',
  ref: 'hyperledger/fabric-ccenv:2.5',
  ownRef: 'hyperledger/fabric-ccenv:2.5',
};

describe('similarity', () => {
  it.each([
    ['baseos', 'baseos', 1],
    ['yxbaseos', 'baseos', 10 / 12],
    ['ccenv', 'baseos', 0],
    ['', 'x', 0],
    ['aaaa', 'aa', 0.5],
  ])('%s and %s: %d', (a, b, expected) => {
    expect(similarity(a, b)).toBeCloseTo(expected);
    expect(similarity(b, a)).toBeCloseTo(expected);
  });
});

describe('difference', () => {
  it.each([
    ['x86_64-1.0.6', 'amd64-1.0.6', 'architecture'],
    ['arm64-1.0.6', 'aarch64-1.0.6', 'architecture'],
    ['arm64-1.0.6', '1.0.6', 'architecture'],
    ['arm64-1.0.6', 'aarch64-1.0.5', 'other'],
  ])('a peer that asks for %s, and an image that is %s', (wanted, found, cause) => {
    const asked = { ...BUILDER, ref: `hyperledger/fabric-ccenv:${wanted}` };
    expect(difference(asked, `hyperledger/fabric-ccenv:${found}`)).toEqual({ in: 'tag', cause });
  });
});

describe('nearestImages', () => {
  it("finds the image of the release's own template", () => {
    const locals = [
      localOf('c', ['hyperledger/fabric-ccenv:1.4']),
      localOf('b', ['hyperledger/fabric-baseimage:amd64-0.4.22'], { layers: ['debian', 'go'] }),
      localOf('o', ['hyperledger/fabric-baseos:x86_64-0.3.1', 'hyperledger/fabric-baseos:amd64-0.4.22'], {
        layers: ['debian'],
      }),
      localOf('p', ['hyperledger/fabric-peer:1.4'], { layers: ['debian', 'peer'] }),
    ];
    expect(nearestImages(RUNTIME, locals)).toEqual([
      {
        ref: 'hyperledger/fabric-baseos:amd64-0.4.22',
        id: 'o',
        because: ['own-template', 'repository', 'layers', 'tag', 'namespace'],
        likely: true,
      },
    ]);
  });

  it("finds a runtime of another name by the peer's layers, but not a builder", () => {
    const locals = [localOf('x', ['acme/thin:7'], { layers: ['debian'] })];
    expect(nearestImages(RUNTIME, locals)).toEqual([
      { ref: 'acme/thin:7', id: 'x', because: ['layers'], likely: true },
    ]);
    expect(nearestImages({ ...BUILDER, peerLayers: ['debian', 'peer'] }, locals)).toEqual([]);
  });

  it('prefers the same tag in another namespace, then the newest image', () => {
    const locals = [
      localOf('latest', ['other/fabric-ccenv:latest']),
      localOf('old', ['acme/fabric-ccenv:2.5'], { created: 1 }),
      localOf('new', ['emca/fabric-ccenv:2.5'], { created: 2 }),
    ];
    expect(nearestImages(BUILDER, locals).map(({ id }) => id)).toEqual(['new', 'old', 'latest']);
    // The namespace of the peer's own image wins.
    const [first] = nearestImages({ ...BUILDER, peerNamespace: 'acme' }, locals);
    expect(first?.id).toBe('old');
  });

  it('puts the images of another network last, unless they are in a namespace of the peer', () => {
    const labels = { 'io.fabric-wizard.project': 'fw-theirs' };
    const typo = { ...BUILDER, ref: 'acme/fabric-cenv:latest', peerNamespace: 'acme' };
    const mine = localOf('mine', ['acme/fabric-ccenv:1.4']);
    const theirs = localOf('theirs', ['other/fabric-ccenv:latest'], { labels });
    expect(nearestImages(typo, [theirs, mine]).map(({ id }) => id)).toEqual(['mine', 'theirs']);
    const shared = localOf('shared', ['acme/fabric-cenv:2.5'], { labels });
    expect(nearestImages(typo, [mine, shared]).map(({ id }) => id)).toEqual(['shared', 'mine']);
  });

  it('marks a match by name alone as not likely', () => {
    const [found] = nearestImages(BUILDER, [localOf('o', ['other/fabric-ccenv:amd64-1.4.12'])]);
    expect(found).toMatchObject({ because: ['repository'], likely: false });
  });

  it('returns at most three images, none of another architecture', () => {
    const many = ['a', 'b', 'c', 'd'].map((id) => localOf(id, [`${id}/fabric-ccenv:2.5`]));
    expect(nearestImages(BUILDER, many)).toHaveLength(3);
    const arm = many.map((image) => ({ ...image, architecture: 'arm64' }));
    expect(nearestImages(BUILDER, arm)).toEqual([]);
  });
});
