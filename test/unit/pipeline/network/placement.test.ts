/** On which machines of a Swarm the nodes of a network run. */
import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../../../src/pipeline/config/config.ts';
import { placementRules } from '../../../../src/pipeline/config/swarm-choices.ts';
import type { SwarmNode } from '../../../../src/pipeline/engine/swarm.ts';
import { releaseOf } from '../../../../src/pipeline/fabric/release.ts';
import { networkSpec } from '../../../../src/pipeline/network/network-spec.ts';
import { machinesByOwner, placementOf, requireActive } from '../../../../src/pipeline/network/placement.ts';
import { tempDir } from '../../../support/temp-dir.ts';

function node(name: string, more: Partial<SwarmNode> = {}): SwarmNode {
  const known = { address: '10.0.0.1', state: 'ready', availability: 'active', labels: {} } as const;
  return { id: name, name, ...known, updatedAt: 0, ...more };
}

const OWNERS = ['Org1', 'Org2', 'Org3', 'orderers'];

function placed(nodes: readonly SwarmNode[], rules = '') {
  const parsed = placementRules(rules);
  if (!parsed) throw new Error(rules);
  return Object.fromEntries(machinesByOwner(OWNERS, parsed, nodes, 'm2'));
}

function refusal(...call: Parameters<typeof placed>): unknown {
  try {
    return placed(...call);
  } catch (error) {
    return (error as { failure: unknown }).failure;
  }
}

describe('the machines of the organisations', () => {
  it('are one each, the selected one first, and begin again if there are too few', () => {
    expect(placed([node('m1'), node('m2')])).toEqual({
      ...{ Org1: ['m2'], Org2: ['m1'], Org3: ['m2'] },
      orderers: ['m2', 'm1'],
    });
  });

  it('are those that a rule names, by name or by label', () => {
    const rack = { labels: { rack: 'b' } };
    const nodes = [node('m1'), node('m2', rack), node('m3', rack)];
    expect(placed(nodes, 'Org1=m3,Org2=label:rack=b,orderers=m1')).toEqual({
      ...{ Org1: ['m3'], Org2: ['m2', 'm3'], Org3: ['m3'] },
      orderers: ['m1'],
    });
  });

  it('are no node that has the label of a rule and is drained', () => {
    const nodes = [node('m1', { labels: { rack: 'b' }, availability: 'drain' }), node('m2')];
    expect(refusal(nodes, 'Org2=label:rack=b')).toMatchObject({
      message: { key: 'usage.machine-unusable', machine: 'm1', state: 'drain' },
      next: ['docker node update --availability active m1'],
    });
  });

  it.each([
    [{ state: 'down' }, 'fabric-wizard status'],
    [{ availability: 'drain' }, 'docker node update --availability active m1'],
    [{ availability: 'pause' }, 'docker node update --availability active m1'],
  ] as const)('are no nodes with %j, also if they have nodes of the network', (more, next) => {
    const nodes = [node('m1', more), node('m2')];
    expect(placed(nodes).Org2).toEqual(['m2']);
    const failure = {
      kind: 'usage',
      message: { key: 'usage.machine-unusable', machine: 'm1', state: Object.values(more)[0] },
      next: expect.arrayContaining([next]),
    };
    expect(refusal(nodes, 'Org1=m1')).toEqual(failure);
    expect(() => requireActive(nodes, new Set(['m2']))).not.toThrow();
    expect(() => requireActive(nodes, new Set(['m1', 'm2']))).toThrow(expect.objectContaining({ failure }));
  });

  it('are refused where the Swarm has none', () => {
    const nodes = [node('machine1'), node('m2')];
    expect(refusal(nodes, 'Org2=machin1')).toMatchObject({
      message: { key: 'usage.no-machine', owner: 'Org2', wanted: 'machin1', machines: 'machine1, m2' },
      next: ['docker node ls', 'fabric-wizard up --placement Org2=machine1'],
    });
    expect(refusal(nodes, 'Org2=label:rack=a')).toMatchObject({ message: { wanted: 'rack=a' } });
    expect(refusal(nodes, 'Org9=m2')).toMatchObject({ message: { key: 'usage.no-owner', owner: 'Org9' } });
    const drained = nodes.map((each) => ({ ...each, availability: 'drain' as const }));
    expect(refusal(drained)).toMatchObject({ message: { key: 'usage.no-active-machine' } });
  });
});

async function spec(flags = {}) {
  const { values } = await loadConfig({
    dir: await tempDir(),
    flags: { orgs: '2', peers: '2', orderers: '3', couchdb: true, metrics: true, ...flags },
  });
  const release = releaseOf('2.5.12');
  if (!release) throw new Error('no release');
  return networkSpec(values, release, 'fw-unit');
}

describe('the machines of the nodes', () => {
  const owners = new Map([
    ['Org1', ['m1']],
    ['Org2', ['m2', 'M3']],
    ['orderers', ['m1', 'm2']],
  ]);

  it('are those of their owner in turn, a CouchDB beside its peer, with a gateway on each machine of peers', async () => {
    expect(placementOf(await spec(), owners, 'm1')).toEqual({
      ...{ 'orderer.example.com': 'm1', 'orderer2.example.com': 'm2', 'orderer3.example.com': 'm1' },
      ...{ 'peer0.org1.example.com': 'm1', 'peer1.org1.example.com': 'm1' },
      ...{ 'peer0.org2.example.com': 'm2', 'peer1.org2.example.com': 'M3' },
      ...{ couchdb0: 'm1', couchdb1: 'm1', couchdb2: 'm2', couchdb3: 'M3' },
      ...{ 'gateway-m1': 'm1', 'gateway-m2': 'm2', 'gateway-m3': 'M3' },
      ...{ cli: 'm1', prometheus: 'm1' },
    });
  });

  it('stay where the ledgers are, with what belongs to them', async () => {
    const made = { 'peer0.org2.example.com': 'm1', 'orderer.example.com': 'M3' };
    const placement = placementOf(await spec(), owners, 'm1', made);
    expect(placement).toMatchObject({ ...made, couchdb2: 'm1', 'peer1.org2.example.com': 'M3' });
    expect(Object.keys(placement)).not.toContain('gateway-m2');
  });
});
