/** Which ports a run gives the nodes: a new network those of the configuration, one that exists those that it has. */
import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ProjectContext } from '../../../../src/pipeline/context/run-context.ts';
import { keptNetworkDir, networkDir } from '../../../../src/pipeline/host/state-folder.ts';
import { type CryptoFact, STATE_KEYS } from '../../../../src/pipeline/journal/state-keys.ts';
import { recordCertificates } from '../../../../src/pipeline/network/certificate-files.ts';
import { writeRecord } from '../../../../src/pipeline/network/kept-networks.ts';
import { artifactsFingerprint, cryptoFingerprint } from '../../../../src/pipeline/network/network-plan.ts';
import {
  addressInside,
  allPeers,
  firstOrderer,
  firstPeer,
  networkSpec,
} from '../../../../src/pipeline/network/network-spec.ts';
import { SAVED_NETWORK } from '../../../../src/pipeline/network/saved-network.ts';
import { networkOf, wantedSpec } from '../../../../src/pipeline/plan/wanted-spec.ts';
import { writeCertificates } from '../../../support/certificates.ts';
import { newProject, type ObservedProject } from '../../../support/observed-project.ts';
import { UP } from '../../../support/plans.ts';

const INSTANCE = 'c0ffee';
const NEW = ['orderer.example.com:17050', 'peer0.org1.example.com:17051'];
const OLD = ['orderer.example.com:7050', 'peer0.org1.example.com:7051'];

/** The members of a network with one peer to which another peer and a channel were added. */
const MEMBERS: NonNullable<CryptoFact['members']> = {
  madeWith: { orgs: 1, peers: 1 },
  orgs: [{ name: 'Org1', peers: [{ ports: 0 }, { ports: 1, added: true }] }],
  channels: [{ name: 'mychannel' }, { name: 'orders' }],
};

/** @returns the addresses inside of the first nodes, and the context with the ports that a run gives them */
async function wanted(
  project: ObservedProject,
  facts = {},
  until: 'up' | 'smoke' | 'deploy' = 'up',
  flags = {},
) {
  const context = await project.context({ facts, flags: { portBase: '17050', ...flags } });
  const spec = wantedSpec(until, context, await networkOf(until, context));
  return {
    addresses: [firstOrderer(spec), firstPeer(spec)].map(addressInside),
    context: { ...context, spec } satisfies ProjectContext,
  };
}

/** A project with the certificates of a network. */
async function made(ports: CryptoFact['ports']) {
  const project = await newProject();
  const { context } = await wanted(project);
  await writeCertificates(networkDir(context.stateDir), context.spec);
  await recordCertificates(networkDir(context.stateDir));
  const crypto: CryptoFact = { fingerprint: cryptoFingerprint(context), instance: INSTANCE, ports };
  return { project, context, crypto, facts: { [STATE_KEYS.crypto.key]: JSON.parse(JSON.stringify(crypto)) } };
}

describe('the ports inside', () => {
  it('of a new network are those on the host', async () => {
    const { addresses, context } = await wanted(await newProject());
    expect(addresses).toEqual(NEW);
    expect(context.spec.ports).toEqual({ base: 17050 });
  });

  it.each(['up', 'smoke'] as const)('of a network of an older version stay in %s', async (until) => {
    const { project, facts } = await made(undefined);
    expect((await wanted(project, facts, until)).addresses).toEqual(OLD);
  });

  it('stay when the network gets other ports on the host, so that its channels stay as they are', async () => {
    const { project, facts, context } = await made({ base: 17050 });
    const moved = await wanted(project, facts, 'up', { portBase: '27050' });
    expect(moved.addresses).toEqual(NEW);
    expect(firstPeer(moved.context.spec).port).toBe(27051);
    const fingerprints = [context, moved.context].map((each) => artifactsFingerprint(each, INSTANCE));
    expect(fingerprints[1]).toBe(fingerprints[0]);
  });

  it('are read from beside the certificates if the state is lost', async () => {
    const { project, context, crypto } = await made(undefined);
    await writeRecord(networkDir(context.stateDir), { crypto });
    expect((await wanted(project)).addresses).toEqual(OLD);
  });

  it('are those of the replaced network that is used again', async () => {
    const { project, context, crypto } = await made(undefined);
    const kept = keptNetworkDir(context.stateDir, INSTANCE);
    await writeRecord(networkDir(context.stateDir), { crypto });
    await project.write('networks/other', '');
    await rename(networkDir(context.stateDir), kept);
    expect((await wanted(project)).addresses).toEqual(OLD);
  });

  it('are new if the network cannot have the configuration, and is replaced', async () => {
    const { project, facts } = await made(undefined);
    const two = { peers: '2' };
    expect((await wanted(project, facts, 'up', two)).addresses).toEqual(NEW);
    // The smoke test runs on the network as it is.
    expect((await wanted(project, facts, 'smoke', two)).addresses).toEqual(OLD);
  });

  it('are new if certificates are lost, because then the network is replaced', async () => {
    const { project, facts, context } = await made(undefined);
    const key = 'peerOrganizations/org1.example.com/peers/peer0.org1.example.com/msp/keystore';
    const from = join(networkDir(context.stateDir), 'crypto-config', key);
    await rename(from, `${from}-moved-away`);
    expect((await wanted(project, facts)).addresses).toEqual(NEW);
  });
});

it.each(['smoke', 'deploy'] as const)(
  '%s uses the network as it was started, whatever the file says',
  async (until) => {
    const project = await newProject();
    const {
      config,
      source,
      project: name,
    } = await project.context({ flags: { portBase: '17050', orgs: '1' } });
    const spec = networkSpec(config, source.release, name);
    const { facts } = await made({ base: 17050 });
    const { stateDir } = await project.context({});
    await writeCertificates(networkDir(stateDir), spec);
    const saved = { [SAVED_NETWORK.key]: JSON.parse(JSON.stringify({ spec, version: source.version })) };
    const file = { portBase: '27050', orgs: '2', peers: '2', couchdb: true };
    const started = { ...facts, ...saved };
    expect((await wanted(project, started, until, file)).context.spec).toEqual(spec);
    // One that is to be made anew, or that is of another project, is that of the file.
    expect(allPeers((await wanted(project, started, 'up', file)).context.spec)).toHaveLength(4);
    const other = { ...file, project: 'other' };
    expect(allPeers((await wanted(project, started, until, other)).context.spec)).toHaveLength(4);
  },
);

describe('a network that was extended', () => {
  /** A project with such a network: with all files of it, as the record says. */
  async function extended() {
    const project = await newProject();
    const context = await project.context({ flags: { portBase: '17050' } });
    const { config, source, stateDir } = context;
    const ports = { base: 17050 };
    const spec = networkSpec(config, source.release, context.project, { ports, members: MEMBERS });
    await writeCertificates(networkDir(stateDir), spec);
    await recordCertificates(networkDir(stateDir));
    const fingerprint = cryptoFingerprint({ ...context, spec });
    const crypto: CryptoFact = { fingerprint, instance: INSTANCE, ports, members: MEMBERS };
    return {
      project,
      stateDir,
      crypto,
      facts: { [STATE_KEYS.crypto.key]: JSON.parse(JSON.stringify(crypto)) },
    };
  }

  async function membersIn(project: ObservedProject, facts = {}, flags = {}) {
    const { context } = await wanted(project, facts, 'up', flags);
    const { spec } = context;
    const network = await project.observed({ facts, flags: { portBase: '17050', ...flags }, goal: UP });
    return {
      peers: allPeers(spec).map(({ name }) => name),
      channels: spec.channels,
      crypto: network.network.crypto,
    };
  }

  const KEPT = {
    peers: ['peer0.org1.example.com', 'peer1.org1.example.com'],
    channels: ['mychannel', 'orders'],
    crypto: 'same',
  };

  it('keeps its members in the next up', async () => {
    const { project, facts } = await extended();
    expect(await membersIn(project, facts)).toEqual(KEPT);
    // The configuration may also say what the network has now.
    expect(await membersIn(project, facts, { peers: '2' })).toEqual(KEPT);
  });

  it('keeps them if the state is lost, by the record beside the certificates', async () => {
    const { project, stateDir, crypto } = await extended();
    await writeRecord(networkDir(stateDir), { crypto });
    expect(await membersIn(project)).toMatchObject({ peers: KEPT.peers, channels: KEPT.channels });
  });

  it('is replaced by a configuration with other numbers', async () => {
    const { project, facts } = await extended();
    expect(await membersIn(project, facts, { orgs: '2' })).toMatchObject({ crypto: 'changed' });
  });

  it('has an addition on top of its members', async () => {
    const { project, facts } = await extended();
    const context = await project.context({ facts, flags: { portBase: '17050' } });
    const spec = wantedSpec('add', context, await networkOf('add', context), { kind: 'peer', org: 'Org1' });
    expect(allPeers(spec).map(({ name, port }) => `${name} ${port}`)).toEqual([
      'peer0.org1.example.com 17051',
      'peer1.org1.example.com 18051',
      'peer2.org1.example.com 19051',
    ]);
  });
});
