/** What a network that is replaced leaves running. */
import { expect, it, onTestFinished } from 'vitest';
import { LABEL } from '../../../../src/pipeline/engine/labels.ts';
import { openJournal } from '../../../../src/pipeline/journal/journal.ts';
import { leaveReplaced } from '../../../../src/pipeline/stages/crypto.ts';
import { stageContext, TEST_PROJECT } from '../../../support/contexts.ts';
import { type EngineContainer, socketEngine } from '../../../support/socket-engine.ts';
import { tempDir } from '../../../support/temp-dir.ts';

function service(project: string): EngineContainer {
  return {
    id: `service-of-${project}`,
    name: `${project}-chaincode-basic`,
    networks: [project],
    labels: { [LABEL.project]: project, [LABEL.role]: 'service', [LABEL.chaincode]: 'basic' },
  };
}

it('is none of its chaincode: neither that of its peers nor its services, but those of others stay', async () => {
  const dir = await tempDir();
  const { docker, containerIds } = await socketEngine({
    containers: [
      service(TEST_PROJECT),
      service('other'),
      {
        ...{ id: 'of-peer', name: `${TEST_PROJECT}-peer0.org1.example.com-basic-1`, labels: {} },
        networks: [TEST_PROJECT],
      },
    ],
  });
  const journal = await openJournal(dir, { command: 'test' });
  onTestFinished(() => journal.close());
  const { context } = await stageContext({ dir, docker }, journal, new AbortController().signal);
  await leaveReplaced(context, `${context.stateDir}/networks/c0ffee`);
  expect(containerIds()).toEqual(['service-of-other']);
});
