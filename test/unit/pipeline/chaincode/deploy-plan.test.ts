import { describe, expect, it } from 'vitest';
import { unsupported } from '../../../../src/pipeline/chaincode/chaincode-parts.ts';
import { deployPlan, isDeployed, missingOn } from '../../../../src/pipeline/chaincode/deploy-plan.ts';
import type { ObservedNetwork } from '../../../../src/pipeline/chaincode/deployed-chaincodes.ts';
import { releaseOf } from '../../../../src/pipeline/fabric/release.ts';
import type { NetworkSpec } from '../../../../src/pipeline/network/network-spec.ts';

const NEW = 'aaaaaaaaaaaa';
const OLD = 'bbbbbbbbbbbb';
const PEERS = ['peer0.org1', 'peer0.org2'];

const spec = {
  channels: ['one', 'two'],
  orgs: PEERS.map((name) => ({ peers: [{ name }] })),
} as unknown as Pick<NetworkSpec, 'channels' | 'orgs'>;

/** A network whose channels have these versions of `basic`, each with its sequence. */
function network(
  versions: Readonly<Record<string, readonly [version: string, sequence: number]>>,
  installed: ObservedNetwork['installed'] = new Map(),
): ObservedNetwork {
  const committed = Object.entries(versions).map(
    ([channel, [version, sequence]]) => [channel, [{ name: 'basic', version, sequence }]] as const,
  );
  return { committed: new Map(committed), installed };
}

function everywhere(version: string): ObservedNetwork['installed'] {
  return new Map(PEERS.map((peer) => [peer, [{ name: 'basic', version }]]));
}

function plan(observed: ObservedNetwork, channels?: readonly string[], isFinished = () => true) {
  return deployPlan({ name: 'basic', ...(channels ? { channels } : {}) }, NEW, observed, spec, isFinished);
}

describe('a deployment', () => {
  it('of a new chaincode installs on every peer and defines on every channel', () => {
    expect(plan(network({}))).toEqual({
      name: 'basic',
      version: `1-${NEW}`,
      digest: NEW,
      channels: ['one', 'two'],
      install: PEERS,
      define: [
        { channel: 'one', kind: 'first', sequence: 1 },
        { channel: 'two', kind: 'first', sequence: 1 },
      ],
      start: true,
      replacesAll: true,
    });
  });

  it('has nothing to do if the network has the same content', () => {
    const version = `3-${NEW}`;
    const done = plan(network({ one: [version, 3], two: [version, 1] }, everywhere(version)));
    expect(isDeployed(done)).toBe(true);
    expect(done.version).toBe(version);
  });

  it('that was interrupted after the channels had it starts it', () => {
    const version = `3-${NEW}`;
    const observed = network({ one: [version, 3], two: [version, 1] }, everywhere(version));
    const interrupted = plan(observed, undefined, () => false);
    expect(interrupted).toMatchObject({ version, install: [], define: [], start: true });
    expect(isDeployed(interrupted)).toBe(false);
  });

  it('defines a channel once that is named twice', () => {
    expect(plan(network({}), ['one', 'one']).channels).toEqual(['one']);
  });

  it('of changed content is the next version, with the next sequence of each channel', () => {
    const changed = plan(network({ one: [`3-${OLD}`, 5], two: [`2-${OLD}`, 2] }, everywhere(`3-${OLD}`)));
    expect(changed.version).toBe(`4-${NEW}`);
    expect(changed.install).toEqual(PEERS);
    expect(changed.define).toEqual([
      { channel: 'one', kind: 'upgrade', from: `3-${OLD}`, sequence: 6 },
      { channel: 'two', kind: 'upgrade', from: `2-${OLD}`, sequence: 3 },
    ]);
  });

  it('brings a version that one channel has to the other channel, and to a peer that lacks it', () => {
    const version = `2-${NEW}`;
    const installed = new Map([[PEERS[0] ?? '', [{ name: 'basic', version }]]]);
    const rest = plan(network({ one: [version, 1] }, installed));
    expect(rest.version).toBe(version);
    expect(rest.install).toEqual([PEERS[1]]);
    expect(rest.define).toEqual([{ channel: 'two', kind: 'first', sequence: 1 }]);
  });

  it('finds a package by its label, whatever the version', () => {
    const label = `basic_${NEW}`;
    const packages = new Map(PEERS.map((peer) => [peer, [{ label, id: `${label}:00` }]]));
    expect(plan(network({ one: [`1-${OLD}`, 1] }, packages), ['one']).install).toEqual([]);
  });

  it('counts the version of another program as the first one', () => {
    expect(plan(network({ one: ['v7', 7] }), ['one']).version).toBe(`2-${NEW}`);
  });

  it('is not done while the process of a service is not as its files are', () => {
    const version = `1-${NEW}`;
    const done = plan(network({ one: [version, 1], two: [version, 1] }, everywhere(version)));
    expect(isDeployed(done)).toBe(true);
    expect(isDeployed({ ...done, process: 'restart' })).toBe(false);
  });

  it('does not replace all if another channel keeps the chaincode', () => {
    const observed = network({ one: [`1-${OLD}`, 1], two: [`1-${OLD}`, 1] });
    expect(plan(observed, ['one']).replacesAll).toBe(false);
    expect(plan(observed).replacesAll).toBe(true);
  });
});

describe('what a release does not have', () => {
  const release = (version: string) => releaseOf(version) ?? expect.fail(`no release ${version}`);

  it.each([
    ['1.1.0', { collections: 'c.json' }, 'collections'],
    ['1.2.0', { collections: 'c.json' }, undefined],
    ['1.4.12', { policy: '/Channel/Application/Endorsement' }, 'policy'],
    ['1.4.12', { policy: "OR('Org1MSP.member')" }, undefined],
    ['2.5.12', { policy: '/Channel/Application/Endorsement', collections: 'c.json' }, undefined],
    ['1.0.6', { language: 'node' }, 'language'],
    ['1.3.0', { language: 'node' }, 'language'],
    ['1.4.12', { language: 'node' }, undefined],
    ['2.5.12', { language: 'node' }, undefined],
    ['1.2.1', { language: 'java' }, 'language'],
    ['1.3.0', { language: 'java' }, undefined],
    ['3.1.1', { language: 'java' }, undefined],
    ['1.4.12', { service: true }, undefined],
    ['1.4.12', { service: 'localhost:9999', language: undefined }, undefined],
    ['1.4.12', { service: 'desk.example.org:9999', language: undefined }, 'service'],
    ['2.5.12', { service: 'desk.example.org:9999', language: undefined }, undefined],
    ['2.0.0', { service: true }, undefined],
    ['3.1.1', { service: 'localhost:9999', language: undefined }, undefined],
  ] as const)('%s with %o: %s', (version, choice, part) => {
    expect(unsupported({ language: 'go', ...choice }, release(version))).toBe(part);
  });
});

describe('what a peer that was added lacks', () => {
  const VERSION = `2-${NEW}`;
  const [FIRST = '', ADDED = ''] = PEERS;
  const one: ObservedNetwork['installed'] = new Map([
    [FIRST, [{ name: 'basic', version: VERSION }]],
    [ADDED, []],
  ]);
  const missing = (observed: ObservedNetwork, isFinished = true) =>
    missingOn('basic', observed, spec, () => isFinished);

  it('is installed there, on the channels that have it, and nothing is defined anew', () => {
    expect(missing(network({ one: [VERSION, 2] }, one))).toEqual([
      {
        name: 'basic',
        version: VERSION,
        digest: NEW,
        channels: ['one'],
        install: [ADDED],
        define: [],
        start: true,
        replacesAll: false,
      },
    ]);
  });

  it('is nothing if all have it and it was started on all', () => {
    expect(missing(network({ one: [VERSION, 2] }, everywhere(VERSION)))).toEqual([]);
  });

  it('is started where a run was interrupted after it was installed', () => {
    const [plan] = missing(network({ one: [VERSION, 2] }, everywhere(VERSION)), false);
    expect(plan).toMatchObject({ install: [], start: true });
  });

  it('is not known if another program has deployed it', () => {
    expect(missing(network({ one: ['1.0', 1] }, one))).toEqual(['unknown']);
  });

  it('is every version that one of its channels has', () => {
    const plans = missing(network({ one: [VERSION, 2], two: [`1-${OLD}`, 1] }, one));
    expect(plans).toEqual([
      expect.objectContaining({ version: VERSION, channels: ['one'], install: [ADDED] }),
      expect.objectContaining({ version: `1-${OLD}`, channels: ['two'], install: PEERS }),
    ]);
  });

  it('is no chaincode of a smoke test', () => {
    const smoke = { name: 'smoke-abc', version: '1.0', sequence: 1 };
    const observed = { committed: new Map([['one', [smoke]]]), installed: one };
    expect(missingOn('smoke-abc', observed, spec, () => true)).toEqual([]);
  });
});
