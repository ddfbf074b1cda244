import { describe, expect, it } from 'vitest';
import { WizardFailure } from '../../../../src/pipeline/core/failure.ts';
import { nodeNamed } from '../../../../src/pipeline/network/node-names.ts';

const NODES = [
  'cli',
  'orderer.example.com',
  'orderer2.example.com',
  'peer0.org1.example.com',
  'peer0.org2.example.com',
];

function failureOf(name: string) {
  try {
    nodeNamed(name, NODES, (node) => `fabric-wizard node stop ${node}`);
  } catch (error) {
    if (error instanceof WizardFailure) return error.failure;
  }
  return undefined;
}

describe('the name of a node', () => {
  it.each([
    ['peer0.org1.example.com', 'peer0.org1.example.com'],
    ['peer0.org1', 'peer0.org1.example.com'],
    // Not orderer2, which also begins with it.
    ['orderer', 'orderer.example.com'],
    ['orderer2', 'orderer2.example.com'],
    ['c', 'cli'],
  ])('%s means %s', (name, node) => {
    expect(nodeNamed(name, NODES, (known) => known)).toBe(node);
  });

  it('may not mean several nodes', () => {
    expect(failureOf('peer0')).toMatchObject({
      kind: 'usage',
      message: { key: 'usage.ambiguous-node', nodes: 'peer0.org1.example.com, peer0.org2.example.com' },
      next: ['fabric-wizard node stop peer0.org1.example.com', 'fabric-wizard status'],
    });
  });

  it.each(['peer9', ''])('must be known: "%s"', (name) => {
    expect(failureOf(name)).toMatchObject({
      message: { key: 'usage.unknown-node', nodes: NODES.join(', ') },
    });
  });
});
