/** What `--ca` adds to a network, and that its secrets are kept. */
import { mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { loadConfig } from '../../../../src/pipeline/config/config.ts';
import { releaseOf } from '../../../../src/pipeline/fabric/release.ts';
import { hasCaFiles, readCaAdmin, writeCaFiles } from '../../../../src/pipeline/network/ca-files.ts';
import { caOrgs } from '../../../../src/pipeline/network/ca-orgs.ts';
import { caAdminPath, caKeysDir } from '../../../../src/pipeline/network/ca-parts.ts';
import { connectionOf } from '../../../../src/pipeline/network/connection.ts';
import { connectionProfile } from '../../../../src/pipeline/network/connection-profile.ts';
import { requiredNodes } from '../../../../src/pipeline/network/down-nodes.ts';
import { composeYaml } from '../../../../src/pipeline/network/network-files.ts';
import { networkSpec, nodeNames } from '../../../../src/pipeline/network/network-spec.ts';
import { publishedPorts } from '../../../../src/pipeline/network/published-ports.ts';
import { caOf, withNetworkCas } from '../../../../src/pipeline/run/chosen-ca.ts';
import { tempDir } from '../../../support/temp-dir.ts';

const IMAGE = 'acme/fabric-ca:1.5.5';
const CA = 'ca.org1.example.com';

async function network(flags: Record<string, unknown>, version = '2.5.12') {
  const release = releaseOf(version);
  if (!release) throw new Error(version);
  const { values } = await loadConfig({ dir: await tempDir(), flags: { gateway: false, ...flags } });
  const spec = networkSpec(values, release, 'fw-test');
  const text = composeYaml({
    ...{
      spec,
      release,
      instance: 'abc123',
      socketOn: () => '/run/docker.sock',
      uses: ['peer:1'],
      peerEnv: {},
    },
    images: { peer: 'peer:1', orderer: 'orderer:1', tools: 'tools:1', ca: IMAGE },
  });
  const { services, volumes } = parse(text) as Record<'services' | 'volumes', Record<string, object>>;
  return { spec, text, services, volumes };
}

describe('a network with CAs', () => {
  it('has one for each organisation, on a port of its first peer that nothing else has', async () => {
    const { spec } = await network({ ca: true, orgs: '2', peers: '2', portBase: '20050' });
    expect(caOrgs(spec).map(({ ca }) => ca)).toEqual([
      { name: CA, port: 20058 },
      { name: 'ca.org2.example.com', port: 22058 },
    ]);
    expect(nodeNames(spec)).toContain(CA);
    const ports = publishedPorts(spec).map(({ port }) => port);
    expect(new Set(ports).size).toBe(ports.length);
  });

  it('has distinct ports with as many peers as there can be', async () => {
    const { spec } = await network({ ca: true, orgs: '16', peers: '4', metrics: true, couchdb: true });
    const ports = publishedPorts(spec).map(({ port }) => port);
    expect(new Set(ports).size).toBe(ports.length);
  });

  it('has a service on this host only, with a volume and the key of cryptogen', async () => {
    const { services, volumes } = await network({ ca: true, orgs: '1', portBase: '20050' });
    expect(services[CA]).toMatchObject({ image: IMAGE, ports: ['127.0.0.1:20058:7054'] });
    expect(JSON.stringify(services[CA])).toContain('./crypto-config/peerOrganizations/org1.example.com/ca');
    expect(volumes[CA]).toMatchObject({ name: `fw-test-abc123-${CA}` });
  });

  it('changes no other node', async () => {
    const before = (await network({ orgs: '1' })).services;
    const { [CA]: added, ...others } = (await network({ ca: true, orgs: '1' })).services;
    expect(added).toBeDefined();
    expect(others).toEqual(before);
  });

  it('is proved without them', async () => {
    const { spec } = await network({ ca: true, orgs: '1' });
    expect(requiredNodes(spec, [{ node: CA, state: 'exited' }])).toEqual([]);
  });

  it('is not possible in a Swarm', async () => {
    await expect(network({ ca: true, swarm: true })).rejects.toMatchObject({
      failure: { kind: 'config', issues: [{ path: 'ca', message: { key: 'issue.ca-in-swarm' } }] },
    });
  });

  it('is not possible in a Swarm with all identities from them, either', async () => {
    await expect(network({ identities: 'ca', swarm: true })).rejects.toMatchObject({
      failure: { kind: 'config', issues: [{ path: 'identities', message: { key: 'issue.ca-in-swarm' } }] },
    });
  });

  it('has them with --identities ca, and refuses --no-ca then', async () => {
    expect(caOrgs((await network({ identities: 'ca', orgs: '1' })).spec)).toHaveLength(2);
    await expect(network({ identities: 'ca', ca: false })).rejects.toMatchObject({
      failure: { kind: 'config', issues: [{ path: 'ca', message: { key: 'issue.identities-need-ca' } }] },
    });
    await expect(network({ identities: 'cfssl' })).rejects.toMatchObject({
      failure: { kind: 'config', issues: [{ path: 'identities' }] },
    });
  });

  it('has them with --identities ca after an earlier --no-ca', async () => {
    const lastRun = { ca: false };
    const { values } = await loadConfig({ dir: await tempDir(), flags: { identities: 'ca' }, lastRun });
    expect(values.ca).toBe(true);
  });

  it('keeps those that it has, unless up or build decides', async () => {
    const { spec } = await network({ ca: true, orgs: '1' });
    const without = (await network({ orgs: '1' })).spec;
    const { values } = await loadConfig({ dir: await tempDir(), flags: {} });
    for (const until of ['rebuild', 'add', 'smoke', 'deploy'] as const) {
      expect(withNetworkCas({ goal: { until } }, values, spec).ca).toBe(true);
      expect(withNetworkCas({ goal: { until } }, { ...values, ca: true }, without).ca).toBe(false);
      expect(withNetworkCas({ goal: { until } }, { ...values, ca: true }, undefined).ca).toBe(true);
    }
    for (const until of ['up', 'build'] as const)
      expect(withNetworkCas({ goal: { until } }, values, spec).ca).toBe(false);
  });

  it.each(['ca', undefined] as const)('keeps what has made its certificates: %s', async (identities) => {
    const { spec } = await network({ ...(identities ? { identities } : {}), orgs: '1' });
    const other = identities ? 'cryptogen' : 'ca';
    const { values } = await loadConfig({ dir: await tempDir(), flags: { identities: other, orgs: '1' } });
    const release = releaseOf('2.5.12') ?? expect.fail();
    const same = withNetworkCas({ goal: { until: 'rebuild' } }, { ...values, gateway: false }, spec);
    expect(networkSpec(same, release, 'fw-test')).toEqual(spec);
    expect(withNetworkCas({ goal: { until: 'up' } }, values, spec).identities).toBe(other);
  });

  it.each([
    [{ ca: true }, 'fabric-wizard up --no-ca'],
    [{ identities: 'ca' }, 'fabric-wizard up --identities cryptogen --no-ca'],
  ])('with %j is refused on another host, with a command that is possible', async (flags, command) => {
    const dir = await tempDir();
    const { values: config } = await loadConfig({ dir, flags });
    const address = { endpoint: 'tcp://far:2376', origin: { kind: 'variable' } } as const;
    const settings = {} as Parameters<typeof caOf>[1]['settings'];
    const choice = { docker: { address }, config, stateDir: dir, source: { dir }, settings };
    const request = { dir, goal: { until: 'up' }, signal: AbortSignal.timeout(5000) } as const;
    await expect(caOf(request, choice, () => undefined)).rejects.toMatchObject({
      failure: { message: { key: 'usage.ca-elsewhere' }, next: [command, 'fabric-wizard doctor'] },
    });
  });

  it('has them in connections and profiles', async () => {
    const { spec } = await network({ ca: true, orgs: '1', portBase: '20050' });
    const [org] = connectionOf({ spec, version: '2.5.12' }, '/net').orgs;
    expect(org?.ca).toMatchObject({ node: CA, url: 'https://localhost:20058' });
    const first = spec.orgs[0] ?? expect.fail();
    expect(connectionProfile(spec, first, ({ name }) => `pem of ${name}`)).toMatchObject({
      organizations: { Org1: { certificateAuthorities: [CA] } },
      certificateAuthorities: {
        [CA]: { url: 'https://localhost:20058', caName: CA, tlsCACerts: { pem: [`pem of ${CA}`] } },
      },
    });
  });
});

describe('the files of a CA', () => {
  async function made() {
    const { spec, text } = await network({ ca: true, orgs: '1' });
    const dir = await tempDir();
    const [org] = caOrgs(spec);
    if (!org) throw new Error('no CA');
    await mkdir(join(dir, caKeysDir(org)), { recursive: true });
    await writeFile(join(dir, caKeysDir(org), 'abc_sk'), 'key');
    await writeCaFiles(dir, spec);
    return { spec, text, dir, org };
  }

  it('have a secret that is not in the compose file, and only their owner reads them', async () => {
    const { dir, org, text } = await made();
    const { name, secret } = await readCaAdmin(dir, org);
    expect(name).toBe('admin');
    expect(secret).toMatch(/^[0-9a-f]{36}$/);
    expect(text).not.toContain(secret);
    const config = join(dir, 'ca', org.domain, 'fabric-ca-server-config.yaml');
    expect(parse(await readFile(config, 'utf8'))).toMatchObject({
      tls: { enabled: true },
      ca: { name: CA, keyfile: '/etc/hyperledger/organisation-ca/abc_sk' },
      registry: { identities: [{ name, pass: secret }] },
    });
    for (const path of [config, caAdminPath(dir, org)]) expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect((await stat(join(dir, 'ca', org.domain))).mode & 0o777).toBe(0o700);
  });

  it('keep their secret, which the database of the CA has', async () => {
    const { dir, org, spec } = await made();
    const before = await readCaAdmin(dir, org);
    await rm(join(dir, 'ca', org.domain, 'fabric-ca-server-config.yaml'));
    expect(await hasCaFiles(dir, spec)).toBe(false);
    await writeCaFiles(dir, spec);
    expect(await readCaAdmin(dir, org)).toEqual(before);
    expect(await hasCaFiles(dir, spec)).toBe(true);
  });

  it('are not made anew if the secret is damaged', async () => {
    const { dir, org, spec } = await made();
    await writeFile(caAdminPath(dir, org), '{"name": ');
    await expect(writeCaFiles(dir, spec)).rejects.toMatchObject({
      failure: { kind: 'usage', message: { key: 'usage.ca-admin-damaged', path: caAdminPath(dir, org) } },
    });
  });
});
