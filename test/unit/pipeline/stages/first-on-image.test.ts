import { expect, it } from 'vitest';
import { firstOnImage, type NodeToStart } from '../../../../src/pipeline/stages/first-on-image.ts';

const node = (name: string, image: NodeToStart['image'], running = true) => ({ node: name, image, running });

it('one node of each image goes before the others', () => {
  const nodes = [
    node('orderer', 'orderer'),
    node('peer0', 'peer'),
    node('peer1', 'peer'),
    node('orderer2', 'orderer'),
    node('peer2', 'peer'),
  ];
  expect(firstOnImage(nodes)).toEqual(['orderer', 'peer0']);
});

it('a node that is down goes first, so that a second attempt stops no other node', () => {
  expect(firstOnImage([node('peer0', 'peer'), node('peer1', 'peer', false), node('peer2', 'peer')])).toEqual([
    'peer1',
  ]);
});

it('no node waits for another if none is lost by it', () => {
  expect(firstOnImage([node('peer0', 'peer')])).toEqual([]);
  expect(firstOnImage([node('peer0', 'peer', false), node('peer1', 'peer', false)])).toEqual([]);
  expect(firstOnImage([node('peer0', 'peer'), node('orderer', 'orderer')])).toEqual([]);
});
