/** PURE: the CA of an organisation: its part of the compose file, and where its files are. */
import { join } from 'node:path';
import { CA_HOME, CA_PORT } from '../images/ca-layout.ts';
import type { CaOrg } from './ca-orgs.ts';
import { CERTIFICATES } from './certificate-files.ts';
import { publish, readOnlyBind } from './compose-parts.ts';
import type { NodeSpec } from './network-spec.ts';

/** Folder beside the compose file, with a folder for each organisation. */
const CA_FOLDER = 'ca';
export const CA_CONFIG = 'fabric-ca-server-config.yaml';
/** Where the container has the certificate and the key with which the organisation's certificates are signed. */
export const CA_KEYS = '/etc/hyperledger/organisation-ca';
export const CA_DATABASE = 'fabric-ca-server.db';
/** Where the container has the files of the CA that are on this host. */
const CA_FILES = '/etc/hyperledger/ca-files';

/** The server begins with the database that has the identities of the network, whose certificates it has not issued itself. */
const START_WITH_DATABASE = `
if ! test -e ${CA_DATABASE} && test -f ${CA_FILES}/${CA_DATABASE}; then
  cp ${CA_FILES}/${CA_DATABASE} ${CA_DATABASE}.new
  mv ${CA_DATABASE}.new ${CA_DATABASE}
fi
exec fabric-ca-server start
`;

/** Returns the path of the files of a CA. @param dir folder with the network's files */
export function caFolder(dir: string, { domain }: Pick<CaOrg, 'domain'>): string {
  return join(dir, CA_FOLDER, domain);
}

/** Returns the path of the administrator's name and secret. @param dir folder with the network's files */
export function caAdminPath(dir: string, org: Pick<CaOrg, 'domain'>): string {
  return join(caFolder(dir, org), 'admin.json');
}

/** Returns the path of the certificate that verifies the CA and what it signs. @param dir folder with the network's files */
export function caCertificatePath(dir: string, org: Pick<CaOrg, 'domain' | 'folder'>): string {
  return join(dir, caKeysDir(org), caCertificate(org));
}

/** Folder with the key of an organisation's CA, below that of the network's files. */
export function caKeysDir({ folder }: Pick<CaOrg, 'folder'>): string {
  return `${CERTIFICATES}/${folder}/ca`;
}

/** Returns the path of the database with which the server begins. @param dir folder with the network's files */
export function caDatabasePath(dir: string, org: Pick<CaOrg, 'domain'>): string {
  return join(caFolder(dir, org), CA_DATABASE);
}

/** Returns the name of the certificate in that folder, which verifies the TLS certificate of the CA too. */
export function caCertificate({ domain }: Pick<CaOrg, 'domain'>): string {
  return `ca.${domain}-cert.pem`;
}

/** Returns the address of a CA on this host. */
export function caUrl({ port }: NodeSpec): string {
  return `https://localhost:${port}`;
}

/**
 * Returns what only the service of a CA has. The configuration has its secret, so the compose file has none.
 * @param issuedAll whether the CA has made all certificates of its organisation
 */
export function caParts(org: CaOrg, issuedAll: boolean) {
  const { name, port } = org.ca;
  const files = `./${CA_FOLDER}/${org.domain}`;
  return {
    command: issuedAll ? ['sh', '-euc', START_WITH_DATABASE] : ['fabric-ca-server', 'start'],
    volumes: [
      `${name}:${CA_HOME}`,
      readOnlyBind(`${files}/${CA_CONFIG}`, `${CA_HOME}/${CA_CONFIG}`),
      readOnlyBind(`./${caKeysDir(org)}`, CA_KEYS),
      ...(issuedAll ? [readOnlyBind(files, CA_FILES)] : []),
    ],
    ports: publish(port, CA_PORT),
  };
}
