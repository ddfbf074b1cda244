/** Files of the CAs of a network: the configuration of each server, and its administrator's secret. */
import { randomBytes } from 'node:crypto';
import { chmod, mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import * as z from 'zod/mini';
import { isMissing } from '../core/error-code.ts';
import { WizardFailure } from '../core/failure.ts';
import { parsedJson } from '../core/parsed-json.ts';
import { isFolder, writeAtomically } from '../host/files.ts';
import { isPrivateKey } from '../host/private-keys.ts';
import { CA_PORT } from '../images/ca-layout.ts';
import { type CaOrg, caOrgs } from './ca-orgs.ts';
import {
  CA_CONFIG,
  CA_DATABASE,
  CA_KEYS,
  caAdminPath,
  caCertificate,
  caFolder,
  caKeysDir,
} from './ca-parts.ts';
import type { NetworkSpec } from './network-spec.ts';

/** Name of the identity that registers others. */
export const CA_ADMIN = 'admin';
const SECRET_BYTES = 18;

const secretSchema = z.object({ name: z.string(), secret: z.string() });

export type CaAdmin = Readonly<z.infer<typeof secretSchema>>;

/** @throws the error of the system; WizardFailure `usage` if the file is damaged */
export async function readCaAdmin(dir: string, org: Pick<CaOrg, 'domain'>): Promise<CaAdmin> {
  const path = caAdminPath(dir, org);
  const { data } = secretSchema.safeParse(parsedJson(await readFile(path, 'utf8')));
  if (data) return data;
  throw new WizardFailure({
    kind: 'usage',
    message: { key: 'usage.ca-admin-damaged', path },
    next: ['fabric-wizard snapshot list'],
  });
}

/** A certificate that the CA signs is valid for this time: cryptogen's are too. */
export const TEN_YEARS = '87600h';

/** The identity that registers others, in the configuration of a server. */
export function registrar({ name, secret }: CaAdmin) {
  return {
    name,
    pass: secret,
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
  };
}

/** What a server signs, in its configuration. */
export function signingProfiles() {
  const usage = ['digital signature'];
  return {
    default: { usage, expiry: TEN_YEARS },
    profiles: {
      tls: {
        usage: ['signing', 'key encipherment', 'server auth', 'client auth', 'key agreement'],
        expiry: TEN_YEARS,
      },
    },
  };
}

export const CA_KEY_REQUEST = { algo: 'ecdsa', size: 256 } as const;

/** Returns the affiliations that a new database has. */
export function affiliationsOf({ name }: Pick<CaOrg, 'name'>): Record<string, readonly string[]> {
  return { [name.toLowerCase()]: [] };
}

/**
 * PURE. Returns the configuration of a server.
 * @param key name of the file with the key of the organisation's CA
 */
export function caConfigYaml(org: CaOrg, key: string, admin: CaAdmin): string {
  return stringify({
    port: CA_PORT,
    // Without a key file, which would have to exist: the server makes the key, and keeps it with its others.
    tls: { enabled: true, certfile: 'tls-cert.pem' },
    operations: { listenAddress: '127.0.0.1:9443' },
    ca: { name: org.ca.name, certfile: `${CA_KEYS}/${caCertificate(org)}`, keyfile: `${CA_KEYS}/${key}` },
    crl: { expiry: TEN_YEARS },
    registry: { maxenrollments: -1, identities: [registrar(admin)] },
    db: { type: 'sqlite3', datasource: CA_DATABASE },
    affiliations: affiliationsOf(org),
    signing: signingProfiles(),
    csr: {
      cn: org.ca.name,
      hosts: [org.ca.name, 'localhost', '127.0.0.1'],
      keyrequest: CA_KEY_REQUEST,
    },
  });
}

/** Returns the file name of the CA's private key. @throws Error if its folder has none */
async function keyName(dir: string, org: CaOrg): Promise<string> {
  const folder = join(dir, caKeysDir(org));
  const key = (await readdir(folder)).find(isPrivateKey);
  if (key === undefined) throw new Error(`${folder} has no private key`);
  return key;
}

/** Returns the administrator of a CA: the one in its file, or one with a new secret. */
export async function caAdminOf(dir: string, org: CaOrg): Promise<CaAdmin> {
  try {
    return await readCaAdmin(dir, org);
  } catch (error) {
    // Another secret would not be that of the database.
    if (!isMissing(error)) throw error;
    return { name: CA_ADMIN, secret: randomBytes(SECRET_BYTES).toString('hex') };
  }
}

function adminText(admin: CaAdmin): string {
  return `${JSON.stringify(admin, null, 2)}\n`;
}

async function filesOf(dir: string, org: CaOrg): Promise<readonly { path: string; content: string }[]> {
  const admin = await caAdminOf(dir, org);
  return [
    { path: caAdminPath(dir, org), content: adminText(admin) },
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

/** Writes the secret of a CA's administrator into a folder that only the owner reads. */
export async function writeCaAdmin(dir: string, org: Pick<CaOrg, 'domain'>, admin: CaAdmin): Promise<void> {
  const folder = caFolder(dir, org);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await chmod(folder, 0o700);
  await writeAtomically(caAdminPath(dir, org), adminText(admin), 0o600);
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
