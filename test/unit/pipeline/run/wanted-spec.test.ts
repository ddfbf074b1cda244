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
import { addressInside, firstOrderer, firstPeer } from '../../../../src/pipeline/network/network-spec.ts';
import { wantedSpec } from '../../../../src/pipeline/run/wanted-spec.ts';
import { writeCertificates } from '../../../support/certificates.ts';
import { newProject, type ObservedProject } from '../../../support/observed-project.ts';

const INSTANCE = 'c0ffee';
const NEW = ['orderer.example.com:17050', 'peer0.org1.example.com:17051'];
const OLD = ['orderer.example.com:7050', 'peer0.org1.example.com:7051'];

/** @returns the addresses inside of the first nodes, and the context with the ports that a run gives them */
async function wanted(project: ObservedProject, facts = {}, until: 'up' | 'smoke' = 'up', flags = {}) {
  const context = await project.context({ facts, flags: { portBase: '17050', ...flags } });
  const spec = await wantedSpec(until, context);
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
