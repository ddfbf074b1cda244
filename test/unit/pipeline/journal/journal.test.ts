/** With real folders and real child processes: a lock that was only ever tried in one process proves little. */

import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { build } from 'esbuild';
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import * as z from 'zod/mini';
import type { RunEvent } from '../../../../src/pipeline/core/events.ts';
import { type StageFailure, toFailure } from '../../../../src/pipeline/core/failure.ts';
import type { Phrase } from '../../../../src/pipeline/core/phrase.ts';
import { STATE_FOLDER } from '../../../../src/pipeline/host/state-folder.ts';
import { folderFreed, openJournal, readState } from '../../../../src/pipeline/journal/journal.ts';
import { RUNS_KEPT, recordedCommands } from '../../../../src/pipeline/journal/run-record.ts';
import { STATE_KEYS } from '../../../../src/pipeline/journal/state-keys.ts';
import { planOf, stageOf } from '../../../support/plans.ts';

/** Says `held`, or the kind of failure; holds the lock until stdin closes or a signal comes. */
const HOLDER = `
import { openJournal } from './src/pipeline/journal/journal.ts';
import { toFailure } from './src/pipeline/core/failure.ts';
try {
  const journal = await openJournal(process.argv[2], { command: 'fabric-wizard up' });
  const end = () => journal.close().then(() => process.exit(0));
  process.on('SIGTERM', end);
  process.stdin.on('end', end).resume();
  process.stdout.write('held\\n');
} catch (error) {
  process.stdout.write(toFailure(error).kind + '\\n');
}
`;

const root = new URL('../../../..', import.meta.url).pathname;
let scratch: string;
let holder: string;
let dir: string;

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'fabric-wizard-journal-'));
  holder = join(scratch, 'holder.mjs');
  await build({
    stdin: { contents: HOLDER, resolveDir: root, loader: 'ts' },
    outfile: holder,
    bundle: true,
    platform: 'node',
    format: 'esm',
  });
});

afterAll(() => rm(scratch, { recursive: true, force: true }));

beforeEach(async () => {
  dir = await mkdtemp(join(scratch, 'dir-'));
});

const inFolder = (...parts: readonly string[]) => join(dir, STATE_FOLDER, ...parts);
const open = (now?: () => number) => openJournal(dir, { command: 'fabric-wizard smoke', now });

function startHolder(): { child: ChildProcess; said: Promise<string>; exited: Promise<void> } {
  const child = spawn(process.execPath, [holder, dir], { stdio: ['pipe', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  const said = new Promise<string>((resolve) =>
    child.stdout?.once('data', (data) => resolve(String(data).trim())),
  );
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  return { child, said, exited };
}

async function failureOf(work: Promise<unknown>): Promise<StageFailure | undefined> {
  return work.then(
    () => undefined,
    (error: unknown) => toFailure(error),
  );
}

describe('the lock', () => {
  test('a living holder is named, and left alone', async () => {
    const { child, said } = startHolder();
    expect(await said).toBe('held');
    expect(await failureOf(open())).toEqual({
      kind: 'locked',
      dir,
      pid: child.pid,
      command: 'fabric-wizard up',
    });
    expect(existsSync(inFolder('lock'))).toBe(true);
  });

  test('a second run in the same process is refused too', async () => {
    const journal = await open();
    expect(await failureOf(open())).toMatchObject({ kind: 'locked', pid: process.pid });
    await journal.close();
    await (await open()).close();
  });

  test('a handled signal releases it', async () => {
    const { child, said, exited } = startHolder();
    await said;
    child.kill('SIGTERM');
    await exited;
    expect(existsSync(inFolder('lock'))).toBe(false);
  });

  test('a killed holder does not block the next run', async () => {
    const { child, said, exited } = startHolder();
    await said;
    child.kill('SIGKILL');
    await exited;
    expect(existsSync(inFolder('lock'))).toBe(true);
    await (await open()).close();
    expect(existsSync(inFolder('lock'))).toBe(false);
  });

  test.runIf(existsSync('/proc/self/stat'))(
    'a pid that belongs to another process now does not block',
    async () => {
      await mkdir(inFolder(), { recursive: true });
      await writeFile(inFolder('lock'), JSON.stringify({ pid: process.pid, startTime: '1', command: 'old' }));
      await (await open()).close();
    },
  );

  test('a lock that was never written whole is waited for, then taken over', async () => {
    await mkdir(inFolder(), { recursive: true });
    await writeFile(inFolder('lock'), '{"pid":');
    const before = Date.now();
    await (await open()).close();
    expect(Date.now() - before).toBeGreaterThan(500);
  });

  test('of many that find a stale lock at once, one gets it', async () => {
    await mkdir(inFolder(), { recursive: true });
    await writeFile(inFolder('lock'), JSON.stringify({ pid: 2 ** 30, command: 'dead' }));
    // A guard whose holder died while it was taking over.
    await writeFile(inFolder('lock.takeover'), JSON.stringify({ pid: 2 ** 30, command: 'dead' }));
    const said = await Promise.all(Array.from({ length: 6 }, () => startHolder().said));
    expect(said.sort()).toEqual(['held', ...Array.from({ length: 5 }, () => 'locked')]);
    expect(existsSync(inFolder('lock.takeover'))).toBe(false);
  });

  test('is waited for until its holder gives it back or dies, or the wait is cancelled', async () => {
    const never = new AbortController().signal;
    await folderFreed(dir, never);
    for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
      const { child, said } = startHolder();
      await said;
      const impatient = new AbortController();
      const given = failureOf(folderFreed(dir, impatient.signal));
      let freed = false;
      const wait = folderFreed(dir, never).then(() => {
        freed = true;
      });
      impatient.abort();
      expect(await given).toMatchObject({ message: 'cancelled' });
      expect(freed).toBe(false);
      child.kill(signal);
      await wait;
    }
    await (await open()).close();
  });

  test('is not kept where opening fails', async () => {
    await mkdir(inFolder(), { recursive: true });
    await writeFile(inFolder('state.json'), '{"version": 2, "future": true}');
    expect(await failureOf(open())).toEqual({
      kind: 'state-newer',
      path: inFolder('state.json'),
      found: 2,
      known: 1,
    });
    expect(existsSync(inFolder('lock'))).toBe(false);
    expect(await readFile(inFolder('state.json'), 'utf8')).toContain('future');
    expect(await failureOf(readState(dir))).toMatchObject({ kind: 'state-newer' });
  });
});

describe('the state', () => {
  const channel = { key: 'channel', schema: z.object({ name: z.string(), height: z.number() }) };
  const fact = (key: string) => ({ key, schema: z.unknown() });

  test('survives a restart and can be read without the lock', async () => {
    const journal = await open();
    await journal.setFact(channel, { name: 'demo', height: 3 });
    await journal.close();

    const again = await open();
    expect(again.warnings).toEqual([]);
    expect(again.getFact(channel)).toEqual({ name: 'demo', height: 3 });
    expect(again.getFact({ key: 'channel', schema: z.string() })).toBeUndefined();
    expect(again.getFact(fact('toString'))).toBeUndefined();
    expect(await readState(dir)).toMatchObject({ version: 1, facts: { channel: { name: 'demo' } } });
    await again.setFact(channel, undefined);
    expect((await readState(dir)).facts).toEqual({});
    await again.close();
  });

  test('many facts at once are all kept, and an unawaited one is on disk after close', async () => {
    const journal = await open();
    const names = Array.from({ length: 50 }, (_, i) => `f${i}`);
    await Promise.all(names.map((name) => journal.setFact(fact(name), name)));
    expect(Object.keys((await readState(dir)).facts)).toEqual(names);
    void journal.setFact(fact('last'), [1]);
    await journal.close();
    expect((await readState(dir)).facts.last).toEqual([1]);
    expect(await readdir(inFolder())).toEqual(['.gitignore', 'state.json']);
  });

  test('what was given is copied', async () => {
    const journal = await open();
    const value = { name: 'demo', height: 1 };
    await journal.setFact(channel, value);
    value.height = 2;
    expect(journal.getFact(channel)?.height).toBe(1);
    await journal.close();
  });

  test.each(['{"version": 1, "fac', 'null', '{"version":1}', '{"version":"1"}'])(
    'broken as %j it is moved aside and begun anew',
    async (text) => {
      await mkdir(inFolder(), { recursive: true });
      await writeFile(inFolder('state.json'), text);
      expect((await readState(dir)).facts).toEqual({});
      const journal = await open(() => Date.UTC(2025, 10, 22));
      expect(journal.state).toEqual({ version: 1, stageSeconds: {}, facts: {} });
      expect(journal.warnings.map(({ code }) => code)).toEqual(['state-broken']);
      expect(await readFile(inFolder('state.json.broken-2025-11-22T00-00-00-000Z'), 'utf8')).toBe(text);
      await journal.close();
    },
  );

  test('a missing folder is an empty state, and reading does not create it', async () => {
    expect(await readState(dir)).toEqual({ version: 1, stageSeconds: {}, facts: {} });
    expect(existsSync(inFolder())).toBe(false);
  });

  test('a state folder that is a file is refused in words', async () => {
    await writeFile(inFolder(), '');
    expect(await failureOf(open())).toMatchObject({ kind: 'usage' });
  });

  test('stays out of git', async () => {
    await (await open()).close();
    expect(await readFile(inFolder('.gitignore'), 'utf8')).toBe('*\n');
  });
});

describe('a run on disk', () => {
  const built = (stage: string, seconds: number): RunEvent => ({
    type: 'stage-finished',
    at: 1,
    stage,
    outcome: 'built',
    seconds,
  });

  test('events in one file, log lines in one per stage', async () => {
    const journal = await open();
    const run = await journal.startRun('r1', '1.4');
    for (let i = 0; i < 20_000; i += 1)
      run.onEvent({ type: 'stage-log', at: i, stage: 'compile', line: `line ${i}` });
    run.onEvent(built('compile', 8));
    run.onEvent({ type: 'stage-log', at: 2, stage: 'compile', line: 'late' });
    run.onEvent({ type: 'stage-log', at: 2, stage: '../image:a', line: 'x' });
    await journal.close();
    const log = await readFile(inFolder('runs', 'r1', 'logs', 'compile.log'), 'utf8');
    expect(log.split('\n')).toHaveLength(20_002);
    expect(log.endsWith('line 19999\nlate\n')).toBe(true);
    expect(await readdir(inFolder('runs', 'r1', 'logs'))).toEqual(['__image_a.log', 'compile.log']);
    expect(JSON.parse(await readFile(join(run.folder, 'events.ndjson'), 'utf8'))).toEqual(
      built('compile', 8),
    );
    expect(await run.close()).toBe(true);
  });

  test('built stages feed the estimates', async () => {
    const journal = await open();
    const run = await journal.startRun('r1', '1.4');
    run.onEvent(built('compile', 8));
    run.onEvent(built('compile', 4));
    run.onEvent({ type: 'stage-finished', at: 1, stage: 'compile', outcome: 'cached', seconds: 0 });
    run.onEvent({ type: 'stage-finished', at: 1, stage: 'genesis', outcome: 'cached', seconds: 0 });
    await journal.close();
    const again = await open();
    expect(again.secondsOf('1.4')).toEqual({ compile: 6 });
    await again.close();
  });

  test('and the estimates of one kind of source are not those of another', async () => {
    const journal = await open();
    (await journal.startRun('r1', '1.4')).onEvent(built('compile', 80));
    (await journal.startRun('r2', '1.4-practice')).onEvent(built('compile', 4));
    expect(journal.secondsOf('1.4')).toEqual({ compile: 80 });
    expect(journal.secondsOf('1.4-practice')).toEqual({ compile: 4 });
    await journal.close();
  });

  test('an estimate also exists for the cause of the stage', async () => {
    const journal = await open();
    const runWith = async (id: string, cause: Phrase, seconds: number) => {
      const run = await journal.startRun(id, '1.4');
      const plan = planOf(stageOf('compile', { cause }));
      const of = { runId: id, command: 'build', project: 'p', practice: false };
      run.onEvent({ type: 'run-started', at: 1, ...of, plan });
      run.onEvent(built('compile', seconds));
    };
    await runWith('r1', { key: 'cause.builder-first' }, 80);
    await runWith('r2', { key: 'cause.inputs-changed' }, 4);
    expect(journal.secondsOf('1.4')).toEqual({
      compile: 42,
      'compile cause.builder-first': 80,
      'compile cause.inputs-changed': 4,
    });
    await journal.close();
  });

  test('only the last runs are kept', async () => {
    for (let i = 0; i < RUNS_KEPT + 3; i += 1) {
      await mkdir(inFolder('runs', `old${i}`), { recursive: true });
      await utimes(inFolder('runs', `old${i}`), 1000 + i, 1000 + i);
    }
    const journal = await open();
    await journal.startRun('new', '1.4');
    const kept = await readdir(inFolder('runs'));
    expect(kept).toHaveLength(RUNS_KEPT);
    expect(kept).toContain('new');
    expect(kept).toContain(`old${RUNS_KEPT + 2}`);
    expect(kept).not.toContain('old3');
    await journal.close();
  });

  test('the commands of a stage outlive the record of its run', async () => {
    const journal = await open();
    const first = await journal.startRun('r0', '1.4');
    first.onEvent({ type: 'stage-command', at: 1, stage: 'compile', command: 'go install' });
    await first.close();
    for (let i = 1; i <= RUNS_KEPT; i += 1) await (await journal.startRun(`r${i}`, '1.4')).close();
    expect(await readdir(inFolder('runs'))).not.toContain('r0');
    expect(await recordedCommands(inFolder())).toEqual({ compile: ['go install'] });
    await journal.close();
  });

  test('a folder that vanishes during the run costs the record, not the run', async () => {
    const journal = await open();
    const run = await journal.startRun('r1', '1.4');
    await rm(inFolder(), { recursive: true });
    run.onEvent({ type: 'stage-log', at: 1, stage: 'compile', line: 'x' });
    await delay(20);
    run.onEvent({ type: 'stage-log', at: 1, stage: 'compile', line: 'y' });
    expect(await run.close()).toBe(false);
    await journal.close();
    await expect(stat(inFolder('lock'))).rejects.toThrow();
  });
});

test('a state file that cannot be replaced is a file failure that names it', async () => {
  const journal = await open();
  // A folder that is not empty cannot be replaced by a file.
  await rm(inFolder('state.json'), { force: true });
  await mkdir(inFolder('state.json', 'folder'), { recursive: true });
  const failure = await failureOf(journal.setFact(STATE_KEYS.verified, []));
  expect(failure).toMatchObject({ kind: 'file', path: inFolder('state.json.tmp') });
  await failureOf(journal.close());
});
