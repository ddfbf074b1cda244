/** A certificate authority of a test, made by the program openssl. */
import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';

const NEW_KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];

export interface Authority {
  /**
   * Writes `NAME.pem` and `NAME-key.pem` into the folder of the authority.
   * @param addresses IP addresses for which a server may use the certificate
   */
  readonly issue: (name: string, addresses?: readonly string[]) => Promise<void>;
}

/** Writes `ca.pem` and `ca-key.pem` into an existing folder. */
export async function makeAuthority(folder: string): Promise<Authority> {
  const openssl = (...args: readonly string[]) => execa('openssl', args, { cwd: folder });
  const files = (name: string) => [
    '-keyout',
    `${name}-key.pem`,
    '-out',
    `${name}.pem`,
    '-subj',
    `/CN=${name}`,
  ];
  await openssl('req', '-x509', ...NEW_KEY, ...files('ca'));
  return {
    issue: async (name, addresses = []) => {
      const names = addresses.map((address) => `IP:${address}`).join(',');
      const extensions = [
        'basicConstraints=critical,CA:FALSE',
        ...(names === '' ? [] : [`subjectAltName=${names}`]),
      ].flatMap((text) => ['-addext', text]);
      const by = ['-CA', 'ca.pem', '-CAkey', 'ca-key.pem'];
      await openssl('req', '-x509', ...NEW_KEY, ...by, ...files(name), ...extensions);
    },
  };
}

/** Makes an authority and, in the same folder, the files that docker's client reads: `ca.pem`, `cert.pem`, `key.pem`. */
export async function makeClientCertificates(folder: string): Promise<Authority> {
  const authority = await makeAuthority(folder);
  await authority.issue('cert');
  await rename(join(folder, 'cert-key.pem'), join(folder, 'key.pem'));
  return authority;
}
