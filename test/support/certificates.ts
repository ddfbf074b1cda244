/** The files of cryptogen for a network, with valid certificates and keys that differ in the line before the PEM block. */
import { generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { NetworkSpec } from '../../src/pipeline/network/network-spec.ts';
import { writeFiles } from './temp-dir.ts';

const MSP = join(import.meta.dirname, '../../sample/sampleconfig/msp');
const CERTIFICATE = readFileSync(join(MSP, 'signcerts/sample-cert.pem'), 'utf8');
const KEY = generateKeyPairSync('ec', {
  namedCurve: 'prime256v1',
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
}).privateKey;

export function certificateOf(name: string): string {
  return `${name}\n${CERTIFICATE}`;
}

export function keyOf(name: string): string {
  return `${name}\n${KEY}`;
}

function identity(name: string, domain: string, program: 'server' | 'client'): Record<string, string> {
  return {
    [`msp/cacerts/ca.${domain}-cert.pem`]: certificateOf(`ca.${domain}`),
    [`msp/tlscacerts/tlsca.${domain}-cert.pem`]: certificateOf(`tlsca.${domain}`),
    [`msp/admincerts/Admin@${domain}-cert.pem`]: certificateOf(`Admin@${domain}`),
    [`msp/signcerts/${name}-cert.pem`]: certificateOf(name),
    'msp/keystore/priv_sk': keyOf(name),
    'tls/ca.crt': certificateOf(`tlsca.${domain}`),
    [`tls/${program}.crt`]: certificateOf(`${name} TLS`),
    [`tls/${program}.key`]: keyOf(`${name} TLS`),
  };
}

function under(folder: string, files: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(files).map(([path, content]) => [`${folder}/${path}`, content]));
}

function organisation(domain: string, nodes: string, names: readonly string[], users: readonly string[]) {
  return {
    [`ca/ca.${domain}-cert.pem`]: certificateOf(`ca.${domain}`),
    'ca/priv_sk': keyOf(`ca.${domain}`),
    [`tlsca/tlsca.${domain}-cert.pem`]: certificateOf(`tlsca.${domain}`),
    'tlsca/priv_sk': keyOf(`tlsca.${domain}`),
    [`msp/cacerts/ca.${domain}-cert.pem`]: certificateOf(`ca.${domain}`),
    [`msp/tlscacerts/tlsca.${domain}-cert.pem`]: certificateOf(`tlsca.${domain}`),
    [`msp/admincerts/Admin@${domain}-cert.pem`]: certificateOf(`Admin@${domain}`),
    'msp/config.yaml': `NodeOUs of ${domain}\n`,
    ...Object.assign({}, ...names.map((name) => under(`${nodes}/${name}`, identity(name, domain, 'server')))),
    ...Object.assign({}, ...users.map((name) => under(`users/${name}`, identity(name, domain, 'client')))),
  } as Record<string, string>;
}

/** Writes the certificates and keys of a network into the folder of its files. */
export async function writeCertificates(
  folder: string,
  { domain, orderers, orgs }: NetworkSpec,
): Promise<void> {
  const names = orderers.map(({ name }) => name);
  await writeFiles(join(folder, 'crypto-config'), {
    ...under(`ordererOrganizations/${domain}`, organisation(domain, 'orderers', names, [`Admin@${domain}`])),
    ...Object.assign(
      {},
      ...orgs.map((org) =>
        under(
          `peerOrganizations/${org.domain}`,
          organisation(
            org.domain,
            'peers',
            org.peers.map(({ name }) => name),
            [`Admin@${org.domain}`, `User1@${org.domain}`],
          ),
        ),
      ),
    ),
  });
}
