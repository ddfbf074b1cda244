/** Networks whose organisations have names, orderers and channels of their own. */
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { loadConfig } from '../../../../src/pipeline/config/config.ts';
import { releaseOf } from '../../../../src/pipeline/fabric/release.ts';
import type { CryptoFact } from '../../../../src/pipeline/journal/state-keys.ts';
import {
  channelsOfPeer,
  firstPeerOn,
  onChannel,
  peersOn,
} from '../../../../src/pipeline/network/channel-members.ts';
import { configtxYaml } from '../../../../src/pipeline/network/configtx.ts';
import { connectionProfile } from '../../../../src/pipeline/network/connection-profile.ts';
import { ordererDir } from '../../../../src/pipeline/network/crypto-layout.ts';
import { membersOf } from '../../../../src/pipeline/network/members.ts';
import { cryptoConfigYaml } from '../../../../src/pipeline/network/network-files.ts';
import {
  artifactFiles,
  channelRecord,
  cryptoFingerprint,
  fitsNetwork,
  networkChanges,
  networkShape,
} from '../../../../src/pipeline/network/network-plan.ts';
import { allPeers, networkSpec } from '../../../../src/pipeline/network/network-spec.ts';
import { SAVED_NETWORK } from '../../../../src/pipeline/network/saved-network.ts';
import { tempDir } from '../../../support/temp-dir.ts';

const ORGANISATIONS =
  'Acme peers=2 orderers=2 domain=acme.com, Globex peers=1 msp=GlobexLLC orderers=1, Wayne peers=1';
const CHANNELS =
  'trade, audit organisations=acme+Globex peers=peer1.acme+peer0.globex policies.Endorsement="ANY Endorsement"';

async function network(version: string, flags: Readonly<Record<string, unknown>> = {}) {
  const release = releaseOf(version);
  if (!release) throw new Error('no release');
  const { values: config } = await loadConfig({
    dir: await tempDir(),
    flags: { organisations: ORGANISATIONS, channels: CHANNELS, ...flags },
  });
  return { config, release, spec: networkSpec(config, release, 'p') };
}

const names = (nodes: readonly { readonly name: string }[]) => nodes.map(({ name }) => name);

describe('a network of named organisations', () => {
  it('has their domains, MSP ids and orderers', async () => {
    const { spec } = await network('2.5.12');
    expect(names(allPeers(spec))).toEqual([
      'peer0.acme.com',
      'peer1.acme.com',
      'peer0.globex.example.com',
      'peer0.wayne.example.com',
    ]);
    expect(spec.orgs.map(({ mspId }) => mspId)).toEqual(['AcmeMSP', 'GlobexLLC', 'WayneMSP']);
    expect(names(spec.orderers)).toEqual([
      'orderer.acme.com',
      'orderer2.acme.com',
      'orderer.globex.example.com',
    ]);
    expect(spec.ordererOrgs.map(({ mspId }) => mspId)).toEqual(['AcmeMSP', 'GlobexLLC']);
    expect(ordererDir(spec, 'orderer.globex.example.com')).toBe(
      'ordererOrganizations/globex.example.com/orderers/orderer.globex.example.com',
    );
  });

  it('numbers the ports of peers over all organisations', async () => {
    const { spec } = await network('2.5.12');
    expect(new Set(allPeers(spec).map(({ port }) => port)).size).toBe(4);
  });

  it('makes certificates of orderers in a second step, with the CA of the peers', async () => {
    const { spec, release } = await network('2.5.12');
    const first = parse(cryptoConfigYaml(spec, release, () => false));
    expect(Object.keys(first)).toEqual(['PeerOrgs']);
    const all = parse(cryptoConfigYaml(spec, release));
    expect(all.OrdererOrgs.map(({ Domain }: { Domain: string }) => Domain)).toEqual([
      'acme.com',
      'globex.example.com',
    ]);
  });

  it('has one MSP for the peers and the orderers of an organisation', async () => {
    const { spec, release } = await network('3.1.1', {
      organisations: 'A orderers=2, B orderers=2',
      channels: '',
      consensus: 'BFT',
    });
    const { Orderer, Application } = parse(configtxYaml(spec, release, 'crypto')).Profiles.WizardChannel;
    const dirs = (group: { Organizations: readonly { MSPDir: string }[] }) =>
      group.Organizations.map(({ MSPDir }) => MSPDir);
    expect(dirs(Orderer)).toEqual(dirs(Application));
    expect(Orderer.Organizations[1].OrdererEndpoints).toEqual(
      spec.orderers.slice(2).map(({ name, listens }) => `${name}:${listens}`),
    );
    expect(Orderer.ConsenterMapping.map(({ MSPID }: { MSPID: string }) => MSPID)).toEqual([
      'AMSP',
      'AMSP',
      'BMSP',
      'BMSP',
    ]);
  });

  it('is read from a state of an earlier version, which knew one organisation of orderers', async () => {
    const { spec } = await network('2.5.12', { organisations: '', channels: '' });
    const { ordererOrgs: _, orderers, ...rest } = spec;
    const before = {
      ...rest,
      ordererMspId: 'OrdererMSP',
      orderers: orderers.map(({ org: __, ...orderer }) => orderer),
    };
    const saved = SAVED_NETWORK.schema.parse({ spec: before, version: '2.5.12' });
    expect(saved.spec.orderers).toEqual(spec.orderers);
    expect(saved.spec.ordererOrgs).toEqual(spec.ordererOrgs);
  });
});

describe('a channel with members of its own', () => {
  it('has only their peers', async () => {
    const { spec } = await network('2.5.12');
    expect(names(allPeers(onChannel(spec, 'audit')))).toEqual(['peer1.acme.com', 'peer0.globex.example.com']);
    expect(firstPeerOn(spec, 'audit').name).toBe('peer1.acme.com');
    expect(names(peersOn(spec, ['audit', 'trade']))).toEqual(names(allPeers(spec)));
    expect(allPeers(spec).map((peer) => channelsOfPeer(spec, peer).join())).toEqual([
      'trade',
      'trade,audit',
      'trade,audit',
      'trade',
    ]);
  });

  it('has a profile with its members, anchor peers and policies', async () => {
    const { spec, release } = await network('2.5.12');
    const { Profiles } = parse(configtxYaml(spec, release, 'crypto'));
    expect(Object.keys(Profiles)).toEqual(['WizardChannel', 'WizardChannel2']);
    const { Organizations, Policies } = Profiles.WizardChannel2.Application;
    expect(names(Organizations.map(({ Name }: { Name: string }) => ({ name: Name })))).toEqual([
      'AcmeMSP',
      'GlobexLLC',
    ]);
    expect(Organizations[0].AnchorPeers[0].Host).toBe('peer1.acme.com');
    expect(Policies.Endorsement).toEqual({ Type: 'ImplicitMeta', Rule: 'ANY Endorsement' });
    expect(Policies.Admins).toEqual(Profiles.WizardChannel.Application.Policies.Admins);
  });

  it('has anchor updates for its members only', async () => {
    const { spec } = await network('1.4.12', {
      channels: 'trade, audit organisations=Globex+Wayne',
      organisations: 'Acme, Globex, Wayne',
    });
    expect(artifactFiles(spec).filter((file) => file.startsWith('audit'))).toEqual([
      'audit.tx',
      'audit-GlobexMSP-anchors.tx',
      'audit-WayneMSP-anchors.tx',
    ]);
  });

  it('lists its peers in connection profiles', async () => {
    const { spec } = await network('2.5.12');
    const [org] = spec.orgs;
    if (!org) throw new Error('no organisation');
    const { channels, orderers } = connectionProfile(spec, org, () => '');
    expect(Object.keys(channels.audit?.peers ?? {})).toEqual(['peer1.acme.com', 'peer0.globex.example.com']);
    expect(orderers['orderer.globex.example.com']?.mspid).toBe('GlobexLLC');
  });
});

describe('a network that exists', () => {
  async function made(flags: Readonly<Record<string, unknown>>) {
    const { config, release, spec } = await network('2.5.12', flags);
    const source = { practice: false, version: '2.5.12' };
    const settings = { release } as Parameters<typeof fitsNetwork>[1]['settings'];
    const crypto: CryptoFact = {
      fingerprint: cryptoFingerprint({ spec, settings, source }),
      instance: 'abcdef',
      channels: channelRecord(spec),
      shape: networkShape(spec, source.version),
    };
    return { wanted: { config, project: 'p', settings, source }, crypto };
  }

  it.each([
    ['the same', {}, true],
    ['another MSP id', { organisations: ORGANISATIONS.replace('GlobexLLC', 'GlobexInc') }, false],
    ['another domain', { organisations: ORGANISATIONS.replace('acme.com', 'acme.org') }, false],
    ['other members of a channel', { channels: 'trade, audit organisations=Globex' }, false],
    ['the same members in another order', { channels: CHANNELS.replace('acme+Globex', 'globex+Acme') }, true],
    ['one more channel', { channels: `${CHANNELS}, more organisations=Globex` }, true],
    ['a channel less', { channels: 'trade' }, true],
  ])('fits a configuration with %s or not', async (_, flags, fits) => {
    const { crypto } = await made({});
    const { wanted } = await made(flags);
    expect(fitsNetwork(crypto, wanted)).toBe(fits);
  });

  it.each([
    ['a name', ORGANISATIONS.replace('Wayne', 'Stark'), 'change.names', 'Stark'],
    ['a domain', ORGANISATIONS.replace('acme.com', 'acme.org'), 'change.names', 'Acme domain=acme.org'],
    ['an MSP id', ORGANISATIONS.replace('GlobexLLC', 'GlobexInc'), 'change.names', 'msp=GlobexInc'],
    [
      'the owner of an orderer',
      ORGANISATIONS.replace('orderers=2', 'orderers=3'),
      'change.names',
      'orderers=3',
    ],
    [
      'a number of peers',
      ORGANISATIONS.replace('Globex peers=1', 'Globex peers=2'),
      'change.peers',
      '2, 2, 1',
    ],
  ])('says that %s differs', async (_, organisations, key, to) => {
    const { crypto } = await made({});
    const { wanted } = await made({ organisations });
    expect(networkChanges(crypto, wanted)).toContainEqual(
      expect.objectContaining({ key, to: expect.stringContaining(to) }),
    );
    expect(networkChanges(crypto, (await made({})).wanted)).toEqual([]);
  });

  it('is known again when members were added', async () => {
    const { config } = await network('2.5.12');
    const members = membersOf(config, undefined);
    const extended = {
      ...members,
      orgs: members.orgs.map((org, index) =>
        index === 2 ? { ...org, peers: [...org.peers, { ports: 4, added: true }] } : org,
      ),
    };
    expect(membersOf(config, { members: extended }).orgs).toEqual(extended.orgs);
    const written = { ...config, organisations: ORGANISATIONS.replaceAll(', ', ',').replace(' peers=2', '') };
    expect(membersOf({ ...written, peers: 2 }, { members: extended }).orgs).toEqual(extended.orgs);
    const other = { ...config, organisations: 'Acme' };
    expect(membersOf(other, { members: extended }).orgs).toHaveLength(1);
  });
});
