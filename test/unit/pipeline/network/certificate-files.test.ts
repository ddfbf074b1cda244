/** Which certificates and keys are missing or damaged, and what can be copied from where. */
import { mkdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../../../src/pipeline/config/config.ts';
import { releaseOf } from '../../../../src/pipeline/fabric/release.ts';
import {
  findDamage,
  recordCertificates,
  restoreFiles,
} from '../../../../src/pipeline/network/certificate-files.ts';
import { networkSpec } from '../../../../src/pipeline/network/network-spec.ts';
import { certificateOf, keyOf, writeCertificates } from '../../../support/certificates.ts';
import { filesIn, tempDir } from '../../../support/temp-dir.ts';

const ORDERER = 'crypto-config/ordererOrganizations/example.com/orderers/orderer.example.com';
const ORG1 = 'crypto-config/peerOrganizations/org1.example.com';
const PEER = `${ORG1}/peers/peer0.org1.example.com`;
const ADMIN = `${ORG1}/users/Admin@org1.example.com`;
const { values } = await loadConfig({ dir: tmpdir(), flags: { orgs: '1', peers: '1' } });
const release = releaseOf('1.4.12');
if (!release) throw new Error('no release');
const SPEC = networkSpec(values, release, 'fw-test');
const NONE = { restorable: [], lost: [], unneeded: [], changed: [] };

async function network(recorded: boolean): Promise<string> {
  const folder = await tempDir();
  await writeCertificates(folder, SPEC);
  if (recorded) await recordCertificates(folder);
  return folder;
}

/** The content of every file, by path. */
async function contentsIn(folder: string): Promise<ReadonlyMap<string, string>> {
  return new Map([...(await filesIn(folder))].map(([path, text]) => [path, text.replace(/^[\d.]+ /, '')]));
}

const DAMAGES: Readonly<Record<string, (path: string) => Promise<void>>> = {
  missing: (path) => rm(path),
  empty: (path) => truncate(path, 0),
  truncated: async (path) => truncate(path, Math.floor((await readFile(path)).length / 2)),
  corrupted: async (path) =>
    writeFile(
      path,
      (await readFile(path)).map((byte) => byte ^ 0x5a),
    ),
  'a folder': async (path) => {
    await rm(path);
    await mkdir(path);
  },
};

describe.each([
  ['with a record', true],
  ['of an earlier version, without a record', false],
])('a network %s', (_, recorded) => {
  it('is undamaged after it was made', async () => {
    expect(await findDamage(await network(recorded), SPEC)).toEqual(NONE);
  });

  it.each(Object.keys(DAMAGES))('restores certificates that are %s from copies', async (kind) => {
    const folder = await network(recorded);
    const before = await contentsIn(folder);
    const paths = [
      `${ORDERER}/msp/tlscacerts/tlsca.example.com-cert.pem`,
      `${ORG1}/msp/cacerts/ca.org1.example.com-cert.pem`,
      `${PEER}/msp/cacerts/ca.org1.example.com-cert.pem`,
      `${PEER}/tls/ca.crt`,
      `${ADMIN}/msp/signcerts/Admin@org1.example.com-cert.pem`,
    ];
    for (const path of paths) await DAMAGES[kind]?.(join(folder, path));
    const { restorable, ...others } = await findDamage(folder, SPEC);
    expect(new Set(restorable.map((each) => each.path))).toEqual(new Set(paths));
    expect(others).toEqual({ lost: [], unneeded: [], changed: [] });
    await restoreFiles(folder, restorable);
    expect(await contentsIn(folder)).toEqual(before);
  });

  it.each(Object.keys(DAMAGES))('has lost keys and own certificates that are %s', async (kind) => {
    const folder = await network(recorded);
    const paths = [
      `${ORDERER}/tls/server.key`,
      `${PEER}/msp/signcerts/peer0.org1.example.com-cert.pem`,
      `${PEER}/tls/server.crt`,
    ];
    for (const path of paths) await DAMAGES[kind]?.(join(folder, path));
    const { lost, ...others } = await findDamage(folder, SPEC);
    expect(new Set(lost)).toEqual(new Set(paths));
    expect(others).toEqual({ restorable: [], unneeded: [], changed: [] });
  });

  it('has lost a key in a keystore', async () => {
    const folder = await network(recorded);
    await rm(join(folder, ADMIN, 'msp/keystore/priv_sk'));
    const { lost } = await findDamage(folder, SPEC);
    expect(lost).toEqual([expect.stringContaining(`${ADMIN}/msp/keystore`)]);
  });

  it('has lost the node whose folder is gone, and nothing of other nodes', async () => {
    const folder = await network(recorded);
    await rm(join(folder, PEER), { recursive: true });
    const { lost, restorable } = await findDamage(folder, SPEC);
    expect(lost).toContain(`${PEER}/tls/server.key`);
    for (const path of [...lost, ...restorable.map((each) => each.path)]) expect(path).toContain(PEER);
  });

  it('can do without the keys of its CAs and without users that nobody is', async () => {
    const folder = await network(recorded);
    const unneeded = [`${ORG1}/ca/priv_sk`, `${ORG1}/users/User1@org1.example.com/tls/client.key`];
    for (const path of unneeded) await truncate(join(folder, path), 20);
    expect(await findDamage(folder, SPEC)).toEqual({ ...NONE, unneeded });
  });

  it('has lost a certificate of which every copy is damaged', async () => {
    const folder = await network(recorded);
    const names = [...(await filesIn(folder)).keys()].filter((path) => path.includes('tlsca.org1'));
    const copies = [...(await filesIn(folder)).keys()].filter(
      (path) => path.includes(ORG1) && path.endsWith('ca.crt'),
    );
    for (const path of [...names, ...copies]) await truncate(join(folder, path), 20);
    const { lost, restorable } = await findDamage(folder, SPEC);
    expect(restorable).toEqual([]);
    expect(lost).toContain(`${PEER}/tls/ca.crt`);
  });
});

it('keeps valid files that somebody put in place of those that were made', async () => {
  const folder = await network(true);
  await writeFile(join(folder, PEER, 'tls/server.crt'), certificateOf('renewed'));
  await writeFile(join(folder, PEER, 'tls/server.key'), keyOf('renewed'));
  await writeFile(join(folder, ORG1, 'msp/config.yaml'), 'NodeOUs of mine\n');
  const changed = [`${ORG1}/msp/config.yaml`, `${PEER}/tls/server.crt`, `${PEER}/tls/server.key`];
  const damage = await findDamage(folder, SPEC);
  expect({ ...damage, changed: [...damage.changed].sort() }).toEqual({ ...NONE, changed });
});

it('checks what it can if the record itself is damaged', async () => {
  const folder = await network(true);
  await DAMAGES.corrupted?.(join(folder, 'crypto-config.sha256'));
  expect(await findDamage(folder, SPEC)).toEqual(NONE);
  await rm(join(folder, ORDERER, 'tls/server.key'));
  expect(await findDamage(folder, SPEC)).toEqual({ ...NONE, lost: [`${ORDERER}/tls/server.key`] });
});
