/** A network whose certificates are all from Fabric CA: who is enrolled, with what, and where the files go. */
import { execFile } from 'node:child_process';
import { chmod, mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { loadConfig } from '../../../../src/pipeline/config/config.ts';
import { releaseOf } from '../../../../src/pipeline/fabric/release.ts';
import {
  ISSUING_SCRIPT,
  type IssueRequest,
  identitySecret,
  issuingBinds,
  issuingInputs,
} from '../../../../src/pipeline/network/ca-issuing.ts';
import { caNodes } from '../../../../src/pipeline/network/ca-orgs.ts';
import { cryptoTree, type IssuedOrg, type KeyPair } from '../../../../src/pipeline/network/crypto-tree.ts';
import { composeYaml } from '../../../../src/pipeline/network/network-files.ts';
import { issuingOrgs } from '../../../../src/pipeline/network/network-identities.ts';
import { networkSpec, nodeNames } from '../../../../src/pipeline/network/network-spec.ts';
import { publishedPorts } from '../../../../src/pipeline/network/published-ports.ts';
import { filesIn, tempDir, writeFiles } from '../../../support/temp-dir.ts';

const ADMIN = { name: 'admin', secret: 'f'.repeat(36) };

async function specOf(flags: Record<string, unknown>, version = '2.5.12') {
  const release = releaseOf(version);
  if (!release) throw new Error(version);
  const { values } = await loadConfig({
    dir: await tempDir(),
    flags: { gateway: false, identities: 'ca', ...flags },
  });
  return { spec: networkSpec(values, release, 'fw-test'), release };
}

async function requests(flags: Record<string, unknown> = {}): Promise<IssueRequest[]> {
  const { spec } = await specOf({ orgs: '1', peers: '1', ...flags });
  return issuingOrgs(spec).map((each) => ({ ...each, admin: ADMIN, roots: undefined, database: undefined }));
}

describe('a network with --identities ca', () => {
  it('has a CA for each organisation, also for the one of the orderers', async () => {
    const { spec } = await specOf({ portBase: '20050', orgs: '2' });
    expect(caNodes(spec)).toEqual([
      { name: 'ca.org1.example.com', port: 20058 },
      { name: 'ca.org2.example.com', port: 22058 },
      { name: 'ca.example.com', port: 20052 },
    ]);
    expect(nodeNames(spec)).toContain('ca.example.com');
  });

  it.each([
    ['wide', { orgs: '2', peers: '4', orderers: '5', metrics: true, couchdb: true }],
    ['compact', { orgs: '16', peers: '4', orderers: '5', metrics: true, couchdb: true }],
  ])('has distinct ports: %s', async (_, flags) => {
    const ports = publishedPorts((await specOf(flags)).spec).map(({ port }) => port);
    expect(new Set(ports).size).toBe(ports.length);
  });

  it('has one CA for an organisation with peers and orderers, whose users are enrolled once', async () => {
    const { spec } = await specOf({ organisations: 'Acme peers=1 orderers=1, Globex peers=1' });
    expect(caNodes(spec).map(({ name }) => name)).toEqual(['ca.acme.example.com', 'ca.globex.example.com']);
    const [acme] = issuingOrgs(spec);
    const folders = ['peerOrganizations/acme.example.com', 'ordererOrganizations/acme.example.com'];
    expect(acme?.folders).toEqual(folders);
    expect(acme?.identities.map(({ name, type }) => `${type} ${name}`)).toEqual([
      'admin Admin@acme.example.com',
      'client User1@acme.example.com',
      'peer peer0.acme.example.com',
      'orderer orderer.acme.example.com',
    ]);
    expect(acme?.identities[0]?.folders).toEqual(
      folders.map((folder) => `${folder}/users/Admin@acme.example.com`),
    );
  });

  it('starts each server with the database that has the identities, and without a secret in the compose file', async () => {
    const { spec, release } = await specOf({ orgs: '1' });
    const text = composeYaml({
      ...{ spec, release, instance: 'abc123', uses: [], peerEnv: {}, socketOn: () => '/run/docker.sock' },
      images: { peer: 'peer:1', orderer: 'orderer:1', tools: 'tools:1', ca: 'ca:1' },
    });
    const { services } = parse(text) as {
      services: Record<string, { command: string[]; volumes: unknown[] }>;
    };
    const { command, volumes } = services['ca.example.com'] ?? expect.fail();
    expect(command.join(' ')).toContain('fabric-ca-server.db');
    expect(JSON.stringify(volumes)).toContain('./ca/example.com"');
    expect(JSON.stringify(volumes)).toContain('./crypto-config/ordererOrganizations/example.com/ca');
  });
});

describe('what the container gets', () => {
  it('is a secret for each identity that is the same in every run, and in no other organisation', async () => {
    expect(identitySecret(ADMIN, 'peer0')).toBe(identitySecret(ADMIN, 'peer0'));
    expect(identitySecret(ADMIN, 'peer0')).not.toBe(identitySecret(ADMIN, 'peer1'));
    expect(identitySecret({ ...ADMIN, secret: 'x' }, 'peer0')).not.toBe(identitySecret(ADMIN, 'peer0'));
  });

  it('is a CA for identities and one for TLS, whose names and files are not the same', async () => {
    const inputs = issuingInputs(await requests());
    const config = (path: string) => {
      const found = inputs.find(({ name }) => name === `work/cas/org1.example.com/${path}`);
      return parse(String(found?.content)) as { ca: { name: string }; db: { datasource: string } };
    };
    const [ca, tlsca] = [
      config('ca/fabric-ca-server-config.yaml'),
      config('tlsca/fabric-ca-server-config.yaml'),
    ];
    expect([ca.ca.name, tlsca.ca.name]).toEqual(['ca.org1.example.com', 'tlsca.org1.example.com']);
    expect(ca.db.datasource).toBe('/work/databases/org1.example.com/fabric-ca-server.db');
    expect(tlsca.db.datasource).toBe('fabric-ca-server.db');
    // Secrets are in some of them.
    for (const { mode } of inputs) expect(mode).toBe(0o600);
  });

  it('is the database of the server itself, if it has a volume', async () => {
    const [first = expect.fail()] = await requests();
    const request = { ...first, database: { volume: 'fw-test-abc123-ca.org1.example.com' } };
    expect(issuingBinds([request])).toEqual(['fw-test-abc123-ca.org1.example.com:/volumes/org1.example.com']);
    const texts = issuingInputs([request]).map(({ content }) => String(content));
    expect(texts.some((text) => text.includes('/volumes/org1.example.com/fabric-ca-server.db'))).toBe(true);
  });
});

/** Makes a root and a database for each CA of its configuration, and ends when it is told to. */
const SERVER = `#!/bin/sh
[ -z "$BROKEN" ] || { echo 'fatal: no database'; exit 1; }
for home in cas/*/*; do
  [ -e "$home/root.key" ] || { mkdir -p "$home/msp/keystore"; echo "root of $home" > "$home/root.pem"; echo key > "$home/msp/keystore/0a_sk"; }
done
for folder in databases/*; do echo database > "$folder/fabric-ca-server.db"; done
echo 'Listening on http://127.0.0.1:7054'
trap 'exit 0' TERM
while :; do sleep 0.05; done
`;
const CLIENT = `#!/bin/sh
case $FABRIC_CA_CLIENT_URL in *peer0*) [ -z "$REFUSED" ] || { echo 'Error Code: 20'; exit 1; };; esac
mkdir -p client/msp/signcerts client/msp/keystore
echo "$@" > client/msp/signcerts/cert.pem
echo key > client/msp/keystore/1b_sk
`;

describe('the script', () => {
  async function run(all: readonly IssueRequest[], env: Record<string, string> = {}) {
    const dir = await tempDir();
    const files = issuingInputs(all).map(({ name, content }) => [
      name,
      String(content).replaceAll('/work/', `${dir}/work/`),
    ]);
    await writeFiles(dir, {
      ...Object.fromEntries(files),
      'bin/fabric-ca-server': SERVER,
      'bin/fabric-ca-client': CLIENT,
    });
    for (const program of ['server', 'client']) await chmod(join(dir, `bin/fabric-ca-${program}`), 0o755);
    await mkdir(join(dir, 'work'), { recursive: true });
    const options = {
      cwd: join(dir, 'work'),
      env: { ...env, PATH: `${join(dir, 'bin')}:${process.env.PATH}` },
    };
    const ended = await new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
      execFile(
        'sh',
        ['-euc', ISSUING_SCRIPT.replaceAll('/work', `${dir}/work`)],
        options,
        (error, stdout, stderr) => resolve({ code: error ? 1 : 0, stdout, stderr }),
      );
    });
    const issued = join(dir, 'work/issued');
    const paths = [...(await filesIn(issued).catch(() => new Map<string, string>()))];
    return { ...ended, issued, files: paths.filter(([, text]) => text !== '').map(([path]) => path) };
  }

  it('collects roots, databases, and two certificates of each identity', async () => {
    const { code, stdout, issued, files } = await run(await requests());
    expect(code).toBe(0);
    const pair = (folder: string, key: string) => [`${folder}/cert.pem`, `${folder}/${key}`];
    const org = 'org1.example.com';
    expect(files.filter((path) => path.startsWith(org)).sort()).toEqual(
      [
        `${org}/fabric-ca-server.db`,
        ...['ca', 'tlsca'].flatMap((kind) => pair(`${org}/${kind}`, '0a_sk')),
        ...[`Admin@${org}`, `User1@${org}`, `peer0.${org}`].flatMap((name) =>
          ['msp', 'tls'].flatMap((kind) => pair(`${org}/${name}/${kind}`, '1b_sk')),
        ),
      ].sort(),
    );
    const tls = await readFile(join(issued, org, `peer0.${org}/tls/cert.pem`), 'utf8');
    expect(tls).toContain('--caname tlsca.org1.example.com --enrollment.profile tls');
    expect(tls).toContain(`--csr.hosts peer0.${org},peer0,localhost,127.0.0.1`);
    for (const text of [stdout, tls]) expect(text).not.toContain(identitySecret(ADMIN, `peer0.${org}`));
  });

  it('makes no root where there is one, and copies no database out of a volume', async () => {
    const [first = expect.fail()] = await requests();
    const root = { certificate: 'root', key: 'key' };
    const kept: IssueRequest = { ...first, roots: { ca: root, tlsca: root }, database: { volume: 'v' } };
    const { code, files } = await run([kept]);
    expect(code).toBe(0);
    expect(files.filter((path) => /\/(ca|tlsca)\/|\.db$/.test(path))).toEqual([]);
  });

  it.each([
    [{ BROKEN: '1' }, 'fatal: no database'],
    [{ REFUSED: '1' }, 'Error Code: 20'],
  ])('fails with what the program said: %j', async (env, text) => {
    const { code, stderr } = await run(await requests(), env);
    expect(code).toBe(1);
    expect(stderr).toContain(text);
  });
});

describe('the files', () => {
  const pair = (name: string): KeyPair => ({
    certificate: `C ${name}`,
    key: `K ${name}`,
    keyName: `${name}_sk`,
  });

  async function tree(nodeOus: boolean, plainKeyNames: boolean, isNew = true) {
    const [request = expect.fail()] = await requests();
    const issued: IssuedOrg = {
      request,
      roots: { ca: 'C ca', tlsca: 'C tlsca' },
      made: isNew ? { ca: pair('ca'), tlsca: pair('tlsca') } : undefined,
      admin: `C Admin@${request.org.domain}`,
      issued: new Map(
        request.identities
          .filter(({ type }) => isNew || type === 'peer')
          .map((each) => [each, { ca: pair(each.name), tlsca: pair(`${each.name} TLS`) }]),
      ),
    };
    const entries = cryptoTree(issued, { nodeOus, plainKeyNames });
    return new Map(entries.map(({ path, content }) => [path, content]));
  }
  const ORG = 'peerOrganizations/org1.example.com';
  const PEER = `${ORG}/peers/peer0.org1.example.com`;

  it('have roles in NodeOUs, and keys with the name that cryptogen gives them', async () => {
    const files = await tree(true, true);
    expect(files.get(`${ORG}/ca/priv_sk`)).toBe('K ca');
    expect(files.get(`${PEER}/msp/keystore/priv_sk`)).toBe('K peer0.org1.example.com');
    expect(files.get(`${PEER}/tls/server.key`)).toBe('K peer0.org1.example.com TLS');
    expect(files.get(`${PEER}/tls/ca.crt`)).toBe('C tlsca');
    expect(files.get(`${ORG}/users/User1@org1.example.com/tls/client.crt`)).toContain('TLS');
    expect(parse(files.get(`${ORG}/msp/config.yaml`) ?? '')).toMatchObject({
      NodeOUs: {
        Enable: true,
        PeerOUIdentifier: {
          Certificate: 'cacerts/ca.org1.example.com-cert.pem',
          OrganizationalUnitIdentifier: 'peer',
        },
      },
    });
    expect([...files.keys()].filter((path) => path.includes('admincerts/'))).toEqual([]);
  });

  it('list administrators where the release has no NodeOUs', async () => {
    const files = await tree(false, false);
    const admin = 'admincerts/Admin@org1.example.com-cert.pem';
    for (const folder of [`${ORG}/msp`, `${PEER}/msp`])
      expect(files.get(`${folder}/${admin}`)).toBe('C Admin@org1.example.com');
    expect(files.has(`${ORG}/users/User1@org1.example.com/msp/${admin}`)).toBe(false);
    expect(files.get(`${ORG}/ca/ca_sk`)).toBe('K ca');
    expect(files.has(`${ORG}/msp/config.yaml`)).toBe(false);
  });

  it('of a member that is added are its own only', async () => {
    const files = await tree(true, true, false);
    expect([...files.keys()].filter((path) => !path.startsWith(`${PEER}/`))).toEqual([]);
  });
});
