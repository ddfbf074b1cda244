/** What stages do for an engine whose architecture is not that of this machine. */
import { expect, it, onTestFinished } from 'vitest';
import { toFailure } from '../../../../src/pipeline/core/failure.ts';
import type { DockerPort } from '../../../../src/pipeline/engine/docker-port.ts';
import type { WorkContainer } from '../../../../src/pipeline/engine/engine-types.ts';
import { openJournal } from '../../../../src/pipeline/journal/journal.ts';
import { gatewayStage } from '../../../../src/pipeline/stages/gateway.ts';
import { pullImage } from '../../../../src/pipeline/stages/pull-image.ts';
import { stageContext } from '../../../support/contexts.ts';
import { tempDir } from '../../../support/temp-dir.ts';

async function armContext(docker: Partial<Record<keyof DockerPort, unknown>>) {
  const dir = await tempDir();
  const journal = await openJournal(dir, { command: 'test' });
  onTestFinished(() => journal.close());
  const choices = {
    dir,
    docker: docker as unknown as DockerPort,
    settings: { goArch: 'arm64' },
    flags: { gateway: true },
  };
  return (await stageContext(choices, journal, new AbortController().signal)).context;
}

it('the gateway is compiled for the engine', async () => {
  const compiled: WorkContainer[] = [];
  const context = await armContext({
    inspectImage: async (ref: string) =>
      ref.startsWith('fabric-wizard/gateway:') ? undefined : { id: `sha256:${ref}`, tags: [], labels: {} },
    createVolume: async () => undefined,
    runToEnd: async (work: WorkContainer) => {
      compiled.push(work);
      throw new Error('no more is asked');
    },
  });
  const inputs = { of: () => undefined };
  await expect(gatewayStage.execute(context, inputs as never)).rejects.toThrow('no more is asked');
  expect(compiled.map(({ env }) => env)).toEqual([
    expect.objectContaining({ GOOS: 'linux', GOARCH: 'arm64' }),
  ]);
});

it('an image for another architecture counts as missing in the registry', async () => {
  const pulled = async (architecture: string) => {
    const context = await armContext({
      pull: async () => undefined,
      inspectImage: async () => ({ id: 'sha256:a', tags: [], labels: {}, architecture }),
    });
    return pullImage(context, 'hyperledger/fabric-couchdb:latest');
  };
  expect(await pulled('arm64')).toMatchObject({ id: 'sha256:a' });
  const failure = await pulled('amd64').catch(toFailure);
  expect(failure).toMatchObject({
    kind: 'pull',
    problem: 'missing',
    detail: { key: 'detail.other-architecture', found: 'amd64', wanted: 'arm64' },
  });
});
