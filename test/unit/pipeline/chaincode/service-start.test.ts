import { describe, expect, it } from 'vitest';
import { keptProgram } from '../../../../src/pipeline/chaincode/kept-program.ts';
import {
  type ServiceProgram,
  serviceContainerName,
} from '../../../../src/pipeline/chaincode/service-process.ts';
import { startProcess } from '../../../../src/pipeline/chaincode/service-start.ts';
import { loadConfig } from '../../../../src/pipeline/config/config.ts';
import { WizardFailure } from '../../../../src/pipeline/core/failure.ts';
import { releaseOf } from '../../../../src/pipeline/fabric/release.ts';
import { emptyWizardState, recordedState } from '../../../../src/pipeline/journal/wizard-state.ts';
import { networkSpec } from '../../../../src/pipeline/network/network-spec.ts';
import { ServiceEngine } from '../../../support/service-engine.ts';
import { tempDir } from '../../../support/temp-dir.ts';

const PROJECT = 'fw-x';
const PACKAGE = 'basic_aaaaaaaaaaaa:1';
const OWN = serviceContainerName({ project: PROJECT }, 'basic');
const choice = { name: 'basic', path: '/nowhere', language: 'go', service: true } as const;

const program = (digest: string): ServiceProgram => ({
  ...{ language: 'go', image: 'sha256:1', digest },
  files: [{ name: 'chaincode', content: digest }],
});

async function network() {
  const docker = new ServiceEngine();
  const stateDir = await tempDir();
  const release = releaseOf('2.5.12');
  if (!release) throw new Error('no release');
  const { values } = await loadConfig({ dir: stateDir, flags: {} });
  const context: Parameters<typeof startProcess>[0] = {
    ...{ docker, stateDir, project: PROJECT, runId: 'run' },
    spec: networkSpec(values, release, PROJECT),
    journal: recordedState(emptyWizardState),
    signal: new AbortController().signal,
    options: { again: 'fabric-wizard chaincode deploy basic --service' },
  };
  /** @returns the failure, if there is one */
  const start = async (digest: string, packageId = PACKAGE) => {
    try {
      await (await startProcess(context, choice, packageId, program(digest)))();
      return undefined;
    } catch (error) {
      if (error instanceof WizardFailure && error.failure.kind === 'chaincode') return error.failure;
      throw error;
    }
  };
  const running = async () =>
    Promise.all(
      [...docker.made].map(async ([id, { name, state }]) => {
        const [made] = (await docker.readFiles(id, '/service/app/.digest')) ?? [];
        return `${name} ${state} ${made?.content}`;
      }),
    );
  return { docker, stateDir, start, running };
}

describe('a program whose process ends before it listens', () => {
  it('leaves nothing if it is the first one, and is told with the position of its panic', async () => {
    const { docker, stateDir, start, running } = await network();
    docker.ending.add('broken');
    const failure = await start('broken');
    expect(failure).toMatchObject({
      problem: { key: 'chaincode.process-ended' },
      place: expect.stringMatching(/^main\.go:80: panic: boom/),
      next: ['fabric-wizard chaincode deploy basic --service'],
    });
    expect(failure).not.toHaveProperty('installed');
    expect(await running()).toEqual([]);
    expect(await keptProgram(stateDir, 'basic')).toBeUndefined();
  });

  it('is replaced with the last program that listened', async () => {
    const { docker, stateDir, start, running } = await network();
    docker.ending.add('broken');
    expect(await start('good')).toBeUndefined();
    expect(await start('broken')).toMatchObject({ previous: true });
    expect(await running()).toEqual([`${OWN} running good`]);
    expect((await keptProgram(stateDir, 'basic'))?.digest).toBe('good');
  });

  it('does not touch the process that it was to replace for another package', async () => {
    const { docker, start, running } = await network();
    docker.ending.add('broken');
    expect(await start('good')).toBeUndefined();
    docker.log.length = 0;
    const failure = await start('broken', 'basic_bbbbbbbbbbbb:2');
    expect(failure).not.toHaveProperty('installed');
    expect(docker.log.filter((line) => line.endsWith(OWN))).toEqual([]);
    expect(await running()).toEqual([`${OWN} running good`]);
  });

  it('is told as installed if there is no program to return to', async () => {
    const { docker, start } = await network();
    expect(await start('good')).toBeUndefined();
    docker.ending.add('good');
    expect(await start('good')).toMatchObject({
      installed: true,
      next: ['fabric-wizard chaincode logs basic', expect.anything()],
    });
  });
});
