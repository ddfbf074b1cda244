/** Files of the CAs of a network: the configuration of each server, and its administrator's secret. */
import { randomBytes } from 'node:crypto';
import { chmod, mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import * as z from 'zod/mini';
import { isMissing } from '../core/error-code.ts';
import { isFolder, writeAtomically } from '../host/files.ts';
import { isPrivateKey } from '../host/private-keys.ts';
import { CA_PORT } from '../images/ca-layout.ts';
import { type CaOrg, caOrgs } from './ca-orgs.ts';
import { CA_CONFIG, CA_KEYS, caAdminPath, caCertificate, caFolder, caKeysDir } from './ca-parts.ts';
import type { NetworkSpec, OrgSpec } from './network-spec.ts';

/** Name of the identity that registers others. */
export const CA_ADMIN = 'admin';
const SECRET_BYTES = 18;

const secretSchema = z.object({ name: z.string(), secret: z.string() });

export type CaAdmin = Readonly<z.infer<typeof secretSchema>>;

/** @throws the error of the system, or one that says that the file is damaged */
export async function readCaAdmin(dir: string, org: Pick<OrgSpec, 'domain'>): Promise<CaAdmin> {
  return secretSchema.parse(JSON.parse(await readFile(caAdminPath(dir, org), 'utf8')));
}

/** A certificate that the CA signs is valid for this time: cryptogen's are too. */
const TEN_YEARS = '87600h';

/**
 * PURE. Returns the configuration of a server.
 * @param key name of the file with the key of the organisation's CA
 */
export function caConfigYaml(org: CaOrg, key: string, admin: CaAdmin): string {
  const usage = ['digital signature'];
  return stringify({
    port: CA_PORT,
    // Without a key file, which would have to exist: the server makes the key, and keeps it with its others.
    tls: { enabled: true, certfile: 'tls-cert.pem' },
    operations: { listenAddress: '127.0.0.1:9443' },
    ca: { name: org.ca.name, certfile: `${CA_KEYS}/${caCertificate(org)}`, keyfile: `${CA_KEYS}/${key}` },
    crl: { expiry: TEN_YEARS },
    registry: {
      maxenrollments: -1,
      identities: [
        {
          name: admin.name,
          pass: admin.secret,
          type: 'client',
          affiliation: '',
          attrs: {
            'hf.Registrar.Roles': '*',
            'hf.Registrar.DelegateRoles': '*',
            'hf.Registrar.Attributes': '*',
            'hf.Revoker': true,
            'hf.GenCRL': true,
            'hf.AffiliationMgr': true,
          },
        },
      ],
    },
    db: { type: 'sqlite3', datasource: 'fabric-ca-server.db' },
    affiliations: { [org.name.toLowerCase()]: [] },
    signing: {
      default: { usage, expiry: TEN_YEARS },
      profiles: {
        tls: {
          usage: ['signing', 'key encipherment', 'server auth', 'client auth', 'key agreement'],
          expiry: TEN_YEARS,
        },
      },
    },
    csr: {
      cn: org.ca.name,
      hosts: [org.ca.name, 'localhost', '127.0.0.1'],
      keyrequest: { algo: 'ecdsa', size: 256 },
    },
  });
}

/** Returns the file name of the CA's private key. @throws Error if cryptogen's folder has none */
async function keyName(dir: string, org: OrgSpec): Promise<string> {
  const folder = join(dir, caKeysDir(org));
  const key = (await readdir(folder)).find(isPrivateKey);
  if (key === undefined) throw new Error(`${folder} has no private key`);
  return key;
}

async function adminOf(dir: string, org: CaOrg): Promise<CaAdmin> {
  try {
    return await readCaAdmin(dir, org);
  } catch (error) {
    // Another secret would not be that of the database.
    if (!isMissing(error)) throw error;
    return { name: CA_ADMIN, secret: randomBytes(SECRET_BYTES).toString('hex') };
  }
}

async function filesOf(dir: string, org: CaOrg): Promise<readonly { path: string; content: string }[]> {
  const admin = await adminOf(dir, org);
  return [
    { path: caAdminPath(dir, org), content: `${JSON.stringify(admin, null, 2)}\n` },
    {
      path: join(caFolder(dir, org), CA_CONFIG),
      content: caConfigYaml(org, await keyName(dir, org), admin),
    },
  ];
}

/** Whether every CA has its files. @param dir folder with the network's files */
export async function hasCaFiles(dir: string, spec: NetworkSpec): Promise<boolean> {
  const files = await Promise.all(
    caOrgs(spec).map((org) => filesOf(dir, org).catch(() => [{ path: '', content: '' }])),
  );
  const written = files
    .flat()
    .map(async ({ path, content }) => (await readFile(path, 'utf8').catch(() => undefined)) === content);
  return (await Promise.all(written)).every(Boolean);
}

/**
 * Writes the files of the CAs, so that only their owner reads them. What is as it should be stays; a secret that exists is
 * that of the CA's database.
 */
export async function writeCaFiles(dir: string, spec: NetworkSpec): Promise<void> {
  for (const org of caOrgs(spec)) {
    const folder = caFolder(dir, org);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await chmod(folder, 0o700);
    for (const { path, content } of await filesOf(dir, org)) {
      // An engine that has to mount a missing file creates a folder of its name.
      if (await isFolder(path)) await rm(path, { recursive: true });
      if ((await readFile(path, 'utf8').catch(() => undefined)) === content) await chmod(path, 0o600);
      else await writeAtomically(path, content, 0o600);
    }
  }
}
