import { describe, expect, it } from 'vitest';
import { type OnEngine, otherNetworks } from '../../../../src/pipeline/doctor/other-networks.ts';
import { nodeLabels } from '../../../support/fake-engine.ts';

const nothing: OnEngine = { containers: [], networks: [], volumes: [], tags: [] };

function container(name: string, image: string, labels: Record<string, string> = {}, state = 'running') {
  return { name, image, labels, state, networks: [labels['com.docker.compose.project'] ?? 'bridge'] };
}

/** A node of our own. */
function node(project: string, state = 'running') {
  const labels = {
    ...nodeLabels(project, 'peer0'),
    ...composed(project, `/home/me/${project}/.fabric-wizard/network`),
  };
  return container(`${project}-peer0`, 'hyperledger/fabric-peer:1.4', labels, state);
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
    const containers = [
      container('web', 'nginx:1', composed('site', '/srv/site')),
      node('mine'),
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
        dir: '/home/me/fabric-samples/first-network',
        running: 2,
        stopped: 1,
        networks: ['net_byfn'],
        volumes: ['net_peer0.org1.example.com'],
        images: 0,
        remove: undefined,
      },
    ]);
    const stopped = found.containers.map((each) => ({ ...each, state: 'exited' }));
    expect(otherNetworks({ ...found, containers: stopped }, 'mine')[0]?.remove).toBe(
      'cd /home/me/fabric-samples/first-network && ./byfn.sh down',
    );
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
    ['microfab', container('microfab', 'ghcr.io/hyperledger-labs/microfab:latest'), 'docker rm microfab'],
    ['fabric-wizard', node('rl'), 'fabric-wizard down --project rl'],
    ['unknown', container('p0', 'acme/fabric-peer:1', composed('acme', '/srv/acme')), 'docker rm p0'],
  ] as const)('%s', (tool, one, remove) => {
    expect(otherNetworks({ ...nothing, containers: [one] }, 'mine')).toMatchObject([
      { tool, running: 1, remove: undefined },
    ]);
    expect(otherNetworks({ ...nothing, containers: [{ ...one, state: 'exited' }] }, 'mine')).toMatchObject([
      { tool, stopped: 1, remove },
    ]);
  });

  it('of this program are told with their folder', () => {
    expect(otherNetworks({ ...nothing, containers: [node('rl')] }, 'mine')).toMatchObject([
      { tool: 'fabric-wizard', name: 'rl', dir: '/home/me/rl' },
    ]);
  });

  it('of somebody who uses an image of this project are theirs', () => {
    const labels = { ...composed('theirs', '/srv/theirs'), 'io.fabric-wizard.project': 'mine' };
    const found = { ...nothing, containers: [container('p0', 'hyperledger/fabric-peer:1.4', labels)] };
    expect(otherNetworks(found, 'mine')).toMatchObject([
      { tool: 'unknown', name: 'theirs', dir: '/srv/theirs' },
    ]);
  });

  it('are removed by no command while their chaincode runs, and their volumes by none at all', () => {
    const chaincode = container('dev-peer0.org1.example.com-mycc-1.0', 'ab12');
    const found = { ...nothing, containers: [chaincode], networks: ['fabric_test'] };
    expect(otherNetworks(found, 'mine')).toMatchObject([{ running: 1, remove: undefined }]);
    const ledgers = { ...nothing, volumes: ['docker_orderer.example.com'] };
    expect(otherNetworks(ledgers, 'mine')).toMatchObject([{ volumes: ledgers.volumes, remove: undefined }]);
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
          "docker rm dev-peer0.org1.example.com-mycc-1.0 && docker image rm $(docker image ls -q 'dev-*') && docker network rm fabric_test",
      },
    ]);
  });
});
