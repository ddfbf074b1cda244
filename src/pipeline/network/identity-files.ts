/**
 * Identities that a CA of the network has issued, in the network's folder: an MSP for each, and what is known of it. Only their
 * owner reads them.
 */
import { randomBytes, X509Certificate } from 'node:crypto';
import { chmod, copyFile, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod/mini';
import { CancelledError, type UsageFailure, WizardFailure } from '../core/failure.ts';
import { parsedJson } from '../core/parsed-json.ts';
import { shellLine } from '../core/shell-text.ts';
import { exists, withPartial, writeAtomically } from '../host/files.ts';
import type { Enrolment } from './ca-client.ts';
import type { CaAdmin } from './ca-files.ts';
import type { CaOrg } from './ca-orgs.ts';
import { CERTIFICATES } from './certificate-files.ts';
import { type Revocations, serialText } from './crl-serials.ts';
import { ordererOrgDir } from './crypto-layout.ts';
import type { OrgSpec } from './network-spec.ts';

const FOLDER = 'identities';
const RECORD = 'identity.json';
const CRL = 'crl.pem';

/** Also the name of a folder, and part of a certificate's subject. */
const NAME = /^[A-Za-z0-9][A-Za-z0-9._@-]{0,63}$/;

/** Whether a text can be the name of an identity. */
export function isIdentityName(text: string): boolean {
  return NAME.test(text) && text !== CRL;
}

const recordSchema = z.object({
  secret: z.optional(z.string()),
  type: z.optional(z.string()),
  /** Time of its revocation, in ISO format. */
  revoked: z.optional(z.string()),
});

export type IdentityRecord = Readonly<z.infer<typeof recordSchema>>;

type Organisation = Pick<OrgSpec, 'domain'>;
type NamedOrganisation = Pick<OrgSpec, 'domain' | 'name'>;

function folderOf(dir: string, { domain }: Organisation): string {
  return join(dir, FOLDER, domain);
}

/** Returns the path of the MSP of an identity. @param dir folder with the network's files */
export function identityMsp(dir: string, org: Organisation, name: string): string {
  return join(folderOf(dir, org), name, 'msp');
}

/** Returns the path of the last revocation list of an organisation. */
export function revocationListPath(dir: string, org: Organisation): string {
  return join(folderOf(dir, org), CRL);
}

/** Returns what is known of an identity; empty if nothing is. @throws WizardFailure `usage` if its file is damaged */
export async function readIdentity(
  dir: string,
  org: NamedOrganisation,
  name: string,
): Promise<IdentityRecord> {
  // Another client of the CA can have registered any name.
  if (!isIdentityName(name)) return {};
  const path = join(folderOf(dir, org), name, RECORD);
  const text = await readFile(path, 'utf8').catch(() => undefined);
  if (text === undefined) return {};
  const { data } = recordSchema.safeParse(parsedJson(text));
  if (data) return data;
  throw new WizardFailure(damagedIdentity(org, name, path));
}

/** Returns the failure of an identity whose file is damaged. */
export function damagedIdentity(
  { name: org }: Pick<NamedOrganisation, 'name'>,
  name: string,
  path: string,
): UsageFailure {
  return {
    kind: 'usage',
    message: { key: 'usage.identity-damaged', name, path },
    next: [
      shellLine(['rm', path]),
      shellLine(['fabric-wizard', 'identity', 'enroll', name, '--org', org, '--secret', 'SECRET']),
    ],
  };
}

/** Returns what is known of an identity; `damaged` with the path of its file if that cannot be used. */
export async function knownIdentity(
  dir: string,
  org: NamedOrganisation,
  name: string,
): Promise<IdentityRecord & { readonly damaged?: string }> {
  try {
    return await readIdentity(dir, org, name);
  } catch (error) {
    if (!(error instanceof WizardFailure)) throw error;
    return { damaged: join(folderOf(dir, org), name, RECORD) };
  }
}

async function ownFolder(path: string): Promise<void> {
  await mkdir(path, { recursive: true, mode: 0o700 });
  await chmod(path, 0o700);
}

/** Adds to what is known of an identity. */
export async function recordIdentity(
  dir: string,
  org: NamedOrganisation,
  name: string,
  facts: IdentityRecord,
): Promise<void> {
  const folder = join(folderOf(dir, org), name);
  await ownFolder(folder);
  const known = { ...(await readIdentity(dir, org, name)), ...facts };
  await writeAtomically(join(folder, RECORD), `${JSON.stringify(known, null, 2)}\n`, 0o600);
}

const SECRET_BYTES = 12;

/**
 * Calls `register` with the secret of an identity, which is recorded before: without it, a registration that was cancelled or
 * killed could not be used. If it fails, the secret that was known before counts again.
 * @param given the one that the user wants; absent: the one that is known, or a random one
 */
export async function withSecret<T>(
  dir: string,
  org: NamedOrganisation,
  { name, given }: { readonly name: string; readonly given: string | undefined },
  register: (secret: string) => Promise<T>,
): Promise<T> {
  const { secret: before } = await readIdentity(dir, org, name);
  const secret = given ?? before ?? randomBytes(SECRET_BYTES).toString('hex');
  await recordIdentity(dir, org, name, { secret });
  try {
    return await register(secret);
  } catch (error) {
    // Whether a cancelled registration has reached the CA is not known.
    const isKept = error instanceof CancelledError && before === undefined;
    if (!isKept) await recordIdentity(dir, org, name, { secret: before });
    throw error;
  }
}

/**
 * Calls `revoke`, and records when. What was revoked cannot be enrolled again, so a damaged file is noticed before.
 * @returns the time, in ISO format
 * @throws WizardFailure `usage` if the file is damaged; what `revoke` throws
 */
export async function revokedWith(
  dir: string,
  org: NamedOrganisation,
  name: string,
  revoke: () => Promise<void>,
): Promise<string> {
  await readIdentity(dir, org, name);
  await revoke();
  const revoked = new Date().toISOString();
  await recordIdentity(dir, org, name, { revoked });
  return revoked;
}

/**
 * Returns the name and secret with which an identity is enrolled.
 * @param secret the one that the user gives
 * @returns undefined if none is known
 */
export async function identityLogin(
  dir: string,
  org: NamedOrganisation,
  name: string,
  secret: string | undefined,
): Promise<CaAdmin | undefined> {
  const known = secret ?? (await readIdentity(dir, org, name)).secret;
  return known === undefined ? undefined : { name, secret: known };
}

/** Parts of an MSP that all identities of an organisation have in common. */
const SHARED = ['cacerts', 'tlscacerts', 'admincerts'];

/**
 * Writes the MSP of an identity, with the configuration of NodeOUs of its organisation. It appears with all of its files; the
 * one of an earlier enrolment is replaced.
 */
export async function writeIdentity(
  dir: string,
  org: Pick<CaOrg, 'domain' | 'folder'>,
  name: string,
  { certificate, key }: Enrolment,
): Promise<void> {
  const target = identityMsp(dir, org, name);
  const from = join(dir, CERTIFICATES, org.folder, 'msp');
  await ownFolder(join(folderOf(dir, org), name));
  await withPartial(target, async (partial) => {
    for (const part of [...SHARED, 'signcerts', 'keystore'])
      await mkdir(join(partial, part), { mode: 0o700 });
    for (const part of SHARED)
      for (const file of await readdir(join(from, part)).catch((): string[] => []))
        await copyFile(join(from, part, file), join(partial, part, file));
    // Releases without NodeOUs have none.
    if (await exists(join(from, 'config.yaml')))
      await copyFile(join(from, 'config.yaml'), join(partial, 'config.yaml'));
    await writeFile(join(partial, 'signcerts', `${name}-cert.pem`), certificate);
    await writeFile(join(partial, 'keystore', 'priv_sk'), key, { mode: 0o600 });
    await rm(target, { recursive: true, force: true });
    await rename(partial, target);
  });
}

/** Returns the names of the identities of an organisation that are enrolled here, sorted. */
export async function enrolledIdentities(dir: string, org: Organisation): Promise<string[]> {
  const names = await readdir(folderOf(dir, org)).catch((): string[] => []);
  const found = await Promise.all(
    names.map(async (name) => isIdentityName(name) && (await exists(identityMsp(dir, org, name)))),
  );
  return names.filter((_, index) => found[index]).sort();
}

/** An identity whose MSP is in this folder. */
export interface IdentityHere {
  readonly name: string;
  /** Path of its MSP. */
  readonly msp: string;
}

/** Returns the path of the MSP of an identity that was enrolled here, or that comes with the network; undefined if it has none. */
export async function mspHere(
  dir: string,
  org: Pick<CaOrg, 'domain' | 'folder'>,
  name: string,
): Promise<string | undefined> {
  if (!isIdentityName(name)) return undefined;
  // The folder of an organisation with peers has none of its orderers.
  const folders = [`${org.folder}/users`, `${org.folder}/peers`, `${ordererOrgDir(org)}/orderers`];
  const ofNetwork = folders.map((folder) => join(dir, CERTIFICATES, folder, name, 'msp'));
  const paths = [identityMsp(dir, org, name), ...ofNetwork];
  for (const path of paths) if (await exists(path)) return path;
  return undefined;
}

/** Whether a revocation list names the certificate of an identity. @param msp path of its MSP */
export async function isRevokedIn(revocations: Revocations | undefined, msp: string): Promise<boolean> {
  const folder = join(msp, 'signcerts');
  const [name = ''] = await readdir(folder);
  const { serialNumber } = new X509Certificate(await readFile(join(folder, name)));
  return revocations?.serials.has(serialText(serialNumber)) === true;
}

/**
 * Returns the identities whose key is here, that were revoked here, and that the list names, sorted by their names: a new
 * database has revoked none of the identities of a removed one.
 */
export async function revokedIdentities(
  dir: string,
  org: Pick<CaOrg, 'name' | 'domain' | 'folder'>,
  revocations: Revocations | undefined,
): Promise<readonly IdentityHere[]> {
  const names = await readdir(folderOf(dir, org)).catch((): string[] => []);
  const found = names.sort().map(async (name): Promise<IdentityHere[]> => {
    if (!isIdentityName(name)) return [];
    const { revoked, damaged } = await knownIdentity(dir, org, name);
    // Whether one with a damaged file was revoked, only the list knows.
    if (revoked === undefined && damaged === undefined) return [];
    const msp = await mspHere(dir, org, name);
    return msp !== undefined && (await isRevokedIn(revocations, msp)) ? [{ name, msp }] : [];
  });
  return (await Promise.all(found)).flat();
}

/** Keeps the last revocation list of an organisation. */
export async function writeRevocationList(dir: string, org: Organisation, crl: string): Promise<void> {
  await ownFolder(folderOf(dir, org));
  await writeAtomically(revocationListPath(dir, org), crl);
}
