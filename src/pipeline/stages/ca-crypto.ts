/** Makes certificates with Fabric CA instead of cryptogen, in one container. */
import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { projectLabels, type StageContext } from '../context/run-context.ts';
import { WizardFailure } from '../core/failure.ts';
import { LABEL } from '../engine/labels.ts';
import { extractTar } from '../engine/tar-context.ts';
import { exists, withPartial } from '../host/files.ts';
import { isPrivateKey } from '../host/private-keys.ts';
import { caAdminOf, writeCaAdmin } from '../network/ca-files.ts';
import {
  CA_KINDS,
  type CaKind,
  ISSUED,
  ISSUING_DIR,
  ISSUING_SCRIPT,
  type IssueRequest,
  issuingBinds,
  issuingInputs,
} from '../network/ca-issuing.ts';
import { CA_DATABASE, caDatabasePath } from '../network/ca-parts.ts';
import { CERTIFICATES } from '../network/certificate-files.ts';
import { cryptoTree, type IssuedOrg, type KeyPair } from '../network/crypto-tree.ts';
import type { KeptNetwork } from '../network/kept-networks.ts';
import { type IssuingOrg, issuingOrgs, type NetworkIdentity } from '../network/network-identities.ts';
import { volumeName } from '../network/network-spec.ts';

const COMMAND = ['fabric-ca-client', 'enroll'];

/** Returns the path of the only private key in a folder. @throws Error if it has none */
async function keyIn(folder: string): Promise<string> {
  const key = (await readdir(folder)).find(isPrivateKey);
  if (key === undefined) throw new Error(`${folder} has no private key`);
  return join(folder, key);
}

/** Returns the files of a CA of an organisation that exists. @param crypto folder of the certificates */
async function rootFiles(crypto: string, { org }: IssuingOrg, kind: CaKind) {
  const folder = join(crypto, org.folder, kind);
  return {
    certificate: { file: join(folder, `${kind}.${org.domain}-cert.pem`) },
    key: { file: await keyIn(folder) },
  };
}

/** Returns where the database of an organisation's CA is; undefined if there is none yet. */
async function databaseOf(
  { docker, spec }: StageContext,
  { folder, crypto: { instance } }: KeptNetwork,
  { org }: IssuingOrg,
): Promise<IssueRequest['database']> {
  const volume = volumeName(spec, instance, org.ca.name);
  const volumes = await docker.listVolumes([`${LABEL.project}=${spec.project}`]);
  if (volumes.some(({ name }) => name === volume)) return { volume };
  const file = caDatabasePath(folder, org);
  return (await exists(file)) ? { file } : undefined;
}

/** Returns what is missing. @param network the one whose certificates stay; undefined: everything is new */
async function requestsOf(
  context: StageContext,
  target: string,
  network: KeptNetwork | undefined,
): Promise<readonly IssueRequest[]> {
  const all = issuingOrgs(context.spec);
  if (!network)
    return Promise.all(
      all.map(async (each) => ({
        ...each,
        admin: await caAdminOf(target, each.org),
        roots: undefined,
        database: undefined,
      })),
    );
  const crypto = join(network.folder, CERTIFICATES);
  const requests = all.map(async (each): Promise<IssueRequest[]> => {
    const missing = await Promise.all(
      each.identities.map(async (identity) => {
        const found = await Promise.all(identity.folders.map((folder) => exists(join(crypto, folder))));
        return found.includes(false) ? [identity] : [];
      }),
    );
    const identities = missing.flat();
    if (identities.length === 0) return [];
    const admin = await caAdminOf(network.folder, each.org);
    if (!(await exists(join(crypto, each.org.folder))))
      return [{ ...each, identities, admin, roots: undefined, database: undefined }];
    const [ca, tlsca] = await Promise.all(CA_KINDS.map((kind) => rootFiles(crypto, each, kind)));
    if (!ca || !tlsca) throw new Error('an organisation has two CAs');
    const database = await databaseOf(context, network, each);
    return [{ ...each, identities, admin, roots: { ca, tlsca }, database }];
  });
  return (await Promise.all(requests)).flat();
}

/** Returns the certificate and the key in a folder of what was issued. */
async function pairIn(folder: string): Promise<KeyPair> {
  const path = await keyIn(folder);
  const [certificate, key] = await Promise.all([
    readFile(join(folder, 'cert.pem'), 'utf8'),
    readFile(path, 'utf8'),
  ]);
  return { certificate, key, keyName: path.slice(folder.length + 1) };
}

/** @param out folder with what was issued; @param crypto folder of the certificates that exist */
async function issuedOrg(request: IssueRequest, out: string, crypto: string): Promise<IssuedOrg> {
  const { org, roots, identities } = request;
  const folder = join(out, org.domain);
  const both = async <T>(read: (kind: CaKind) => Promise<T>) => ({
    ca: await read('ca'),
    tlsca: await read('tlsca'),
  });
  const made = roots ? undefined : await both((kind) => pairIn(join(folder, kind)));
  const issued = new Map<NetworkIdentity, Readonly<Record<CaKind, KeyPair>>>();
  for (const identity of identities)
    issued.set(
      identity,
      await both((kind) => pairIn(join(folder, identity.name, kind === 'ca' ? 'msp' : 'tls'))),
    );
  const name = `Admin@${org.domain}`;
  const admin =
    [...issued].find(([identity]) => identity.name === name)?.[1].ca.certificate ??
    (await readFile(join(crypto, org.folder, `users/${name}/msp/signcerts/${name}-cert.pem`), 'utf8'));
  const rootOf = async (kind: CaKind) =>
    made?.[kind].certificate ??
    (await readFile(join(crypto, org.folder, kind, `${kind}.${org.domain}-cert.pem`), 'utf8'));
  return { request, roots: await both(rootOf), made, admin, issued };
}

/** Runs the container. @param out folder that gets what is issued */
async function issue(context: StageContext, requests: readonly IssueRequest[], out: string): Promise<void> {
  const { docker, ca, signal, report } = context;
  if (!ca) throw new Error('the network has no CA');
  await docker.runToEnd(
    {
      image: ca.ref,
      cmd: ['sh', '-euc', ISSUING_SCRIPT],
      workdir: ISSUING_DIR,
      networkMode: 'none',
      binds: issuingBinds(requests),
      labels: projectLabels(context),
      inputs: issuingInputs(requests),
      signal,
      onLine: report.log,
    },
    async ({ exitCode, archive }) => {
      if (exitCode !== 0)
        throw new WizardFailure({
          kind: 'command',
          command: COMMAND.join(' '),
          where: ca.ref,
          exitCode,
          tail: report.tail(),
        });
      await extractTar(await archive(`${ISSUING_DIR}/${ISSUED}`), out);
    },
  );
}

/** Keeps the database with which the server of an organisation begins, and the secret of its administrator. */
async function keepCaFiles({ org, admin, database }: IssueRequest, out: string, dir: string): Promise<void> {
  await writeCaAdmin(dir, org, admin);
  // A database in a volume is that of the server already.
  if (database && 'volume' in database) return;
  await rename(join(out, org.domain, CA_DATABASE), caDatabasePath(dir, org));
}

/**
 * Makes the certificates of all identities of the network that have none, and arranges them as cryptogen does.
 * @param target folder of the network's files; secrets and databases of its CAs are put there
 * @param crypto folder that gets the certificates
 * @param network the network that is extended; undefined: all certificates are new
 * @throws WizardFailure `command`; CancelledError
 */
export async function issueWithCa(
  context: StageContext,
  {
    target,
    crypto,
    network,
  }: { readonly target: string; readonly crypto: string; readonly network?: KeptNetwork },
): Promise<void> {
  const { release } = context.settings;
  const options = { nodeOus: release.nodeOus, plainKeyNames: release.lifecycle === 'package' };
  const requests = await requestsOf(context, target, network);
  // A run that was killed may have made them all.
  if (requests.length === 0) return;
  await withPartial(join(target, ISSUED), async (out) => {
    await issue(context, requests, out);
    for (const request of requests) {
      const issued = await issuedOrg(request, out, join(network?.folder ?? target, CERTIFICATES));
      for (const { path, content } of cryptoTree(issued, options)) {
        const file = join(crypto, path);
        await mkdir(content === undefined ? file : dirname(file), { recursive: true });
        if (content !== undefined)
          await writeFile(file, content, { mode: isPrivateKey(file) ? 0o600 : 0o644 });
      }
      await keepCaFiles(request, out, target);
    }
  });
}
