/** Identities of a CA: what its client prints, their files, and their revocation in a channel. */
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CancelledError } from '../../../../src/pipeline/core/failure.ts';
import { parseIdentities } from '../../../../src/pipeline/network/ca-client.ts';
import { type ConfigGroup, withRevocations } from '../../../../src/pipeline/network/channel-config.ts';
import {
  enrolledIdentities,
  identityLogin,
  identityMsp,
  isIdentityName,
  readIdentity,
  recordIdentity,
  revokedIdentities,
  withSecret,
  writeIdentity,
} from '../../../../src/pipeline/network/identity-files.ts';
import { tempDir } from '../../../support/temp-dir.ts';

const ORG = { domain: 'org1.example.com' };

describe('the list of a CA', () => {
  it('is parsed with the attributes that are not of Fabric CA itself', () => {
    const output = [
      '2026/11/30 12:00:00 [INFO] Configuration file location: /tmp/x/fabric-ca-client-config.yaml',
      'Name: admin, Type: client, Affiliation: , Max Enrollments: -1, Attributes: [{Name:hf.Revoker Value:1 ECert:false}]',
      'Name: alice, Type: client, Affiliation: org1.sales, Max Enrollments: -1, Attributes: [{Name:hf.EnrollmentID Value:alice ECert:true} {Name:role Value:chief auditor ECert:true}]',
    ];
    expect(parseIdentities(output.join('\n'))).toEqual([
      { name: 'admin', type: 'client', affiliation: '', attributes: {} },
      { name: 'alice', type: 'client', affiliation: 'org1.sales', attributes: { role: 'chief auditor' } },
    ]);
  });
});

describe('the files of an identity', () => {
  async function withOrgMsp(): Promise<string> {
    const dir = await tempDir();
    const msp = join(dir, 'crypto-config/peerOrganizations', ORG.domain, 'msp');
    for (const part of ['cacerts', 'tlscacerts']) {
      await mkdir(join(msp, part), { recursive: true });
      await writeFile(join(msp, part, 'root.pem'), part);
    }
    await writeFile(join(msp, 'config.yaml'), 'NodeOUs:\n');
    return dir;
  }

  it('are an MSP with the NodeOUs of the organisation, whose key only the owner reads', async () => {
    const dir = await withOrgMsp();
    await writeIdentity(dir, ORG, 'alice', { certificate: 'CERT', key: 'KEY' });
    const msp = identityMsp(dir, ORG, 'alice');
    expect((await readdir(msp)).sort()).toEqual([
      ...['admincerts', 'cacerts', 'config.yaml', 'keystore', 'signcerts', 'tlscacerts'],
    ]);
    expect(await readFile(join(msp, 'signcerts/alice-cert.pem'), 'utf8')).toBe('CERT');
    expect(await readFile(join(msp, 'cacerts/root.pem'), 'utf8')).toBe('cacerts');
    expect((await stat(join(msp, 'keystore/priv_sk'))).mode & 0o777).toBe(0o600);
    expect(await enrolledIdentities(dir, ORG)).toEqual(['alice']);
  });

  it('are replaced as a whole by another enrolment', async () => {
    const dir = await withOrgMsp();
    await writeIdentity(dir, ORG, 'alice', { certificate: 'OLD', key: 'OLD' });
    await writeIdentity(dir, ORG, 'alice', { certificate: 'NEW', key: 'NEW' });
    const msp = identityMsp(dir, ORG, 'alice');
    expect(await readFile(join(msp, 'keystore/priv_sk'), 'utf8')).toBe('NEW');
    expect(await readdir(join(msp, 'keystore'))).toHaveLength(1);
  });

  it('keep the secret for the enrolment, and the time of the revocation', async () => {
    const dir = await withOrgMsp();
    expect(await identityLogin(dir, ORG, 'alice', undefined)).toBeUndefined();
    await recordIdentity(dir, ORG, 'alice', { secret: 's3cret', type: 'client' });
    expect(await identityLogin(dir, ORG, 'alice', undefined)).toEqual({ name: 'alice', secret: 's3cret' });
    expect(await identityLogin(dir, ORG, 'alice', 'given')).toEqual({ name: 'alice', secret: 'given' });
    await recordIdentity(dir, ORG, 'alice', { revoked: '2026-11-30T12:00:00Z' });
    expect(await readIdentity(dir, ORG, 'alice')).toMatchObject({
      secret: 's3cret',
      revoked: expect.any(String),
    });
    // It is registered, and has no certificate.
    expect(await enrolledIdentities(dir, ORG)).toEqual([]);
  });

  it('have the secret before it is used, so that a cancelled registration can be used', async () => {
    const dir = await withOrgMsp();
    const alice = { name: 'alice', given: undefined };
    const secrets: string[] = [];
    const cancelled = async (secret: string) => {
      secrets.push(secret);
      throw new CancelledError();
    };
    for (const _ of [1, 2])
      await expect(withSecret(dir, ORG, alice, cancelled)).rejects.toThrow(CancelledError);
    expect(secrets[0]).toMatch(/^[0-9a-f]{24}$/);
    expect(secrets[1]).toBe(secrets[0]);
    expect(await readIdentity(dir, ORG, 'alice')).toEqual({ secret: secrets[0] });
  });

  it('keep the known secret, or none, if the CA refuses another one', async () => {
    const dir = await withOrgMsp();
    await recordIdentity(dir, ORG, 'alice', { secret: 'known' });
    const refused = () => Promise.reject(new Error('already registered'));
    for (const name of ['alice', 'bob'])
      await expect(withSecret(dir, ORG, { name, given: 'other' }, refused)).rejects.toThrow('already');
    expect((await readIdentity(dir, ORG, 'alice')).secret).toBe('known');
    expect((await readIdentity(dir, ORG, 'bob')).secret).toBeUndefined();
  });

  it('tell which were revoked, if the CA still knows them', async () => {
    const dir = await withOrgMsp();
    for (const name of ['alice', 'bob', 'carol'])
      await writeIdentity(dir, ORG, name, { certificate: 'CERT', key: 'KEY' });
    for (const name of ['alice', 'bob'])
      await recordIdentity(dir, ORG, name, { revoked: '2026-11-30T12:00:00Z' });
    expect(await revokedIdentities(dir, ORG, ['admin', 'alice', 'carol'])).toEqual(['alice']);
  });

  it.each(['', '../x', 'a/b', '.hidden', 'a b', 'x'.repeat(65), 'crl.pem'])('are not made for %j', (name) => {
    expect(isIdentityName(name)).toBe(false);
  });

  it.each(['alice', 'alice@example.com', 'a.b_c-1'])('are made for %j', (name) => {
    expect(isIdentityName(name)).toBe(true);
  });
});

describe('a revocation list', () => {
  const group = (
    groups: Record<string, ConfigGroup> = {},
    values: Record<string, unknown> = {},
  ): ConfigGroup => ({
    ...{ groups, values, mod_policy: 'Admins', version: '0' },
  });
  const org = (list?: readonly string[]) =>
    group(
      {},
      { MSP: { mod_policy: 'Admins', value: { type: 0, config: { name: 'x', revocation_list: list } } } },
    );
  const listIn = (config: ReturnType<typeof withRevocations>, place: string) =>
    (
      config?.channel_group.groups[place]?.groups.Org1MSP?.values.MSP as
        | { value: { config: object } }
        | undefined
    )?.value.config;
  const PEM = '-----BEGIN X509 CRL-----\n';
  const BASE64 = Buffer.from(PEM).toString('base64');

  it('replaces the one of the organisation, and nothing else', () => {
    const before = {
      channel_group: group({ Application: group({ Org1MSP: org(['old']), Org2MSP: org() }) }),
    };
    const after = withRevocations(before, 'Org1MSP', PEM);
    expect(listIn(after, 'Application')).toEqual({ name: 'x', revocation_list: [BASE64] });
    expect(after?.channel_group.groups.Application?.groups.Org2MSP).toEqual(org());
  });

  it('is in both definitions of an organisation that has orderers too', () => {
    const both = group({ Application: group({ Org1MSP: org() }), Orderer: group({ Org1MSP: org() }) });
    const after = withRevocations({ channel_group: both }, 'Org1MSP', PEM);
    for (const place of ['Application', 'Orderer'])
      expect(listIn(after, place)).toMatchObject({ revocation_list: [BASE64] });
  });

  it('that is there already changes nothing', () => {
    const same = { channel_group: group({ Application: group({ Org1MSP: org([BASE64]) }) }) };
    expect(withRevocations(same, 'Org1MSP', PEM)).toBeUndefined();
  });
});
