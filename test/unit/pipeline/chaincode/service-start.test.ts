import { rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { filesDigest } from '../../../../src/pipeline/chaincode/chaincode-digest.ts';
import { keptProgram, keptProgramsDir } from '../../../../src/pipeline/chaincode/kept-program.ts';
import { serviceContainerName } from '../../../../src/pipeline/chaincode/service-process.ts';
import { startLastProgram, startProcess } from '../../../../src/pipeline/chaincode/service-start.ts';
import { isOutdated, serviceStep } from '../../../../src/pipeline/chaincode/service-state.ts';
import { CancelledError, WizardFailure } from '../../../../src/pipeline/core/failure.ts';
import { TEST_PROJECT } from '../../../support/contexts.ts';
import { serviceNetwork, testProgram } from '../../../support/service-engine.ts';
import { tempDir, writeFiles } from '../../../support/temp-dir.ts';

const [LABEL, NEXT_LABEL] = ['basic_aaaaaaaaaaaa', 'basic_bbbbbbbbbbbb'];
const PACKAGE = `${LABEL}:1`;
const NEXT = `${NEXT_LABEL}:2`;
const OWN = serviceContainerName({ project: TEST_PROJECT }, 'basic');
const choice = { name: 'basic', path: '/nowhere', language: 'go', service: true } as const;

async function network() {
  const cancel = new AbortController();
  const { docker, context, reported } = await serviceNetwork(cancel.signal);
  const started = (digest: string, packageId = PACKAGE) =>
    startProcess(context, choice, packageId, testProgram(digest));
  /** @returns the failure, if there is one */
  const start = async (digest: string, packageId = PACKAGE) => {
    try {
      await (await started(digest, packageId)).serve();
      return undefined;
    } catch (error) {
      if (error instanceof WizardFailure && error.failure.kind === 'chaincode') return error.failure;
      throw error;
    }
  };
  /** Cancels the run while it waits until a program listens. */
  const cancelStart = async (digest: string, packageId = PACKAGE) => {
    docker.silent.add(digest);
    docker.onExec = () => cancel.abort();
    await expect(started(digest, packageId)).rejects.toBeInstanceOf(CancelledError);
    docker.onExec = () => undefined;
  };
  const { stateDir } = context;
  /** Context of the next run. */
  const later = { ...context, signal: new AbortController().signal };
  return { docker, context, later, stateDir, reported, started, start, cancelStart };
}

describe('a program whose process ends before it listens', () => {
  it('leaves nothing if it is the first one, and is told with the position of its panic', async () => {
    const { docker, stateDir, start } = await network();
    docker.ending.add('broken');
    const failure = await start('broken');
    expect(failure).toMatchObject({
      problem: { key: 'chaincode.process-ended' },
      place: expect.stringMatching(/^main\.go:80: panic: boom/),
      next: ['fabric-wizard up --yes'],
    });
    expect(failure).not.toHaveProperty('installed');
    expect(docker.programs()).toEqual([]);
    expect(await keptProgram(stateDir, 'basic')).toBeUndefined();
  });

  it('is replaced with the last program that listened', async () => {
    const { docker, stateDir, start } = await network();
    docker.ending.add('broken');
    expect(await start('good')).toBeUndefined();
    expect(await start('broken')).toMatchObject({ previous: true });
    expect(docker.programs()).toEqual([`${OWN} running good`]);
    expect((await keptProgram(stateDir, 'basic'))?.digest).toBe('good');
  });

  it('does not touch the process that it was to replace for another package', async () => {
    const { docker, start } = await network();
    docker.ending.add('broken');
    expect(await start('good')).toBeUndefined();
    docker.log.length = 0;
    const failure = await start('broken', NEXT);
    expect(failure).not.toHaveProperty('installed');
    expect(docker.log.filter((line) => line.endsWith(OWN))).toEqual([]);
    expect(docker.programs()).toEqual([`${OWN} running good`]);
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

it('a failed start shows what the program printed, although the clock of the engine is slow', async () => {
  const { docker, start } = await network();
  expect(docker.clock).toBeLessThan(Date.now());
  docker.ending.add('broken');
  expect(await start('good')).toBeUndefined();
  expect((await start('broken'))?.place).toMatch(/^main\.go:80: panic: boom/);
});

describe('a run that is cancelled or killed', () => {
  it('leaves nothing of a first program that was not yet known to listen', async () => {
    const { docker, cancelStart } = await network();
    await cancelStart('new');
    expect(docker.programs()).toEqual([]);
  });

  it('leaves the process that served, if the next one has a container of its own', async () => {
    const { docker, start, cancelStart } = await network();
    await start('good');
    await cancelStart('new', NEXT);
    expect(docker.programs()).toEqual([`${OWN} running good`]);
  });

  it('brings the last program back in a container that is used again', async () => {
    const { docker, start, cancelStart, stateDir } = await network();
    await start('good');
    await cancelStart('new');
    expect(docker.programs()).toEqual([`${OWN} running good`]);
    expect((await keptProgram(stateDir, 'basic'))?.digest).toBe('good');
  });

  it('discards a process that listens and does not serve, and leaves the other one', async () => {
    const { docker, start, started } = await network();
    await start('good');
    const next = await started('new', NEXT);
    expect(docker.names()).toHaveLength(2);
    await next.discard();
    expect(docker.programs()).toEqual([`${OWN} running good`]);
  });

  it('never counts a process as started that has not got the address', async () => {
    const dir = await tempDir();
    await writeFiles(dir, { 'main.go': 'package main' });
    const files = { ...choice, path: dir };
    const digest = await filesDigest(files);
    const { docker, start, started, context } = await network();
    await start(digest);
    // Killed before it serves.
    await started(digest, NEXT);
    expect(docker.names()).toHaveLength(2);
    expect(await serviceStep(context, files, NEXT_LABEL)).toBe('start');
    await start(digest, NEXT);
    expect(docker.reached()).toEqual([NEXT]);
    expect(await serviceStep(context, files, NEXT_LABEL)).toBeUndefined();
  });
});

describe('a service', () => {
  it('whose process does not listen has to be started again; its files are not outdated', async () => {
    const dir = await tempDir();
    await writeFiles(dir, { 'main.go': 'package main' });
    const files = { ...choice, path: dir };
    const digest = await filesDigest(files);
    const { docker, context, start, stateDir } = await network();
    await start(digest);
    // As one of a version of this program that kept none.
    await rm(keptProgramsDir(stateDir), { recursive: true });
    expect(await serviceStep(context, files, LABEL)).toBeUndefined();
    docker.silent.add(digest);
    expect(await serviceStep(context, files, LABEL)).toBe('restart');
    expect(await isOutdated(context, files, LABEL)).toBe(false);
    expect(await startLastProgram(context, files, LABEL)).toBe(false);
  });

  it('starts with its last program if nothing serves', async () => {
    const { docker, context, start } = await network();
    await start('good');
    docker.made.clear();
    expect(await startLastProgram(context, choice, NEXT_LABEL)).toBe(false);
    expect(docker.programs()).toEqual([]);
    expect(await startLastProgram(context, choice, LABEL)).toBe(true);
    expect(docker.programs()).toEqual([`${OWN} running good`]);
    expect(docker.reached()).toEqual([PACKAGE]);
  });

  it('that the engine is about to start again stays if the next program is broken', async () => {
    const { docker, start } = await network();
    await start('good');
    const [made] = [...docker.made.values()];
    if (made) made.state = 'restarting';
    docker.ending.add('broken');
    const failure = await start('broken');
    expect(failure).toMatchObject({ problem: { key: 'chaincode.process-ended' } });
    expect(docker.programs()).toEqual([`${OWN} restarting good`]);
  });
});

describe('the program that is kept', () => {
  it('is that of the package that serves, until the next one does', async () => {
    const { start, started, stateDir } = await network();
    await start('good');
    const next = await started('new', NEXT);
    expect((await keptProgram(stateDir, 'basic'))?.packageId).toBe(PACKAGE);
    await next.serve();
    expect((await keptProgram(stateDir, 'basic'))?.packageId).toBe(NEXT);
  });

  it('can be read by the user only', async () => {
    const { start, stateDir } = await network();
    await start('good');
    const modeOf = async (path: string) => (await stat(path)).mode & 0o777;
    expect(await modeOf(keptProgramsDir(stateDir))).toBe(0o700);
    expect(await modeOf(join(keptProgramsDir(stateDir), 'basic.tar'))).toBe(0o600);
  });

  it('does not decide whether a deployment succeeds', async () => {
    const { docker, start, stateDir, reported } = await network();
    await writeFiles(stateDir, { 'network/crypto-config/x': '' });
    await writeFile(keptProgramsDir(stateDir), 'a file in the place of the folder');
    expect(await start('good')).toBeUndefined();
    expect(docker.reached()).toEqual([PACKAGE]);
    expect(reported.warnings).toEqual(['program-not-kept']);
  });
});

const own = { name: 'basic', service: 'localhost:9998' } as const;
const HUB = { ...testProgram('hub'), registers: 'own', port: 9998 } as const;

it('a process of the user that registers is told how to start, and awaited only if peers need it now', async () => {
  const { docker, context, reported } = await serviceNetwork();
  docker.silent.add('hub');
  await (await startProcess({ ...context, needsProcess: false }, own, PACKAGE, HUB)).serve();
  expect(reported.warnings).toEqual([]);
  const [hub] = [...docker.made.values()];
  expect(hub?.spec).toMatchObject({ ports: { 7052: 9998 }, env: { CORE_CHAINCODE_ID_NAME: 'basic:1' } });
  docker.silent.clear();
  const told: unknown[] = [];
  const report = { ...context.report, warn: (...warning: unknown[]) => void told.push(warning) };
  await startProcess({ ...context, report, needsProcess: true }, own, NEXT, HUB);
  // A line for a shell, whose variables the process gets.
  const variables =
    'export CORE_PEER_ADDRESS=localhost:9998 CORE_CHAINCODE_ID_NAME=basic:2 CORE_PEER_TLS_ENABLED=false';
  expect(told).toEqual([['start-process', { key: 'warning.start-process', chaincode: 'basic', variables }]]);
});

it('a hub gives the port of this host to the one that replaces it', async () => {
  const { docker, context } = await serviceNetwork();
  await (await startProcess(context, own, PACKAGE, HUB)).serve();
  docker.log.length = 0;
  await (await startProcess(context, own, NEXT, HUB)).serve();
  expect(docker.log).toEqual([
    ...[`create ${OWN}.next`, `stop ${OWN}`, `start ${OWN}.next`],
    ...[`remove ${OWN}`, `connect ${OWN}.next`],
  ]);
});

it.each(['ends', 'does not get its port'])('a hub goes on if the next one %s', async (how) => {
  const { docker, context } = await serviceNetwork();
  await (await startProcess(context, own, PACKAGE, HUB)).serve();
  const next = { ...HUB, digest: 'next' };
  if (how === 'ends') docker.ending.add('next');
  else docker.refuses = 'Bind for 127.0.0.1:9998 failed: port is already allocated';
  const error: unknown = await startProcess({ ...context, needsProcess: true }, own, NEXT, next).catch(
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof WizardFailure)) throw error;
  expect(docker.programs()).toEqual([`${OWN} running hub`]);
  expect(docker.reached()).toEqual([PACKAGE]);
  expect(error.failure).toMatchObject(
    how === 'ends'
      ? { problem: { key: 'chaincode.process-ended' } }
      : { problem: { key: 'chaincode.port-in-use', port: '9998' } },
  );
});

it('another container that is refused says why', async () => {
  const { docker, context } = await serviceNetwork();
  docker.refuses = 'no space left on device';
  await expect(startProcess(context, own, PACKAGE, HUB)).rejects.toMatchObject({
    failure: { kind: 'engine-refused', detail: 'no space left on device' },
  });
});
