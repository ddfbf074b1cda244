import { describe, expect, it } from 'vitest';
import { callCommand, peersOf } from '../../../src/commands/chaincode.ts';
import { WizardFailure } from '../../../src/pipeline/core/failure.ts';
import type { NetworkSpec, PeerSpec } from '../../../src/pipeline/network/network-spec.ts';

function org(name: string) {
  const peers = ['peer0', 'peer1'].map((peer) => ({
    name: `${peer}.${name.toLowerCase()}.example.com`,
    org: name,
  }));
  return { name, mspId: `${name}MSP`, peers };
}

const spec = { orgs: [org('Org1'), org('Org2')] } as unknown as NetworkSpec;
const [peer0org1, , , peer1org2] = spec.orgs.flatMap(({ peers }) => peers) as [
  PeerSpec,
  PeerSpec,
  PeerSpec,
  PeerSpec,
];
/** peer0.org2 is down. */
const network = {
  spec,
  peers: spec.orgs.flatMap(({ peers }) => peers).filter(({ name }) => !name.startsWith('peer0.org2')),
};
const byDefault = [peer0org1, peer1org2];

function called(flags: { readonly peer?: string; readonly org?: string }): readonly string[] {
  return peersOf(
    network,
    { peer: undefined, org: undefined, ...flags },
    callCommand('fabric-wizard chaincode invoke', ['basic', 'put', 'a key'], {
      ...{ channel: 'mychannel', transient: undefined, peer: undefined, org: undefined },
      ...flags,
    }),
    byDefault,
  ).map(({ name }) => name.replace('.example.com', ''));
}

/** The first command that a refusal suggests. */
function suggestion(flags: { readonly peer?: string; readonly org?: string }): string | undefined {
  try {
    called(flags);
  } catch (error) {
    if (error instanceof WizardFailure && error.failure.kind === 'usage') return error.failure.next[0];
  }
  return undefined;
}

function refusal(flags: { readonly peer?: string; readonly org?: string }): unknown {
  try {
    return called(flags);
  } catch (error) {
    if (!(error instanceof WizardFailure) || error.failure.kind !== 'usage') throw error;
    const { message } = error.failure;
    return typeof message === 'string' ? message : message.key;
  }
}

describe('a call', () => {
  it.each([
    ['by default', {}, ['peer0.org1', 'peer1.org2']],
    ['of another organisation, through its peer that runs', { org: 'org2' }, ['peer1.org2', 'peer0.org1']],
    ['of an MSP id', { org: 'Org2MSP' }, ['peer1.org2', 'peer0.org1']],
    ['to named peers', { peer: 'peer1.org1,peer0.org2' }, ['peer1.org1', 'peer0.org2']],
    [
      'to named peers, by one of their organisations',
      { peer: 'peer1.org1,peer0.org2', org: 'Org2' },
      ['peer0.org2', 'peer1.org1'],
    ],
  ] as const)('goes %s', (_, flags, peers) => {
    expect(called(flags)).toEqual(peers);
  });

  it.each([
    [
      'a peer of another organisation than the signer',
      { peer: 'peer0.org1', org: 'Org2' },
      'usage.no-peer-of-org',
    ],
    ['a name of several peers', { peer: 'peer0' }, 'usage.ambiguous-node'],
    ['an unknown peer', { peer: 'peer7' }, 'usage.unknown-node'],
    ['an unknown organisation', { org: 'acme' }, 'usage.unknown-organisation'],
  ] as const)('refuses %s', (_, flags, key) => {
    expect(refusal(flags)).toBe(key);
  });

  it.each([
    [{ peer: 'peer0.org1,peer7' }, '--peer peer0.org1,peer0.org1.example.com'],
    [{ org: 'acme' }, '--org Org1'],
    [{ peer: 'peer0.org1', org: 'Org2' }, '--peer peer1.org2.example.com --org Org2'],
  ] as const)('suggests the whole call for %j', (flags, changed) => {
    expect(suggestion(flags)).toBe(
      `fabric-wizard chaincode invoke basic put 'a key' --channel mychannel ${changed}`,
    );
  });
});
