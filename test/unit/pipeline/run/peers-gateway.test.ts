import { expect, it } from 'vitest';
import { peersHaveGateway } from '../../../../src/pipeline/run/prepare.ts';

const WITH = { gateway: { name: 'gateway' } };

it('decides by the choices where nodes are started, and where no network is recorded', () => {
  for (const gateway of [true, false]) {
    expect(peersHaveGateway(true, { gateway }, {})).toBe(gateway);
    expect(peersHaveGateway(true, { gateway }, WITH)).toBe(gateway);
    expect(peersHaveGateway(false, { gateway }, undefined)).toBe(gateway);
  }
});

it('decides by the network where a smoke test leaves it as it is', () => {
  // A network of a version that knew no gateway, and the new default.
  expect(peersHaveGateway(false, { gateway: true }, {})).toBe(false);
  expect(peersHaveGateway(false, { gateway: false }, WITH)).toBe(true);
});
