/** Transient data on releases that have none. */
import { expect, it } from 'vitest';
import { callCommand, transientOf } from '../../../src/commands/chaincode.ts';
import { type Release, releaseOf } from '../../../src/pipeline/fabric/release.ts';

const JSON_TEXT = '{"price":"100"}';

function transient(version: string, json: string) {
  const flags = { channel: undefined, peer: 'peer0.org1', org: undefined, transient: json };
  const again = callCommand('fabric-wizard chaincode invoke', ['basic', 'put'], flags);
  return transientOf({ release: releaseOf(version) as Release }, json, again);
}

it('is refused on 1.0, with the call that works', () => {
  expect(() => transient('1.0.6', JSON_TEXT)).toThrow(
    expect.objectContaining({
      failure: expect.objectContaining({
        message: { key: 'usage.transient-release', release: '1.0.1-1.0.6' },
        next: ['fabric-wizard chaincode invoke basic put --peer peer0.org1'],
      }),
    }),
  );
});

it.each(['1.1.1', '2.5.12'])('is passed on %s', (version) => {
  expect(transient(version, JSON_TEXT)).toEqual({ price: '100' });
});
