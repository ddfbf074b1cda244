/** What is shown of a node, and the shell for it. */
import { tmpdir } from 'node:os';
import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../../../src/pipeline/config/config.ts';
import { releaseOf } from '../../../../src/pipeline/fabric/release.ts';
import { networkSpec } from '../../../../src/pipeline/network/network-spec.ts';
import { nodeFacts } from '../../../../src/pipeline/network/node-facts.ts';
import { adminShell, hasShell } from '../../../../src/pipeline/network/node-shell.ts';

const CONTAINER = {
  image: 'acme/fabric-peer:1.4',
  imageId: 'sha256:1',
  container: 'fw-x',
  containerId: 'c1',
};

async function specOf(version: string, flags: Readonly<Record<string, unknown>> = {}) {
  const { values } = await loadConfig({ dir: tmpdir(), flags: { orgs: '2', peers: '1', ...flags } });
  const release = releaseOf(version);
  if (!release) throw new Error(`no release ${version}`);
  return networkSpec(values, release, 'fw-test');
}

async function factsOf(node: string, version = '2.5.12', flags = {}) {
  const facts = nodeFacts(await specOf(version, flags), node, '/crypto', CONTAINER);
  return Object.fromEntries(facts.map(({ key, value }) => [key, value]));
}

describe('the facts about a node', () => {
  it('are addresses, MSP, TLS files, image and container of a peer', async () => {
    const org = '/crypto/peerOrganizations/org2.example.com';
    expect(await factsOf('peer0.org2.example.com')).toMatchObject({
      address: 'localhost:8051',
      addressInNetwork: 'peer0.org2.example.com:8051',
      mspId: 'Org2MSP',
      adminMsp: `${org}/users/Admin@org2.example.com/msp`,
      tlsCa: `${org}/peers/peer0.org2.example.com/tls/ca.crt`,
      operations: 'localhost:8054',
      ...CONTAINER,
    });
  });

  it('include the channel participation API of an orderer', async () => {
    const orderer = await factsOf('orderer.example.com');
    expect(orderer).toMatchObject({
      address: 'localhost:7050',
      mspId: 'OrdererMSP',
      admin: 'localhost:7056',
    });
    expect(orderer.adminTls).toBe('/crypto/ordererOrganizations/example.com/users/Admin@example.com/tls');
    expect(await factsOf('orderer.example.com', '1.4.0')).not.toHaveProperty('admin');
  });

  it('name no TLS file without TLS', async () => {
    const keys = Object.keys(await factsOf('peer0.org1.example.com', '1.4.12', { tls: false }));
    expect(keys.filter((key) => key.startsWith('tls'))).toEqual([]);
    expect(keys).toContain('address');
  });

  it('are those of the container for the CLI and for a network of another folder', async () => {
    expect(await factsOf('cli')).toEqual(CONTAINER);
    expect(nodeFacts(undefined, 'peer0.org1.example.com', '/crypto', CONTAINER)).toHaveLength(4);
    expect(nodeFacts(undefined, 'peer0.org1.example.com', '/crypto', undefined)).toEqual([]);
  });
});

describe('a shell', () => {
  it("of an admin speaks with the peer, with the variables of the peer's organisation", async () => {
    const shell = adminShell(await specOf('2.5.12'), 'peer0.org2.example.com');
    expect(shell?.node).toBe('cli');
    expect(shell?.env).toMatchObject({
      CORE_PEER_ADDRESS: 'peer0.org2.example.com:8051',
      CORE_PEER_LOCALMSPID: 'Org2MSP',
    });
    expect(adminShell(await specOf('2.5.12'), 'orderer.example.com')).toBeUndefined();
  });

  it.each([
    [0, true],
    [126, false],
    [127, false],
  ])('is there if a command ends with %d: %s', async (exitCode, expected) => {
    const docker = { exec: async () => ({ exitCode, stdout: '', stderr: '' }) };
    expect(await hasShell(docker, 'c1', new AbortController().signal)).toBe(expected);
  });

  it('is not there if the engine refuses to start it', async () => {
    const refused = (status: number | undefined) => ({
      exec: async () => {
        throw Object.assign(new Error('exec failed'), status === undefined ? {} : { statusCode: status });
      },
    });
    const { signal } = new AbortController();
    expect(await hasShell(refused(400), 'c1', signal)).toBe(false);
    await expect(hasShell(refused(undefined), 'c1', signal)).rejects.toThrow('exec failed');
  });
});
