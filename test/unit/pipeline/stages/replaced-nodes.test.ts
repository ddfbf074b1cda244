import { expect, it } from 'vitest';
import { LABEL } from '../../../../src/pipeline/engine/labels.ts';
import { portHolders } from '../../../../src/pipeline/stages/replaced-nodes.ts';

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
