/** The exit code of `status --format`, which is that of `status`. */
import { afterEach, expect, it, vi } from 'vitest';
import { topology } from '../../../src/commands/topology.ts';
import { nodeNames } from '../../../src/pipeline/network/network-spec.ts';
import { nodeContainer } from '../../support/fake-engine.ts';
import { writeNetwork } from '../../support/made-network.ts';
import { socketEngine } from '../../support/socket-engine.ts';
import { tempDir } from '../../support/temp-dir.ts';
import { PACKAGE } from '../../support/wizard.ts';

const PROJECT = 'fw-unit';

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

/** The exit code without these nodes. */
async function exitCodeWithout(isAbsent: (node: string) => boolean): Promise<number> {
  const dir = await tempDir();
  const spec = await writeNetwork(dir, '2.5.12', { orgs: '1', peers: '1', couchdb: true });
  const nodes = nodeNames(spec).filter((node) => !isAbsent(node));
  const { docker } = await socketEngine({ containers: nodes.map((node) => nodeContainer(PROJECT, node)) });
  vi.stubEnv('DOCKER_HOST', docker.endpoint);
  vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  const terminal = { json: false, plain: false, yes: false, dryRun: false, verbose: false, colour: false };
  return topology(
    { ...terminal, language: 'en', dir, project: PROJECT, packageDir: PACKAGE },
    PROJECT,
    'mermaid',
  );
}

it('is 0 if every node runs', async () => {
  expect(await exitCodeWithout(() => false)).toBe(0);
});

it('is 1 if a node is down that is on no channel, such as CouchDB', async () => {
  expect(await exitCodeWithout((node) => node.startsWith('couchdb'))).toBe(1);
});
