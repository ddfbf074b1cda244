/** Who takes part in a network that was extended: ports, names and files of the members that it had stay. */
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { loadConfig } from '../../../../src/pipeline/config/config.ts';
import { releaseOf } from '../../../../src/pipeline/fabric/release.ts';
import {
  type Addition,
  type Members,
  membersOf,
  withAddition,
} from '../../../../src/pipeline/network/members.ts';
import { composeYaml } from '../../../../src/pipeline/network/network-files.ts';
import { allPeers, type NetworkSpec, networkSpec } from '../../../../src/pipeline/network/network-spec.ts';

const release = releaseOf('2.5.12');
if (!release) throw new Error('no release');
const dir = '/nowhere';

async function configured(flags: Readonly<Record<string, string>> = {}) {
  const { values } = await loadConfig({ dir, flags: { orgs: '2', peers: '2', portBase: '17050', ...flags } });
  return values;
}

/** The network that was made with two organisations of two peers, and extended. */
async function extended(...additions: readonly Addition[]): Promise<Members> {
  return additions.reduce(withAddition, membersOf(await configured(), undefined));
}

/** The network that a configuration is about, if the record has these members. */
async function specWith(
  members: Members | undefined,
  flags: Readonly<Record<string, string>> = {},
): Promise<NetworkSpec> {
  if (!release) throw new Error('no release');
  return networkSpec(await configured(flags), release, 'fw-test', { ports: { base: 17050 }, members });
}

function portsOf(spec: NetworkSpec): Record<string, number> {
  return Object.fromEntries(allPeers(spec).map(({ name, port }) => [name, port]));
}

const MADE = {
  'peer0.org1.example.com': 17051,
  'peer1.org1.example.com': 18051,
  'peer0.org2.example.com': 19051,
  'peer1.org2.example.com': 20051,
};

describe('a peer that is added', () => {
  it('gets the next free ports, and the others keep theirs', async () => {
    const spec = await specWith(await extended({ kind: 'peer', org: 'Org1' }, { kind: 'peer', org: 'Org2' }));
    expect(portsOf(spec)).toEqual({
      ...MADE,
      'peer2.org1.example.com': 21051,
      'peer2.org2.example.com': 22051,
    });
  });

  it('has a CouchDB of its own', async () => {
    const spec = await specWith(await extended({ kind: 'peer', org: 'Org1' }), { couchdb: 'true' });
    const named = allPeers(spec).map(({ name, couchdb }) => [name, couchdb?.name]);
    expect(Object.fromEntries(named)).toMatchObject({
      'peer0.org2.example.com': 'couchdb2',
      'peer2.org1.example.com': 'couchdb4',
    });
  });

  it('changes no service of the compose file except the gateway', async () => {
    const services = (spec: NetworkSpec) => {
      const text = composeYaml({
        ...{ spec, release, images: { peer: 'p', orderer: 'o', tools: 't' }, instance: 'c0ffee' },
        ...{ socketOn: () => '/run/docker.sock', uses: [], peerEnv: {} },
        gateway: {
          image: { ref: 'g', fingerprint: 'f', sources: [] },
          policy: { builders: [], runtimes: [], hostConfig: {} },
        },
      });
      return (parse(text) as { services: Record<string, unknown> }).services;
    };
    // With one peer, an organisation has nobody else to name as its first contact.
    const one = membersOf(await configured({ peers: '1' }), undefined);
    const grown = withAddition(one, { kind: 'peer', org: 'Org1' });
    const before = services(await specWith(undefined, { peers: '1' }));
    const { 'peer1.org1.example.com': added, ...after } = services(await specWith(grown, { peers: '1' }));
    expect(after.gateway).toBeDefined();
    expect(after.gateway).not.toEqual(before.gateway);
    expect({ ...after, gateway: before.gateway }).toEqual(before);
    expect(added).toMatchObject({
      environment: { CORE_PEER_GOSSIP_BOOTSTRAP: 'peer0.org1.example.com:17051' },
    });
  });
});

it('an organisation that is added is the next one, with the next free ports', async () => {
  const spec = await specWith(await extended({ kind: 'org', peers: 2 }, { kind: 'peer', org: 'Org3' }));
  expect(spec.orgs[2]).toMatchObject({ name: 'Org3', mspId: 'Org3MSP', domain: 'org3.example.com' });
  expect(portsOf(spec)).toEqual({
    ...MADE,
    'peer0.org3.example.com': 21051,
    'peer1.org3.example.com': 22051,
    'peer2.org3.example.com': 23051,
  });
});

it.each([
  ['name', 'Acme, Globex, Org3 peers=0 orderers=1'],
  ['domain', 'Acme domain=org3.example.com, Globex'],
  ['MSP id', 'Acme msp=org3MSP, Globex'],
])('an organisation that is added has no %s that another one has', async (_, organisations) => {
  const flags = { dir, flags: { organisations, peers: '1' } };
  const made = membersOf((await loadConfig(flags)).values, undefined);
  const { orgs } = withAddition(made, { kind: 'org', peers: 1 });
  expect(orgs.map(({ name }) => name)).toEqual(['Acme', 'Globex', 'Org4']);
});

describe('a configuration', () => {
  const ORG: Addition = { kind: 'org', peers: 2 };

  it('keeps the members with the numbers that the network was made with, and with those of now', async () => {
    const members = await extended(ORG);
    const names = allPeers(await specWith(members)).map(({ name }) => name);
    expect(names).toContain('peer1.org3.example.com');
    expect(allPeers(await specWith(members, { orgs: '3' })).map(({ name }) => name)).toEqual(names);
  });

  it('with other numbers is about another network', async () => {
    const spec = await specWith(await extended(ORG), { orgs: '4' });
    expect(spec.orgs.map(({ name, added }) => ({ name, added }))).toEqual(
      ['Org1', 'Org2', 'Org3', 'Org4'].map((name) => ({ name, added: undefined })),
    );
  });

  it('keeps the channels that were added, and can have more', async () => {
    const members = await extended({ kind: 'channel', name: 'orders' });
    expect((await specWith(members)).channels).toEqual(['mychannel', 'orders']);
    const more = await specWith(members, { channel: 'mychannel,third' });
    expect(more.channels).toEqual(['mychannel', 'third', 'orders']);
  });
});
