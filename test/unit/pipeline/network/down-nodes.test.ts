import { expect, it } from 'vitest';
import { loadConfig } from '../../../../src/pipeline/config/config.ts';
import { releaseOf } from '../../../../src/pipeline/fabric/release.ts';
import { downNodes, requiredNodes } from '../../../../src/pipeline/network/down-nodes.ts';
import { networkSpec, nodeNames } from '../../../../src/pipeline/network/network-spec.ts';
import { tempDir, writeFiles } from '../../../support/temp-dir.ts';

const [FIRST, SECOND, PEER] = ['orderer.example.com', 'orderer2.example.com', 'peer0.org1.example.com'];

it.each([
  ['etcdraft', 3, [SECOND], []],
  ['etcdraft', 3, [FIRST], []],
  ['etcdraft', 3, [FIRST, SECOND], [FIRST, SECOND]],
  ['etcdraft', 3, [SECOND, PEER], [PEER]],
  ['etcdraft', 5, [FIRST, SECOND], []],
  ['etcdraft', 2, [FIRST], [FIRST]],
  ['BFT', 4, [FIRST], []],
  ['BFT', 6, [FIRST, SECOND], [FIRST, SECOND]],
  ['BFT', 7, [FIRST, SECOND], []],
  ['solo', 1, [FIRST], [FIRST]],
] as const)('%s with %i orderers, and %j down, lacks %j', async (consensus, orderers, down, lacking) => {
  const { values } = await loadConfig({ dir: '/nowhere', flags: { consensus, orderers } });
  const release = releaseOf(consensus === 'BFT' ? '3.1.1' : '2.5.12');
  if (!release) throw new Error(consensus);
  const nodes = down.map((node) => ({ node, state: 'exited' }));
  const found = requiredNodes(networkSpec(values, release, 'fw'), nodes);
  expect(found.map(({ node }) => node)).toEqual(lacking);
});

it.each([['with'], ['without']])('Prometheus is not required, %s a record of the network', async (record) => {
  const { values } = await loadConfig({ dir: '/nowhere', flags: { metrics: true } });
  const release = releaseOf('2.5.12');
  if (!release) throw new Error('2.5.12');
  const spec = record === 'with' ? networkSpec(values, release, 'fw') : undefined;
  const down = downNodes(
    spec,
    new Map(
      [...(spec ? nodeNames(spec) : [PEER, 'prometheus'])].map((node) => [
        node,
        { state: node === 'prometheus' ? 'exited' : 'running' },
      ]),
    ),
  );
  expect(down.map(({ node }) => node)).toEqual(['prometheus']);
  expect(requiredNodes(spec, down)).toEqual([]);
});

it('a paused orderer is required, because peers stay connected to it', async () => {
  const { values } = await loadConfig({ dir: '/nowhere', flags: { consensus: 'etcdraft', orderers: 3 } });
  const release = releaseOf('2.5.12');
  if (!release) throw new Error('2.5.12');
  const paused = { node: SECOND, state: 'paused' };
  expect(requiredNodes(networkSpec(values, release, 'fw'), [paused])).toEqual([paused]);
});

it('a node without a container is unreachable if its machine does not answer', async () => {
  const { values } = await loadConfig({ dir: '/nowhere', flags: { orgs: '1', peers: '2', gateway: false } });
  const release = releaseOf('2.5.12');
  if (!release) throw new Error('2.5.12');
  const spec = networkSpec(values, release, 'fw');
  const placement = Object.fromEntries(nodeNames(spec).map((node) => [node, node === PEER ? 'b' : 'a']));
  const without = (...gone: readonly string[]) =>
    new Map(
      nodeNames(spec)
        .filter((node) => !gone.includes(node))
        .map((node) => [node, { state: 'running' }]),
    );
  const placed = { ...spec, placement };
  expect(downNodes(placed, without(PEER), ['b'])).toEqual([{ node: PEER, state: 'unreachable' }]);
  expect(downNodes(placed, without(PEER))).toEqual([{ node: PEER, state: undefined }]);
  expect(downNodes(placed, without('peer1.org1.example.com'), ['b'])).toEqual([
    { node: 'peer1.org1.example.com', state: undefined },
  ]);
});

it('for a deployment, only the peers of its channels and the nodes that they use are required', async () => {
  const dir = await tempDir();
  await writeFiles(dir, {
    'fabric-wizard.yaml': `
couchdb: true
organisations:
  - { name: Org1, peers: 2 }
  - { name: Org2 }
channels:
  - { name: all }
  - { name: one, organisations: [Org1], peers: [peer0.org1.example.com] }
`,
  });
  const { values } = await loadConfig({ dir, flags: {} });
  const release = releaseOf('2.5.12');
  if (!release) throw new Error('2.5.12');
  const spec = networkSpec(values, release, 'fw');
  const down = nodeNames(spec).map((node) => ({ node, state: 'exited' }));
  const needed = (channels?: readonly string[]) =>
    requiredNodes(spec, down, channels)
      .map(({ node }) => node)
      .filter((node) => /^(?:peer|couchdb)/.test(node));
  expect(needed(['one'])).toEqual([PEER, 'couchdb0']);
  expect(needed(['one', 'all'])).toEqual(needed());
  expect(needed()).toHaveLength(8);
});
