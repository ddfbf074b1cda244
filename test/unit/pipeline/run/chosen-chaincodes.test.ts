/** Which services `up` starts again. */
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { recordDeployment, recordRemoval } from '../../../../src/pipeline/chaincode/deployment-record.ts';
import type { ChaincodeChoice } from '../../../../src/pipeline/config/chaincode-list.ts';
import type { Phrase } from '../../../../src/pipeline/core/phrase.ts';
import { type Journal, openJournal } from '../../../../src/pipeline/journal/journal.ts';
import { chaincodesOf } from '../../../../src/pipeline/run/chosen-chaincodes.ts';
import { tempDir, writeFiles } from '../../../support/temp-dir.ts';

/** A network on which `basic` was deployed as a service. */
async function network() {
  const dir = await tempDir();
  const path = join(dir, 'basic');
  const journal = await openJournal(dir, { command: 'test' });
  onTestFinished(() => journal.close());
  const choice: ChaincodeChoice = { name: 'basic', path, language: 'go', service: true };
  await recordDeployment(journal, { orgs: [] }, { choice, version: '1-aa', containers: new Map() });
  return { journal, choice, path };
}

async function ofUp(journal: Journal, configured: readonly ChaincodeChoice[] = []) {
  const warnings: Phrase[] = [];
  const request = { config: { chaincodes: configured }, goal: { until: 'up' as const } };
  const chosen = await chaincodesOf(request, journal, (message) => warnings.push(message));
  return { chosen, warnings };
}

it('a service that was deployed from elsewhere is one', async () => {
  const { journal, choice, path } = await network();
  await writeFiles(path, { 'main.go': '' });
  expect(await ofUp(journal)).toEqual({ chosen: [choice], warnings: [] });
});

it('a service whose folder is gone is none, and a warning says so', async () => {
  const { journal, path } = await network();
  expect(await ofUp(journal)).toEqual({
    chosen: [],
    warnings: [{ key: 'warning.service-folder', chaincode: 'basic', path }],
  });
});

it('a service that was removed is none, until it is deployed again', async () => {
  const { journal, choice, path } = await network();
  await writeFiles(path, { 'main.go': '' });
  await recordRemoval(journal, 'basic');
  expect(await ofUp(journal)).toEqual({ chosen: [], warnings: [] });
  await recordDeployment(journal, { orgs: [] }, { choice, version: '1-aa', containers: new Map() });
  expect((await ofUp(journal)).chosen).toEqual([choice]);
});

it('a service that was removed is one if the configuration has it', async () => {
  const { journal, choice } = await network();
  await recordRemoval(journal, 'basic');
  expect((await ofUp(journal, [choice])).chosen).toEqual([choice]);
});
