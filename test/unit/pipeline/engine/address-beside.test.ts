/** How the engines of other nodes of a Swarm are reached. */
import { describe, expect, it } from 'vitest';
import {
  addressBeside,
  addressLike,
  type EngineAddress,
} from '../../../../src/pipeline/engine/engine-address.ts';

const TLS = { certificates: '/home/me/.docker', unverified: true };

function selected(endpoint: string, more: Partial<EngineAddress> = {}): EngineAddress {
  return { endpoint, origin: { kind: 'variable' }, ...more };
}

describe('the address of another machine', () => {
  it.each([
    ['unix:///var/run/docker.sock', '10.0.0.2', 'ssh://10.0.0.2'],
    ['unix:///var/run/docker.sock', 'fd00::2', 'ssh://[fd00::2]'],
    ['ssh://me@far:2222/run/user/1/docker.sock', '10.0.0.2', 'ssh://me@10.0.0.2:2222/run/user/1/docker.sock'],
    ['ssh://far', 'fd00::2', 'ssh://[fd00::2]'],
    ['tcp://far:2375', '10.0.0.2', 'tcp://10.0.0.2:2375'],
    ['tcp://[fd00::1]:2375', 'fd00::2', 'tcp://[fd00::2]:2375'],
    ['https://far:2376', '10.0.0.2', 'https://10.0.0.2:2376'],
  ])('beside %s at %s is %s', (endpoint, host, address) => {
    expect(addressBeside(selected(endpoint), host)).toEqual({ endpoint: address });
  });

  it('has the certificates of the selected one, unless nothing there uses them', () => {
    expect(addressBeside(selected('tcp://far:2376', TLS), '10.0.0.2')).toEqual({
      endpoint: 'tcp://10.0.0.2:2376',
      ...TLS,
    });
    const named = addressLike(selected('tcp://far:2376', TLS), 'tcp://other:2376');
    expect(named).toEqual({ endpoint: 'tcp://other:2376', ...TLS });
    expect(addressLike(selected('tcp://far:2376', TLS), 'ssh://other')).toEqual({ endpoint: 'ssh://other' });
  });
});
