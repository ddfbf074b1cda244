/** Checks whether a node is ready: whether it accepts connections on its published port. */
import { connect as tcpConnect } from 'node:net';
import { connect as tlsConnect } from 'node:tls';
import type { Text } from '../core/phrase.ts';
import type { DockerPort } from '../engine/docker-port.ts';
import { messageOf, statusOf } from '../engine/engine-answers.ts';
import { askDatabases } from './couchdb.ts';
import type { NetworkNode, NetworkSpec, NodeSpec } from './network-spec.ts';

type Answer = { readonly yes: true } | { readonly no: Text };

/**
 * Opens one TLS (or plain TCP) connection to a published port. A complete handshake is enough: the certificate is not
 * verified, because OpenSSL rejects 1.0's certificates ("unsuitable certificate purpose"). The connection is ended as
 * a client ends it: in TLS 1.3 the last message of the handshake is still to be sent when the client has finished, and
 * a node without it logs an error.
 */
function tryConnect(node: NodeSpec, tls: boolean): Promise<Answer> {
  return new Promise((resolve) => {
    const address = { host: '127.0.0.1', port: node.port };
    const socket = tls
      ? tlsConnect({ ...address, rejectUnauthorized: false, servername: 'localhost', ALPNProtocols: ['h2'] })
      : tcpConnect(address);
    socket.setTimeout(2000, () => {
      socket.destroy();
      resolve({ no: { key: 'last.silent', port: node.port } });
    });
    socket.once(tls ? 'secureConnect' : 'connect', () => {
      resolve({ yes: true });
      socket.end();
      // What the node sends is not read, but its end has to be seen. The process does not wait for that.
      socket.resume().unref();
    });
    socket.on('error', (error) => resolve({ no: error.message }));
    socket.once('close', () => resolve({ no: { key: 'last.closed', port: node.port } }));
  });
}

/** What asking a node needs. */
export interface AskedNetwork {
  readonly docker: Pick<DockerPort, 'exec'>;
  readonly spec: Pick<NetworkSpec, 'tls'>;
}

/** Runs the gateway's own check, which asks the engine through the socket of each peer. */
async function askGateway(
  { docker }: AskedNetwork,
  container: string | undefined,
  signal: AbortSignal,
): Promise<Answer> {
  if (container === undefined) return { no: { key: 'state.absent' } };
  try {
    const check = await docker.exec(container, ['/gateway', '-check'], { direct: true, signal });
    return check.exitCode === 0 ? { yes: true } : { no: (check.stderr || check.stdout).trim() };
  } catch (error) {
    // The engine refuses to run a command in a container that does not run.
    if (statusOf(error) === undefined) throw error;
    return { no: messageOf(error) };
  }
}

/**
 * Checks a node: CouchDB by HTTP, the gateway by its own check, other nodes by a connection. Prometheus has no TLS.
 * @param container id of its container, if it has one
 */
export async function askNode(
  network: AskedNetwork,
  { node, role }: NetworkNode,
  container: string | undefined,
  signal: AbortSignal,
): Promise<Answer> {
  if (role === 'gateway') return askGateway(network, container, signal);
  if (role !== 'couchdb') return tryConnect(node, role !== 'metrics' && network.spec.tls);
  const answer = await askDatabases(node);
  return 'yes' in answer ? { yes: true } : answer;
}
