import { describe, expect, it } from 'vitest';
import { endpointTarget, hostPathOf } from '../../../../src/pipeline/resolve/engine-facts.ts';

/** Common ways to mount the engine's socket. */
const FOLDER = [{ source: '/var/run', destination: '/host/var/run' }];
const SOCKET = [
  { source: '/run/user/1000/docker.sock', destination: '/host/var/run/docker.sock' },
  { source: '/somewhere', destination: '/host' },
];

describe('hostPathOf', () => {
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

describe('endpointTarget', () => {
  it.each([
    ['unix:///host/var/run/docker.sock', FOLDER, { kind: 'socket', hostPath: '/var/run/docker.sock' }],
    ['unix:///var/run/docker.sock', FOLDER, { kind: 'not-mounted' }],
    ['unix:///var/run/docker.sock', undefined, { kind: 'ours' }],
    ['tcp://build:2376', FOLDER, { kind: 'tcp' }],
    ['tcp://build:2376', undefined, { kind: 'tcp' }],
    ['', FOLDER, { kind: 'disabled' }],
  ])('%s', (endpoint, mounts, expected) => {
    expect(endpointTarget(endpoint, mounts)).toEqual(expected);
  });
});
