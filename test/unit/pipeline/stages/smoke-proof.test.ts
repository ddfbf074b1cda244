import { describe, expect, it } from 'vitest';
import {
  allProved,
  type CommonEvidence,
  type PeerEvidence,
  proofOf,
} from '../../../../src/pipeline/stages/smoke-proof.ts';

const BUILT = { id: 'sha256:chaincode', layers: ['base', 'runtime', 'program'] };
const REBUILT = { id: 'sha256:rebuilt', layers: ['base', 'runtime', 'other'] };
const IMAGE = 'net-peer0-smoke-a-1.0-hash';
const NAME = `${IMAGE}:latest`;

function proof({
  peer = {},
  common = {},
  seen = {},
}: {
  peer?: Partial<PeerEvidence>;
  common?: Partial<CommonEvidence>;
  seen?: Partial<CommonEvidence['seen']>;
}) {
  return proofOf(
    {
      peer: 'peer0',
      container: 'net-peer0-smoke-a-1.0',
      image: IMAGE,
      found: BUILT,
      running: { state: 'running', imageId: BUILT.id },
      before: '100',
      after: '90',
      ...peer,
    },
    {
      refs: { builder: 'ns/ccenv:1', runtime: 'ns/baseos:1' },
      builder: { id: 'sha256:ccenv' },
      runtime: { id: 'sha256:baseos', layers: ['base', 'runtime'] },
      seen: {
        containers: 1,
        imageIds: new Set(['sha256:ccenv']),
        named: new Map([[NAME, 1]]),
        ...seen,
      },
      ...common,
    },
  );
}

describe('the proof of a peer that builds', () => {
  it('names the images that the engine used', () => {
    expect(proof({})).toEqual({
      peer: 'peer0',
      container: 'net-peer0-smoke-a-1.0',
      image: IMAGE,
      built: true,
      builder: { ref: 'ns/ccenv:1', id: 'sha256:ccenv' },
      runtime: { ref: 'ns/baseos:1', id: 'sha256:baseos' },
      before: '100',
      after: '90',
      ok: true,
    });
  });

  it.each<[string, Parameters<typeof proof>[0]]>([
    ['its container has ended', { peer: { running: { state: 'exited', imageId: BUILT.id } } }],
    ['it has no container', { peer: { running: undefined } }],
    ['its container runs another image', { peer: { running: { state: 'running', imageId: 'sha256:old' } } }],
    ['no builder was seen', { seen: { imageIds: new Set() } }],
    ['builders had different images', { seen: { imageIds: new Set(['sha256:ccenv', 'sha256:x']) } }],
    ['the builder had another image than is named', { seen: { imageIds: new Set(['sha256:x']) } }],
    ['the image stands on another runtime', { peer: { found: { ...BUILT, layers: ['base', 'program'] } } }],
    ['the runtime is gone', { common: { runtime: undefined } }],
    ['the value stayed', { peer: { after: '100' } }],
  ])('fails where %s', (_, evidence) => {
    expect(proof(evidence)).toMatchObject({ built: true, ok: false });
  });
});

describe('the proof of a peer that is given a build', () => {
  const shared = BUILT.id;

  it('applies to the builder image, and names it', () => {
    expect(proof({ peer: { shared } })).toMatchObject({ built: false, ok: true });
  });

  it('fails where its name stands for another image in the end', () => {
    const running = { state: 'running', imageId: REBUILT.id };
    expect(proof({ peer: { shared, found: REBUILT, running } })).toMatchObject({ built: false, ok: false });
  });

  it('fails where its container runs another image', () => {
    const running = { state: 'running', imageId: REBUILT.id };
    expect(proof({ peer: { shared, running } })).toMatchObject({ built: false, ok: false });
  });

  it('counts as built where the peer built all the same, even to an image with the same id', () => {
    const seen = { named: new Map([[NAME, 2]]) };
    expect(proof({ peer: { shared }, seen })).toMatchObject({ built: true, ok: true });
    const running = { state: 'running', imageId: REBUILT.id };
    expect(proof({ peer: { shared, found: REBUILT, running }, seen })).toMatchObject({
      built: true,
      ok: true,
    });
  });
});

describe('the proof of a network', () => {
  const one = proof({});
  const given = proof({ peer: { shared: BUILT.id } });
  const seen = (containers: number) => ({ containers, imageIds: new Set<string>(), named: new Map() });

  it('needs a builder for each peer that built, and none for the others', () => {
    expect(allProved([one, given, given], seen(1))).toBe(true);
    expect(allProved([one, one, given], seen(1))).toBe(false);
    expect(allProved([one, one, given], seen(2))).toBe(true);
  });

  it('stands where others on the engine build, too', () => {
    expect(allProved([one, given], seen(3))).toBe(true);
  });

  it('needs every peer', () => {
    expect(allProved([one, { ...given, ok: false }], seen(1))).toBe(false);
  });
});
