/** The machines of the network of a folder belong to the engine of each command there. */
import { expect, it, onTestFinished, vi } from 'vitest';
import { selectMachinesOf } from '../../../src/commands/machines-of.ts';
import { currentEngine, selectMachines } from '../../../src/pipeline/engine/engine-address.ts';
import { STATE_KEYS } from '../../../src/pipeline/journal/state-keys.ts';
import { writeNetwork } from '../../support/made-network.ts';
import { tempDir } from '../../support/temp-dir.ts';

const MACHINES = { selected: 'm1', others: [{ name: 'm2', endpoint: 'ssh://me@10.0.0.2' }] };

it('are those of its last run', async () => {
  vi.stubEnv('DOCKER_HOST', 'unix:///run/m1.sock');
  onTestFinished(() => {
    selectMachines(undefined);
    vi.unstubAllEnvs();
  });
  const dir = await tempDir();
  await writeNetwork(dir, '2.5.12', {}, undefined, {
    [STATE_KEYS.engine.key]: {
      id: 'E',
      rootDir: '/d',
      host: 'h',
      endpoint: 'unix:///run/m1.sock',
      machines: MACHINES,
    },
  });
  await selectMachinesOf(dir);
  expect(await currentEngine()).toMatchObject({ endpoint: 'unix:///run/m1.sock', machines: MACHINES });
});

it('are none in a folder without a network', async () => {
  vi.stubEnv('DOCKER_HOST', 'unix:///run/m1.sock');
  onTestFinished(() => void vi.unstubAllEnvs());
  await selectMachinesOf(await tempDir());
  expect(await currentEngine()).not.toHaveProperty('machines');
});
