/**
 * Fabric CA from source, with real clients. FABRIC_SRC and FABRIC_CA_SRC name a checkout of each. Without them these tests
 * are skipped, loudly.
 */
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Connection } from '../../src/pipeline/network/connection.ts';
import { chaincodeWithEvent } from '../support/clients/event-chaincode.ts';
import { runCaClient, runClient } from '../support/clients/packages.ts';
import { engine } from '../support/engine.ts';
import { type Wizard, wizardWith } from '../support/wizard.ts';

const PROJECT = 'fw-e2e-ca';
const PORT = 27050;
const ISSUED_PORT = 28050;
const CA = 'ca.org1.example.com';
const [source] = (process.env.FABRIC_SRC ?? '').split(':').filter(Boolean);
const [caSource] = (process.env.FABRIC_CA_SRC ?? '').split(':').filter(Boolean);
const isReal = source !== undefined && caSource !== undefined;

if (!isReal) {
  process.stderr.write('FABRIC_SRC or FABRIC_CA_SRC is not set: Fabric CA was skipped\n');
  it.skip('Fabric CA, as FABRIC_SRC or FABRIC_CA_SRC is not set');
}

interface Refused {
  readonly updated: readonly string[];
  readonly refused: readonly { readonly name: string; readonly answer: string }[];
}

describe.runIf(isReal)('a network with CAs', () => {
  let folder: string;
  let wizard: Wizard;
  let chaincode: string;
  let org: Connection['orgs'][number];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'fabric-wizard-e2e-'));
    const withEvent = await chaincodeWithEvent(source ?? '', join(folder, 'chaincode'));
    const choices = {
      project: PROJECT,
      'port-base': PORT,
      source: source ?? '',
      orgs: 1,
      peers: 1,
      chaincode: withEvent,
    };
    wizard = await wizardWith({ ...choices, ca: true, 'ca-source': caSource ?? '' });
    const run = (await wizard.events('up', '--yes')).wentWell();
    expect(run.built).toContain('ca');
    chaincode = run.one('smoke-result').chaincode;
    org = ((await wizard.json('connect')) as Connection).orgs[0] ?? expect.fail();
  });

  afterAll(async () => {
    await wizard?.dispose();
    await rm(folder, { recursive: true, force: true });
  });

  async function gatewayWith(identity: {
    readonly certificate: string;
    readonly key: string;
  }): Promise<string> {
    const paths = { certPath: join(folder, 'cert.pem'), keyPath: join(folder, 'key.pem') };
    await writeFile(paths.certPath, identity.certificate);
    await writeFile(paths.keyPath, identity.key, { mode: 0o600 });
    const gateway = JSON.parse(await readFile(org.files.gateway ?? '', 'utf8')) as object;
    const file = join(folder, 'gateway.json');
    await writeFile(file, JSON.stringify({ ...gateway, ...paths }));
    return file;
  }

  it('builds and starts nothing a second time', async () => {
    const again = (await wizard.events('up', '--yes')).wentWell();
    expect(again.built).toEqual(['smoke']);
    chaincode = again.one('smoke-result').chaincode;
  });

  it('keeps the secret out of the compose file and of the container', async () => {
    const { secret } = JSON.parse(await readFile(org.ca?.admin ?? '', 'utf8')) as { secret: string };
    const file = await readFile(join(wizard.dir, '.fabric-wizard/network/docker-compose.yaml'), 'utf8');
    const container = await engine.getContainer(`${PROJECT}-${CA}`).inspect();
    expect(`${file}${JSON.stringify(container)}`).not.toContain(secret);
    expect((await stat(org.ca?.admin ?? '')).mode & 0o777).toBe(0o600);
  });

  it('has fabric-ca-client register and enrol an identity, with which fabric-gateway submits', async ({
    skip,
  }) => {
    if (org.files.gateway === undefined) skip('no Gateway in this release');
    const identity = await runCaClient(org.files.profile, org.ca?.admin ?? '', 'npm-user');
    expect(identity.caName).toBe(CA);
    const seen = await runClient(
      'fabric-gateway',
      await gatewayWith(identity),
      'mychannel',
      chaincode,
      'Org1MSP',
    );
    expect(Number(seen.after)).toBe(Number(seen.before) - 1);
  });

  it('registers and enrols identities, keeps them, and lists them', async () => {
    await wizard.json(
      'identity',
      'register',
      'alice',
      '--attr',
      'role=auditor:ecert',
      '--affiliation',
      'org1.sales',
    );
    const { msp } = (await wizard.json('identity', 'enroll', 'alice')) as { msp: string };
    expect((await stat(join(msp, 'keystore/priv_sk'))).mode & 0o777).toBe(0o600);
    expect(await wizard.json('env', 'org1', '--identity', 'alice')).toMatchObject({
      CORE_PEER_MSPCONFIGPATH: msp,
    });
    expect(await wizard.json('identity', 'list')).toMatchObject({
      identities: expect.arrayContaining([
        expect.objectContaining({
          name: 'alice',
          affiliation: 'org1.sales',
          attributes: { role: 'auditor' },
        }),
      ]),
    });
    const { orgs } = (await wizard.json('connect')) as Connection;
    expect(orgs[0]?.files.identities).toContain('alice');
  });

  it('keeps its database over down and up', async () => {
    await wizard.run('down');
    (await wizard.events('up', '--yes')).wentWell();
    expect(await wizard.json('identity', 'list')).toMatchObject({
      identities: expect.arrayContaining([expect.objectContaining({ name: 'alice' })]),
    });
  });

  it('has peers refuse a revoked identity', async () => {
    await wizard.json('identity', 'revoke', 'alice');
    const first = (await wizard.json('identity', 'crl')) as Refused;
    expect(first.updated).toEqual(['mychannel']);
    expect(first.refused).toMatchObject([
      { name: 'alice', answer: expect.stringMatching(/denied|revoked/i) },
    ]);
    expect(((await wizard.json('identity', 'crl')) as Refused).refused).toHaveLength(1);
    (await wizard.events('smoke')).wentWell();
  });
});

describe.runIf(isReal)('a network with all certificates from Fabric CA', () => {
  let wizard: Wizard;
  const USER = 'User1@org1.example.com';

  beforeAll(async () => {
    const choices = {
      project: 'fw-e2e-issued',
      'port-base': ISSUED_PORT,
      source: source ?? '',
      orgs: 1,
      peers: 1,
      identities: 'ca',
      'ca-source': caSource ?? '',
    };
    wizard = await wizardWith(choices);
    expect((await wizard.events('up', '--yes')).wentWell().built).toContain('crypto');
  });

  afterAll(() => wizard?.dispose());

  async function namesOf(org: string): Promise<readonly string[]> {
    const { identities } = (await wizard.json('identity', 'list', '--org', org)) as {
      identities: readonly { readonly name: string }[];
    };
    return identities.map(({ name }) => name);
  }

  it('keeps them, and says what has made them', async () => {
    expect((await wizard.events('up', '--yes')).wentWell().built).toEqual(['smoke']);
    expect(await wizard.json('status')).toMatchObject({ ok: true, identities: 'ca' });
  });

  it('has all of them in the databases of the servers, also a peer that is added', async () => {
    const peer = 'peer1.org1.example.com';
    (await wizard.events('add', 'peer', 'org1', '--yes')).wentWell();
    expect(await namesOf('org1')).toEqual(
      expect.arrayContaining(['admin', 'Admin@org1.example.com', USER, 'peer0.org1.example.com', peer]),
    );
    expect(await namesOf('OrdererOrg')).toContain('orderer.example.com');
  });

  it('has peers refuse a user who comes with the network', async () => {
    await wizard.json('identity', 'revoke', USER);
    const { updated, refused } = (await wizard.json('identity', 'crl')) as Refused;
    expect(updated).toEqual(['mychannel']);
    expect(refused).toMatchObject([{ name: USER }]);
    // What revokes the same is not sent again.
    expect(((await wizard.json('identity', 'crl')) as Refused).updated).toEqual([]);
  });
});
