/** `status` against an engine that has some of a network's nodes. */
import { afterEach, describe, expect, it, vi } from 'vitest';
import { status } from '../../../src/commands/inspect.ts';
import { STATE_FOLDER } from '../../../src/pipeline/host/state-folder.ts';
import { recordedState } from '../../../src/pipeline/journal/wizard-state.ts';
import { nodeNames } from '../../../src/pipeline/network/network-spec.ts';
import { SAVED_NETWORK } from '../../../src/pipeline/network/saved-network.ts';
import { projectContext, TEST_PROJECT } from '../../support/contexts.ts';
import { nodeContainer } from '../../support/fake-engine.ts';
import { socketEngine } from '../../support/socket-engine.ts';
import { tempDir, writeFiles } from '../../support/temp-dir.ts';
import { PACKAGE } from '../../support/wizard.ts';

interface Status {
  readonly ok: boolean;
  readonly nodes: readonly { readonly node: string; readonly state: string }[];
}

/** Runs `status` in the folder of a network, of which these nodes are not there, that was started on an engine. */
async function statusOn(engineId: string, absent: readonly string[], json = true, more = {}) {
  const dir = await tempDir();
  const noState = recordedState({ version: 1, stageSeconds: {}, facts: {} });
  const { docker: empty } = await socketEngine({});
  const { spec, source } = await projectContext({ dir, docker: empty }, noState);
  const facts = {
    ...more,
    [SAVED_NETWORK.key]: { spec, version: source.version },
    engine: { id: engineId, rootDir: '/var/lib/docker', endpoint: 'unix:///there' },
  };
  const state = JSON.stringify({ version: 1, stageSeconds: {}, facts });
  await writeFiles(dir, { [`${STATE_FOLDER}/state.json`]: state });
  const containers = nodeNames(spec)
    .filter((node) => !absent.includes(node))
    .map((node) => nodeContainer(TEST_PROJECT, node));
  const { docker } = await socketEngine({ id: 'HERE', containers });
  vi.stubEnv('DOCKER_HOST', docker.endpoint);
  const write = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  const terminal = { json, plain: false, yes: false, dryRun: false, verbose: false, colour: false };
  const exitCode = await status(
    { ...terminal, language: 'en', dir, project: TEST_PROJECT, packageDir: PACKAGE },
    TEST_PROJECT,
  );
  return { exitCode, output: String(write.mock.calls.at(-1)?.[0]), dir };
}

async function statusWithout(...absent: readonly string[]) {
  const { exitCode, output } = await statusOn('HERE', absent);
  const { ok, nodes } = JSON.parse(output) as Status;
  return { exitCode, ok, missing: nodes.filter(({ state: is }) => is === 'missing').map(({ node }) => node) };
}

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

describe('status', () => {
  it('is fine if every node runs', async () => {
    expect(await statusWithout()).toEqual({ exitCode: 0, ok: true, missing: [] });
  });

  it.each([['peer0.org1.example.com'], ['cli']])('ends with 1 if %s was removed', async (node) => {
    expect(await statusWithout(node)).toEqual({ exitCode: 1, ok: false, missing: [node] });
  });

  it('says that a snapshot command was killed, and what ends it', async () => {
    const copying = { project: TEST_PROJECT, instance: 'c0ffee', isNew: true, paused: ['p'] };
    const { output, dir } = await statusOn('HERE', [], false, { copying });
    expect(output).toContain('A snapshot command was interrupted.');
    expect(output).toContain(`fabric-wizard up --yes --dir ${dir}`);
    const { output: json } = await statusOn('HERE', [], true, { copying });
    expect(JSON.parse(json)).toMatchObject({ snapshot: 'interrupted' });
    expect(JSON.parse((await statusOn('HERE', [])).output)).not.toHaveProperty('snapshot');
  });

  it('names the engine of the network if another one is selected', async () => {
    const all = await statusOn('THERE', []);
    expect(all.exitCode).toBe(1);
    expect(JSON.parse(all.output)).toMatchObject({ ok: false, otherEngine: { endpoint: 'unix:///there' } });
    const { output, dir } = await statusOn('THERE', [], false);
    expect(output).toContain('started on the engine at unix:///there');
    const flags = `--dir ${dir} --project ${TEST_PROJECT}`;
    expect(output).toContain(`DOCKER_HOST=unix:///there fabric-wizard status ${flags}`);
  });
});
