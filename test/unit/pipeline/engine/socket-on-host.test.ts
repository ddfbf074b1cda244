/** What is mounted in containers is the socket where the engine runs, which is not always that of the client. */
import { describe, expect, it } from 'vitest';
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
});
