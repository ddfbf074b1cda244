/** What an addition does with a service: the process that new peers ask may not run. */
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { packageLabel } from '../../../../src/pipeline/chaincode/chaincode-version.ts';
import type { ObservedNetwork } from '../../../../src/pipeline/chaincode/deployed-chaincodes.ts';
import { recordDeployment, recordRemoval } from '../../../../src/pipeline/chaincode/deployment-record.ts';
import { LABEL } from '../../../../src/pipeline/engine/labels.ts';
import { openJournal } from '../../../../src/pipeline/journal/journal.ts';
import { allPeers } from '../../../../src/pipeline/network/network-spec.ts';
import { missingChaincodes } from '../../../../src/pipeline/stages/packages.ts';
import { stageContext, TEST_PROJECT } from '../../../support/contexts.ts';
import { type EngineContainer, socketEngine } from '../../../support/socket-engine.ts';
import { tempDir, writeFiles } from '../../../support/temp-dir.ts';

const [DIGEST, OLD] = ['4f9a81c0d3e7', '0123456789ab'];
const VERSION = `1-${DIGEST}`;
const LABEL_OF = packageLabel('basic', DIGEST);

/** The process of the service, in this state. */
function processIn(state: string): EngineContainer {
  return {
    ...{ id: 'service', name: `${TEST_PROJECT}.chaincode.basic`, state, networks: [TEST_PROJECT] },
    labels: {
      [LABEL.project]: TEST_PROJECT,
      [LABEL.role]: 'service',
      [LABEL.chaincode]: 'basic',
      [LABEL.package]: `${LABEL_OF}:aa`,
    },
  };
}

interface Given {
  readonly containers?: readonly EngineContainer[];
  /** Whether the folder of the chaincode exists. */
  readonly folder?: boolean;
  readonly removed?: boolean;
  readonly version?: string;
  /** Whether a process that runs listens. */
  readonly listens?: boolean;
}

/** Plans an addition to a network whose last peer has nothing. */
async function planned(given: Given) {
  const { containers = [], folder = true, removed = false, version = VERSION, listens = true } = given;
  const dir = await tempDir();
  const path = join(dir, 'basic');
  if (folder) await writeFiles(path, { 'main.go': 'package main' });
  const { docker } = await socketEngine({ containers });
  const journal = await openJournal(dir, { command: 'test' });
  onTestFinished(() => journal.close());
  const { context, reported } = await stageContext({ dir, docker }, journal, new AbortController().signal);
  const peers = allPeers(context.spec);
  await recordDeployment(journal, context.spec, {
    choice: { name: 'basic', path, language: 'go', service: true },
    version: VERSION,
    channels: ['mychannel'],
    containers: new Map(),
  });
  if (removed) await recordRemoval(journal, 'basic');
  const observed: ObservedNetwork = {
    committed: new Map([[context.spec.channel, [{ name: 'basic', version, sequence: 1 }]]]),
    installed: new Map(
      peers.slice(0, -1).map(({ name }) => [name, [{ label: LABEL_OF, id: `${LABEL_OF}:aa` }]]),
    ),
  };
  const listening = { exitCode: 0, stdout: listens ? '0: 00000000:270F 00000000:0000 0A ' : '', stderr: '' };
  Object.assign(docker, { execInShell: async () => listening });
  const missing = await missingChaincodes(context, observed);
  return { plans: missing.map(({ plan }) => plan), warnings: reported.warnings };
}

it.each([
  ['that does not run is started', { containers: [] }, { process: 'start' }],
  ['that has ended is started', { containers: [processIn('exited')] }, { process: 'start' }],
  ['that runs is only asked', { containers: [processIn('running')] }, {}],
  [
    'that does not listen is started',
    { containers: [processIn('running')], listens: false },
    { process: 'start' },
  ],
  ['that was removed stays removed', { removed: true }, { installOnly: true }],
  ['of an earlier version has none', { version: `1-${OLD}` }, { installOnly: true }],
] as const)('the process of a service %s', async (_, given, expected) => {
  const { plans, warnings } = await planned(given);
  expect(plans).toHaveLength(1);
  const { process, installOnly } = plans[0] ?? {};
  expect({ ...(process && { process }), ...(installOnly && { installOnly }) }).toEqual(expected);
  expect(warnings).toEqual([]);
});

it('a service without its folder does not keep the addition from ending: a warning names it', async () => {
  const { plans, warnings } = await planned({ folder: false });
  expect(plans).toEqual([expect.objectContaining({ installOnly: true })]);
  expect(warnings).toEqual(['chaincode']);
});
