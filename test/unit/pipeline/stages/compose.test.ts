/** The files that the compose stage writes for programs on the host. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { StageInputs } from '../../../../src/pipeline/context/stage-definition.ts';
import { networkDir } from '../../../../src/pipeline/host/state-folder.ts';
import { openJournal } from '../../../../src/pipeline/journal/journal.ts';
import { composeStage } from '../../../../src/pipeline/stages/compose.ts';
import { cryptoStage } from '../../../../src/pipeline/stages/crypto.ts';
import { writeCertificates } from '../../../support/certificates.ts';
import { stageContext } from '../../../support/contexts.ts';
import { socketEngine } from '../../../support/socket-engine.ts';
import { filesIn, tempDir } from '../../../support/temp-dir.ts';

const CRYPTO = { instance: 'c0ffee', newLedgers: true, artifacts: undefined };
/** The results of the stages before: the certificates, and no CouchDB. */
const INPUTS: StageInputs = { of: ({ id }) => (id === cryptoStage.id ? CRYPTO : undefined) as never };

/** Runs the stage in a folder with certificates, of which one path is removed. @returns the files, and the warnings */
async function composed(removed?: string) {
  const dir = await tempDir();
  const { docker } = await socketEngine({});
  const journal = await openJournal(dir, { command: 'fabric-wizard up' });
  try {
    const { context, reported } = await stageContext({ dir, docker }, journal, new AbortController().signal);
    const folder = networkDir(context.stateDir);
    await writeCertificates(folder, context.spec);
    if (removed) await rm(join(folder, 'crypto-config', removed), { recursive: true });
    await composeStage.execute(context, INPUTS);
    return { files: [...(await filesIn(folder)).keys()], warnings: reported.warnings };
  } finally {
    await journal.close();
  }
}

it('are those of every organisation', async () => {
  const { files, warnings } = await composed();
  for (const org of ['org1', 'org2'])
    expect(files).toEqual(
      expect.arrayContaining(
        [`connection-${org}.json`, `connection-${org}.yaml`, 'wallet/admin.id', 'wallet/user1.id'].map(
          (file) => `clients/${org}/${file}`,
        ),
      ),
    );
  expect(warnings).toEqual([]);
});

it('do not keep the network from starting if the key of a user is lost, which no node needs', async () => {
  const user = 'peerOrganizations/org1.example.com/users/User1@org1.example.com/msp/keystore';
  const { files, warnings } = await composed(user);
  expect(files).toContain('docker-compose.yaml');
  expect(warnings).toEqual(['client-files']);
});
