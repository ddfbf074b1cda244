import { describe, expect, it } from 'vitest';
import { endpointTarget, hostPathOf } from '../../../../src/pipeline/resolve/engine-facts.ts';

/** As first-network, test-network and people by hand mount the engine's socket. */
const FOLDER = [{ source: '/var/run', destination: '/host/var/run' }];
const SOCKET = [
  { source: '/run/user/1000/docker.sock', destination: '/host/var/run/docker.sock' },
  { source: '/somewhere', destination: '/host' },
];

describe('where a path of a container stands on the host', () => {
  it.each([
    ['/host/var/run/docker.sock', FOLDER, '/var/run/docker.sock'],
    [
      '/host/var/run/docker.sock',
      [{ source: '/var/run/', destination: '/host/var/run/' }],
      '/var/run/docker.sock',
    ],
    ['/host/var/run/docker.sock', SOCKET, '/run/user/1000/docker.sock'],
    ['/host/other', SOCKET, '/somewhere/other'],
    ['/host/var/running', FOLDER, undefined],
    ['/var/run/docker.sock', FOLDER, undefined],
  ])('%s', (path, mounts, expected) => {
    expect(hostPathOf(path, mounts)).toBe(expected);
  });
});

describe('where vm.endpoint leads', () => {
  it.each([
    ['unix:///host/var/run/docker.sock', FOLDER, { how: 'socket', hostPath: '/var/run/docker.sock' }],
    ['unix:///var/run/docker.sock', FOLDER, { how: 'not-mounted' }],
    ['unix:///var/run/docker.sock', undefined, { how: 'ours' }],
    ['tcp://build:2376', FOLDER, { how: 'tcp' }],
    ['tcp://build:2376', undefined, { how: 'tcp' }],
    ['', FOLDER, { how: 'disabled' }],
  ])('%s', (endpoint, mounts, expected) => {
    expect(endpointTarget(endpoint, mounts)).toEqual(expected);
  });
});
