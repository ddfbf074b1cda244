/** `down` in the folder of a network whose hooks run before. */
import { access, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, expect, it, vi } from 'vitest';
import { remove } from '../../../src/commands/remove.ts';
import { NETWORK_ONLY } from '../../../src/pipeline/network/inventory.ts';
import { nodeLabels } from '../../support/fake-engine.ts';
import { writeNetwork } from '../../support/made-network.ts';
import { socketEngine } from '../../support/socket-engine.ts';
import { tempDir } from '../../support/temp-dir.ts';
import { PACKAGE } from '../../support/wizard.ts';

const PROJECT = 'fw-unit';
const NODE = 'peer0.org1.example.com';

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

it('removes chaincode that a hook has started too', async () => {
  const dir = await tempDir();
  await writeNetwork(dir, '2.5.12', { orgs: '1', peers: '1' });
  const hook = 'touch begun; until [ -e goes-on ]; do sleep 0.05; done';
  await writeFile(join(dir, 'fabric-wizard.yaml'), `hooks:\n  before-down: "${hook}"\n`);
  const labels = nodeLabels(PROJECT, NODE);
  const container = (id: string, name: string) => ({ id, name, labels, networks: [PROJECT] });
  const engine = await socketEngine({ containers: [container('p', NODE)] });
  vi.stubEnv('DOCKER_HOST', engine.docker.endpoint);
  vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  const terminal = { json: true, plain: false, yes: true, dryRun: false, verbose: false, colour: false };
  const ended = remove(
    { ...terminal, language: 'en', dir, project: PROJECT, packageDir: PACKAGE },
    { command: 'down', project: PROJECT, scope: NETWORK_ONLY, force: true, hooks: true },
  );
  await vi.waitFor(() => access(join(dir, 'begun')), 5000);
  engine.add(container('c', `dev-${NODE}-notes-1.0`));
  await writeFile(join(dir, 'goes-on'), '');
  expect(await ended).toBe(0);
  expect(engine.containerIds()).toEqual([]);
});
