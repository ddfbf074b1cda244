/** Gossip settings of peers that share one machine. */
import { expect, it } from 'vitest';
import { loadConfig } from '../../../../src/pipeline/config/config.ts';
import { releaseOf } from '../../../../src/pipeline/fabric/release.ts';
import { quietGossip } from '../../../../src/pipeline/network/gossip.ts';
import { type Addition, membersOf, withAddition } from '../../../../src/pipeline/network/members.ts';
import { networkSpec } from '../../../../src/pipeline/network/network-spec.ts';

/** The settings of a network, by the last part of the variable. */
async function settings(orgs: number, peers: number, ...additions: readonly Addition[]) {
  const { values } = await loadConfig({
    dir: '/nowhere',
    flags: { orgs: String(orgs), peers: String(peers) },
  });
  const members = additions.reduce(withAddition, membersOf(values, undefined));
  const spec = networkSpec(values, releaseOf('1.4.12') ?? expect.fail('no release'), 'fw-x', {}, members);
  const named = Object.entries(quietGossip(spec));
  return Object.fromEntries(named.map(([name, value]) => [name.replace('CORE_PEER_GOSSIP_', ''), value]));
}

it('keep the other timers of core.yaml for up to 8 peers', async () => {
  const few = { MAXPROPAGATIONBURSTLATENCY: '100ms', RECONNECTINTERVAL: '1s' };
  expect(await settings(1, 1)).toEqual(few);
  expect(await settings(2, 4)).toEqual(few);
});

it('make the timers longer with the number of peers', async () => {
  expect(await settings(4, 8)).toEqual({
    MAXPROPAGATIONBURSTLATENCY: '100ms',
    RECONNECTINTERVAL: '1s',
    ALIVETIMEINTERVAL: '20s',
    ALIVEEXPIRATIONTIMEOUT: '100s',
    PUBLISHCERTPERIOD: '40s',
    REQUESTSTATEINFOINTERVAL: '16s',
    PULLINTERVAL: '16s',
  });
  expect(await settings(3, 3)).toMatchObject({ ALIVETIMEINTERVAL: '10s', PULLINTERVAL: '8s' });
  expect(await settings(8, 8)).toMatchObject({ ALIVETIMEINTERVAL: '40s', PULLINTERVAL: '32s' });
});

it('stay when peers are added, which would otherwise restart all peers', async () => {
  const before = await settings(2, 4);
  expect(await settings(2, 4, { kind: 'peer', org: 'Org1' }, { kind: 'org', peers: 20 })).toEqual(before);
});
