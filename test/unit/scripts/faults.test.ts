/** The parts of `npm run faults` that need no engine. */
import { appendFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { UsageError } from '../../../scripts/command-line.mjs';
import { parseArguments } from '../../../scripts/faults/arguments.mjs';
import { placeWatcher } from '../../../scripts/faults/do-fault.mjs';
import { faultList } from '../../../scripts/faults/fault-list.mjs';
import { endingJudged, endingText, isProven, mustBeProven } from '../../../scripts/faults/judge.mjs';
import { markdownText, rowText } from '../../../scripts/faults/report.mjs';
import { addResult, readResults } from '../../../scripts/faults/results.mjs';
import { NOT_HERE, SCENE_OF, SCENES } from '../../../scripts/faults/scenes.mjs';
import { stateProblems } from '../../../scripts/faults/state-folder.mjs';
import { STAGES } from '../../../src/pipeline/stages/stage-list.ts';

let dir: string;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'fabric-wizard-faults-test-'));
});

afterEach(() => rm(dir, { recursive: true, force: true }));

describe('arguments', () => {
  it('have defaults', () => {
    expect(parseArguments([])).toMatchObject({ only: [], jobs: 1, again: false });
  });

  it.each([[['--jobs', '0']], [['--jobs', 'all']], [['--fast']], [['compile']]])('reject %j', (argv) => {
    expect(() => parseArguments(argv)).toThrow(UsageError);
  });
});

describe('the list of faults', () => {
  const faults = faultList();

  it('knows every stage', () => {
    const ids = STAGES.map(({ id }) => id);
    expect([...Object.keys(SCENE_OF), ...Object.keys(NOT_HERE)].sort()).toEqual([...ids].sort());
  });

  it('has at least 200 faults with names of their own', () => {
    expect(faults.length).toBeGreaterThanOrEqual(200);
    expect(new Set(faults.map(({ name }) => name)).size).toBe(faults.length);
  });

  it('has every signal in every stage, and only scenes that exist', () => {
    for (const kind of ['kill -9', 'SIGTERM', 'SIGINT', 'SIGHUP']) {
      const stages = faults.filter((fault) => fault.kind === kind).map(({ at }) => at?.stage);
      expect([...new Set(stages)].sort()).toEqual(Object.keys(SCENE_OF).sort());
    }
    expect(faults.filter(({ scene }) => !(scene in SCENES))).toEqual([]);
  });
});

describe('the place of a fault', () => {
  const events = [
    { type: 'stage-started', stage: 'source' },
    { type: 'stage-started', stage: 'compile' },
    { type: 'stage-progress', stage: 'source', done: 9 },
    { type: 'stage-progress', stage: 'compile', done: 3 },
    { type: 'stage-progress', stage: 'compile', done: 8 },
    { type: 'stage-finished', stage: 'compile' },
  ];

  it.each([
    ['start', 1],
    ['work', 3],
    [7, 4],
    [20, 5],
  ])('%s of compile is event %i', (moment, index) => {
    expect(events.findIndex(placeWatcher({ stage: 'compile', moment }))).toBe(index);
  });
});

describe('a run', () => {
  const smoke = { type: 'smoke-result', ok: true };
  const finished = (outcome: string, exitCode: number) => ({ type: 'run-finished', outcome, exitCode });
  const failed = (title: string, kind = 'command') => ({
    type: 'stage-failed',
    failure: { kind },
    described: { title, detail: [] },
  });
  const ended = (exitCode: number, ...events: object[]) => ({ exitCode, events, garbage: [], stderr: '' });

  it('that is proven is as it should be', () => {
    const run = ended(0, smoke, finished('done', 0));
    expect(isProven(run)).toBe(true);
    expect([endingJudged(run, 'ended'), endingText(run)]).toEqual([[], 'proven']);
  });

  it('that fails with a sentence is as it should be', () => {
    const run = ended(1, failed('The orderer is gone.'), finished('failed', 1));
    expect([endingJudged(run, 'ended'), endingText(run)]).toEqual([[], '1: The orderer is gone.']);
  });

  it('that a signal cancels is as it should be', () => {
    const run = ended(130, finished('cancelled', 130));
    expect([endingJudged(run, 'cancelled'), endingText(run)]).toEqual([[], 'cancelled']);
    expect(endingJudged(run, 'ended')).toEqual(['cancelled without a signal']);
  });

  it.each([
    ['a run without a proof', ended(0, finished('done', 0)), 'ended with 0 without a proof'],
    ['a proof that failed', ended(0, { ...smoke, ok: false }, finished('done', 0)), 'without a proof'],
    ['no last event', ended(1, failed('It failed.')), 'not run-finished'],
    ['no event', ended(1), 'the last event is absent'],
    ['no sentence', ended(1, finished('failed', 1)), 'failed without a sentence'],
    ['another exit code', ended(1, failed('It failed.'), finished('failed', 3)), 'run-finished says 3'],
    ['a bug', ended(1, failed('oops', 'unexpected'), finished('failed', 1)), 'called it a bug'],
    [
      'a stack trace',
      ended(1, failed('TypeError\n    at f (file.js:1:2)'), finished('failed', 1)),
      'printed a stack trace',
    ],
    ['a line of text', { ...ended(0, smoke, finished('done', 0)), garbage: ['hello'] }, 'is no event'],
    ['no end', { ...ended(0), hung: true }, 'did not end'],
    ['a violent end', { ...ended(0), killedBy: 'SIGKILL' }, 'was ended by SIGKILL'],
  ])('is reported if it has %s', (_, run, problem) => {
    expect(endingJudged(run, 'ended').join('\n')).toContain(problem);
  });

  it.each([
    ['orderer stopped: at rest', true],
    ['dockerd killed: at rest', false],
    ['kill -9: start', false],
    ['stdout closed: at rest', false],
  ])('after the fault "%s": must it be proven? %s', (name, must) => {
    const fault = faultList().find((each) => each.name === name);
    expect(fault && mustBeProven(fault)).toBe(must);
  });

  it('may be ended by SIGKILL where that is the fault', () => {
    expect(endingJudged({ ...ended(0), killedBy: 'SIGKILL' }, 'killed')).toEqual([]);
  });
});

describe('a state folder', () => {
  const write = async (name: string, text: string) => {
    await mkdir(join(dir, name, '..'), { recursive: true });
    await writeFile(join(dir, name), text);
  };

  it('is whole with complete files, and an incomplete last line of a record', async () => {
    await write('state.json', '{}');
    await write('runs/1/events.ndjson', '{"type":"notice"}\n{"type":"sta');
    expect(await stateProblems(dir)).toEqual([]);
  });

  it.each([
    ['state.json', '{"a":', 'state.json is not valid JSON'],
    ['runs/1/events.ndjson', '{"type"\n{}\n', 'has a line that is not valid JSON'],
    ['network/crypto-config.partial-77/key.pem', '', 'half-written'],
    ['lock', '', 'the lock is still there'],
  ])('is not whole with %s of %j', async (name, text, problem) => {
    await write(name, text);
    expect((await stateProblems(dir)).join('\n')).toContain(problem);
  });
});

describe('results', () => {
  const row = (name: string, outcome = 'survived', problems: string[] = []) => ({
    name,
    kind: name.split(': ')[0] ?? '',
    where: name.split(': ')[1] ?? '',
    outcome,
    problems,
    broken: 'proven',
    seconds: 9,
    date: '2026-11-29T08:00:00.000Z',
  });

  it('are read again after an interruption, the last of each fault', async () => {
    expect(await readResults(dir)).toEqual(new Map());
    await addResult(dir, row('reboot: smoke', 'failed'));
    await addResult(dir, row('kill -9: compile'));
    await addResult(dir, row('reboot: smoke'));
    await appendFile(join(dir, 'faults.ndjson'), '{"name":"kill');
    expect([...(await readResults(dir)).values()]).toEqual([row('reboot: smoke'), row('kill -9: compile')]);
  });

  it('are a table by kind, with the reason of what did not survive', () => {
    const failed = row('kill -9: smoke', 'failed', ['the lock was not released']);
    const text = markdownText([row('kill -9: compile'), failed]);
    expect(text).toContain('2026-11-29: 1 of 2 faults survived');
    expect(text).toContain('| kill -9 | compile, smoke | 1 of 2 | 2 proven |');
    expect(text).toContain('- kill -9: smoke: the lock was not released');
    expect(rowText({ ...failed, again: undefined })).toBe(
      'failed: kill -9: smoke (9 s; proven)\n    the lock was not released',
    );
  });
});
