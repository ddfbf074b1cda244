import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { DockerPort } from '../../../../src/pipeline/engine/docker-port.ts';

it.each<[number, RequestListener]>([
  [404, (_, answer) => void answer.writeHead(404).end()],
  [200, (_, answer) => void answer.end('<html>Welcome</html>')],
])('a server that is no engine and answers %d is told apart', async (status, answers) => {
  const server = createServer(answers);
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const docker = new DockerPort({ endpoint: `tcp://127.0.0.1:${port}`, origin: { kind: 'variable' } });
  await expect(docker.version()).rejects.toMatchObject({
    failure: { kind: 'engine', problem: 'unreachable', detail: { key: 'detail.no-engine', status } },
  });
});
