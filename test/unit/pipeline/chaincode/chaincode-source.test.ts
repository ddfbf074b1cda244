/** Where the files of Go chaincode are in its package. */
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { chaincodeSource } from '../../../../src/pipeline/chaincode/chaincode-source.ts';
import type { DockerPort } from '../../../../src/pipeline/engine/docker-port.ts';
import { openJournal } from '../../../../src/pipeline/journal/journal.ts';
import { userChaincode } from '../../../support/chaincode.ts';
import { stageContext } from '../../../support/contexts.ts';
import { tempDir, writeFiles } from '../../../support/temp-dir.ts';

it('indexes of the state database are beside the source, where a peer looks for them', async () => {
  const dir = await tempDir();
  const journal = await openJournal(dir, { command: 'test' });
  onTestFinished(() => journal.close());
  const choices = { dir, docker: {} as DockerPort };
  const { context } = await stageContext(choices, journal, new AbortController().signal);
  const own = join(dir, 'basic');
  await userChaincode(own, 'example.org/basic', context.settings.release.shim);
  const index = 'META-INF/statedb/couchdb/indexes/owner.json';
  await writeFiles(own, { [index]: '{}', 'vendor/example.org/x/x.go': 'package x\n' });
  const { files } = await chaincodeSource(context, undefined, { dir: own, shipped: false });
  const names = files.map(({ name }) => name);
  expect(names).toContain(index);
  expect(names).toContain('src/example.org/basic/main.go');
  expect(names.filter((name) => name.includes('META-INF'))).toEqual([index]);
});
