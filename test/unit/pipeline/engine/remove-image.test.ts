/** Removing an image together with the images of its build steps. */
import { describe, expect, it } from 'vitest';
import { type EngineImage, socketEngine } from '../../../support/socket-engine.ts';

const BASE: EngineImage = { id: 'sha256:base', tags: ['acme/base:1'] };
const SHARED: EngineImage = { id: 'sha256:shared', tags: [], parent: BASE.id };
const STEP: EngineImage = { id: 'sha256:step', tags: [], parent: SHARED.id };
const BUILT: EngineImage = { id: 'sha256:built', tags: ['acme/peer:1', 'acme/peer:2'], parent: STEP.id };

describe('removing an image', () => {
  it('removes the steps that the engine keeps, but not the base image', async () => {
    const { docker, removed } = await socketEngine({ images: [BASE, SHARED, STEP, BUILT] });
    await docker.removeImage('acme/peer:1', true);
    expect(removed()).toEqual(['/images/acme/peer:1']);
    await docker.removeImage('acme/peer:2', true);
    expect(removed().slice(1)).toEqual([
      '/images/acme/peer:2',
      '/images/sha256:step',
      '/images/sha256:shared',
    ]);
  });

  it('removes the steps up to one that is gone', async () => {
    const { docker, removed } = await socketEngine({ images: [STEP, { ...BUILT, tags: [] }] });
    await docker.removeImage(BUILT.id);
    expect(removed()).toEqual(['/images/sha256:built', '/images/sha256:step']);
  });

  it('keeps a step that another image is based on, and what that is based on', async () => {
    const conflict = { status: 409, body: { message: 'image has dependent child images' } };
    const engine = await socketEngine({
      images: [BASE, SHARED, STEP, BUILT],
      refusals: { '/images/sha256:step': conflict },
    });
    for (const tag of BUILT.tags) await engine.docker.removeImage(tag);
    expect(engine.removed()).toEqual(['/images/acme/peer:1', '/images/acme/peer:2']);
  });

  it('keeps a base image that has lost its name: it has no parent', async () => {
    const images = [
      { ...BASE, tags: [] },
      { ...BUILT, parent: BASE.id },
    ];
    const { docker, removed } = await socketEngine({ images });
    for (const tag of BUILT.tags) await docker.removeImage(tag);
    expect(removed()).toEqual(['/images/acme/peer:1', '/images/acme/peer:2']);
  });

  it('names the step by its whole id: Podman writes parents without the prefix, and fails to look up such an id', async () => {
    const hex = '0123456789abcdef'.repeat(4);
    const built: EngineImage = { id: 'sha256:built', tags: ['acme/peer:1'], parent: hex };
    const { docker, requests } = await socketEngine({ images: [built] });
    await docker.removeImage('acme/peer:1', true);
    expect(requests.at(-1)).toBe(`GET /images/sha256:${hex}/json`);
  });

  it('begins when the removal before has ended, also if that failed', async () => {
    const one: EngineImage = { id: 'sha256:one', tags: ['acme/one:1'] };
    const two: EngineImage = { id: 'sha256:two', tags: ['acme/two:1'] };
    const refusals = { '/images/acme/one:1': { status: 409, body: { message: 'in use' } } };
    const { docker, requests } = await socketEngine({ images: [one, two], refusals });
    const ended = await Promise.allSettled(
      ['acme/one:1', 'acme/two:1'].map((tag) => docker.removeImage(tag, true)),
    );
    expect(ended.map(({ status }) => status)).toEqual(['rejected', 'fulfilled']);
    const first = requests.findIndex((request) => request.includes('two'));
    expect(requests.slice(first).filter((request) => request.includes('one'))).toEqual([]);
  });

  it('does nothing if there is no such image', async () => {
    const { docker, removed } = await socketEngine({});
    await docker.removeImage('acme/absent:1');
    expect(removed()).toEqual([]);
  });
});
