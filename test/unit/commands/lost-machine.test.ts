/** What commands say of a node whose machine does not answer. */
import { expect, it } from 'vitest';
import { onLostMachine } from '../../../src/commands/node-service.ts';
import { loadConfig } from '../../../src/pipeline/config/config.ts';
import { releaseOf } from '../../../src/pipeline/fabric/release.ts';
import { networkSpec } from '../../../src/pipeline/network/network-spec.ts';
import { tempDir } from '../../support/temp-dir.ts';

it('names the node and its machine, and only then', async () => {
  const { values } = await loadConfig({ dir: await tempDir(), flags: {} });
  const release = releaseOf('2.5.12') ?? expect.fail('no release');
  const spec = { ...networkSpec(values, release, 'fw'), placement: { peer0: 'near', peer1: 'far' } };
  const docker = { unreachable: ['far'] };
  expect(onLostMachine(docker, spec, 'peer1')?.failure).toMatchObject({
    message: { key: 'usage.node-unreachable', node: 'peer1', machine: 'far' },
  });
  expect(onLostMachine(docker, spec, 'peer0')).toBeUndefined();
  expect(onLostMachine({ unreachable: [] }, spec, 'peer1')).toBeUndefined();
  expect(onLostMachine(docker, undefined, 'peer1')).toBeUndefined();
});
