import { expect, it } from 'vitest';
import { onPeers } from '../../../../src/pipeline/chaincode/admission.ts';
import { loadConfig } from '../../../../src/pipeline/config/config.ts';
import { type Release, releaseOf } from '../../../../src/pipeline/fabric/release.ts';
import { allPeers, networkSpec } from '../../../../src/pipeline/network/network-spec.ts';
import { tempDir } from '../../../support/temp-dir.ts';

it('after a failure no other peer is called, not even when the calls in progress end', async () => {
  const { values } = await loadConfig({ dir: await tempDir(), flags: { orgs: '2', peers: '2' } });
  const called: string[] = [];
  let end = () => {};
  const slow = new Promise<void>((resolve) => {
    end = resolve;
  });

  const peers = allPeers(networkSpec(values, releaseOf('1.4.12') as Release, 'net'));
  const work = onPeers(peers, 2, async ({ name }) => {
    called.push(name);
    if (called.length === 1) throw new Error('no memory');
    await slow;
  });
  await expect(work).rejects.toThrow('no memory');
  end();
  await new Promise(setImmediate);
  expect(called).toHaveLength(2);
});
