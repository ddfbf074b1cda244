/** What is known of the machines of a network. */
import { describe, expect, it } from 'vitest';
import type { SwarmNode } from '../../../../src/pipeline/engine/swarm.ts';
import { askMachines, machineTroubles } from '../../../../src/pipeline/network/machine-state.ts';

function node(name: string, more: Partial<SwarmNode> = {}): SwarmNode {
  const known = { address: '10.0.0.1', state: 'ready', availability: 'active', labels: {} } as const;
  return { id: `id-of-${name}`, name, ...known, updatedAt: 5000, ...more };
}

describe('the troubles of machines', () => {
  it.each([
    ['nothing', [], node('b'), []],
    ['one that does not answer', ['b'], node('b'), [{ machine: 'b', state: 'unreachable' }]],
    [
      'since when, if the Swarm has noticed',
      ['b'],
      node('b', { state: 'down' }),
      [{ machine: 'b', state: 'unreachable', since: 5000 }],
    ],
    [
      'one that only the Swarm has lost',
      [],
      node('b', { state: 'down', availability: 'drain' }),
      [{ machine: 'b', state: 'down', since: 5000 }],
    ],
    ['one that is drained', [], node('b', { availability: 'drain' }), [{ machine: 'b', state: 'drain' }]],
    ['one that is paused', [], node('b', { availability: 'pause' }), [{ machine: 'b', state: 'pause' }]],
    [
      'that a drained one does not answer',
      ['b'],
      node('b', { availability: 'drain' }),
      [{ machine: 'b', state: 'unreachable' }],
    ],
  ] as const)('are %s', (_, unreachable, known, troubles) => {
    expect(machineTroubles(['b', 'a'], unreachable, [node('a'), known])).toEqual(troubles);
  });

  it('are only of the machines of the network', () => {
    expect(machineTroubles(['a'], ['b'], [node('a'), node('b', { availability: 'drain' })])).toEqual([]);
  });

  it('are those of the engines if the Swarm does not tell', async () => {
    const docker = { unreachable: ['b'], swarmNodes: () => Promise.reject(new Error('no leader')) };
    const spec = { placement: { cli: 'a', 'peer0.org1.example.com': 'b' } };
    expect(await askMachines(docker, spec)).toEqual([{ machine: 'b', state: 'unreachable' }]);
    expect(await askMachines(docker, {})).toEqual([]);
  });
});
