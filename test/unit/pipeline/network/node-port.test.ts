/** The check of a node's port, against servers that note how each connection ends. */
import { type AddressInfo, createServer as createTcpServer, type Server } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { createServer as createTlsServer } from 'node:tls';
import { execa } from 'execa';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { InsideEngine } from '../../../../src/pipeline/network/inside-port.ts';
import type { NetworkNode } from '../../../../src/pipeline/network/network-spec.ts';
import { askNode } from '../../../../src/pipeline/network/node-port.ts';
import { selfSigned } from '../../../support/self-signed.ts';

async function listening(server: Server): Promise<number> {
  onTestFinished(() => void server.close());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

const NOT_NEEDED = {
  exec: () => Promise.reject(new Error('no command is needed')),
  attachTerminal: () => Promise.reject(new Error('no terminal is needed')),
};

function ask(port: number, tls: boolean) {
  const node = { node: { name: 'peer0.org1.example.com', port }, role: 'peer' } as NetworkNode;
  const address = { endpoint: 'unix:///var/run/docker.sock', origin: { kind: 'default' } } as const;
  const network = { docker: { ...NOT_NEEDED, address }, spec: { tls, project: 'p' } };
  return askNode(network, node, undefined, new AbortController().signal);
}

/** Runs commands here, as the container of a node on an engine elsewhere. */
function container({ hasBash = true } = {}): InsideEngine['docker'] {
  return {
    exec: async (_id, [program = '', ...args]) => {
      const { exitCode = -1, stdout, stderr } = await execa(program, args);
      return { exitCode, stdout, stderr };
    },
    attachTerminal: async (_id, [program = '', ...args], { input, output, signal }) => {
      if (!hasBash) return 126;
      const started = execa(program, args, { reject: false, cancelSignal: signal });
      input.pipe(started.stdin);
      started.stdout.pipe(output, { end: false });
      return (await started).exitCode ?? -1;
    },
  };
}

function askInside(port: number, tls: boolean, docker = container()) {
  // Nothing listens at the published port.
  const node = { name: 'peer0.org1.example.com', port: 1, listens: port };
  const address = { endpoint: 'tcp://far:2376', origin: { kind: 'variable' } } as const;
  const network = { docker: { ...docker, address }, spec: { tls, project: 'p' } };
  return askNode(network, { node, role: 'peer' }, 'id', new AbortController().signal);
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

describe('the check of a node on an engine elsewhere', () => {
  it('completes a handshake in the container', async () => {
    const server = createTlsServer(selfSigned());
    const ended = new Promise<string>((resolve) => {
      server.once('secureConnection', (socket) => {
        socket.once('end', () => resolve('ended'));
        socket.resume();
      });
      server.once('tlsClientError', (error) => resolve(error.message));
    });
    expect(await askInside(await listening(server), true)).toEqual({ yes: true });
    expect(await ended).toBe('ended');
  });

  it('waits for a shell that takes longer than a connection on this host', async () => {
    const docker = container();
    // The time that a slow link takes for a few round trips.
    const attachTerminal: typeof docker.attachTerminal = async (...args) => {
      await delay(2200);
      return docker.attachTerminal(...args);
    };
    const port = await listening(createTlsServer(selfSigned()));
    expect(await askInside(port, true, { ...docker, attachTerminal })).toEqual({ yes: true });
  });

  it('is not satisfied with a port behind which nobody speaks TLS', async () => {
    const server = createTcpServer((socket) => socket.destroy());
    const port = await listening(server);
    expect(await askInside(port, true)).toHaveProperty('no');
    expect(await askInside(port, false)).toEqual({ yes: true });
    await new Promise((resolve) => server.close(resolve));
    expect(await askInside(port, false)).toHaveProperty('no');
  });

  it('is satisfied with a port if the image has no bash', async () => {
    const server = createTcpServer((socket) => socket.destroy());
    const port = await listening(server);
    expect(await askInside(port, true, container({ hasBash: false }))).toEqual({ yes: true });
  });
});
