import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { toFailure, WizardFailure } from '../../../../src/pipeline/core/failure.ts';
import type { DockerPort } from '../../../../src/pipeline/engine/docker-port.ts';
import { openJournal } from '../../../../src/pipeline/journal/journal.ts';
import { buildImage } from '../../../../src/pipeline/stages/build-image.ts';
import { stageContext } from '../../../support/contexts.ts';
import { tempDir } from '../../../support/temp-dir.ts';

type Options = Parameters<DockerPort['buildImage']>[1];

/** Builds the peer's image on an engine that records how it was asked to. */
async function build(force: boolean): Promise<{ readonly builds: Options[]; readonly commands: string[] }> {
  const dir = await tempDir();
  const builds: Options[] = [];
  const docker = {
    inspectImage: async (ref: string) => ({ id: `sha256:${ref}`, tags: [], labels: {} }),
    tag: async () => undefined,
    buildImage: async (_: unknown, options: Options) => builds.push(options),
  } as unknown as DockerPort;
  const journal = await openJournal(dir, { command: 'test' });
  onTestFinished(() => journal.close());
  const { context, reported } = await stageContext({ dir, docker }, journal, new AbortController().signal);
  const binaries = { peer: { sha256: 'a', size: 1, buildId: 'b' } };
  const outputs = { fingerprint: 'f', binaries, goshim: [], shimFolders: '', dir: join(dir, 'build') };
  await buildImage({ ...context, options: { ...context.options, force } }, outputs, 'peer');
  return { builds, commands: reported.commands };
}

it('uses the build cache of the engine, except if the build is forced', async () => {
  const plain = await build(false);
  expect(plain.builds.map(({ noCache }) => noCache ?? false)).toEqual([false]);
  expect(plain.commands.join()).not.toContain('--no-cache');
  const forced = await build(true);
  expect(forced.builds.map(({ noCache }) => noCache)).toEqual([true]);
  expect(forced.commands[0]).toMatch(/^docker build --no-cache /);
});

it('says that the base image was removed, if the engine could not pull it', async () => {
  const present = new Set(['hyperledger/fabric-baseos:amd64-0.4.22']);
  const docker = {
    inspectImage: async (ref: string) =>
      present.has(ref) ? { id: `sha256:${ref}`, tags: [], labels: {} } : undefined,
    buildImage: async () => {
      present.clear();
      const detail = 'pull access denied for hyperledger/fabric-baseos';
      throw new WizardFailure({ kind: 'image-build', image: 'peer', detail, tail: [] });
    },
  } as unknown as DockerPort;
  const dir = await tempDir();
  const journal = await openJournal(dir, { command: 'test' });
  onTestFinished(() => journal.close());
  const { context } = await stageContext({ dir, docker }, journal, new AbortController().signal);
  const binaries = { peer: { sha256: 'a', size: 1, buildId: 'b' } };
  const outputs = { fingerprint: 'f', binaries, goshim: [], shimFolders: '', dir: join(dir, 'build') };
  const failure = await buildImage(context, outputs, 'peer').then(
    () => undefined,
    (error: unknown) => toFailure(error),
  );
  const lines = failure && failure.kind === 'check' ? [String(failure.got)] : [];
  expect(lines).toEqual(['No such image: hyperledger/fabric-baseos:amd64-0.4.22']);
});
