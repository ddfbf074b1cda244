/**
 * Finds certificates and keys that are missing or damaged. Most certificates are there several times, so that a lost one
 * can be copied; a key is there once. Files that somebody replaced by other valid ones are left alone.
 */
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { copyFile, mkdir, readdir, readFile, rename, rmdir } from 'node:fs/promises';
import { basename, dirname, join, sep } from 'node:path';
import { partialOf, sha256, writeAtomically } from '../host/files.ts';
import { isPrivateKey } from '../host/private-keys.ts';
import { adminMsp, ordererAdminMsp, ordererDir, ordererMsp, orgMsp, peerDir } from './crypto-layout.ts';
import { type NetworkSpec, ordererOrgOf } from './network-spec.ts';

/** Folder of the certificates among a network's files. */
export const CERTIFICATES = 'crypto-config';
/** Beside that folder: what `sha256sum` prints for its files when they are made. */
const RECORD = 'crypto-config.sha256';
const TLS_ROOTS = '/tlscacerts/';
const RECORD_LINE = /^([0-9a-f]{64}) {2}(.+)$/;

/** A damaged file and an intact one with the content that it had, relative to the folder of the network's files. */
export interface Restorable {
  readonly path: string;
  readonly from: string;
}

/** Paths relative to the folder of the network's files. */
export interface CertificateDamage {
  readonly restorable: readonly Restorable[];
  /** Files that the network needs and that are nowhere else. */
  readonly lost: readonly string[];
  /** Other files that are nowhere else: keys of the CAs, and users that no node and no command is. */
  readonly unneeded: readonly string[];
  /** Valid files that are not those that were made. */
  readonly changed: readonly string[];
}

function isCertificate(path: string): boolean {
  return /\.(pem|crt)$/.test(path);
}

/** Whether a file can be what its name says. A key or certificate that lacks its end cannot be read. */
function isPlausible(path: string, content: Buffer): boolean {
  try {
    if (isPrivateKey(path)) createPrivateKey(content);
    else if (isCertificate(path)) new X509Certificate(content);
    else return /^[\t\n\r\x20-\x7e]*\n$/.test(content.toString('latin1'));
    return true;
  } catch {
    return false;
  }
}

async function filesUnder(folder: string): Promise<string[]> {
  const entries = await readdir(join(folder, CERTIFICATES), { recursive: true, withFileTypes: true }).catch(
    () => [],
  );
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + sep.length))
    .sort();
}

/** Records the certificates that were just made in the folder of a network's files. */
export async function recordCertificates(folder: string): Promise<void> {
  const sums = (await filesUnder(folder)).map(
    async (path) => [path, sha256(await readFile(join(folder, path)))] as const,
  );
  await writeRecordOf(folder, await Promise.all(sums));
}

/** Records the certificates that were added since. What is recorded of the others stays. */
export async function recordMoreCertificates(folder: string): Promise<void> {
  const known = await readRecord(folder);
  if (known.size === 0) return;
  const added = (await filesUnder(folder)).filter((path) => !known.has(path));
  const sums = await Promise.all(
    added.map(async (path) => [path, sha256(await readFile(join(folder, path)))] as const),
  );
  await writeRecordOf(folder, [...known, ...sums]);
}

async function writeRecordOf(
  folder: string,
  sums: readonly (readonly [path: string, sum: string])[],
): Promise<void> {
  await writeAtomically(join(folder, RECORD), sums.map(([path, sum]) => `${sum}  ${path}\n`).join(''));
}

/** Returns the sha256 of each file when it was made; empty for a network of an earlier version of this program. */
async function readRecord(folder: string): Promise<ReadonlyMap<string, string>> {
  const text = await readFile(join(folder, RECORD), 'utf8').catch(() => '');
  return new Map(
    text.split('\n').flatMap((line) => {
      const [, sum = '', path = ''] = RECORD_LINE.exec(line) ?? [];
      return path.startsWith(`${CERTIFICATES}/`) ? [[path, sum] as const] : [];
    }),
  );
}

/** Returns the files that every network has. A keystore stands for its only file, whose name is not known. */
function requiredFiles(spec: NetworkSpec): string[] {
  const roots = (msp: string, of: string) => [
    `${msp}/cacerts/ca.${of}-cert.pem`,
    `${msp}${TLS_ROOTS}tlsca.${of}-cert.pem`,
  ];
  const identity = (msp: string, name: string, of: string) => [
    ...roots(msp, of),
    `${msp}/signcerts/${name}-cert.pem`,
    `${msp}/keystore`,
  ];
  const node = (dir: string, name: string, of: string) => [
    ...identity(`${dir}/msp`, name, of),
    ...['ca.crt', 'server.crt', 'server.key'].map((file) => `${dir}/tls/${file}`),
  ];
  const paths = [
    ...spec.ordererOrgs.flatMap((org) => [
      ...roots(ordererMsp(org), org.domain),
      ...identity(ordererAdminMsp(org), `Admin@${org.domain}`, org.domain),
    ]),
    ...spec.orderers.flatMap(({ name }) =>
      node(ordererDir(spec, name), name, ordererOrgOf(spec, name).domain),
    ),
    ...spec.orgs.flatMap((org) => [
      ...roots(orgMsp(org), org.domain),
      ...identity(adminMsp(org), `Admin@${org.domain}`, org.domain),
      ...org.peers.flatMap((peer) => node(peerDir(spec, peer), peer.name, org.domain)),
    ]),
  ];
  return paths.map((path) => `${CERTIFICATES}/${path}`);
}

/** Returns what the files of one content have in common, by cryptogen's names: the organisation and the certificate. */
function sameByName(path: string): string {
  const [, kind, domain = ''] = path.split('/');
  const name = basename(path) === 'ca.crt' ? `tlsca.${domain}-cert.pem` : basename(path);
  return name.endsWith('-cert.pem') ? `${kind}/${domain}/${name}` : path;
}

/** Returns the files to look at: those that were recorded, or else those that are there or have to be. */
async function filesToExamine(
  folder: string,
  recorded: readonly string[],
  spec: NetworkSpec,
): Promise<readonly string[]> {
  if (recorded.length > 0) return recorded;
  const present = (await filesUnder(folder)).filter((path) => isPrivateKey(path) || isCertificate(path));
  const isThere = (path: string) => present.some((each) => each === path || each.startsWith(`${path}/`));
  // The first releases made no such folders.
  const hasTlsRoots = present.some((path) => path.includes(TLS_ROOTS));
  const required = requiredFiles(spec).filter((path) => hasTlsRoots || !path.includes(TLS_ROOTS));
  return [...present, ...required.filter((path) => !isThere(path))];
}

/** Whether a node or a command of this program reads the file. */
function isNeeded(path: string): boolean {
  const [, , , part, user = ''] = path.split('/');
  return part === 'users' ? user.startsWith('Admin@') : part !== 'ca' && part !== 'tlsca';
}

/** Compares the certificates and keys in the folder of a network's files with those that were made. */
export async function findDamage(folder: string, spec: NetworkSpec): Promise<CertificateDamage> {
  const record = await readRecord(folder);
  const files = (await filesToExamine(folder, [...record.keys()], spec)).map(async (path) => {
    const content = await readFile(join(folder, path)).catch(() => undefined);
    const made = record.get(path);
    const isIntact =
      content !== undefined && (made === undefined ? isPlausible(path, content) : sha256(content) === made);
    const isChanged = !isIntact && content !== undefined && isPlausible(path, content);
    return { path, same: made ?? sameByName(path), isIntact, isChanged };
  });
  const found = await Promise.all(files);
  const intact = new Map(found.filter(({ isIntact }) => isIntact).map(({ same, path }) => [same, path]));
  const damaged = found.filter(({ isIntact, isChanged }) => !isIntact && !isChanged);
  const gone = damaged.filter(({ same }) => !intact.has(same)).map(({ path }) => path);
  return {
    restorable: damaged.flatMap(({ path, same }) => {
      const from = intact.get(same);
      return from === undefined ? [] : [{ path, from }];
    }),
    lost: gone.filter(isNeeded),
    unneeded: gone.filter((path) => !isNeeded(path)),
    changed: found.filter(({ isChanged }) => isChanged).map(({ path }) => path),
  };
}

/**
 * Copies intact files over damaged ones. The copy is made outside of the folders that nodes read.
 * @throws the error of the system
 */
export async function restoreFiles(folder: string, restorable: readonly Restorable[]): Promise<void> {
  for (const { path, from } of restorable) {
    const target = join(folder, path);
    const partial = partialOf(join(folder, basename(path)));
    await mkdir(dirname(target), { recursive: true });
    await copyFile(join(folder, from), partial);
    // An empty folder may be in the place of the file; one with content is not ours to remove.
    await rmdir(target).catch(() => undefined);
    await rename(partial, target);
  }
}
