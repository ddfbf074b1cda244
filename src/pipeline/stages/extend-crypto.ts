/** Makes the certificates of members that are added to a network in place, and records the members. */
import { readdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import type { StageContext } from '../context/run-context.ts';
import { WizardFailure } from '../core/failure.ts';
import { dockerRun } from '../host/docker-command.ts';
import { exists, withPartial, writeAtomically } from '../host/files.ts';
import { protectKeys } from '../host/private-keys.ts';
import { networkDir } from '../host/state-folder.ts';
import { primaryRef } from '../images/image-recipe.ts';
import type { CryptoFact } from '../journal/state-keys.ts';
import { CERTIFICATES, findDamage, recordMoreCertificates } from '../network/certificate-files.ts';
import { type KeptNetwork, setMembers } from '../network/kept-networks.ts';
import { type Addition, additionWords, membersOf, withAddition } from '../network/members.ts';
import { cryptoConfigYaml } from '../network/network-files.ts';
import { cryptoFingerprint, specOf } from '../network/network-plan.ts';
import { issueWithCa } from './ca-crypto.ts';
import { folderForTools, runTools } from './tools-container.ts';

const CRYPTOGEN = ['cryptogen', 'extend', '--config=crypto-config.yaml', '--input=crypto-config'];

/** Moves what only the first folder has into the second one, whole folders at once. Existing files stay as they are. */
async function moveNew(from: string, to: string): Promise<void> {
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const source = join(from, entry.name);
    const target = join(to, entry.name);
    if (!(await exists(target))) await rename(source, target);
    else if (entry.isDirectory()) await moveNew(source, target);
  }
}

/** A certificate can only be made with the keys of its organisation's CAs. @throws WizardFailure `usage` */
async function requireCaKeys(context: StageContext, network: KeptNetwork): Promise<void> {
  const { unneeded } = await findDamage(network.folder, specOf(network.crypto, context));
  const lost = unneeded.filter((path) => /\/peerOrganizations\/[^/]+\/(ca|tlsca)\//.test(path));
  if (lost.length === 0) return;
  throw new WizardFailure({
    kind: 'usage',
    message: { key: 'usage.ca-keys-lost', paths: lost.map((path) => join(network.folder, path)).join(', ') },
    next: ['fabric-wizard doctor', 'fabric-wizard status'],
  });
}

/** Has cryptogen make the certificates that are missing. @param made folder that gets all certificates */
async function extendWithCryptogen(context: StageContext, made: string): Promise<void> {
  const { spec, settings, stateDir, report } = context;
  const dir = networkDir(stateDir);
  const config = cryptoConfigYaml(spec, settings.release);
  report.command(
    dockerRun({ image: primaryRef(settings, 'tools'), binds: [`${dir}:/w`], workdir: '/w' }, CRYPTOGEN),
  );
  await runTools(context, {
    inputs: [
      { name: 'work/crypto-config.yaml', content: config },
      ...(await folderForTools(join(dir, CERTIFICATES), 'work/crypto-config')),
    ],
    script: CRYPTOGEN.join(' '),
    args: [],
    command: CRYPTOGEN.join(' '),
    onLine: report.log,
    folders: () => ({ 'crypto-config': made }),
  });
}

/** Makes the certificates that are missing. */
async function extendCertificates(context: StageContext, network: KeptNetwork): Promise<void> {
  const { spec, settings, stateDir } = context;
  await requireCaKeys(context, network);
  const dir = networkDir(stateDir);
  const hasCas = spec.identities === 'ca';
  await withPartial(join(dir, CERTIFICATES), async (made) => {
    if (hasCas) await issueWithCa(context, { target: dir, crypto: made, network });
    else await extendWithCryptogen(context, made);
    await protectKeys(made);
    await moveNew(made, join(dir, CERTIFICATES));
  });
  await recordMoreCertificates(dir);
  if (!hasCas)
    await writeAtomically(join(dir, 'crypto-config.yaml'), cryptoConfigYaml(spec, settings.release));
}

/**
 * Adds a member to the network in place. It is recorded when its certificates are there, so that `up` can continue from
 * then on.
 */
export async function extendCrypto(
  context: StageContext,
  network: KeptNetwork,
  addition: Addition,
): Promise<void> {
  const { config, stateDir, journal } = context;
  if (addition.kind !== 'channel') await extendCertificates(context, network);
  const members = withAddition(membersOf(config, network.crypto), addition);
  const crypto: CryptoFact = {
    ...network.crypto,
    fingerprint: cryptoFingerprint(context),
    members: { ...members, unfinished: additionWords(addition) },
  };
  await setMembers({ stateDir, journal }, crypto);
}
