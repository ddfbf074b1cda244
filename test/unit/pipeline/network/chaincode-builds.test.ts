import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../../../src/pipeline/config/config.ts';
import { releaseOf } from '../../../../src/pipeline/fabric/release.ts';
import { chaincodeBuilds } from '../../../../src/pipeline/network/chaincode-builds.ts';
import { networkSpec } from '../../../../src/pipeline/network/network-spec.ts';
import { tempDir } from '../../../support/temp-dir.ts';

/** Returns one line `builder <- sharer, sharer` for each build. */
async function builds(version: string, flags: Record<string, unknown>): Promise<string[]> {
  const line = releaseOf(version);
  if (!line) throw new Error(version);
  const { values } = await loadConfig({ dir: await tempDir(), flags });
  const short = (name: string) => name.replace('.example.com', '');
  return chaincodeBuilds(networkSpec(values, line, 'fw-test'), line, values.proveEveryPeer).map(
    ({ builder, sharers }) =>
      [short(builder.name), ...sharers.map(({ name }) => short(name))].join(', ').replace(',', ' <-'),
  );
}

describe('chaincodeBuilds', () => {
  it.each(['1.1.0', '1.2.1', '1.3.0', '1.4.0', '1.4.12'])('%s: one peer builds for all', async (version) => {
    expect(await builds(version, { orgs: '2', peers: '2' })).toEqual([
      'peer0.org1 <- peer1.org1, peer0.org2, peer1.org2',
    ]);
  });

  it.each(['1.0.0', '1.0.6'])(
    '%s: one peer of each organisation builds, because the image contains its TLS root',
    async (version) => {
      expect(await builds(version, { orgs: '3', peers: '2' })).toEqual([
        'peer0.org1 <- peer1.org1',
        'peer0.org2 <- peer1.org2',
        'peer0.org3 <- peer1.org3',
      ]);
    },
  );

  it.each(['1.0.0', '1.0.6'])('%s without TLS: one peer builds for all', async (version) => {
    expect(await builds(version, { orgs: '2', peers: '2', tls: false })).toEqual([
      'peer0.org1 <- peer1.org1, peer0.org2, peer1.org2',
    ]);
  });

  it.each(['1.0.0', '1.4.12'])('%s: every peer builds with proveEveryPeer', async (version) => {
    expect(await builds(version, { orgs: '2', peers: '2', proveEveryPeer: true })).toEqual([
      'peer0.org1',
      'peer1.org1',
      'peer0.org2',
      'peer1.org2',
    ]);
  });

  it('a single peer builds', async () => {
    expect(await builds('1.4.12', { orgs: '1', peers: '1' })).toEqual(['peer0.org1']);
  });
});
