/** Requests that change something on a host that is gone: a real server that stops to accept connections. */
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { DockerPort } from '../../../../src/pipeline/engine/docker-port.ts';
import { selfSigned } from '../../../support/self-signed.ts';
import { tempDir } from '../../../support/temp-dir.ts';

/** An engine that answers when a test says. */
async function slowEngine() {
  const waiting: ServerResponse[] = [];
  let connections = 0;
  const server = createServer((_, response) => {
    waiting.push(response);
    server.emit('asked');
  });
  server.on('connection', () => {
    connections += 1;
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const abort = new AbortController();
  const { port } = server.address() as AddressInfo;
  const address = { endpoint: `tcp://127.0.0.1:${port}`, origin: { kind: 'default' } } as const;
  const docker = new DockerPort(address, abort.signal);
  const asked = once(server, 'asked');
  const stopping = docker.stopContainer('c1', 10);
  stopping.catch(() => undefined);
  await asked;
  return {
    stopping,
    abort,
    /** New connections are refused. The old one stays open and silent, as that to a machine that was cut off. */
    vanish: () => void server.close(),
    /** Resolves when the host was asked so often whether it is there. */
    probed: async (times: number) => {
      while (connections < 1 + times) await once(server, 'connection');
    },
    answer: () => {
      for (const response of waiting) response.writeHead(204).end();
    },
  };
}

const GONE = { failure: { kind: 'engine', problem: 'gone', detail: { key: 'detail.host-silent' } } };

it('a request ends when the host does not accept connections any more', async () => {
  const { stopping, vanish } = await slowEngine();
  vanish();
  await expect(stopping).rejects.toMatchObject(GONE);
});

it('a cancelled run does not wait for a host that is gone', async () => {
  const { stopping, abort, vanish } = await slowEngine();
  vanish();
  const since = performance.now();
  abort.abort();
  await expect(stopping).rejects.toMatchObject(GONE);
  expect(performance.now() - since).toBeLessThan(1000);
});

it('a request goes on while the host is there, however long it takes', async () => {
  const { stopping, abort, answer, probed } = await slowEngine();
  abort.abort();
  // Twice: at once, and at the next interval.
  await probed(2);
  answer();
  await expect(stopping).resolves.toBeUndefined();
});

it('an engine with TLS sees whole handshakes only', async () => {
  const waiting: ServerResponse[] = [];
  const identity = selfSigned();
  const server = createTlsServer(identity, (_, response) => {
    waiting.push(response);
    server.emit('asked');
  });
  let broken = 0;
  server.on('tlsClientError', () => {
    broken += 1;
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const { port } = server.address() as AddressInfo;
  const certificates = await tempDir();
  await writeFile(join(certificates, 'ca.pem'), identity.cert);
  const address = { endpoint: `tcp://127.0.0.1:${port}`, certificates, unverified: true } as const;
  const abort = new AbortController();
  const docker = new DockerPort({ ...address, origin: { kind: 'variable' } }, abort.signal);
  const asked = once(server, 'asked');
  const stopping = docker.stopContainer('c1', 10);
  await asked;
  const probe = once(server, 'secureConnection');
  abort.abort();
  await probe;
  expect(broken).toBe(0);
  for (const response of waiting) response.writeHead(204).end();
  await expect(stopping).resolves.toBeUndefined();
});
