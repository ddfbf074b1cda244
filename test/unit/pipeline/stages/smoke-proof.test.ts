import { describe, expect, it } from 'vitest';
import {
  type CommonEvidence,
  type PeerEvidence,
  proofOf,
} from '../../../../src/pipeline/stages/smoke-proof.ts';

const BUILT = { id: 'sha256:chaincode', layers: ['base', 'runtime', 'program'] };
const SEEN = { builderId: 'sha256:ccenv' };
const RECORDED = { ...SEEN, runtimeId: 'sha256:baseos', imageId: BUILT.id };

function proof({
  peer = {},
  common = {},
}: {
  peer?: Partial<PeerEvidence>;
  common?: Partial<CommonEvidence>;
}) {
  return proofOf(
    {
      peer: 'peer0',
      container: 'net-peer0-smoke-a-1.0',
      image: 'net-peer0-smoke-a-1.0-hash',
      found: BUILT,
      running: { state: 'running', imageId: BUILT.id },
      build: SEEN,
      before: '100',
      after: '90',
      ...peer,
    },
    {
      refs: { builder: 'ns/ccenv:1', runtime: 'ns/baseos:1' },
      builder: { id: 'sha256:ccenv' },
      runtime: { id: 'sha256:baseos', layers: ['base', 'runtime'] },
      ...common,
    },
  );
}

describe('the proof of a peer', () => {
  it.each([SEEN, RECORDED])('names the images that were used', (build) => {
    expect(proof({ peer: { build } })).toEqual({
      peer: 'peer0',
      container: 'net-peer0-smoke-a-1.0',
      image: 'net-peer0-smoke-a-1.0-hash',
      built: true,
      builder: { ref: 'ns/ccenv:1', id: 'sha256:ccenv' },
      runtime: { ref: 'ns/baseos:1', id: 'sha256:baseos' },
      before: '100',
      after: '90',
      ok: true,
    });
  });

  it('names the peer whose program it was given', () => {
    const build = { ...RECORDED, from: 'peer1' };
    expect(proof({ peer: { build } })).toMatchObject({ built: false, from: 'peer1', ok: true });
  });

  it('names the earlier build whose program it was given', () => {
    const earlier = { at: '2026-11-29T11:34:12Z', record: '0123456789ab' };
    const build = { ...RECORDED, earlier };
    expect(proof({ peer: { build } })).toMatchObject({ built: false, earlier, ok: true });
    // The image must be the same that built it.
    expect(proof({ peer: { build }, common: { builder: { id: 'sha256:other' } } })).toMatchObject({
      ok: false,
    });
  });

  it.each<[string, Parameters<typeof proof>[0]]>([
    ['its container has ended', { peer: { running: { state: 'exited', imageId: BUILT.id } } }],
    ['it has no container', { peer: { running: undefined } }],
    ['its container runs another image', { peer: { running: { state: 'running', imageId: 'sha256:old' } } }],
    ['no build was seen', { peer: { build: undefined } }],
    ['its builder is not known', { peer: { build: { builderId: '' } } }],
    ['the builder had another image than is named', { peer: { build: { builderId: 'sha256:x' } } }],
    ['the builder is gone', { common: { builder: undefined } }],
    ['its image was based on another runtime', { peer: { build: { ...RECORDED, runtimeId: 'sha256:x' } } }],
    ['its image was built again', { peer: { build: { ...RECORDED, imageId: 'sha256:x' } } }],
    ['the image stands on another runtime', { peer: { found: { ...BUILT, layers: ['base', 'program'] } } }],
    ['the runtime is gone', { common: { runtime: undefined } }],
    ['the value stayed', { peer: { after: '100' } }],
  ])('fails where %s', (_, evidence) => {
    expect(proof(evidence)).toMatchObject({ ok: false });
  });
});
