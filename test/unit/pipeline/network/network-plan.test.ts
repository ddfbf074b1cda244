/** Whether a network can have the wanted configuration, as far as its machines matter. */
import { describe, expect, it } from 'vitest';
import { openJournal } from '../../../../src/pipeline/journal/journal.ts';
import {
  cryptoFingerprint,
  fitsNetwork,
  networkChanges,
  networkShape,
  placedBy,
} from '../../../../src/pipeline/network/network-plan.ts';
import { projectContext } from '../../../support/contexts.ts';
import { socketEngine } from '../../../support/socket-engine.ts';
import { tempDir } from '../../../support/temp-dir.ts';

/** How a network that was made with a placement differs from one that is wanted; undefined: it has one engine. */
async function compared(made: string | undefined, wanted: string | undefined) {
  const dir = await tempDir();
  const { docker } = await socketEngine({});
  const journal = await openJournal(dir, { command: 'test' });
  const flags = wanted === undefined ? {} : { swarm: true, placement: wanted };
  const context = await projectContext({ dir, docker, flags }, journal);
  await journal.close();
  const crypto = {
    ...{ fingerprint: cryptoFingerprint(context), instance: 'i', ports: { base: 7050 } },
    placedBy: made === undefined ? undefined : placedBy({ swarm: true, placement: made }),
  };
  const changes = networkChanges(crypto, context).filter(({ key }) => key === 'change.placement');
  return { fits: fitsNetwork(crypto, context), changes };
}

describe('a network on several machines', () => {
  const oneMachine = { key: 'change.one-machine' };

  it.each([
    [undefined, undefined],
    ['', ''],
    ['Org2=m2,Org1=m1', 'Org1=m1, Org2=m2'],
  ])('keeps its ledgers with the same placement: %j, %j', async (made, wanted) => {
    expect(await compared(made, wanted)).toEqual({ fits: true, changes: [] });
  });

  it.each([
    [undefined, '', oneMachine, 'Swarm'],
    ['', undefined, 'Swarm', oneMachine],
    ['Org1=m1', 'Org1=m2', 'Swarm Org1=m1', 'Swarm Org1=m2'],
    ['', 'Org1=m2', 'Swarm', 'Swarm Org1=m2'],
  ])('needs new ledgers with another one: %j, %j', async (made, wanted, from, to) => {
    const changes = [{ key: 'change.placement', from, to }];
    expect(await compared(made, wanted)).toEqual({ fits: false, changes });
  });
});

describe('a network with all certificates from Fabric CA', () => {
  async function madeWith(flags: Record<string, unknown>, wanted: Record<string, unknown>) {
    const { docker } = await socketEngine({});
    const contextOf = async (of: Record<string, unknown>) => {
      const dir = await tempDir();
      const journal = await openJournal(dir, { command: 'test' });
      const context = await projectContext({ dir, docker, flags: of }, journal);
      await journal.close();
      return context;
    };
    const before = await contextOf(flags);
    const shape = networkShape(before.spec, before.source.version);
    const crypto = { fingerprint: cryptoFingerprint(before), instance: 'i', ports: { base: 7050 }, shape };
    const context = await contextOf(wanted);
    return { fits: fitsNetwork(crypto, context), changes: networkChanges(crypto, context) };
  }

  it.each([
    [{}, { identities: 'ca' }, 'cryptogen', 'Fabric CA'],
    [{ identities: 'ca' }, {}, 'Fabric CA', 'cryptogen'],
  ])('is another one than a network with those of cryptogen: %j, %j', async (made, wanted, from, to) => {
    const changes = [{ key: 'change.identities', from, to }];
    expect(await madeWith(made, wanted)).toEqual({ fits: false, changes });
  });

  it.each([
    [{ identities: 'ca' }, { identities: 'ca', ca: true }],
    [{ ca: true }, {}],
  ])('stays the same: %j, %j', async (made, wanted) => {
    expect(await madeWith(made, wanted)).toEqual({ fits: true, changes: [] });
  });
});
