/** Checks whether a node accepts connections on its published port. */
import { connect as tcpConnect } from 'node:net';
import { connect as tlsConnect } from 'node:tls';
import type { Text } from '../core/phrase.ts';
import { askDatabases } from './couchdb.ts';
import type { NetworkNode, NodeSpec } from './network-spec.ts';

/**
 * Opens one TLS (or plain TCP) connection to a published port. A complete handshake is enough: the certificate is not
 * verified, because OpenSSL rejects 1.0's certificates ("unsuitable certificate purpose").
 */
function tryConnect(node: NodeSpec, tls: boolean): Promise<{ yes: true } | { no: Text }> {
  return new Promise((resolve) => {
    const address = { host: '127.0.0.1', port: node.port };
    const socket = tls
      ? tlsConnect({ ...address, rejectUnauthorized: false, servername: 'localhost', ALPNProtocols: ['h2'] })
      : tcpConnect(address);
    const end = (answer: { yes: true } | { no: Text }) => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(2000, () => end({ no: { key: 'last.silent', port: node.port } }));
    socket.once(tls ? 'secureConnect' : 'connect', () => end({ yes: true }));
    socket.once('error', (error) => end({ no: error.message }));
    socket.once('close', () => end({ no: { key: 'last.closed', port: node.port } }));
  });
}

/** Checks a node: CouchDB by HTTP, other nodes by a connection. */
export async function askNode(
  { node, role }: NetworkNode,
  tls: boolean,
): Promise<{ readonly yes: true } | { readonly no: Text }> {
  if (role !== 'couchdb') return tryConnect(node, tls);
  const answer = await askDatabases(node);
  return 'yes' in answer ? { yes: true } : answer;
}
