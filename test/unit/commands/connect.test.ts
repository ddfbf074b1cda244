/** What `connect` and `env` write and print for a network whose certificates are on disk. No engine is needed. */
import { mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { parse } from 'yaml';
import { connect, connectionText, env } from '../../../src/commands/connect.ts';
import { WizardFailure } from '../../../src/pipeline/core/failure.ts';
import { networkDir, STATE_FOLDER } from '../../../src/pipeline/host/state-folder.ts';
import { openJournal } from '../../../src/pipeline/journal/journal.ts';
import { createStyle } from '../../../src/report/style.ts';
import { nodeLabels } from '../../support/fake-engine.ts';
import { writeNetwork } from '../../support/made-network.ts';
import { planOf } from '../../support/plans.ts';
import { socketEngine } from '../../support/socket-engine.ts';
import { filesIn, tempDir } from '../../support/temp-dir.ts';
import { PACKAGE } from '../../support/wizard.ts';

const STYLE = createStyle({ colour: false, unicode: true, language: 'en' });
const ORG2 = `${STATE_FOLDER}/network/clients/org2`;
const USER_KEY = 'crypto-config/peerOrganizations/org2.example.com/users/User1@org2.example.com/msp/keystore';

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

/** A folder with a network of two organisations with two peers each. */
async function folderWith(
  version?: string,
  flags = {},
  made?: Parameters<typeof writeNetwork>[3],
): Promise<string> {
  const dir = await tempDir();
  await writeNetwork(dir, version, flags, made);
  return dir;
}

function terminalIn(dir: string, json = false) {
  const flags = { plain: false, yes: false, dryRun: false, verbose: false, colour: false };
  return { ...flags, json, language: 'en', dir, packageDir: PACKAGE } as const;
}

/** What a command prints. No engine answers. */
async function printed(command: () => Promise<number>): Promise<string> {
  vi.stubEnv('DOCKER_HOST', 'unix:///nowhere.sock');
  const write = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  expect(await command()).toBe(0);
  const output = write.mock.calls.map(([text]) => String(text)).join('');
  write.mockRestore();
  return output;
}

async function read(dir: string, path: string): Promise<string> {
  return readFile(join(dir, path), 'utf8');
}

describe('the files for programs', () => {
  it('are a connection profile with all peers and orderers, as JSON and as YAML', async () => {
    const dir = await folderWith();
    await connectionText(dir, STYLE);
    const profile = JSON.parse(await read(dir, `${ORG2}/connection-org2.json`));
    expect(profile).toMatchObject({
      client: { organization: 'Org2' },
      organizations: {
        Org2: { mspid: 'Org2MSP', peers: ['peer0.org2.example.com', 'peer1.org2.example.com'] },
      },
      channels: { mychannel: { orderers: ['orderer.example.com'] } },
      orderers: { 'orderer.example.com': { url: 'grpcs://localhost:17050' } },
      peers: {
        'peer1.org2.example.com': {
          url: 'grpcs://localhost:20051',
          tlsCACerts: { pem: expect.stringContaining('tlsca.org2.example.com') },
          grpcOptions: { 'ssl-target-name-override': 'peer1.org2.example.com' },
        },
      },
    });
    expect(Object.keys(profile.peers)).toHaveLength(4);
    expect(Object.keys(profile.channels.mychannel.peers)).toEqual(Object.keys(profile.peers));
    const yaml = await read(dir, `${ORG2}/connection-org2.yaml`);
    expect(parse(yaml)).toEqual(profile);
    expect(yaml).not.toMatch(/[&*]a\d/);
  });

  it('are a wallet that only its owner can read', async () => {
    const dir = await folderWith();
    await connectionText(dir, STYLE);
    for (const [label, user] of [
      ['admin', 'Admin'],
      ['user1', 'User1'],
    ] as const) {
      const path = `${ORG2}/wallet/${label}.id`;
      expect(JSON.parse(await read(dir, path))).toEqual({
        credentials: {
          certificate: expect.stringMatching(`^${user}@org2.example.com\n-+BEGIN CERTIFICATE`),
          privateKey: expect.stringMatching(`^${user}@org2.example.com\n-+BEGIN PRIVATE KEY`),
        },
        mspId: 'Org2MSP',
        type: 'X.509',
        version: 1,
      });
      expect((await stat(join(dir, path))).mode & 0o077).toBe(0);
    }
    expect((await stat(join(dir, ORG2, 'wallet'))).mode & 0o077).toBe(0);
  });

  it('are a file for the Gateway, where peers have one', async () => {
    const dir = await folderWith();
    await connectionText(dir, STYLE);
    const file = JSON.parse(await read(dir, `${ORG2}/gateway.json`));
    expect(file).toMatchObject({
      endpoint: 'localhost:19051',
      hostAlias: 'peer0.org2.example.com',
      mspId: 'Org2MSP',
      channels: ['mychannel'],
    });
    expect(await readFile(file.keyPath, 'utf8')).toContain('User1@org2.example.com');
    expect(await readFile(file.certPath, 'utf8')).toContain('User1@org2.example.com');
    expect(await readFile(file.tlsCaCertPath, 'utf8')).toContain('tlsca.org2.example.com');

    const old = await folderWith('2.3.3');
    await connectionText(old, STYLE);
    expect([...(await filesIn(join(old, ORG2))).keys()]).not.toContain('gateway.json');
  });

  it('name no certificate of a network without TLS', async () => {
    const dir = await folderWith('1.4.12', { tls: false });
    await connectionText(dir, STYLE);
    const { peers, orderers } = JSON.parse(await read(dir, `${ORG2}/connection-org2.json`));
    expect(peers['peer0.org2.example.com']).toEqual({ url: 'grpc://localhost:19051' });
    expect(orderers['orderer.example.com'].url).toBe('grpc://localhost:17050');
  });

  it('are written again only when certificates have changed, and keep what a program has added', async () => {
    const dir = await folderWith();
    await connectionText(dir, STYLE);
    const own = join(dir, ORG2, 'wallet', 'own.id');
    await writeFile(own, 'enrolled by a program');
    const all = await filesIn(join(dir, ORG2));
    await connectionText(dir, STYLE);
    // With inode and time of each file.
    expect(await filesIn(join(dir, ORG2))).toEqual(all);
    const [key] = [...(await filesIn(join(networkDir(join(dir, STATE_FOLDER)), USER_KEY))).keys()];
    await writeFile(join(networkDir(join(dir, STATE_FOLDER)), USER_KEY, key ?? ''), 'another key');
    await connectionText(dir, STYLE);
    expect(JSON.parse(await read(dir, `${ORG2}/wallet/user1.id`)).credentials.privateKey).toBe('another key');
    expect(await readFile(own, 'utf8')).toBe('enrolled by a program');
  });
});

describe('connect', () => {
  it('says that no client of Fabric can use a network of the practice source', async () => {
    const dir = await folderWith('1.4.12');
    const journal = await openJournal(dir, { command: 'fabric-wizard up' });
    const run = { runId: 'r', command: 'up', project: 'p', practice: true, plan: planOf() };
    (await journal.startRun('r', 'practice')).onEvent({ type: 'run-started', at: 1, ...run });
    await journal.close();
    const text = (await connectionText(dir, STYLE)).lines().join('\n');
    expect(text).toContain('Clients of Fabric cannot connect to it.');
    expect(text).toContain('connection-org1.json');
  });

  it('names the files of every organisation, and shows how Node.js and Go call the chaincode', async () => {
    const text = (await connectionText(await folderWith(), STYLE)).lines().join('\n');
    for (const org of ['org1', 'org2'])
      for (const file of [`connection-${org}.json`, `connection-${org}.yaml`, 'gateway.json', 'wallet'])
        expect(text).toContain(`clients/${org}/${file}`);
    expect(text).toContain('npm install @hyperledger/fabric-gateway');
    expect(text).toContain('go get github.com/hyperledger/fabric-gateway');
    expect(text).toContain("getContract('smoke-1')");
    expect(text).toContain('eval "$(fabric-wizard env org2)"');
    expect(text).not.toContain('asLocalhost');
    expect(text).not.toContain('practice source');
    expect(text).toContain('wallet (admin, user1): ');
  });

  it('shows the clients of releases without a Gateway', async () => {
    const text = (await connectionText(await folderWith('1.4.12'), STYLE)).lines().join('\n');
    expect(text).toContain('npm install fabric-network@2');
    expect(text).toContain('discovery: { enabled: true, asLocalhost: true }');
    expect(text).toContain('os.Setenv("DISCOVERY_AS_LOCALHOST", "true")');
    expect(text).not.toContain('fabric-gateway');
  });

  it('uses no discovery with peers that have none', async () => {
    const text = (await connectionText(await folderWith('1.1.1'), STYLE)).lines().join('\n');
    expect(text).toContain('discovery: { enabled: false }');
    expect(text).not.toContain('sLocalhost');
    expect(text).not.toContain('DISCOVERY_AS_LOCALHOST');
  });

  it('says that discovery does not work in a network whose nodes listen on other ports inside', async () => {
    const text = (await connectionText(await folderWith('1.4.12', {}, {}), STYLE)).lines().join('\n');
    expect(text).toContain('Discovery with `asLocalhost` does not work here');
    expect(text).toContain('discovery: { enabled: false }');
    expect(text).not.toContain('DISCOVERY_AS_LOCALHOST');
    const moved = await folderWith('1.4.12', {}, { ports: { base: 7050 } });
    expect((await connectionText(moved, STYLE)).lines().join('\n')).toContain(
      'Discovery with `asLocalhost` does not',
    );
  });

  it('prints the connection profile of an organisation, by default of the first one', async () => {
    const dir = await folderWith();
    const json = await printed(() => connect(terminalIn(dir), 'ORG2', 'json'));
    expect(json).toBe(await read(dir, `${ORG2}/connection-org2.json`));
    const yaml = await printed(() => connect(terminalIn(dir), undefined, 'yaml'));
    expect(parse(yaml)).toMatchObject({ client: { organization: 'Org1' } });
  });

  it('prints one object with --json, and the organisation that was named', async () => {
    const dir = await folderWith();
    const all = JSON.parse(await printed(() => connect(terminalIn(dir, true), undefined, undefined)));
    expect(all).toMatchObject({ channels: ['mychannel'], discovery: true });
    expect(all.orgs.map(({ name }: { readonly name: string }) => name)).toEqual(['Org1', 'Org2']);
    const one = JSON.parse(await printed(() => connect(terminalIn(dir, true), 'org2', undefined)));
    expect(one.orgs).toHaveLength(1);
    expect(one.orgs[0].files.profile).toBe(join(dir, ORG2, 'connection-org2.json'));
  });

  it('prints the same variables as env: for peer, for the samples of the Gateway, and the files', async () => {
    const dir = await folderWith();
    const variables = await printed(() => connect(terminalIn(dir), 'org2', 'env'));
    expect(await printed(() => env(terminalIn(dir), 'org2'))).toBe(variables);
    for (const line of [
      "export CORE_PEER_ADDRESS='localhost:19051'",
      "export CHANNEL_NAME='mychannel'",
      "export MSP_ID='Org2MSP'",
      "export PEER_ENDPOINT='localhost:19051'",
      "export PEER_HOST_ALIAS='peer0.org2.example.com'",
      `export CONNECTION_PROFILE='${join(dir, ORG2, 'connection-org2.json')}'`,
      `export GATEWAY_FILE='${join(dir, ORG2, 'gateway.json')}'`,
      "export DISCOVERY_AS_LOCALHOST='true'",
      `export WALLET_PATH='${join(dir, ORG2, 'wallet')}'`,
    ])
      expect(variables).toContain(`${line}\n`);
  });

  it('names a channel that the peer of the organisation is on', async () => {
    const dir = await folderWith('2.5.12', { channels: 'first organisations=Org1, second' });
    expect(await printed(() => env(terminalIn(dir), 'org1'))).toContain("export CHANNEL_NAME='first'\n");
    expect(await printed(() => env(terminalIn(dir), 'org2'))).toContain("export CHANNEL_NAME='second'\n");
  });

  it.each([
    ['an unknown organisation', 'org3', undefined, 'usage.with-suggestion', 'fabric-wizard connect Org1'],
    ['an unknown format', 'org1', 'xml', 'usage.unknown-format', 'fabric-wizard connect --format env'],
  ])('rejects %s', async (_, org, format, key, next) => {
    const failed = connect(terminalIn(await folderWith()), org, format);
    await expect(failed).rejects.toMatchObject({
      failure: { kind: 'usage', message: { key }, next: expect.arrayContaining([next]) },
    });
  });

  it('rejects a folder without a network, and leaves it empty', async () => {
    const dir = await tempDir();
    await expect(connect(terminalIn(dir), undefined, undefined)).rejects.toMatchObject({
      failure: { kind: 'usage', message: { key: 'usage.no-network', dir }, next: ['fabric-wizard up --yes'] },
    });
    expect((await filesIn(dir)).size).toBe(0);
  });

  it.each(['removed', 'emptied'])('names the key that is missing from a folder that was %s', async (how) => {
    const dir = await folderWith();
    const folder = join(networkDir(join(dir, STATE_FOLDER)), USER_KEY);
    await rm(folder, { recursive: true });
    if (how === 'emptied') await mkdir(folder);
    const failure = await connect(terminalIn(dir), 'org1', undefined).catch((error: unknown) => error);
    if (!(failure instanceof WizardFailure)) throw failure;
    expect(failure.failure).toMatchObject({
      kind: 'usage',
      message: { key: 'usage.no-certificate', path: folder },
      next: expect.arrayContaining(['fabric-wizard doctor']),
    });
  });
});

describe('the tunnel to an engine on another host', () => {
  const RECORDED = { id: 'HERE', rootDir: '/var/lib/docker', endpoint: 'ssh://me@far' };

  /** Runs a command on a network that was started through `ssh://me@far`, while another address is selected. */
  async function told(selected: string, command: (dir: string) => Promise<number>) {
    vi.stubEnv('DOCKER_HOST', selected);
    const dir = await tempDir();
    await writeNetwork(dir, '2.5.12', {}, undefined, { engine: RECORDED });
    const out = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
    const errors = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    expect(await command(dir)).toBe(0);
    const [stdout, stderr] = [out, errors].map(({ mock }) => mock.calls.map(([text]) => text).join(''));
    vi.restoreAllMocks();
    return { stdout, stderr };
  }

  it('goes to the current address of the engine, and to the recorded one if another engine is selected', async () => {
    const show = (dir: string) => connect(terminalIn(dir), undefined, undefined);
    const { docker: same } = await socketEngine({ tcp: true, id: 'HERE' });
    expect((await told(same.endpoint, show)).stdout).toMatch(/ssh -N -L .* 127\.0\.0\.1\n/);
    const { docker: other } = await socketEngine({ id: 'OTHER' });
    expect((await told(other.endpoint, show)).stdout).toMatch(/ssh -N -L .* me@far\n/);
    expect((await told('unix:///nowhere.sock', show)).stdout).toMatch(/ssh -N -L .* me@far\n/);
  });

  it('is told on stderr beside the data for a shell and for programs', async () => {
    for (const command of [
      (dir: string) => env(terminalIn(dir), 'org1'),
      (dir: string) => env(terminalIn(dir, true), 'org1'),
      (dir: string) => connect(terminalIn(dir), 'org1', 'env'),
      (dir: string) => connect(terminalIn(dir), 'org1', 'yaml'),
    ]) {
      const { stdout, stderr } = await told('unix:///nowhere.sock', command);
      expect(stderr).toMatch(/the ports are on far; .*\n +ssh -N -L .* me@far\n/);
      expect(stdout).not.toContain('ssh -N');
    }
  });
});

describe('the address of Prometheus', () => {
  /** What `connect` prints if the engine has a container of Prometheus in this state. */
  async function shownWith(state: string): Promise<string> {
    const dir = await folderWith(undefined, { metrics: true });
    const labels = nodeLabels('fw-unit', 'prometheus');
    const container = { id: 'p', name: 'fw-unit-prometheus', state, labels, networks: ['fw-unit'] };
    const { docker } = await socketEngine({ containers: [container] });
    vi.stubEnv('DOCKER_HOST', `unix://${docker.socketPath}`);
    const write = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
    await connect(terminalIn(dir), undefined, undefined);
    return write.mock.calls.map(([text]) => String(text)).join('');
  }

  it('is shown only while it runs: another program can have its port', async () => {
    expect(await shownWith('running')).toContain('http://127.0.0.1:17059');
    vi.restoreAllMocks();
    const stopped = await shownWith('exited');
    expect(stopped).not.toContain('17059');
    expect(stopped).toContain('Prometheus: does not run');
  });
});
