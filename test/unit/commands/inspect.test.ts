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

/** Runs `status --json` in the folder of a network of which these nodes are not there. */
async function statusWithout(...absent: readonly string[]) {
  const dir = await tempDir();
  const noState = recordedState({ version: 1, stageSeconds: {}, facts: {} });
  const { docker: empty } = await socketEngine({});
  const { spec, source } = await projectContext({ dir, docker: empty }, noState);
  const facts = { [SAVED_NETWORK.key]: { spec, version: source.version } };
  const state = JSON.stringify({ version: 1, stageSeconds: {}, facts });
  await writeFiles(dir, { [`${STATE_FOLDER}/state.json`]: state });
  const containers = nodeNames(spec)
    .filter((node) => !absent.includes(node))
    .map((node) => nodeContainer(TEST_PROJECT, node));
  const { docker } = await socketEngine({ containers });
  vi.stubEnv('DOCKER_HOST', docker.endpoint);
  const write = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  const terminal = { json: true, plain: false, yes: false, dryRun: false, verbose: false, colour: false };
  const exitCode = await status({ ...terminal, language: 'en', dir, packageDir: PACKAGE }, TEST_PROJECT);
  const { ok, nodes } = JSON.parse(String(write.mock.calls.at(-1)?.[0])) as Status;
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
});
