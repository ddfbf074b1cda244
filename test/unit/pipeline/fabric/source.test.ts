import { mkdir, readdir, rename, rm, symlink } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { execa } from 'execa';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { CancelledError, type StageFailure, WizardFailure } from '../../../../src/pipeline/core/failure.ts';
import { describeCommit } from '../../../../src/pipeline/fabric/local-ref.ts';
import {
  recogniseSource,
  resolveSource,
  type SourceOptions,
  sourceHere,
  tagOf,
} from '../../../../src/pipeline/fabric/source.ts';
import { cloneTag } from '../../../../src/pipeline/fabric/source-clone.ts';
import { english } from '../../../support/english.ts';
import { fabricRepository, fabricShape, MAKEFILE_1_4 } from '../../../support/fabric-shape.ts';
import { tempDir, writeFiles } from '../../../support/temp-dir.ts';

type SourceFailure = Extract<StageFailure, { kind: 'source' }>;

async function failureOf(work: Promise<unknown>): Promise<SourceFailure> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof WizardFailure && error.failure.kind === 'source') return error.failure;
  throw new Error(`expected a source failure, got ${String(error)}`);
}

async function shapeWith(makefile: string, more: Readonly<Record<string, string>> = {}): Promise<string> {
  const dir = await tempDir();
  await writeFiles(dir, { ...fabricShape(makefile), ...more });
  return dir;
}

describe('recogniseSource', () => {
  it('reads release, version, base version and commit', async () => {
    const dir = await tempDir();
    const commit = await fabricRepository(dir);
    const source = await recogniseSource(dir);
    expect(source).toMatchObject({
      dir,
      version: '1.4.12',
      baseVersion: '0.4.22',
      practice: false,
    });
    expect(source.release.id).toBe('1.4.8-1.4.12');
    expect(source.tree.fullCommit).toBe(commit);
  });

  it('1.0: base version from its own file, a tree that is no release has a snapshot version', async () => {
    const makefile = (release: string) =>
      `BASE_VERSION = 1.0.7\r\nIS_RELEASE = ${release}\r\nBASEIMAGE_RELEASE=$(shell cat ./.baseimage-release)\r\n`;
    const released = await recogniseSource(
      await shapeWith(makefile('true'), { '.baseimage-release': '0.3.2\n' }),
    );
    expect(released).toMatchObject({ version: '1.0.7', baseVersion: '0.3.2' });
    const dir = await shapeWith(makefile('false'), { '.baseimage-release': '0.3.2\n' });
    expect(await recogniseSource(dir)).toMatchObject({ version: '1.0.7-snapshot-unknown' });
    await fabricRepository(dir, makefile('false'));
    const { version, tree } = await recogniseSource(dir);
    expect(version).toBe(`1.0.7-snapshot-${tree.commit}`);
  });

  it('the practice tree is marked and needs no vendor folder', async () => {
    const dir = await shapeWith(MAKEFILE_1_4, { '.fabric-wizard-practice': '' });
    await rm(join(dir, 'vendor'), { recursive: true });
    expect((await recogniseSource(dir)).practice).toBe(true);
  });

  it('refuses a path that is not there', async () => {
    const dir = await tempDir();
    expect(await failureOf(recogniseSource(join(dir, 'no')))).toMatchObject({
      problem: 'absent',
      path: join(dir, 'no'),
    });
  });

  it('refuses a file, an empty folder and another project, and lists what it looked for', async () => {
    const dir = await tempDir();
    await writeFiles(dir, { file: '', 'other/Makefile': 'BASE_VERSION = 1.4.9\n', 'empty/x': '' });
    expect((await failureOf(recogniseSource(join(dir, 'file')))).problem).toBe('not-fabric');
    expect((await failureOf(recogniseSource(join(dir, 'empty')))).problem).toBe('not-fabric');
    const failure = await failureOf(recogniseSource(join(dir, 'other')));
    expect(failure.problem).toBe('not-fabric');
    expect(failure.looked).toContainEqual({ path: 'Makefile', found: true });
    expect(failure.looked).toContainEqual({ path: 'common/metadata/metadata.go', found: false });
  });

  it.each(['/etc/hostname', '../..'])('refuses a checkout with a link to %s', async (target) => {
    const dir = await shapeWith(MAKEFILE_1_4);
    await symlink(target, join(dir, 'sampleconfig', 'stolen'));
    const failure = await failureOf(recogniseSource(dir));
    expect(failure.problem).toBe('leads-out');
    expect(english.translate(failure.detail)).toMatch(/^sampleconfig\/stolen points to \//);
  });

  it('accepts links that stay inside, and links that lead nowhere', async () => {
    const dir = await shapeWith(MAKEFILE_1_4);
    await symlink('../Makefile', join(dir, 'sampleconfig', 'inside'));
    await symlink('nowhere', join(dir, 'sampleconfig', 'broken'));
    expect((await recogniseSource(dir)).version).toBe('1.4.12');
  });

  it.each([
    'vendor',
    'Makefile',
    'common',
    'peer',
    'sampleconfig',
    'images/peer',
    'core/chaincode/shim',
    'scripts',
  ])('refuses a checkout without %s', async (path) => {
    const dir = await shapeWith(MAKEFILE_1_4);
    await rm(join(dir, path), { recursive: true });
    const failure = await failureOf(recogniseSource(dir));
    expect(failure.problem).toBe('incomplete');
    expect(failure.looked.filter(({ found }) => !found).length).toBeGreaterThan(0);
    expect(failure.looked.filter(({ found }) => !found).every((each) => each.path.startsWith(path))).toBe(
      true,
    );
  });

  it('refuses a checkout that does not say which base images it wants', async () => {
    const failure = await failureOf(recogniseSource(await shapeWith('BASE_VERSION = 1.4.12\n')));
    expect(failure.problem).toBe('incomplete');
    expect(failure.looked).toContainEqual({ path: '.baseimage-release', found: false });
  });

  it.each([
    ['BASE_VERSION = 1.5.0\n', /1\.5\.0; supported:/],
    ['FABRIC_VER ?= 3.9.0\n', /3\.9\.0; supported:/],
    ['BASE_VERSION = 0.6.1\n', /0\.6\.1/],
    ['BASE_VERSION = 1.4.12;id\n', /1\.4\.12;id/],
    ['BASE_VERSION = $(shell id)\n', /shell id/],
    ['all:\n', /not set BASE_VERSION/],
  ])('refuses the version of %j', async (makefile, words) => {
    const failure = await failureOf(
      recogniseSource(await shapeWith(`${makefile}BASEIMAGE_RELEASE=0.4.22\n`)),
    );
    expect(failure.problem).toBe('unknown-release');
    expect(english.translate(failure.detail)).toMatch(words);
    expect(failure.looked.length).toBeGreaterThan(0);
  });
});

describe('resolveSource', () => {
  async function options(changed: Partial<SourceOptions> = {}): Promise<SourceOptions> {
    const root = await tempDir();
    await Promise.all(['work', 'state'].map((name) => mkdir(join(root, name))));
    await writeFiles(join(root, 'sample'), { ...fabricShape(MAKEFILE_1_4), '.fabric-wizard-practice': '' });
    return {
      dir: join(root, 'work'),
      stateDir: join(root, 'state'),
      sampleDir: join(root, 'sample'),
      cloneUrl: join(root, 'no-such-repository'),
      signal: new AbortController().signal,
      ...changed,
    };
  }

  async function origin(...tags: readonly string[]): Promise<string> {
    const dir = await tempDir();
    await fabricRepository(dir);
    for (const tag of tags) await execa('git', ['tag', tag], { cwd: dir });
    return `file://${dir}`;
  }

  it('a path, absolute or from the working folder', async () => {
    const given = await options();
    await writeFiles(join(given.dir, 'fabric'), fabricShape(MAKEFILE_1_4));
    await writeFiles(join(given.dir, '1.4.12'), fabricShape(MAKEFILE_1_4));
    expect((await resolveSource('./fabric', given)).dir).toBe(join(given.dir, 'fabric'));
    expect((await resolveSource('fabric', given)).dir).toBe(join(given.dir, 'fabric'));
    expect((await resolveSource('1.4.12', given)).dir).toBe(join(given.dir, '1.4.12'));
    expect((await failureOf(resolveSource('nowhere', given))).problem).toBe('absent');
    expect((await failureOf(resolveSource('./v1.4.12', given))).problem).toBe('absent');
  });

  it('a tag: clones once, whole or not at all', async () => {
    const lines: string[] = [];
    const given = await options({ cloneUrl: await origin(), onLine: (line) => lines.push(line) });
    const source = await resolveSource('1.4.12', given);
    expect(source.dir).toBe(join(given.stateDir, 'source', 'v1.4.12'));
    expect(source.tree.commit).not.toBe('');
    expect(lines.join('\n')).toMatch(/Cloning into/);
    expect(await readdir(join(given.stateDir, 'source'))).toEqual(['v1.4.12']);
    const again = await resolveSource('v1.4.12', { ...given, cloneUrl: '/gone' });
    expect(again.dir).toBe(source.dir);
  });

  it('an unknown tag, in the words of git; nothing is left', async () => {
    const given = await options({ cloneUrl: await origin() });
    const failure = await failureOf(resolveSource('v1.4.99', given));
    expect(failure.problem).toBe('unknown-tag');
    expect(failure.detail).toContain('v1.4.99');
    expect(await readdir(join(given.stateDir, 'source'))).toEqual([]);
  });

  it('a tag of an unknown release is refused before anything is fetched', async () => {
    const given = await options();
    expect((await failureOf(resolveSource('v3.9.0', given))).problem).toBe('unknown-release');
    expect(await readdir(given.stateDir)).toEqual([]);
  });

  it('a clone that can not be: clone-failed', async () => {
    const failure = await failureOf(resolveSource('v1.4.12', await options()));
    expect(failure.problem).toBe('clone-failed');
    expect(failure.detail).toMatch(/fatal/);
  });

  describe('a tag or branch of a repository on this machine', () => {
    const git = async (dir: string, ...args: string[]) =>
      (await execa('git', ['-c', 'user.name=t', '-c', 'user.email=t@t', ...args], { cwd: dir })).stdout;

    /** Options without a named repository, and a Fabric repository in `fabric` beside the folder. */
    async function withRepository() {
      const { cloneUrl: _, ...given } = await options();
      vi.stubEnv('FABRIC_WIZARD_FABRIC_URL', undefined);
      onTestFinished(() => void vi.unstubAllEnvs());
      const repository = join(given.dir, '..', 'fabric');
      const released = await fabricRepository(repository);
      await git(repository, 'checkout', '-q', '-b', 'release-1.4');
      await writeFiles(repository, { 'peer/main.go': 'package main // later\n' });
      await git(repository, 'commit', '-q', '-a', '-m', 'later');
      await git(repository, 'branch', 'user/topic', 'v1.4.12');
      await git(repository, 'checkout', '-q', 'main');
      return { given, repository, released, later: await git(repository, 'rev-parse', 'release-1.4') };
    }

    it('is fetched from there, whatever is checked out, and the repository stays as it is', async () => {
      const { given, repository, released, later } = await withRepository();
      await writeFiles(repository, { 'peer/main.go': 'uncommitted\n' });
      const before = await git(repository, 'for-each-ref');
      expect(await sourceHere('v1.4.12', given)).toMatchObject({
        toClone: 'v1.4.12',
        from: { commit: released },
      });
      expect(await readdir(given.stateDir)).toEqual([]);
      const branch = await resolveSource('release-1.4', given);
      expect(branch.dir).toBe(join(given.stateDir, 'source', 'release-1.4'));
      expect(branch.tree).toMatchObject({ fullCommit: later, dirty: [] });
      expect((await resolveSource('1.4.12', given)).tree).toMatchObject({ fullCommit: released, dirty: [] });
      const topic = await resolveSource('user/topic', given);
      expect(topic.dir).toBe(join(given.stateDir, 'source', 'user%topic'));
      expect(await git(repository, 'for-each-ref')).toBe(before);
      expect(await git(repository, 'worktree', 'list')).not.toContain(given.stateDir);
      expect(await git(repository, 'status', '--short')).toBe(' M peer/main.go');
      // It needs the repository no more.
      await rm(repository, { recursive: true });
      expect((await resolveSource('release-1.4', given)).tree.fullCommit).toBe(later);
    });

    it('follows its branch, and keeps uncommitted changes of the user', async () => {
      const { given, repository } = await withRepository();
      const { dir } = await resolveSource('release-1.4', given);
      await writeFiles(dir, { 'orderer/main.go': 'mine\n' });
      await git(repository, 'checkout', '-q', 'release-1.4');
      await writeFiles(repository, { 'peer/main.go': 'package main // newest\n' });
      await git(repository, 'commit', '-q', '-a', '-m', 'newest');
      expect(await sourceHere('release-1.4', given)).toMatchObject({ toClone: 'release-1.4' });
      const { tree } = await resolveSource('release-1.4', given);
      expect(tree).toMatchObject({
        fullCommit: await git(repository, 'rev-parse', 'HEAD'),
        dirty: ['orderer/main.go'],
      });

      await writeFiles(repository, { 'orderer/main.go': 'theirs\n' });
      await git(repository, 'commit', '-q', '-a', '-m', 'in the way');
      const failure = await failureOf(resolveSource('release-1.4', given));
      expect(failure).toMatchObject({
        path: dir,
        problem: 'clone-failed',
        detail: { key: 'source.local-changes', files: ['orderer/main.go'] },
      });
      expect((await recogniseSource(dir)).tree.dirty).toEqual(['orderer/main.go']);
    });

    it('is known by the last tag before it, in the repository and in what is fetched', async () => {
      const { given, repository, later } = await withRepository();
      const described = `v1.4.12-1-g${later.slice(0, 7)}`;
      expect(await describeCommit(repository, later)).toBe(described);
      const { dir } = await resolveSource('release-1.4', given);
      expect(await git(dir, 'config', 'fabric-wizard.described')).toBe(described);
    });

    it('is not taken from a repository that is not Fabric, and a name that nobody knows says what was looked for', async () => {
      const { given, repository } = await withRepository();
      await git(repository, 'rm', '-q', '-r', 'common');
      await git(repository, 'commit', '-q', '-m', 'another project');
      await git(repository, 'tag', 'v1.4.11');
      expect(await sourceHere('v1.4.11', given)).toEqual({ toClone: 'v1.4.11' });
      expect(await sourceHere('release-2.5', given)).toEqual({ toClone: 'release-2.5' });
      expect(await failureOf(sourceHere('topic', given))).toMatchObject({
        problem: 'absent',
        detail: { key: 'source.no-such-name', name: 'topic' },
      });
    });
  });

  it('auto: the folder, else a clone, else the sample, loudly', async () => {
    const cloneUrl = await origin('v2.5.16', 'v2.5.14');
    const given = await options({ cloneUrl });
    expect(await resolveSource('auto', given)).toMatchObject({
      dir: join(given.stateDir, 'source', 'v2.5.16'),
      practice: false,
    });
    const engine20 = await options({ cloneUrl, engine: { api: '1.41', minApi: '1.12' } });
    expect((await resolveSource('auto', engine20)).dir).toBe(join(engine20.stateDir, 'source', 'v2.5.14'));

    const offline = await options();
    const sample = await resolveSource('auto', offline);
    expect(sample).toMatchObject({ dir: offline.sampleDir, practice: true });
    expect(sample.fallback).toMatch(/fatal/);
    expect((await resolveSource('sample', offline)).fallback).toBeUndefined();

    await writeFiles(offline.dir, fabricShape(MAKEFILE_1_4));
    expect((await resolveSource('auto', offline)).dir).toBe(offline.dir);
    await rm(join(offline.dir, 'vendor'), { recursive: true });
    expect((await failureOf(resolveSource('auto', offline))).problem).toBe('incomplete');
  });

  it('auto does not hide a wrong tag behind the sample', async () => {
    const given = await options({ cloneUrl: await origin(), tag: 'v1.4.99' });
    expect((await failureOf(resolveSource('auto', given))).problem).toBe('unknown-tag');
  });

  it('knows a tag from a path', () => {
    expect(['1.4.12', 'v1.4.12', 'v1.1.0-rc1'].map(tagOf)).toEqual(['v1.4.12', 'v1.4.12', 'v1.1.0-rc1']);
    expect(['1.4', 'main', '../v1.4.12', 'v1.4.12;id', '--upload-pack=x', '1.4.12/..'].map(tagOf)).toEqual(
      Array(6).fill(undefined),
    );
  });
});

describe('sourceHere', () => {
  it('finds what is on this machine, and never clones', async () => {
    const dir = await tempDir();
    const sampleDir = join(dir, 'sample');
    await writeFiles(sampleDir, { ...fabricShape(MAKEFILE_1_4), '.fabric-wizard-practice': '' });
    const given = { dir: join(dir, 'work'), stateDir: join(dir, 'work', '.fabric-wizard'), sampleDir };
    expect(await sourceHere('sample', given)).toMatchObject({ dir: sampleDir, practice: true });
    expect(await sourceHere('auto', given)).toEqual({ toClone: 'v2.5.16' });
    const engine = { api: '1.41', minApi: '1.12' };
    expect(await sourceHere('auto', { ...given, engine })).toEqual({ toClone: 'v2.5.14' });
    expect(await sourceHere('1.4.11', given)).toEqual({ toClone: 'v1.4.11' });
    expect((await failureOf(sourceHere('v3.9.0', given))).problem).toBe('unknown-release');
    expect((await failureOf(sourceHere('nowhere', given))).problem).toBe('absent');

    const clone = join(given.stateDir, 'source', 'v1.4.12');
    await writeFiles(clone, fabricShape(MAKEFILE_1_4));
    expect(await sourceHere('v1.4.12', given)).toMatchObject({ dir: clone });
    // A clone of this folder needs no network. It must work with the engine.
    expect(await sourceHere('auto', given)).toMatchObject({ dir: clone });
    expect(await sourceHere('auto', { ...given, engine })).toMatchObject({ dir: clone });
    const engine29 = { api: '1.52', minApi: '1.44' };
    await rename(clone, join(given.stateDir, 'source', 'v2.5.14'));
    expect(await sourceHere('auto', { ...given, engine: engine29 })).toEqual({ toClone: 'v2.5.16' });

    await writeFiles(given.dir, fabricShape(MAKEFILE_1_4));
    expect(await sourceHere('auto', given)).toMatchObject({ dir: given.dir });
    await rm(join(given.dir, 'vendor'), { recursive: true });
    expect((await failureOf(sourceHere('auto', given))).problem).toBe('incomplete');
  });
});

describe('cloneTag', () => {
  /** A server that takes connections and says nothing. */
  async function silence(): Promise<{ readonly host: string; readonly connected: () => Promise<number> }> {
    // Reading is what lets the end of a connection be seen.
    const server = createServer((socket) => void socket.on('error', () => undefined).resume());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    const connected = () =>
      new Promise<number>((resolve) => server.getConnections((_, count) => resolve(count)));
    return { host: `127.0.0.1:${address.port}`, connected };
  }

  it('stops git and its helper at once when the signal fires, and leaves nothing', async () => {
    const dir = await tempDir();
    const abort = new AbortController();
    const { host, connected } = await silence();
    // Over http the connection is a helper's, which outlives a git that is killed alone.
    const url = `http://${host}/fabric`;
    const clone = cloneTag({ url, tag: 'v1.4.12', into: join(dir, 's', 'v1.4.12'), signal: abort.signal });
    await vi.waitFor(async () => expect(await connected()).toBe(1), 5000);
    const started = Date.now();
    abort.abort();
    await expect(clone).rejects.toBeInstanceOf(CancelledError);
    await vi.waitFor(async () => expect(await connected()).toBe(0), 1500);
    expect(Date.now() - started).toBeLessThan(2000);
    expect(await readdir(join(dir, 's'))).toEqual([]);
  });

  it('gives up on a server that does not respond', async () => {
    const dir = await tempDir();
    const signal = new AbortController().signal;
    const clone = cloneTag({
      url: `git://${(await silence()).host}/fabric`,
      tag: 'v1.4.12',
      into: join(dir, 'v1.4.12'),
      signal,
      stallMs: 1000,
    });
    expect(await failureOf(clone)).toMatchObject({
      problem: 'clone-failed',
      detail: { key: 'source.stalled', seconds: 1 },
    });
  });

  it('replaces half a clone of an earlier run', async () => {
    const dir = await tempDir();
    const repository = join(dir, 'repository');
    await fabricRepository(repository);
    await writeFiles(join(dir, 'v1.4.12.partial'), { half: '' });
    const into = join(dir, 'v1.4.12');
    await cloneTag({
      url: `file://${repository}`,
      tag: 'v1.4.12',
      into,
      signal: new AbortController().signal,
    });
    expect((await readdir(into)).includes('half')).toBe(false);
    expect((await readdir(dir)).sort()).toEqual(['repository', 'v1.4.12']);
  });
});
