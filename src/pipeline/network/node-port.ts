/**
 * Checks whether a node is ready: whether it accepts connections on its published port or, on an engine elsewhere, on its
 * port in the container.
 */
import { connect as tcpConnect } from 'node:net';
import type { Duplex } from 'node:stream';
import { connect as tlsConnect } from 'node:tls';
import { hasNodesHere } from '../core/engine-origin.ts';
import type { Text } from '../core/phrase.ts';
import type { DockerPort } from '../engine/docker-port.ts';
import { messageOf, statusOf } from '../engine/engine-answers.ts';
import { caTrouble } from './ca-server.ts';
import { askDatabases } from './couchdb.ts';
import { patienceOf } from './deadlines.ts';
import { connectInside, listensInside } from './inside-port.ts';
import { METRICS_PORT } from './metrics-parts.ts';
import type { NetworkNode, NetworkSpec } from './network-spec.ts';

type Answer = { readonly yes: true } | { readonly no: Text };

/**
 * Makes one TLS connection (or a plain TCP one) over a port or a stream. A complete handshake is enough: the certificate is
 * not verified, because OpenSSL rejects 1.0's certificates ("unsuitable certificate purpose"). The connection is ended as
 * a client ends it: in TLS 1.3 the last message of the handshake is still to be sent when the client has finished, and
 * a node without it logs an error.
 */
function tryConnect(
  port: number,
  over: { readonly port: number; readonly host: string } | { readonly socket: Duplex },
  tls: boolean,
  patienceMs: number,
): Promise<Answer> {
  return new Promise((resolve) => {
    const socket = tls
      ? tlsConnect({ ...over, rejectUnauthorized: false, servername: 'localhost', ALPNProtocols: ['h2'] })
      : tcpConnect({ host: '127.0.0.1', port });
    socket.setTimeout(patienceMs, () => {
      socket.destroy();
      resolve({ no: { key: 'last.silent', port } });
    });
    socket.once(tls ? 'secureConnect' : 'connect', () => {
      resolve({ yes: true });
      socket.end();
      // What the node sends is not read, but its end has to be seen. The process does not wait for that.
      socket.resume().unref();
    });
    socket.on('error', (error) => resolve({ no: error.message }));
    socket.once('close', () => resolve({ no: { key: 'last.closed', port } }));
  });
}

/** Checks a node inside of its container: by a handshake or, without TLS or a shell, by whether the program listens. */
async function askInside(
  network: AskedNetwork,
  container: string,
  port: number,
  tls: boolean,
  signal: AbortSignal,
): Promise<Answer> {
  const found = await listensInside(network, container, port, signal);
  if (found !== true) return { no: found || { key: 'last.silent', port } };
  if (!tls) return { yes: true };
  const abort = new AbortController();
  const ending = AbortSignal.any([signal, abort.signal]);
  const { connection, hasShell } = connectInside(network, container, port, ending);
  const answer = await tryConnect(port, { socket: connection }, true, patienceOf(network.docker.address));
  if ('yes' in answer) return answer;
  abort.abort();
  return (await hasShell) ? answer : { yes: true };
}

/** Returns the port on which a node listens in its container. */
function insidePort(member: NetworkNode): number {
  switch (member.role) {
    case 'orderer':
    case 'peer':
      return member.node.listens;
    default:
      return METRICS_PORT;
  }
}

/** What asking a node needs. */
export interface AskedNetwork {
  readonly docker: Pick<DockerPort, 'address' | 'exec' | 'attachTerminal'>;
  readonly spec: Pick<NetworkSpec, 'tls' | 'project'>;
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
 * Checks a node: CouchDB and CAs by HTTP, the gateway by its own check, other nodes by a connection. Prometheus has no TLS.
 * @param container id of its container, if it has one
 */
export async function askNode(
  network: AskedNetwork,
  member: NetworkNode,
  container: string | undefined,
  signal: AbortSignal,
): Promise<Answer> {
  const { node, role } = member;
  if (role === 'gateway') return askGateway(network, container, signal);
  if (role === 'couchdb') {
    const answer = await askDatabases({ ...network, signal }, node);
    return 'yes' in answer ? { yes: true } : answer;
  }
  const tls = role !== 'metrics' && network.spec.tls;
  const { address } = network.docker;
  if (role === 'ca') {
    const trouble = await caTrouble(node.port, signal);
    return trouble === undefined ? { yes: true } : { no: trouble };
  }
  if (hasNodesHere(address))
    return tryConnect(node.port, { host: '127.0.0.1', port: node.port }, tls, patienceOf(address));
  if (container === undefined) return { no: { key: 'state.absent' } };
  return askInside(network, container, insidePort(member), tls, signal);
}
