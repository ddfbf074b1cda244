import { expect, it, onTestFinished } from 'vitest';
import { LABEL } from '../../../../src/pipeline/engine/labels.ts';
import { openJournal } from '../../../../src/pipeline/journal/journal.ts';
import { STATE_KEYS } from '../../../../src/pipeline/journal/state-keys.ts';
import { findReplaced, portHolders } from '../../../../src/pipeline/stages/replaced-nodes.ts';
import { stageContext, TEST_PROJECT } from '../../../support/contexts.ts';
import { nodeContainer, nodeLabels } from '../../../support/fake-engine.ts';
import { socketEngine } from '../../../support/socket-engine.ts';
import { tempDir } from '../../../support/temp-dir.ts';

const container = (node: string, port: number | undefined) => ({
  name: `net-${node}`,
  labels: { [LABEL.node]: node },
  ports: [{ private: 7051, public: port, ip: '127.0.0.1' }],
});
const wanted = (node: string, port: number) => ({ node, port, wantedBy: node });

it('a container with a port that another node gets is removed first, one with its own or no port is not', () => {
  const containers = [
    container('peer0.org1', 7051),
    container('peer0.org2', 8051),
    // It is no node of the new network.
    container('peer0.org3', 9051),
    container('orderer', undefined),
  ];
  const ports = [
    wanted('peer0.org1', 7051),
    wanted('peer1.org1', 8051),
    wanted('peer0.org2', 9051),
    wanted('peer1.org2', 10051),
  ];
  expect(portHolders(containers, ports).map(({ name }) => name)).toEqual([
    'net-peer0.org2',
    'net-peer0.org3',
  ]);
});

it.each([
  ['elsewhere is removed first', true, [`${TEST_PROJECT}-cli`]],
  ['on this host is recreated by compose', false, []],
])('a container with the files of another network %s', async (_, tcp, unusable) => {
  const dir = await tempDir();
  const of = (node: string, instance: string) =>
    nodeContainer(TEST_PROJECT, node, {
      labels: { ...nodeLabels(TEST_PROJECT, node), [LABEL.instance]: instance },
    });
  const { docker } = await socketEngine({
    tcp,
    containers: [of('cli', 'c0ffee'), of('orderer.example.com', 'abcdef')],
    networks: [{ name: TEST_PROJECT, labels: { [LABEL.project]: TEST_PROJECT } }],
  });
  const journal = await openJournal(dir, { command: 'test' });
  onTestFinished(() => journal.close());
  await journal.setFact(STATE_KEYS.crypto, { fingerprint: '', instance: 'abcdef' });
  const { context } = await stageContext({ dir, docker }, journal, new AbortController().signal);
  const replaced = await findReplaced(context);
  expect(replaced.unusable.map(({ name }) => name)).toEqual(unusable);
});
