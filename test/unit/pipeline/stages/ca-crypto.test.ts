import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import type { DockerPort } from '../../../../src/pipeline/engine/docker-port.ts';
import { openJournal } from '../../../../src/pipeline/journal/journal.ts';
import type { KeptNetwork } from '../../../../src/pipeline/network/kept-networks.ts';
import { issuingOrgs } from '../../../../src/pipeline/network/network-identities.ts';
import { issueWithCa } from '../../../../src/pipeline/stages/ca-crypto.ts';
import { stageContext } from '../../../support/contexts.ts';
import { filesIn, tempDir } from '../../../support/temp-dir.ts';

it('starts no CA if a run that was killed has made all certificates', async () => {
  const dir = await tempDir();
  const journal = await openJournal(dir, { command: 'test' });
  onTestFinished(() => journal.close());
  // Neither an engine nor the image of a CA.
  const docker = {} as DockerPort;
  const choices = { dir, docker, flags: { identities: 'ca', gateway: false } };
  const { context } = await stageContext(choices, journal, new AbortController().signal);
  const folder = await tempDir();
  const identities = issuingOrgs(context.spec).flatMap((org) => org.identities);
  expect(identities.length).toBeGreaterThan(0);
  for (const path of identities.flatMap(({ folders }) => folders))
    await mkdir(join(folder, 'crypto-config', path), { recursive: true });
  const network = { folder, crypto: { instance: 'abc' } } as KeptNetwork;
  const before = await filesIn(folder);
  await issueWithCa(context, { target: folder, crypto: await tempDir(), network });
  expect(await filesIn(folder)).toEqual(before);
});
