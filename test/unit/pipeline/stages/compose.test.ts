/** The files that the compose stage writes for programs on the host. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { StageInputs } from '../../../../src/pipeline/context/stage-definition.ts';
import { networkDir } from '../../../../src/pipeline/host/state-folder.ts';
import { openJournal } from '../../../../src/pipeline/journal/journal.ts';
import { networkSpec } from '../../../../src/pipeline/network/network-spec.ts';
import { SAVED_NETWORK } from '../../../../src/pipeline/network/saved-network.ts';
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

it('come with a warning if the ports change and discovery returns the ones in the network', async () => {
  const dir = await tempDir();
  const { docker } = await socketEngine({});
  const journal = await openJournal(dir, { command: 'fabric-wizard up' });
  try {
    const { context, reported } = await stageContext({ dir, docker }, journal, new AbortController().signal);
    await writeCertificates(networkDir(context.stateDir), context.spec);
    const withBase = (portBase: number) => ({
      ...context,
      spec: networkSpec({ ...context.config, portBase }, context.settings.release, 'net', {
        ports: { base: 7050 },
      }),
    });
    const warned: number[] = [];
    for (const base of [7050, 31_000, 31_000, 7050]) {
      await composeStage.execute(withBase(base), INPUTS);
      warned.push(reported.warnings.filter((code) => code === 'discovery').length);
    }
    expect(warned).toEqual([0, 1, 1, 1]);
    expect(journal.getFact(SAVED_NETWORK)?.spec.orderers[0]?.port).toBe(7050);
  } finally {
    await journal.close();
  }
});
