/** The check of a node's port, against servers that note how each connection ends. */
import { type AddressInfo, createServer as createTcpServer, type Server } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { NetworkNode } from '../../../../src/pipeline/network/network-spec.ts';
import { askNode } from '../../../../src/pipeline/network/node-port.ts';
import { selfSigned } from '../../../support/self-signed.ts';

async function listening(server: Server): Promise<number> {
  onTestFinished(() => void server.close());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

function ask(port: number, tls: boolean) {
  const node = { node: { name: 'peer0.org1.example.com', port }, role: 'peer' } as NetworkNode;
  const docker = { exec: () => Promise.reject(new Error('no command is needed')) };
  return askNode({ docker, spec: { tls } }, node, undefined, new AbortController().signal);
}

describe('the check of a node', () => {
  it.each(['TLSv1.2', 'TLSv1.3'] as const)(
    'completes the handshake of %s, so that the node logs no error',
    async (version) => {
      const server = createTlsServer({ ...selfSigned(), minVersion: version, maxVersion: version });
      // What the node would log: `TLS handshake failed … EOF`.
      const ended = new Promise<string>((resolve) => {
        server.once('secureConnection', (socket) => {
          socket.once('error', (error) => resolve(error.message));
          socket.once('end', () => resolve('ended'));
          socket.resume();
        });
        server.once('tlsClientError', (error) => resolve(error.message));
      });
      expect(await ask(await listening(server), true)).toEqual({ yes: true });
      expect(await ended).toBe('ended');
    },
  );

  it('needs a connection only without TLS', async () => {
    const server = createTcpServer((socket) => socket.resume());
    expect(await ask(await listening(server), false)).toEqual({ yes: true });
  });

  it('refuses a port that closes the connection, or that nobody has', async () => {
    const server = createTcpServer((socket) => socket.destroy());
    const port = await listening(server);
    expect(await ask(port, true)).toHaveProperty('no');
    await new Promise((resolve) => server.close(resolve));
    expect(await ask(port, true)).toHaveProperty('no');
  });
});
