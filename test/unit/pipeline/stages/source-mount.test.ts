/** What the builder gets of a checkout, on an engine whose volumes are folders. */
import { cp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { DockerPort } from '../../../../src/pipeline/engine/docker-port.ts';
import { openJournal } from '../../../../src/pipeline/journal/journal.ts';
import { sourceMount, sourceVolume } from '../../../../src/pipeline/stages/source-mount.ts';
import { stageContext, TEST_PROJECT } from '../../../support/contexts.ts';
import { tempDir, writeFiles } from '../../../support/temp-dir.ts';
import { volumesEngine } from '../../../support/volumes-engine.ts';
import { SAMPLE } from '../../../support/wizard.ts';

const FAR = 'tcp://far:2376';

/** A checkout of the practice source, and what mounts it. */
async function mounted(endpoint: string, { isCheckout = true } = {}) {
  const [dir, source] = await Promise.all([tempDir(), tempDir()]);
  await cp(SAMPLE, source, { recursive: true });
  if (isCheckout) {
    await execa('git', ['init', '-q'], { cwd: source });
    await execa('git', ['add', '-A'], { cwd: source });
  }
  const engine = await volumesEngine();
  const docker = {
    ...engine.docker,
    address: { endpoint, origin: { kind: 'variable' } },
    endpoint,
    inspectImage: async (ref: string) => ({ id: `sha256:${ref}`, tags: [], labels: {} }),
  } as unknown as DockerPort;
  const journal = await openJournal(dir, { command: 'test' });
  onTestFinished(() => journal.close());
  const { context } = await stageContext({ dir, docker, source }, journal, new AbortController().signal);
  const volume = sourceVolume(TEST_PROJECT, source);
  return {
    source,
    engine,
    mount: () => sourceMount(context),
    inVolume: () => engine.filesIn(volume),
    volume,
  };
}

describe('the source of a build', () => {
  it('is the checkout itself on an engine of this host', async () => {
    const { source, engine, mount } = await mounted('unix:///var/run/docker.sock');
    expect(await mount()).toBe(source);
    expect(engine.sent).toEqual([]);
  });

  it('has what git knows or could add, and no file that git ignores', async () => {
    const { source, mount, inVolume, volume } = await mounted(FAR);
    await writeFiles(source, {
      '.gitignore': '.env\n/data/\nbuild/\n',
      '.env': 'TOKEN=1',
      'data/customers.csv': 'x',
      'build/bin/peer': 'x',
      '.fabric-wizard/state.json': '{}',
      'peer/new.go': 'package main',
    });
    expect(await mount()).toBe(volume);
    const files = await inVolume();
    expect(files).toEqual(expect.arrayContaining(['Makefile', 'peer/main.go', 'peer/new.go', '.gitignore']));
    expect(files.filter((path) => /^(\.env|data|build|\.git|\.fabric-wizard)(\/|$)/.test(path))).toEqual([]);
  });

  it('has all of `vendor`, which a build reads, although a pattern of git matches some of it', async () => {
    const { source, mount, inVolume } = await mounted(FAR);
    await writeFiles(source, {
      '.gitignore': 'build/\n',
      'vendor/golang.org/x/build/build.go': 'package build',
    });
    await mount();
    expect(await inVolume()).toContain('vendor/golang.org/x/build/build.go');
  });

  it('is the whole folder if there is no repository', async () => {
    const { mount, inVolume } = await mounted(FAR, { isCheckout: false });
    await mount();
    expect(await inVolume()).toEqual(expect.arrayContaining(['Makefile', 'peer/main.go']));
  });

  it('follows edits: a file that is new, and one that is deleted', async () => {
    const { source, engine, mount, inVolume } = await mounted(FAR);
    await mount();
    await writeFiles(source, { 'peer/new.go': 'package main' });
    await rm(join(source, 'peer/main.go'));
    await mount();
    expect(engine.sent.at(-1)).toEqual(['copies/0/peer/new.go']);
    expect(await inVolume()).toContain('peer/new.go');
    expect(await inVolume()).not.toContain('peer/main.go');
    const runs = engine.sent.length;
    await mount();
    expect(engine.sent).toHaveLength(runs);
  });
});
