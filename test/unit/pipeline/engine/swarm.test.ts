/** The network of a Swarm, made by engines that answer as Docker does. */
import { describe, expect, it } from 'vitest';
import { answeringEngine, json } from '../../../support/answering-engine.ts';

const OVERLAY = { Name: 'acme', Driver: 'overlay', Attachable: true };

/** Makes the network `acme` on an engine that has these networks. */
async function make(networks: readonly object[]) {
  const { docker } = await answeringEngine('Docker/20.10.24 (linux)', {
    'POST /networks/create': json({ message: 'network with name acme already exists' }, 409),
    'GET /networks': json(networks),
  });
  return docker.createOverlay('acme', {});
}

describe('the network of a Swarm', () => {
  it('is used again', async () => {
    await expect(make([OVERLAY])).resolves.toBeUndefined();
  });

  it.each([
    ['a network on one engine', { Name: 'acme', Driver: 'bridge', Attachable: false }],
    ['one that containers cannot join', { ...OVERLAY, Attachable: false }],
    ['one that is only found by a part of its name', { ...OVERLAY, Name: 'acme-two' }],
  ])('is not %s', async (_, network) => {
    await expect(make([network])).rejects.toMatchObject({
      failure: { kind: 'usage', message: { key: 'usage.no-overlay', name: 'acme' } },
    });
  });
});
