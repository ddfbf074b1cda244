/** Identities of a CA: what its client prints, their files, and their revocation in a channel. */
import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CancelledError } from '../../../../src/pipeline/core/failure.ts';
import { parseIdentities } from '../../../../src/pipeline/network/ca-client.ts';
import { type ConfigGroup, withRevocations } from '../../../../src/pipeline/network/channel-config.ts';
import { revocationsIn, serialText } from '../../../../src/pipeline/network/crl-serials.ts';
import {
  enrolledIdentities,
  identityLogin,
  identityMsp,
  isIdentityName,
  knownIdentity,
  mspHere,
  readIdentity,
  recordIdentity,
  revokedIdentities,
  revokedWith,
  withSecret,
  writeIdentity,
} from '../../../../src/pipeline/network/identity-files.ts';
import { renderIdentities, renderUnknown } from '../../../../src/report/identity-text.ts';
import { createStyle } from '../../../../src/report/style.ts';
import { tempDir } from '../../../support/temp-dir.ts';

const ORG = {
  name: 'Org1',
  domain: 'org1.example.com',
  folder: 'peerOrganizations/org1.example.com',
};

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

  /** A certificate, and what a list that names it contains. */
  const PEM = readFileSync(
    join(import.meta.dirname, '../../../../sample/sampleconfig/msp/signcerts/sample-cert.pem'),
    'utf8',
  );
  const NAMED = { issuer: '', serials: new Set([serialText(new X509Certificate(PEM).serialNumber)]) };
  const OTHER = { issuer: '', serials: new Set(['1']) };

  it('tell which were revoked, if the list of the CA names them', async () => {
    const dir = await withOrgMsp();
    for (const name of ['alice', 'bob'])
      await writeIdentity(dir, ORG, name, { certificate: PEM, key: 'KEY' });
    await recordIdentity(dir, ORG, 'alice', { revoked: '2026-11-30T12:00:00Z' });
    const alice = { name: 'alice', msp: identityMsp(dir, ORG, 'alice') };
    expect(await revokedIdentities(dir, ORG, NAMED)).toEqual([alice]);
    // As after `clean`: the database is another one.
    for (const list of [OTHER, undefined]) expect(await revokedIdentities(dir, ORG, list)).toEqual([]);
  });

  it('tell of those that come with the network, too', async () => {
    const dir = await withOrgMsp();
    const name = 'User1@org1.example.com';
    await recordIdentity(dir, ORG, name, { revoked: '2026-11-30T12:00:00Z' });
    expect(await revokedIdentities(dir, ORG, NAMED)).toEqual([]);
    const msp = join(dir, 'crypto-config', ORG.folder, 'users', name, 'msp');
    await mkdir(join(msp, 'signcerts'), { recursive: true });
    await writeFile(join(msp, 'signcerts', `${name}-cert.pem`), PEM);
    expect(await revokedIdentities(dir, ORG, NAMED)).toEqual([{ name, msp }]);
  });

  it('are found for users, peers and orderers of one organisation', async () => {
    const dir = await withOrgMsp();
    for (const path of [
      'peerOrganizations/@/users/u',
      'peerOrganizations/@/peers/p',
      'ordererOrganizations/@/orderers/o',
    ])
      await mkdir(join(dir, 'crypto-config', path.replace('@', ORG.domain), 'msp'), { recursive: true });
    for (const name of ['u', 'p', 'o']) expect(await mspHere(dir, ORG, name)).toContain(`/${name}/msp`);
    expect(await mspHere(dir, ORG, 'x')).toBeUndefined();
  });

  it.each(['{"secret": ', '{"secret": 1}', ''])('say that they are damaged: %j', async (text) => {
    const dir = await withOrgMsp();
    await recordIdentity(dir, ORG, 'alice', { secret: 's' });
    const path = join(dir, 'identities', ORG.domain, 'alice/identity.json');
    await writeFile(path, text);
    await expect(readIdentity(dir, ORG, 'alice')).rejects.toMatchObject({
      failure: {
        kind: 'usage',
        message: { key: 'usage.identity-damaged', path },
        next: [`rm ${path}`, 'fabric-wizard identity enroll alice --org Org1 --secret SECRET'],
      },
    });
  });

  it('are damaged before the CA revokes anything, and have the time afterwards', async () => {
    const dir = await tempDir();
    await recordIdentity(dir, ORG, 'alice', { secret: 's' });
    const path = join(dir, 'identities', ORG.domain, 'alice', 'identity.json');
    const whole = await readFile(path, 'utf8');
    const revocations: string[] = [];
    const revoke = () => revokedWith(dir, ORG, 'alice', async () => void revocations.push('alice'));
    await writeFile(path, '{"secret": ');
    await expect(revoke()).rejects.toMatchObject({ failure: { message: { key: 'usage.identity-damaged' } } });
    expect(revocations).toEqual([]);
    await writeFile(path, whole);
    const revoked = await revoke();
    expect(revocations).toEqual(['alice']);
    expect(await readIdentity(dir, ORG, 'alice')).toEqual({ secret: 's', revoked });
  });

  it('with a damaged file do not keep the others from being listed, and the list tells whether they were revoked', async () => {
    const dir = await withOrgMsp();
    const users = join(dir, 'crypto-config', ORG.folder, 'users');
    const name = 'User1@org1.example.com';
    const msp = join(users, name, 'msp');
    await mkdir(join(msp, 'signcerts'), { recursive: true });
    await writeFile(join(msp, 'signcerts', `${name}-cert.pem`), PEM);
    for (const each of ['alice', name]) await recordIdentity(dir, ORG, each, { secret: 's' });
    const damaged = join(dir, 'identities', ORG.domain, name, 'identity.json');
    await writeFile(damaged, '{"secret": ');
    expect(await knownIdentity(dir, ORG, 'alice')).toEqual({ secret: 's' });
    expect(await knownIdentity(dir, ORG, name)).toEqual({ damaged });
    expect(await revokedIdentities(dir, ORG, NAMED)).toEqual([{ name, msp }]);
    expect(await revokedIdentities(dir, ORG, OTHER)).toEqual([]);
    const row = { type: 'client', affiliation: '', attributes: {} };
    const style = createStyle({ colour: false, unicode: true, language: 'en' });
    const ca = { name: 'Org1', ca: { name: 'ca.org1.example.com' } };
    const text = renderIdentities(
      ca,
      [
        { ...row, name: 'alice' },
        { ...row, name, damaged },
      ],
      style,
    );
    expect(text).toMatch(/^alice .* registered$/m);
    expect(text).toMatch(/^User1@org1\.example\.com .* damaged file$/m);
  });

  it('that the CA does not have are named with the command that registers the first of them', () => {
    const style = createStyle({ colour: false, unicode: true, language: 'en' });
    const ca = { ca: { name: 'ca.org1.example.com' } };
    const again = (name: string) => `fabric-wizard identity register ${name}`;
    expect(renderUnknown(ca, [], again, style)).toEqual([]);
    const lines = renderUnknown(ca, ['alice', 'bob'], again, style).join('\n');
    expect(lines).toContain('ca.org1.example.com does not know alice, bob,');
    expect(lines).toMatch(/fabric-wizard identity register alice$/);
  });

  it('are not looked for outside of their folder, whatever name the CA knows', async () => {
    const dir = await withOrgMsp();
    await writeIdentity(dir, ORG, 'alice', { certificate: 'CERT', key: 'KEY' });
    await recordIdentity(dir, ORG, 'alice', { secret: 's' });
    const name = `../${ORG.domain}/alice`;
    expect(await readIdentity(dir, ORG, name)).toEqual({});
    expect(await mspHere(dir, ORG, name)).toBeUndefined();
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
  /** A value in DER. */
  const der = (tag: number, ...content: readonly (Buffer | string)[]): Buffer => {
    const bytes = Buffer.concat(content.map((each) => (typeof each === 'string' ? Buffer.from(each) : each)));
    const { length } = bytes;
    const size =
      length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
    return Buffer.concat([Buffer.from([tag, ...size]), bytes]);
  };
  const serial = (number: number) => der(0x02, Buffer.from([number]));
  /** A list without a signature: nothing here verifies it. */
  const listOf = (issuer: string, serials: readonly number[], time = '261130120000Z') => {
    const entries = serials.map((number) => der(0x30, serial(number), der(0x17, time)));
    const signed = der(
      0x30,
      ...[serial(1), der(0x30, 'algorithm'), der(0x30, issuer), der(0x17, time), der(0x17, '361130120000Z')],
      ...(entries.length > 0 ? [der(0x30, ...entries)] : []),
      der(0xa0, 'extensions'),
    );
    const base64 = der(0x30, signed, der(0x30, 'algorithm'), der(0x03, 'signature')).toString('base64');
    return `-----BEGIN X509 CRL-----\n${base64}\n-----END X509 CRL-----\n`;
  };
  const encoded = (pem: string) => Buffer.from(pem).toString('base64');
  const PEM = listOf('ca', [7, 9]);
  const BASE64 = encoded(PEM);
  const withLists = (...lists: readonly string[]) => ({
    channel_group: group({ Application: group({ Org1MSP: org(lists.map(encoded)), Org2MSP: org() }) }),
  });

  it('replaces one of which it has every entry, and nothing else', () => {
    const after = withRevocations(withLists(listOf('ca', [7])), 'Org1MSP', PEM);
    expect(listIn(after, 'Application')).toEqual({ name: 'x', revocation_list: [BASE64] });
    expect(after?.channel_group.groups.Application?.groups.Org2MSP).toEqual(org());
  });

  it.each([
    ['another CA', listOf('other', [7])],
    ['a database that was removed', listOf('ca', [3])],
    ['something that is no list', 'text'],
  ])('is added to one of %s', (_, other) => {
    const after = withRevocations(withLists(other, listOf('ca', [])), 'Org1MSP', PEM);
    expect(listIn(after, 'Application')).toEqual({ name: 'x', revocation_list: [encoded(other), BASE64] });
  });

  it('is in both definitions of an organisation that has orderers too', () => {
    const both = group({ Application: group({ Org1MSP: org() }), Orderer: group({ Org1MSP: org() }) });
    const after = withRevocations({ channel_group: both }, 'Org1MSP', PEM);
    for (const place of ['Application', 'Orderer'])
      expect(listIn(after, place)).toMatchObject({ revocation_list: [BASE64] });
  });

  it('is in the group of an organisation with orderers, which has another name than its MSP', () => {
    const msp = { MSP: { mod_policy: 'Admins', value: { type: 0, config: { name: 'OrdererMSP' } } } };
    const config = { channel_group: group({ Orderer: group({ OrdererOrg: group({}, msp) }) }) };
    const after = withRevocations(config, 'OrdererMSP', PEM);
    expect(after?.channel_group.groups.Orderer?.groups.OrdererOrg?.values.MSP).toMatchObject({
      value: { config: { revocation_list: [BASE64] } },
    });
    expect(withRevocations(config, 'OtherMSP', PEM)).toBeUndefined();
  });

  it.each([
    ['is there already', PEM],
    ['revokes what another one does, which is newer', listOf('ca', [9, 7], '261201120000Z')],
    ['revokes less than another one', listOf('ca', [5, 7, 9])],
  ])('changes nothing if it %s', (_, present) => {
    expect(withRevocations(withLists(present), 'Org1MSP', PEM)).toBeUndefined();
  });

  it('of any length is read', () => {
    const many = listOf(
      'ca',
      Array.from({ length: 200 }, (_, index) => index),
    );
    expect(revocationsIn(many)?.serials.size).toBe(200);
    expect(revocationsIn(many.slice(0, 200))).toBeUndefined();
    expect(revocationsIn('-----BEGIN X509 CRL-----\nMIIB\n-----END X509 CRL-----\n')).toBeUndefined();
    expect(serialText('')).toBe('0');
  });
});
