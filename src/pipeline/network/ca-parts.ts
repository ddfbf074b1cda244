/** PURE: the CA of an organisation: its part of the compose file, and where its files are. */
import { join } from 'node:path';
import { CA_HOME, CA_PORT } from '../images/ca-layout.ts';
import { CERTIFICATES } from './certificate-files.ts';
import { publish, readOnlyBind } from './compose-parts.ts';
import type { NodeSpec, OrgSpec } from './network-spec.ts';

/** Folder beside the compose file, with a folder for each organisation. */
const CA_FOLDER = 'ca';
export const CA_CONFIG = 'fabric-ca-server-config.yaml';
/** Where the container has the certificate and the key with which cryptogen signs the organisation's certificates. */
export const CA_KEYS = '/etc/hyperledger/organisation-ca';

/** Returns the path of the files of a CA. @param dir folder with the network's files */
export function caFolder(dir: string, { domain }: Pick<OrgSpec, 'domain'>): string {
  return join(dir, CA_FOLDER, domain);
}

/** Returns the path of the administrator's name and secret. @param dir folder with the network's files */
export function caAdminPath(dir: string, org: Pick<OrgSpec, 'domain'>): string {
  return join(caFolder(dir, org), 'admin.json');
}

/** Returns the path of the certificate that verifies the CA and what it signs. @param dir folder with the network's files */
export function caCertificatePath(dir: string, org: Pick<OrgSpec, 'domain'>): string {
  return join(dir, caKeysDir(org), caCertificate(org));
}

/** Folder with the key of an organisation's CA, below that of the network's files. */
export function caKeysDir({ domain }: Pick<OrgSpec, 'domain'>): string {
  return `${CERTIFICATES}/peerOrganizations/${domain}/ca`;
}

/** Returns the name of the certificate in that folder, which verifies the TLS certificate of the CA too. */
export function caCertificate({ domain }: Pick<OrgSpec, 'domain'>): string {
  return `ca.${domain}-cert.pem`;
}

/** Returns the address of a CA on this host. */
export function caUrl({ port }: NodeSpec): string {
  return `https://localhost:${port}`;
}

/** Returns what only the service of a CA has. The configuration has its secret, so the compose file has none. */
export function caParts(org: Pick<OrgSpec, 'domain'>, { name, port }: NodeSpec) {
  return {
    command: ['fabric-ca-server', 'start'],
    volumes: [
      `${name}:${CA_HOME}`,
      readOnlyBind(`./${CA_FOLDER}/${org.domain}/${CA_CONFIG}`, `${CA_HOME}/${CA_CONFIG}`),
      readOnlyBind(`./${caKeysDir(org)}`, CA_KEYS),
    ],
    ports: publish(port, CA_PORT),
  };
}
