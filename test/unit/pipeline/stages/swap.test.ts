import { expect, it } from 'vitest';
import { firstOfEach } from '../../../../src/pipeline/stages/swap.ts';

const swap = (node: string, programs: Readonly<Record<string, string>>) => ({ node, programs });
const names = (swaps: readonly { readonly node: string }[]) => swaps.map(({ node }) => node);

it('one node of each set of programs is restarted before the others', () => {
  const { first, rest } = firstOfEach([
    swap('orderer', { orderer: '1' }),
    swap('peer0', { peer: '2' }),
    swap('peer1', { peer: '2' }),
    swap('orderer2', { orderer: '1' }),
    // Was changed by hand: it gets one program more.
    swap('peer2', { peer: '2', other: '3' }),
  ]);
  expect(names(first)).toEqual(['orderer', 'peer0', 'peer2']);
  expect(names(rest)).toEqual(['peer1', 'orderer2']);
});

it('a single node is the first', () => {
  expect(firstOfEach([swap('peer0', { peer: '1' })])).toMatchObject({ first: [{ node: 'peer0' }], rest: [] });
});
