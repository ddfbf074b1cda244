/** The ports of networks of many peers. */

import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../../../src/pipeline/config/config.ts';
import { releaseOf } from '../../../../src/pipeline/fabric/release.ts';
import { membersOf, withAddition } from '../../../../src/pipeline/network/members.ts';
import {
  allPeers,
  type MadeNetwork,
  type NetworkSpec,
  networkSpec,
} from '../../../../src/pipeline/network/network-spec.ts';
import { publishedPorts } from '../../../../src/pipeline/network/published-ports.ts';

/** Everything that publishes a port: event hubs exist in 1.0.6 only, metrics from 1.4, admin endpoints in 2.5. */
const ALL = { couchdb: 'true', orderers: '9', consensus: 'etcdraft' };

async function network(
  flags: Readonly<Record<string, string>>,
  made?: MadeNetwork,
  version = '2.5.12',
): Promise<NetworkSpec> {
  const { values } = await loadConfig({ dir: '/nowhere', flags: { orgs: '8', peers: '8', ...flags } });
  return networkSpec(values, releaseOf(version) ?? expect.fail(version), 'fw-test', made);
}

function numbers(spec: NetworkSpec): number[] {
  return publishedPorts(spec).map(({ port }) => port);
}

function peerNumbers(spec: NetworkSpec): number[] {
  return allPeers(spec).map(({ port }) => port);
}

describe('64 peers', () => {
  it.each(['1024', '7050', '33050', '64896'])('have ports of their own from %s on', async (portBase) => {
    const spec = await network({ portBase, ...ALL, metrics: 'true' });
    const ports = numbers(spec);
    expect(new Set(ports).size).toBe(ports.length);
    expect(Math.min(...ports)).toBe(Number(portBase));
    expect(Math.max(...ports)).toBeLessThanOrEqual(65535);
  });

  it('have event hubs of their own', async () => {
    const ports = numbers(await network({ portBase: '64896', couchdb: 'true' }, undefined, '1.0.6'));
    expect(new Set(ports).size).toBe(ports.length);
  });

  it('listen inside on the ports that they publish', async () => {
    const spec = await network({ portBase: '33050' });
    expect(allPeers(spec).map(({ listens }) => listens)).toEqual(peerNumbers(spec));
    expect(peerNumbers(spec).slice(0, 3)).toEqual([33051, 33061, 33071]);
  });
});

describe('up to 8 peers', () => {
  it('have the ports of first-network', async () => {
    expect(peerNumbers(await network({ orgs: '2', peers: '2' }))).toEqual([7051, 8051, 9051, 10051]);
    expect(peerNumbers(await network({ orgs: '2', peers: '4' })).at(-1)).toBe(14051);
  });

  it('are 10 apart if there is no room for that', async () => {
    expect(peerNumbers(await network({ orgs: '2', peers: '4', portBase: '60000' })).at(-1)).toBe(60071);
  });
});

describe('a network that exists', () => {
  const WIDE = { ports: { base: 7050 } };
  const COMPACT = { ports: { base: 7050, compact: true } } as const;

  it('keeps the distance of its ports', async () => {
    expect(peerNumbers(await network({ orgs: '2', peers: '9' }, WIDE)).at(-1)).toBe(24051);
    expect(peerNumbers(await network({ orgs: '2', peers: '9' }, {})).at(-1)).toBe(24051);
    expect(peerNumbers(await network({ orgs: '2', peers: '9' }, COMPACT)).at(-1)).toBe(7221);
  });

  it('gets ports that exist if it is moved to where its own have no room', async () => {
    const spec = await network({ portBase: '60000', ...ALL }, WIDE);
    const ports = numbers(spec);
    expect(new Set(ports).size).toBe(ports.length);
    expect(Math.max(...ports)).toBeLessThanOrEqual(65535);
    expect(allPeers(spec).map(({ listens }) => listens)).toEqual(peerNumbers(await network({}, WIDE)));
  });

  it('keeps the ports of its peers when it gets a ninth', async () => {
    const { values } = await loadConfig({ dir: '/nowhere', flags: { orgs: '2', peers: '4' } });
    const members = withAddition(membersOf(values, undefined), { kind: 'peer', org: 'Org1' });
    const ports = peerNumbers(await network({ orgs: '2', peers: '4' }, { ...WIDE, members }));
    expect(ports).toEqual([7051, 8051, 9051, 10051, 15051, 11051, 12051, 13051, 14051]);
  });
});
