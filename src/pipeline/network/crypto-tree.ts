/** PURE: arranges what Fabric CA has issued as cryptogen does, so that nothing else has to know which of them it was. */
import { stringify } from 'yaml';
import type { CaKind } from './ca-issuing.ts';
import type { IssuingOrg, NetworkIdentity } from './network-identities.ts';

/** A certificate and its key, as PEM text. */
export interface KeyPair {
  readonly certificate: string;
  readonly key: string;
  /** Name of the file with the key. */
  readonly keyName: string;
}

/** What an organisation has got, or had. */
export interface IssuedOrg {
  readonly request: IssuingOrg;
  /** Certificates of its CAs. */
  readonly roots: Readonly<Record<CaKind, string>>;
  /** Its CAs if they are new. */
  readonly made: Readonly<Record<CaKind, KeyPair>> | undefined;
  /** Certificate of its administrator. */
  readonly admin: string;
  readonly issued: ReadonlyMap<NetworkIdentity, Readonly<Record<CaKind, KeyPair>>>;
}

export interface TreeOptions {
  /** Whether certificates say who is peer and who is admin; otherwise admins are listed. */
  readonly nodeOus: boolean;
  /** Whether a private key is called `priv_sk`, as cryptogen does from 2.0 on; otherwise after its content. */
  readonly plainKeyNames: boolean;
}

/** A file, or a folder without files if it has no content. */
export interface TreeEntry {
  readonly path: string;
  readonly content: string | undefined;
}

const ROLES = ['Client', 'Peer', 'Admin', 'Orderer'] as const;

/** Returns the configuration of an MSP whose certificates say the role of their owner. */
function nodeOusYaml(domain: string): string {
  const identifiers = ROLES.map((role) => [
    `${role}OUIdentifier`,
    { Certificate: `cacerts/ca.${domain}-cert.pem`, OrganizationalUnitIdentifier: role.toLowerCase() },
  ]);
  return stringify({ NodeOUs: { Enable: true, ...Object.fromEntries(identifiers) } });
}

/** The part that all MSPs of an organisation have in common. @param admins the certificates that are listed, by file name */
function sharedMsp(
  folder: string,
  { request: { org }, roots }: IssuedOrg,
  admins: readonly (readonly [name: string, certificate: string])[],
  { nodeOus }: TreeOptions,
): TreeEntry[] {
  const { domain } = org;
  const listed = nodeOus ? [] : admins;
  return [
    { path: `${folder}/admincerts`, content: undefined },
    ...listed.map(([name, content]) => ({ path: `${folder}/admincerts/${name}-cert.pem`, content })),
    { path: `${folder}/cacerts/ca.${domain}-cert.pem`, content: roots.ca },
    { path: `${folder}/tlscacerts/tlsca.${domain}-cert.pem`, content: roots.tlsca },
    ...(nodeOus ? [{ path: `${folder}/config.yaml`, content: nodeOusYaml(domain) }] : []),
  ];
}

function keyFile(folder: string, { key, keyName }: KeyPair, { plainKeyNames }: TreeOptions): TreeEntry {
  return { path: `${folder}/${plainKeyNames ? 'priv_sk' : keyName}`, content: key };
}

/** Returns the files of an organisation itself, in one of its folders. */
function orgTree(folder: string, of: IssuedOrg, options: TreeOptions): TreeEntry[] {
  const { request, made, admin } = of;
  if (!made) return [];
  const { domain } = request.org;
  const ca = (kind: CaKind): TreeEntry[] => [
    { path: `${folder}/${kind}/${kind}.${domain}-cert.pem`, content: made[kind].certificate },
    keyFile(`${folder}/${kind}`, made[kind], options),
  ];
  const admins = [[`Admin@${domain}`, admin]] as const;
  return [...ca('ca'), ...ca('tlsca'), ...sharedMsp(`${folder}/msp`, of, admins, options)];
}

/** Returns the files of an identity. */
function identityTree(
  of: IssuedOrg,
  { name, type, folders }: NetworkIdentity,
  { ca, tlsca }: Readonly<Record<CaKind, KeyPair>>,
  options: TreeOptions,
): TreeEntry[] {
  const isNode = type === 'peer' || type === 'orderer';
  const tls = isNode ? 'server' : 'client';
  // cryptogen lists each user in the MSP of the user itself.
  const admins = isNode
    ? ([[`Admin@${of.request.org.domain}`, of.admin]] as const)
    : ([[name, ca.certificate]] as const);
  return folders.flatMap((folder) => [
    ...sharedMsp(`${folder}/msp`, of, admins, options),
    { path: `${folder}/msp/signcerts/${name}-cert.pem`, content: ca.certificate },
    keyFile(`${folder}/msp/keystore`, ca, options),
    { path: `${folder}/tls/ca.crt`, content: of.roots.tlsca },
    { path: `${folder}/tls/${tls}.crt`, content: tlsca.certificate },
    { path: `${folder}/tls/${tls}.key`, content: tlsca.key },
  ]);
}

/** Returns the files of an organisation, by their paths among the certificates. */
export function cryptoTree(of: IssuedOrg, options: TreeOptions): readonly TreeEntry[] {
  return [
    ...of.request.folders.flatMap((folder) => orgTree(folder, of, options)),
    ...[...of.issued].flatMap(([identity, pairs]) => identityTree(of, identity, pairs, options)),
  ];
}
