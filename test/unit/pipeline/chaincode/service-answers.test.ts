import { describe, expect, it } from 'vitest';
import { processCheck } from '../../../../src/pipeline/chaincode/service-answers.ts';
import { serviceContainerName } from '../../../../src/pipeline/chaincode/service-process.ts';
import { startProcess } from '../../../../src/pipeline/chaincode/service-start.ts';
import { TEST_PROJECT } from '../../../support/contexts.ts';
import { serviceNetwork, testProgram } from '../../../support/service-engine.ts';

const OWN = serviceContainerName({ project: TEST_PROJECT }, 'basic');
const choice = { name: 'basic', path: '/nowhere', language: 'go', service: true } as const;
const ENDED = {
  failure: {
    installed: true,
    problem: { key: 'chaincode.process-ended' },
    place: expect.stringMatching(/^main\.go:80: panic: boom/),
  },
};

/** A process that answers, and a check of it. */
async function served() {
  const { docker, context } = await serviceNetwork(new AbortController().signal);
  const serve = async (digest: string, packageId: string) => {
    await (await startProcess(context, choice, packageId, testProgram(digest))).serve();
  };
  await serve('one', 'basic_a:1');
  return { docker, serve, check: await processCheck(context, choice) };
}

describe('the check of a process', () => {
  it('fails with what it printed last, once it has ended', async () => {
    const { docker, check } = await served();
    await check();
    docker.endAndStart(OWN);
    await expect(check()).rejects.toMatchObject(ENDED);
  });

  it('goes on with the process that has replaced it', async () => {
    const { docker, serve, check } = await served();
    await serve('two', 'basic_b:2');
    await check();
    await check();
    docker.endAndStart(OWN);
    await expect(check()).rejects.toMatchObject(ENDED);
  });

  it('does not fail if its container was removed', async () => {
    const { docker, check } = await served();
    for (const id of [...docker.made.keys()]) await docker.removeContainer(id);
    await check();
    await check();
  });
});
