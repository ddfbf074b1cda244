/** The parts of `npm run matrix` that need no engine. */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { lockFolder, UsageError } from '../../../scripts/command-line.mjs';
import { drawTags, tagNames } from '../../../scripts/matrix/any.mjs';
import { parseArguments } from '../../../scripts/matrix/arguments.mjs';
import { absentPaths, checkOut, isRepository } from '../../../scripts/matrix/checkout.mjs';
import { imagesOf, reasonOf, stagesOf } from '../../../scripts/matrix/outcome.mjs';
import { projectOf } from '../../../scripts/matrix/release.mjs';
import { markdownText, tableText } from '../../../scripts/matrix/report.mjs';
import { inOrder, isFinished, readResults, writeResults } from '../../../scripts/matrix/results.mjs';
import { editedMain, STEP_NAMES } from '../../../scripts/matrix/steps.mjs';
import { createRunner } from '../../../scripts/processes.mjs';
import { choicesText } from '../../../scripts/wizard.mjs';
import { CHECKS } from '../../../src/pipeline/config/choice-checks.ts';

let dir: string;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'fabric-wizard-matrix-test-'));
});

afterEach(() => rm(dir, { recursive: true, force: true }));

describe('arguments', () => {
  it('require a repository only', () => {
    expect(() => parseArguments([])).toThrow('--fabric is missing');
    const { tags, only, again, portBase, markdown } = parseArguments(['--fabric', '/fabric']);
    expect(tags).toHaveLength(16);
    expect(tags?.at(-1)).toBe('main');
    expect([only, again, portBase, markdown]).toEqual([STEP_NAMES, false, 37050, undefined]);
  });

  it('accept tags with and without v, and order the steps', () => {
    const argv = ['--fabric', '/fabric', '--tags', 'v1.4.3,1.0.6', '--tags', '1.4.3', '--only', 'up,build'];
    expect(parseArguments(argv)).toMatchObject({ tags: ['1.4.3', '1.0.6'], only: ['build', 'up'] });
  });

  it.each([
    [['--only', 'deploy']],
    [['--tags', '../../etc']],
    [['--port-base', '80']],
    [['--fast']],
    [['--any', '0']],
    [['--any', '2', '--tags', '1.4.3']],
    [['--seed', '1']],
  ])('reject %j', (argv) => {
    expect(() => parseArguments(['--fabric', '/fabric', ...argv])).toThrow(UsageError);
  });

  it('draw tags by a seed', () => {
    const given = ['--fabric', '/fabric', '--any', '10', '--seed', '7'];
    expect(parseArguments(given)).toMatchObject({ any: 10, seed: 7 });
    const names = [
      'v1.4.12',
      'v2.5.0-beta',
      'v0.6.1-preview',
      'baseimage-v0.4.15',
      'v3.1.1',
      'v1.0.0',
      'v2.2.15',
    ];
    const drawn = drawTags(names, 3, 7);
    expect(drawn).toEqual(drawTags(names.toReversed(), 3, 7));
    expect(new Set(drawn).size).toBe(3);
    expect(drawTags(names, 10, 1).sort()).toEqual(['1.0.0', '1.4.12', '2.2.15', '2.5.0-beta', '3.1.1']);
    // Other seeds lead to other tags, and every tag is drawn first by some seed.
    const firsts = Array.from({ length: 50 }, (_, seed) => drawTags(names, 1, seed)[0]);
    expect(new Set(firsts).size).toBe(5);
  });

  it('give valid names of projects', () => {
    for (const tag of parseArguments(['--fabric', '/fabric']).tags ?? []) {
      expect(CHECKS.project?.safeParse(projectOf(tag)).success).toBe(true);
      expect(CHECKS.dockerNs?.safeParse(projectOf(tag)).success).toBe(true);
    }
    expect(choicesText({ source: '/a # b/c: d', orgs: 2 })).toBe('source: "/a # b/c: d"\norgs: 2\n');
  });
});

describe('a checkout', () => {
  const git = async (...args: string[]) =>
    (await promisify(execFile)('git', ['-C', join(dir, 'fabric'), ...args])).stdout.trim();
  const run = createRunner(new AbortController().signal);

  beforeEach(async () => {
    const fabric = join(dir, 'fabric');
    await mkdir(join(fabric, 'vendor'), { recursive: true });
    await writeFile(join(fabric, '.gitignore'), 'vendor/\n');
    await writeFile(join(fabric, 'main.go'), 'package main\n');
    await writeFile(join(fabric, 'vendor', 'large.go'), 'package large\n');
    await git('init', '--quiet');
    await git('add', '--all', '--force');
    await git('-c', 'user.name=t', '-c', 'user.email=t@localhost', 'commit', '--quiet', '--message', 'v1');
    await git('tag', 'v1.0.6');
  });

  it('contains all files, including ignored ones', async () => {
    const to = join(dir, 'out');
    const { absent } = await checkOut({ run, fabric: join(dir, 'fabric'), tag: '1.0.6', to });
    expect(absent).toEqual([]);
    const { stdout } = await promisify(execFile)('git', ['-C', to, 'ls-files']);
    expect(stdout.trim().split('\n')).toEqual(['.gitignore', 'main.go', 'vendor/large.go']);
  });

  it('of a bare, partial clone reports the missing files', async () => {
    const id = await git('rev-parse', 'HEAD:vendor/large.go');
    await rm(join(dir, 'fabric', '.git', 'objects', id.slice(0, 2), id.slice(2)));
    const fabric = join(dir, 'fabric', '.git');
    const to = join(dir, 'out');
    // Files of an earlier run are removed.
    await mkdir(to);
    await writeFile(join(to, 'old.go'), '');
    const { absent, commit } = await checkOut({ run, fabric, tag: '1.0.6', to });
    expect(absent).toEqual(['vendor/large.go']);
    expect(await git('rev-parse', 'HEAD')).toMatch(new RegExp(`^${commit}`));
    expect((await readdir(to)).sort()).toEqual(['.git', '.gitignore', 'main.go']);
    expect(await git('status', '--short')).toBe('');
  });

  it('of a branch has its last tag and its commit as version', async () => {
    await git('checkout', '--quiet', '-b', 'main-line');
    const fabric = join(dir, 'fabric');
    const at = async (tag: string) => checkOut({ run, fabric, tag, to: join(dir, 'out') });
    expect(await at('1.0.6')).not.toHaveProperty('version');
    await writeFile(join(fabric, 'main.go'), 'package main // later\n');
    await git('-c', 'user.name=t', '-c', 'user.email=t@localhost', 'commit', '--quiet', '-a', '-m', 'v2');
    expect(await at('main-line')).toMatchObject({
      version: `v1.0.6-1-g${await git('rev-parse', '--short', 'HEAD')}`,
    });
    expect(await readFile(join(dir, 'out', 'main.go'), 'utf8')).toContain('later');
    expect(await tagNames(run, fabric)).toEqual(['v1.0.6']);
  });

  it('requires the tag and a repository', async () => {
    const fabric = join(dir, 'fabric');
    await expect(checkOut({ run, fabric, tag: '9.9.9', to: join(dir, 'out') })).rejects.toThrow(
      'no tag v9.9.9',
    );
    expect(await isRepository(run, fabric)).toBe(true);
    expect(await isRepository(run, join(dir, 'nowhere'))).toBe(false);
  });

  it('finds missing files by ID, with any name', () => {
    const tree = '100644 blob aa\ta file\n2\u0000100644 blob bb\tb\u0000160000 commit aa\tmodule\u0000';
    expect(absentPaths(tree, 'aa missing\nbb blob 12\n')).toEqual(['a file\n2']);
  });
});

describe('the edit', () => {
  it('is in the root command of every release', () => {
    const old = 'var mainCmd = &cobra.Command{\n\tUse: "peer",\n\tRun: f}\n';
    expect(editedMain(old, 'm')).toBe(old.replace('Use:', 'Short: "m", Use:'));
    const later = 'var mainCmd = &cobra.Command{Use: "peer"}\n';
    expect(editedMain(later, 'm')).toBe('var mainCmd = &cobra.Command{Short: "m", Use: "peer"}\n');
    expect(editedMain('package main\n', 'm')).toBeUndefined();
  });
});

describe('the outcome of a command', () => {
  it('has no reason if the command succeeds', () => {
    expect(reasonOf({ exitCode: 0, events: [], stderr: 'a warning' })).toBeUndefined();
  });

  it('has a title and a line of proof', () => {
    const proof = { from: 'peer0', line: 'panic: no' };
    const described = { title: 'It broke.', proof, why: 'Because.', detail: ['during: x'] };
    const events = [
      { type: 'run-started' },
      { type: 'stage-failed', stage: 'start', described },
      { type: 'run-finished' },
    ];
    expect(reasonOf({ exitCode: 1, events, stderr: '' })).toEqual({
      stage: 'start',
      title: 'It broke.',
      proof,
      why: 'Because.',
    });
  });

  it('has the first detail without a proof, and the last lines without an event', () => {
    const described = { title: 'No.', detail: ['its Makefile says version 2.0.1'] };
    expect(
      reasonOf({ exitCode: 2, events: [{ type: 'run-finished', described }], stderr: '' }),
    ).toMatchObject({
      proof: { from: '', line: 'its Makefile says version 2.0.1' },
    });
    expect(reasonOf({ exitCode: 7, events: [], stderr: 'a\nb\n' })).toEqual({
      title: 'it ended with 7: a\nb',
    });
  });

  it('has the stages that ran and the images of the proof', () => {
    const peer = { built: true, builder: { ref: 'ns/ccenv:1' }, runtime: { ref: 'ns/baseos:1' } };
    const events = [
      { type: 'stage-finished', stage: 'compile', outcome: 'built', seconds: 60 },
      { type: 'stage-finished', stage: 'bases', outcome: 'cached', seconds: 0 },
      { type: 'smoke-result', peers: [{ built: false }, peer] },
    ];
    expect(stagesOf(events)).toEqual([{ stage: 'compile', seconds: 60 }]);
    expect(imagesOf(events)).toEqual({ builder: 'ns/ccenv:1', runtime: 'ns/baseos:1' });
    expect(imagesOf([])).toBeUndefined();
  });
});

const GREEN = {
  tag: '1.4.12',
  only: STEP_NAMES,
  commit: 'abc',
  absent: ['vendor/large.go'],
  date: '2026-01-02T03:04:05Z',
  outcome: 'green',
  images: { builder: 'ns/ccenv:1.4', runtime: 'ns/baseos:1' },
  steps: {
    build: {
      seconds: 70,
      stages: [
        { stage: 'verify', seconds: 1 },
        { stage: 'compile', seconds: 60 },
      ],
    },
    up: { seconds: 20.4, stages: [] },
  },
};
const FAILED = {
  ...GREEN,
  tag: '1.4.3',
  absent: [],
  images: undefined,
  outcome: 'failed',
  failed: 'up',
  steps: { build: { seconds: 60, stages: [] }, up: { seconds: 3, stages: [] } },
  reason: { stage: 'start', title: 'It broke.', proof: { from: 'peer0', line: 'panic: no' } },
};

describe('results', () => {
  it('are stored, and finished releases are not repeated', async () => {
    expect(await readResults(dir)).toEqual({ machine: undefined, rows: {} });
    await writeResults(dir, { rows: { '1.4.12': GREEN } });
    const { rows } = await readResults(dir);
    expect(isFinished(rows['1.4.12'], STEP_NAMES)).toBe(true);
    expect(isFinished({ ...GREEN, only: ['build'] }, ['build', 'up'])).toBe(false);
    expect(isFinished(undefined, ['build'])).toBe(false);
    await writeFile(join(dir, 'matrix.json'), '[half');
    await expect(readResults(dir)).rejects.toThrow(UsageError);
    expect(await readFile(join(dir, 'matrix.json'), 'utf8')).toBe('[half');
  });

  it('have a folder with a lock, which expires with its process', async () => {
    const unlock = await lockFolder(dir);
    await expect(lockFolder(dir)).rejects.toThrow(`process ${process.pid} is using`);
    await unlock();
    // No process has such an ID.
    await writeFile(join(dir, 'lock'), '99999999');
    await (await lockFolder(dir))();
    expect(await readdir(dir)).toEqual([]);
  });

  it('are a table in the order of versions', () => {
    const rows = inOrder({ '1.4.12': GREEN, '1.4.3': FAILED });
    expect(tableText(rows)).toBe(
      [
        'release  outcome     build     up  smoke  rebuild  clean',
        '1.4.3    failed: up   60 s  3.0 s      –        –      –',
        '    start: It broke.',
        '    peer0: panic: no',
        '1.4.12   green        70 s   20 s      –        –      –',
      ].join('\n'),
    );
  });

  it('name the version of a branch', () => {
    const main = { ...GREEN, tag: 'main', version: 'v3.1.5-19-g0c423ac47' };
    const rows = inOrder({ main, '3.1.1': { ...GREEN, tag: '3.1.1' } });
    expect(rows.map(({ tag }) => tag)).toEqual(['3.1.1', 'main']);
    expect(tableText(rows)).toContain('main (v3.1.5-19-g0c423ac47)  green');
  });

  it('are a page with date and machine', () => {
    const machine = {
      cpu: 'some processor',
      cores: 2,
      memoryGb: 8,
      kernel: '6.1',
      engine: '20.10',
      compose: '1.29',
      node: '20.1',
    };
    const page = markdownText({ machine, rows: [FAILED, GREEN] });
    expect(page).toContain('2026-01-02: 1 of 2 releases green.');
    expect(page).toContain('| 1.4.12 | green | 70 s | 20 s | – | – | – |');
    expect(page).toContain('| 1.4.12 | abc | `ns/ccenv:1.4` | `ns/baseos:1` | compile 60 s, verify 1.0 s |');
    expect(page).toContain('Docker Engine 20.10, compose 1.29, Node 20.1');
    expect(page).toContain('- 1.4.3: start: It broke.\n- 1.4.3: peer0: panic: no\n');
    expect(page).toContain('- 1.4.12: missing in the repository: vendor/large.go\n');
  });
});
