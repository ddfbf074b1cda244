/** A node is started only if its ports are free: others can take them while it is down. */
import { type AddressInfo, createServer } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { actOnNode } from '../../../src/commands/node-service.ts';
import type { DockerPort } from '../../../src/pipeline/engine/docker-port.ts';
import { writeNetwork } from '../../support/made-network.ts';
import { tempDir } from '../../support/temp-dir.ts';

const HERE = { endpoint: 'unix:///var/run/docker.sock', origin: { kind: 'default' } } as const;
const NODE = 'peer0.org1.example.com';

/** Starts the peer, whose port is that of a program. @returns what was asked of the engine */
async function started(request: { readonly container: 'exited' | 'removed'; readonly frees: boolean }) {
  const server = createServer();
  onTestFinished(() => void server.close());
  // Below the ports that the system gives to connections.
  const port = await new Promise<number>((resolve) => {
    const attempt = () => {
      server.once('error', attempt);
      server.listen(12_051 + 10 * Math.floor(Math.random() * 500), '127.0.0.1', () =>
        resolve((server.address() as AddressInfo).port),
      );
    };
    attempt();
  });
  const dir = await tempDir();
  await writeNetwork(dir, '2.5.12', { orgs: '1', peers: '1', portBase: String(port - 1) });
  if (request.frees) await new Promise((resolve) => server.close(resolve));
  const asked: string[] = [];
  const docker = {
    address: HERE,
    listContainers: async () => [],
    startContainer: async (id: string) => void asked.push(`start ${id}`),
  } as Partial<DockerPort> as DockerPort;
  const container = request.container === 'removed' ? undefined : { id: 'p', state: 'exited' };
  const { signal } = new AbortController();
  const ended = actOnNode({
    ...{ docker, dir, project: 'fw-unit', node: NODE },
    container,
    action: 'start',
    signal,
  });
  const failure = await ended.then(
    () => undefined,
    (error: { failure?: unknown }) => error.failure,
  );
  return { port, asked, failure };
}

it.each(['exited', 'removed'] as const)('of a container that is %s', async (container) => {
  const { port, asked, failure } = await started({ container, frees: false });
  expect(failure).toMatchObject({
    kind: 'port-taken',
    taken: [{ port, wantedBy: NODE, owner: { key: 'owner.process', pid: String(process.pid) } }],
  });
  expect(asked).toEqual([]);
});

it('as soon as they are free', async () => {
  const { asked, failure } = await started({ container: 'exited', frees: true });
  expect(failure).toBeUndefined();
  expect(asked).toEqual(['start p']);
});
