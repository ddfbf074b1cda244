import { describe, expect, it } from 'vitest';
import { type OnEngine, otherNetworks } from '../../../../src/pipeline/doctor/other-networks.ts';

const nothing: OnEngine = { containers: [], networks: [], volumes: [], tags: [] };

function container(name: string, image: string, labels: Record<string, string> = {}, state = 'running') {
  return { name, image, labels, state };
}

/** As compose labels what it starts. */
function composed(project: string, dir: string, more: Record<string, string> = {}) {
  return {
    'com.docker.compose.project': project,
    'com.docker.compose.project.working_dir': dir,
    ...more,
  };
}

describe('other networks', () => {
  it('are none where there is nothing, and no database, proxy or network of ours is one', () => {
    const ours = { 'io.fabric-wizard.project': 'mine', 'io.fabric-wizard.role': 'node' };
    const containers = [
      container('web', 'nginx:1', composed('site', '/srv/site')),
      container('mine-peer0', 'hyperledger/fabric-peer:1.4', ours),
      container('work', 'hyperledger/fabric-baseimage:x', {
        'io.fabric-wizard.project': 'other',
        'io.fabric-wizard.role': 'work',
      }),
    ];
    expect(otherNetworks({ ...nothing, containers, networks: ['bridge', 'site_default'] }, 'mine')).toEqual(
      [],
    );
  });

  it('byfn, with its networks and volumes, and its own tool to remove it', () => {
    const labels = composed('net', '/home/me/fabric-samples/first-network');
    const found: OnEngine = {
      containers: [
        container('peer0.org1.example.com', 'hyperledger/fabric-peer:latest', labels),
        container('orderer.example.com', 'hyperledger/fabric-orderer:latest', labels, 'exited'),
        container('cli', 'hyperledger/fabric-tools:latest', labels),
        container('dev-peer0.org1.example.com-mycc-1.0', 'dev-peer0.org1.example.com-mycc-1.0-26c2'),
      ],
      networks: ['net_byfn', 'bridge'],
      volumes: ['net_peer0.org1.example.com', 'other'],
      tags: ['dev-peer0.org1.example.com-mycc-1.0-26c2:latest'],
    };
    expect(otherNetworks(found, 'mine')).toEqual([
      {
        tool: 'byfn',
        name: 'net',
        running: 2,
        stopped: 1,
        networks: ['net_byfn'],
        volumes: ['net_peer0.org1.example.com'],
        images: 0,
        remove: 'cd /home/me/fabric-samples/first-network && ./byfn.sh down',
      },
    ]);
  });

  it.each([
    [
      'test-network',
      container(
        'peer0.org1.example.com',
        'hyperledger/fabric-peer:2.5',
        composed('compose', '/home/me/fabric samples/test-network/compose', {
          service: 'hyperledger-fabric',
        }),
      ),
      "cd '/home/me/fabric samples/test-network' && ./network.sh down",
    ],
    [
      'fablo',
      container(
        'peer0.org1.example.com',
        'hyperledger/fabric-peer:2.5.12',
        composed('fablo_network_202611221200', '/home/me/net/fablo-target/fabric-docker'),
      ),
      'cd /home/me/net && ./fablo down',
    ],
    ['microfab', container('microfab', 'ghcr.io/hyperledger-labs/microfab:latest'), 'docker rm -f microfab'],
    [
      'fabric-wizard',
      container('rl-peer0', 'hyperledger/fabric-peer:1.4', { 'io.fabric-wizard.project': 'rl' }),
      'fabric-wizard down --project rl',
    ],
    ['unknown', container('p0', 'acme/fabric-peer:1', composed('acme', '/srv/acme')), 'docker rm -f p0'],
  ] as const)('%s', (tool, one, remove) => {
    expect(otherNetworks({ ...nothing, containers: [one] }, 'mine')).toMatchObject([
      { tool, running: 1, remove },
    ]);
  });

  it('that are gone but for chaincode, networks and ledgers', () => {
    const found: OnEngine = {
      containers: [container('dev-peer0.org1.example.com-mycc-1.0', 'ab12', {}, 'exited')],
      networks: ['fabric_test', 'bridge'],
      volumes: ['docker_orderer.example.com', 'fabric-wizard-go-ba9bc96cf0ee'],
      tags: [
        'dev-peer0.org1.example.com-basic_1.0-0af:latest',
        'development:1',
        'mine-peer0.org1.example.com-a-1:latest',
      ],
    };
    expect(otherNetworks(found, 'mine')).toMatchObject([
      {
        tool: 'unknown',
        name: '',
        stopped: 1,
        images: 1,
        remove:
          "docker rm -f dev-peer0.org1.example.com-mycc-1.0 && docker image rm $(docker image ls -q 'dev-*') && docker network rm fabric_test && docker volume rm docker_orderer.example.com",
      },
    ]);
  });
});
