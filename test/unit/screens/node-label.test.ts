import { expect, it } from 'vitest';
import { shortNode } from '../../../src/screens/node-label.ts';

it.each([
  ['peer0.org1.example.com', 'peer0.org1'],
  ['ca.org1.example.com', 'ca.org1'],
  ['ca.acme.com', 'ca.acme'],
  ['orderer2.example.com', 'orderer2'],
  ['cli', 'cli'],
])('%s is short as %s', (node, short) => {
  expect(shortNode(node)).toBe(short);
});
