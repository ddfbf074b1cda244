import { readFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createServer } from 'node:tls';
import { execa } from 'execa';
import { expect, it, onTestFinished } from 'vitest';
import { tempDir } from '../../../support/temp-dir.ts';

const PRELOAD = join(import.meta.dirname, '../../../../compose/nodeenv/legacy-tls.cjs');
const CLIENT = `const socket = require('node:tls').connect({ port: Number(process.argv[1]), host: '127.0.0.1', servername: process.argv[2],
  ca: require('node:fs').readFileSync(process.env.CORE_PEER_TLS_ROOTCERT_FILE) }, () => { console.log(socket.authorized); socket.end(); });
socket.on('error', (error) => { console.log(error.message); });`;

/** Makes what a peer of 1.4 has: an authority for any purpose, and a certificate that it signs. */
async function certificates(dir: string): Promise<void> {
  const openssl = (...args: readonly string[]) => execa('openssl', args, { cwd: dir });
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  for (const name of ['ca', 'other'])
    await openssl(
      'req',
      '-x509',
      ...key,
      '-keyout',
      `${name}.key`,
      '-out',
      `${name}.pem`,
      '-subj',
      '/CN=ca',
      '-addext',
      'extendedKeyUsage=anyExtendedKeyUsage',
    );
  await openssl(
    'req',
    '-x509',
    '-CA',
    'ca.pem',
    '-CAkey',
    'ca.key',
    ...key,
    '-keyout',
    'peer.key',
    '-out',
    'peer.pem',
    '-subj',
    '/CN=peer0',
    '-addext',
    'subjectAltName=DNS:peer0',
    '-addext',
    'basicConstraints=CA:FALSE',
  );
}

it('chaincode on 1.4 trusts its own peer, and no other server', async () => {
  const dir = await tempDir();
  await certificates(dir);
  const [key, cert] = await Promise.all([readFile(join(dir, 'peer.key')), readFile(join(dir, 'peer.pem'))]);
  const server = createServer({ key, cert }, (socket) => socket.on('error', () => undefined));
  server.on('tlsClientError', () => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const connect = async (name: string, ca: string, ...preload: readonly string[]) => {
    const env = { CORE_PEER_TLS_ROOTCERT_FILE: join(dir, ca) };
    return (await execa(process.execPath, [...preload, '-e', CLIENT, String(port), name], { env })).stdout;
  };
  expect(await connect('peer0', 'ca.pem')).toContain('unsuitable certificate purpose');
  expect(await connect('peer0', 'ca.pem', '--require', PRELOAD)).toBe('true');
  expect(await connect('peer1', 'ca.pem', '--require', PRELOAD)).not.toContain('true');
  expect(await connect('peer0', 'other.pem', '--require', PRELOAD)).not.toContain('true');
});
