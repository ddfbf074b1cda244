/**
 * Writes the files that programs of each organisation need: connection profiles, a file for Fabric Gateway clients, and a
 * wallet. They are made from the certificates of the network and lie beside them.
 */
import { randomBytes } from 'node:crypto';
import { chmod, mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { stringify } from 'yaml';
import { isMissing } from '../core/error-code.ts';
import { WizardFailure } from '../core/failure.ts';
import { partialOf } from '../host/files.ts';
import { caOrgs } from './ca-orgs.ts';
import { caCertificatePath } from './ca-parts.ts';
import { CERTIFICATES } from './certificate-files.ts';
import { channelsOfPeer } from './channel-members.ts';
import {
  type ClientOrg,
  connectionOf,
  gatewayFile,
  type VersionedNetwork,
  WALLET_LABELS,
} from './connection.ts';
import { connectionProfile } from './connection-profile.ts';
import { type ClientUser, ordererDir, peerDir, userMsp } from './crypto-layout.ts';
import { enrolledIdentities, identityMsp } from './identity-files.ts';
import { allPeers, anchorPeer, type NetworkSpec, type NodeSpec, type OrgSpec } from './network-spec.ts';

/** The users that the labels in a wallet stand for. */
const USERS: Readonly<Record<(typeof WALLET_LABELS)[number], ClientUser>> = {
  admin: 'Admin',
  user1: 'User1',
};

function missing(path: string): WizardFailure {
  const next = ['fabric-wizard doctor', 'fabric-wizard up --dry-run'];
  return new WizardFailure({ kind: 'usage', message: { key: 'usage.no-certificate', path }, next });
}

/** @throws WizardFailure `usage` if there is no such file or folder */
async function orMissing<T>(path: string, read: (path: string) => Promise<T>): Promise<T> {
  try {
    return await read(path);
  } catch (error) {
    throw isMissing(error) ? missing(path) : error;
  }
}

function readText(path: string): Promise<string> {
  return orMissing(path, (file) => readFile(file, 'utf8'));
}

/** Returns the path of the only file of a folder: cryptogen names keys after their content. */
async function onlyFile(folder: string): Promise<string> {
  const [name] = await orMissing(folder, (path) => readdir(path));
  if (name === undefined) throw missing(folder);
  return join(folder, name);
}

interface IdentityPaths {
  readonly certPath: string;
  readonly keyPath: string;
}

async function identityPaths(msp: string): Promise<IdentityPaths> {
  const [certPath, keyPath] = await Promise.all([
    onlyFile(join(msp, 'signcerts')),
    onlyFile(join(msp, 'keystore')),
  ]);
  return { certPath, keyPath };
}

/** Returns an identity in the format of a wallet of `fabric-network`. */
async function walletIdentity({ certPath, keyPath }: IdentityPaths, mspId: string) {
  const [certificate, privateKey] = await Promise.all([readText(certPath), readText(keyPath)]);
  return { credentials: { certificate, privateKey }, mspId, type: 'X.509', version: 1 };
}

interface TextFile {
  readonly path: string;
  readonly content: string;
  /** Whether only its owner may read it. */
  readonly secret?: true;
}

function jsonText(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

/** Returns the files of an organisation with their content. */
async function filesOf(
  spec: NetworkSpec,
  org: OrgSpec,
  { files, mspId }: ClientOrg,
  crypto: string,
): Promise<TextFile[]> {
  const tlsCaPath = (dir: string) => join(crypto, dir, 'tls', 'ca.crt');
  const cas = new Map<NodeSpec, string>();
  if (spec.tls) {
    for (const node of spec.orderers) cas.set(node, await readText(tlsCaPath(ordererDir(spec, node.name))));
    for (const node of allPeers(spec)) cas.set(node, await readText(tlsCaPath(peerDir(spec, node))));
  }
  for (const each of caOrgs(spec)) cas.set(each.ca, await readText(caCertificatePath(dirname(crypto), each)));
  const profile = connectionProfile(spec, org, (node) => cas.get(node) ?? '');
  const wallet: TextFile[] = [];
  for (const label of WALLET_LABELS) {
    const paths = await identityPaths(join(crypto, userMsp(org, USERS[label])));
    const identity = await walletIdentity(paths, mspId);
    wallet.push({ path: join(files.wallet, `${label}.id`), content: jsonText(identity), secret: true });
  }
  const identities = new Map<string | undefined, string>([[undefined, join(crypto, userMsp(org, 'User1'))]]);
  for (const name of await enrolledIdentities(dirname(crypto), org)) {
    const msp = identityMsp(dirname(crypto), org, name);
    identities.set(name, msp);
    const identity = await walletIdentity(await identityPaths(msp), mspId);
    wallet.push({ path: join(files.wallet, `${name}.id`), content: jsonText(identity), secret: true });
  }
  const peer = anchorPeer(org);
  const gateway = async (path: string, msp: string): Promise<TextFile> => ({
    path,
    content: jsonText({
      endpoint: `localhost:${peer.port}`,
      hostAlias: peer.name,
      ...(spec.tls ? { tlsCaCertPath: tlsCaPath(peerDir(spec, peer)) } : {}),
      mspId,
      ...(await identityPaths(msp)),
      channels: channelsOfPeer(spec, peer),
    }),
  });
  const gateways: TextFile[] = [];
  if (files.gateway !== undefined)
    for (const [name, msp] of identities) gateways.push(await gateway(gatewayFile(files.gateway, name), msp));
  return [
    { path: files.profile, content: jsonText(profile) },
    { path: files.profileYaml, content: stringify(profile, { aliasDuplicateObjects: false }) },
    ...gateways,
    ...wallet,
  ];
}

/** Writes a file unless it is as it should be. An unfinished file stays in a folder that the next run cleans. */
async function write(folder: string, { path, content, secret }: TextFile): Promise<void> {
  await mkdir(dirname(dirname(path)), { recursive: true });
  await mkdir(dirname(path), { recursive: true, mode: secret ? 0o700 : 0o777 });
  const isWritten = (await readFile(path, 'utf8').catch(() => undefined)) === content;
  // Somebody else may have changed the modes.
  if (secret) await chmod(dirname(path), 0o700);
  if (secret && isWritten) await chmod(path, 0o600);
  if (isWritten) return;
  // Another process, or another call in this one, may write the same file.
  const partial = partialOf(join(folder, `${basename(path)}-${randomBytes(4).toString('hex')}`));
  await writeFile(partial, content, { mode: secret ? 0o600 : 0o666 });
  await rename(partial, path);
}

/**
 * Writes the files of every organisation. Other files in their folders stay, such as identities that a program has added to
 * a wallet.
 * @param folder folder with the network's files
 * @throws WizardFailure `usage` if a certificate or key is missing
 */
export async function writeClientFiles(network: VersionedNetwork, folder: string): Promise<void> {
  const { spec } = network;
  for (const [index, connected] of connectionOf(network, folder).orgs.entries()) {
    const org = spec.orgs[index];
    const files = org ? await filesOf(spec, org, connected, join(folder, CERTIFICATES)) : [];
    for (const file of files) await write(folder, file);
  }
}
