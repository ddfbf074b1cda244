/** What `import` makes of configurations of other tools, and what it says about the rest. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { type GivenFile, importFiles } from '../../../../src/pipeline/config/imported.ts';
import { issuesIn } from '../../../support/config-issues.ts';
import { tempDir, writeFiles } from '../../../support/temp-dir.ts';

async function imported(...files: readonly GivenFile[]) {
  const dir = await tempDir();
  await writeFiles(dir, { 'code/notes/main.go': 'package main\n', 'code/prices/package.json': '{}' });
  const folders = { from: join(dir, 'code'), to: dir };
  const { text, notes } = await importFiles(files, folders, (names) => `import ${names.join(' ')}`);
  return { text, choices: parse(text) as unknown, notes: notes.map(noteText) };
}

function noteText({ key, where, message }: Awaited<ReturnType<typeof importFiles>>['notes'][number]): string {
  return `${where} ${key} ${message.key.replace('import.', '')}`;
}

/** Path, position and message key of each issue. */
function issuesOf(...files: readonly GivenFile[]) {
  return issuesIn(imported(...files));
}

function fablo(text: string): GivenFile {
  return { name: 'fablo.yaml', text };
}

const TWO_ORGS = `global:
  fabricVersion: 2.5.12
  tls: true
orgs:
  - organization: {name: Orderer, domain: orderer.example.com}
    orderers: [{groupName: group1, type: raft, instances: 3}]
  - organization: {name: Acme, domain: acme.com, mspName: AcmeCorp}
    peer: {instances: 2, db: CouchDb}
  - organization: {name: Globex, domain: globex.example.com}
    peer: {instances: 1, db: CouchDb}
`;

describe('a configuration of Fablo', () => {
  it('can have a map that merges itself', async () => {
    const { choices } = await imported(fablo('global: &g\n  fabricVersion: 2.5.12\n  <<: *g\norgs: []\n'));
    expect(choices).toEqual({ source: 'v2.5.12' });
  });

  it('becomes organisations, channels, chaincodes and hooks', async () => {
    const { choices, notes } = await imported(
      fablo(`${TWO_ORGS}channels:
  - name: all
    orgs: [{name: Acme, peers: [peer0, peer1]}, {name: Globex, peers: [peer0]}]
  - name: few
    orgs: [{name: Acme, peers: [peer1]}]
chaincodes:
  - {name: notes, version: 1.0.0, lang: golang, channel: all, directory: notes, endorsement: "OR('AcmeCorp.member')"}
  - {name: notes, version: 1.0.0, lang: golang, channel: few, directory: notes}
  - {name: prices, lang: node, channel: all, directory: ./prices, initRequired: true, init: '{"Args":["init","1"]}'}
hooks: {postStart: ./seed.sh}
`),
    );
    expect(choices).toEqual({
      source: 'v2.5.12',
      consensus: 'etcdraft',
      tls: true,
      couchdb: true,
      organisations: [
        { name: 'Orderer', peers: 0, orderers: 3 },
        { name: 'Acme', domain: 'acme.com', msp: 'AcmeCorp', peers: 2 },
        { name: 'Globex', peers: 1 },
      ],
      channels: [{ name: 'all' }, { name: 'few', organisations: ['Acme'], peers: ['peer1.acme.com'] }],
      chaincodes: [
        {
          ...{ name: 'notes', path: './code/notes', language: 'go', channels: ['all', 'few'] },
          policy: "OR('AcmeCorp.member')",
        },
        {
          ...{ name: 'prices', path: './code/prices', language: 'node', channels: ['all'] },
          init: ['init', '1'],
        },
      ],
      hooks: { 'after-start': './seed.sh' },
    });
    expect(notes).toEqual([
      'fablo.yaml:17:19 chaincodes[0].version version',
      'fablo.yaml:18:19 chaincodes[1].version version',
      'fablo.yaml:20:9 hooks.postStart post-start',
    ]);
  });

  it('is named key by key where something has no counterpart', async () => {
    const { choices, notes } = await imported(
      fablo(`global:
  fabricVersion: 1.4.12
  tls: false
  engine: kubernetes
  peerDevMode: true
  monitoring: {loglevel: debug}
  tools: {explorer: true}
  colour: blue
orgs:
  - organization: {name: Org1, domain: org1.example.com}
    ca: {db: postgres}
    orderers:
      - {groupName: one, type: solo, instances: 1}
    peer: {instances: 1, prefix: node, anchorPeerInstances: 2, db: LevelDb}
  - organization: {name: Org2, domain: org2.example.com}
    peer: {instances: 1, db: CouchDb}
channels:
  - {name: My_channel, orgs: [{name: Org1, peers: [peer0]}, {name: Org3, peers: [peer0]}]}
chaincodes:
  - {name: gone, lang: golang, channel: My_channel, directory: ./gone}
  - {name: remote, lang: ccaas, channel: My_channel, image: example.org/remote}
  - {name: notes, lang: golang, channel: My_channel, directory: notes, privateData: [{name: a, orgNames: [Org1]}]}
hooks: {postGenerate: sed}
`),
    );
    expect(choices).toEqual({
      source: 'v1.4.12',
      consensus: 'solo',
      tls: false,
      couchdb: true,
      organisations: [
        { name: 'Org1', peers: 1, orderers: 1 },
        { name: 'Org2', peers: 1 },
      ],
      channels: [{ name: 'my-channel', organisations: ['Org1'] }],
      chaincodes: [{ name: 'notes', path: './code/notes', language: 'go', channels: ['my-channel'] }],
    });
    expect(notes.map((note) => note.split(' ').slice(1).join(' '))).toEqual(
      expect.arrayContaining([
        'global.engine kubernetes',
        'global.peerDevMode dev-mode',
        'global.monitoring.loglevel log-level',
        'global.tools.explorer tool',
        'global.colour unknown',
        'orgs[0].ca ca',
        'orgs[0].peer.prefix node-names',
        'orgs[0].peer.anchorPeerInstances anchors',
        'orgs[0].peer.db couchdb',
        'channels[0].name channel-name',
        'channels[0].orgs[1].name no-member',
        'chaincodes[0].directory folder-missing',
        'chaincodes[1].image service',
        'chaincodes[1].name no-folder',
        'chaincodes[2].privateData private-data',
        'hooks.postGenerate post-generate',
      ]),
    );
    expect(notes).toHaveLength(16);
  });

  it('can be JSON, also with tabs', async () => {
    const text = JSON.stringify(
      {
        global: { fabricVersion: '3.1.1', tls: true },
        orgs: [
          {
            organization: { name: 'Org1', domain: 'org1.example.com' },
            orderers: [{ groupName: 'group1', type: 'BFT', instances: 4 }],
            peer: { instances: 1 },
          },
        ],
        channels: [],
        chaincodes: [],
      },
      null,
      '\t',
    );
    const { choices } = await imported({ name: 'fablo.json', text });
    expect(choices).toMatchObject({ consensus: 'BFT', organisations: [{ name: 'Org1', orderers: 4 }] });
  });

  it('with Raft and without TLS gets TLS', async () => {
    const { choices, notes } = await imported(fablo(TWO_ORGS.replace('tls: true', 'tls: false')));
    expect(choices).toMatchObject({ tls: true });
    expect(notes).toEqual(['fablo.yaml:3:3 global.tls needs-tls']);
  });
});

const CRYPTO = `OrdererOrgs:
  - Name: Orderer
    Domain: example.com
    EnableNodeOUs: true
    Specs:
      - Hostname: orderer
      - Hostname: orderer2
      - Hostname: orderer3
PeerOrgs:
  - Name: Org1
    Domain: org1.example.com
    Template: {Count: 2}
    Users: {Count: 1}
  - Name: Org2
    Domain: org2.example.com
    Template: {Count: 1}
    Users: {Count: 3}
`;

const CONFIGTX = `Organizations:
  - &Orderer {Name: OrdererOrg, ID: OrdererMSP, MSPDir: crypto-config/ordererOrganizations/example.com/msp}
  - &One
    Name: One
    ID: FirstMSP
    MSPDir: crypto-config/peerOrganizations/org1.example.com/msp
    AnchorPeers: [{Host: peer0.org1.example.com, Port: 7051}]
  - &Two
    Name: Two
    ID: Org2MSP
    MSPDir: crypto-config/peerOrganizations/org2.example.com/msp
Orderer: &OrdererDefaults
  OrdererType: solo
  BatchTimeout: 2s
Application: &ApplicationDefaults
  Organizations:
Profiles:
  Genesis:
    Orderer:
      <<: *OrdererDefaults
      OrdererType: etcdraft
      Organizations: [*Orderer]
    Consortiums: {SampleConsortium: {Organizations: [*One, *Two]}}
  TwoOrgs:
    Consortium: SampleConsortium
    Application:
      <<: *ApplicationDefaults
      Organizations: [*One, *Two]
  OnlyOne:
    Consortium: SampleConsortium
    Application: {<<: *ApplicationDefaults, Organizations: [*One]}
`;

describe('crypto-config.yaml', () => {
  it('becomes organisations and orderers', async () => {
    const { choices, notes } = await imported({ name: 'crypto-config.yaml', text: CRYPTO });
    expect(choices).toEqual({
      orderers: 3,
      organisations: [
        { name: 'Org1', peers: 2 },
        { name: 'Org2', peers: 1 },
      ],
    });
    expect(notes).toEqual([
      'crypto-config.yaml:4:5 OrdererOrgs[0].EnableNodeOUs node-ous',
      'crypto-config.yaml:17:13 PeerOrgs[1].Users.Count users',
    ]);
  });

  it('gets MSP ids, consensus and members of channels from configtx.yaml', async () => {
    const { choices, notes } = await imported(
      { name: 'crypto-config.yaml', text: CRYPTO },
      { name: 'configtx.yaml', text: CONFIGTX },
    );
    expect(choices).toEqual({
      consensus: 'etcdraft',
      orderers: 3,
      organisations: [
        { name: 'Org1', msp: 'FirstMSP', peers: 2 },
        { name: 'Org2', peers: 1 },
      ],
      channels: [{ name: 'mychannel' }, { name: 'onlyone', organisations: ['Org1'] }],
    });
    expect(notes.filter((note) => note.startsWith('configtx'))).toEqual([
      'configtx.yaml:14:3 Orderer.BatchTimeout batches',
      'configtx.yaml:24:3 Profiles.TwoOrgs profile',
      'configtx.yaml:29:3 Profiles.OnlyOne profile',
    ]);
  });
});

describe('what is refused', () => {
  it('a file that is no YAML, with its position', async () => {
    expect(await issuesOf(fablo('global: {\n  tls: [\n'))).toMatchObject([
      ['fablo.yaml', 'fablo.yaml:3:1', 'issue.no-yaml'],
      ['fablo.yaml', 'fablo.yaml:3:1', 'issue.no-yaml'],
    ]);
    expect(await issuesOf({ name: 'c.yaml', text: 'PeerOrgs: *nope\n' })).toEqual([
      ['c.yaml', 'c.yaml:1:11', 'issue.no-anchor'],
    ]);
    expect(await issuesOf({ name: 'x.json', text: '[1]' })).toEqual([['x.json', 'x.json:1:1', 'issue.type']]);
  });

  it('values of a wrong type', async () => {
    expect(
      await issuesOf(
        fablo('global: {tls: "yes"}\norgs:\n  - organization: {name: A}\n  - 5\nchannels: {}\n'),
      ),
    ).toEqual([
      ['global.tls', 'fablo.yaml:1:15', 'issue.type'],
      ['orgs[1]', 'fablo.yaml:4:5', 'issue.type'],
      ['orgs[0].organization.domain', 'fablo.yaml:3:20', 'issue.required'],
      ['channels', 'fablo.yaml:5:11', 'issue.type'],
    ]);
  });

  it('a network that the product cannot make', async () => {
    const wrong = TWO_ORGS.replace('type: raft', 'type: BFT').replace('2.5.12', '2.5.12');
    expect((await issuesOf(fablo(wrong))).map(([path]) => path)).toEqual(['consensus']);
    expect((await issuesOf(fablo(TWO_ORGS.replace('acme.com', 'ACME.com')))).map(([path]) => path)).toEqual([
      'organisations[1].domain',
    ]);
  });

  it.each([
    ['another file', [{ name: 'compose.yaml', text: 'services: {}\n' }], 'usage.import-unknown'],
    [
      'files that do not belong together',
      [fablo(TWO_ORGS), { name: 'configtx.yaml', text: CONFIGTX }],
      'usage.import-together',
    ],
  ])('%s', async (_, files, key) => {
    await expect(imported(...files)).rejects.toMatchObject({ failure: { kind: 'usage', message: { key } } });
  });

  it('configtx.yaml alone, with the command that also has the nodes', async () => {
    await expect(imported({ name: 'net/configtx.yaml', text: CONFIGTX })).rejects.toMatchObject({
      failure: {
        message: { key: 'usage.import-configtx', file: 'net/configtx.yaml' },
        next: ['import crypto-config.yaml net/configtx.yaml'],
      },
    });
  });
});
