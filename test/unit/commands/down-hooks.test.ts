/** Which hooks run before a network is stopped. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, expect, it, vi } from 'vitest';
import { downHooks, validDownHooks } from '../../../src/commands/down-hooks.ts';
import { currentDocker } from '../../../src/pipeline/engine/current-docker.ts';
import { nodeLabels } from '../../support/fake-engine.ts';
import { writeNetwork } from '../../support/made-network.ts';
import { socketEngine } from '../../support/socket-engine.ts';
import { tempDir } from '../../support/temp-dir.ts';

const NODE = 'peer0.org1.example.com';

afterEach(() => {
  vi.unstubAllEnvs();
});

/** The hooks of a folder with a network whose peer is in this state. */
async function hooksWith(state: string, command: string, project = 'fw-unit') {
  const { dir, docker } = await running(`hooks:\n  before-down: ${command}\n`, state, project);
  return downHooks(dir, { project, docker, command: 'down' });
}

/** A folder with a network and this file, and the engine of its peer. */
async function running(file: string, state = 'running', project = 'fw-unit') {
  const dir = await tempDir();
  await writeNetwork(dir, '2.5.12', { orgs: '1', peers: '1' });
  await writeFile(join(dir, 'fabric-wizard.yaml'), file);
  const peer = { id: 'p', name: NODE, state, labels: nodeLabels(project, NODE), networks: [project] };
  const { docker } = await socketEngine({ containers: [peer] });
  vi.stubEnv('DOCKER_HOST', docker.endpoint);
  return { dir, docker: await currentDocker() };
}

it('those of the folder, with the commands that help if one fails', async () => {
  const { hooks, run } = await hooksWith('running', 'echo $FABRIC_WIZARD_HOOK; exit 3');
  expect(hooks.map(({ where }) => where)).toEqual(['fabric-wizard.yaml:2:16']);
  const lines: string[] = [];
  await expect(run(new AbortController().signal, (line) => lines.push(line))).rejects.toMatchObject({
    failure: {
      kind: 'hook',
      key: 'hooks.before-down',
      exitCode: 3,
      next: ['fabric-wizard down', 'fabric-wizard down --no-hooks'],
    },
  });
  expect(lines).toEqual(['$ echo $FABRIC_WIZARD_HOOK; exit 3', 'before-down']);
});

it.each([
  ['hooks:\n  before-down: exit 3\norgs: many\n', true],
  ['orgs: many\n', false],
])('none of a file that is not valid, which is said if it may have some: %j', async (file, left) => {
  const { dir, docker } = await running(file);
  const found = await validDownHooks(dir, { project: 'fw-unit', docker, command: 'down' });
  expect(found).toEqual({ hooks: undefined, left });
});

it('none if nothing runs, or for the network of another project', async () => {
  expect((await hooksWith('exited', 'exit 3')).hooks).toEqual([]);
  expect((await hooksWith('running', 'exit 3', 'fw-other')).hooks).toEqual([]);
});
