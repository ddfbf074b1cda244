/** What is mounted in containers is the socket where the engine runs, which is not always that of the client. */
import { describe, expect, it } from 'vitest';
import { socketElsewhere } from '../../../../src/pipeline/core/engine-origin.ts';
import { socketEngine } from '../../../support/socket-engine.ts';

describe("the engine's socket", () => {
  it('has the path that the client uses if the engine runs on this host', async () => {
    const { docker } = await socketEngine({});
    expect(await docker.socketOnHost()).toBe(docker.socketPath);
  });

  it('has its usual path in a virtual machine, whatever path the client uses', async () => {
    const { docker } = await socketEngine({ host: 'docker-desktop' });
    expect(docker.socketPath).not.toBe('/var/run/docker.sock');
    expect(await docker.socketOnHost()).toBe('/var/run/docker.sock');
  });

  it.each([
    ['tcp://far:2375', '/var/run/docker.sock'],
    ['ssh://me@far', '/var/run/docker.sock'],
    ['ssh://me@far/', '/var/run/docker.sock'],
    ['ssh://me@far:22/run/user/1000/docker.sock', '/run/user/1000/docker.sock'],
    ['unix:///home/me/.docker/run/docker.sock', '/var/run/docker.sock'],
  ])('of %s on another host is %s', (endpoint, path) => {
    expect(socketElsewhere(endpoint)).toBe(path);
  });
});
