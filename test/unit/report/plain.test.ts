import { describe, expect, test } from 'vitest';
import type { RunEvent, RunEventBody } from '../../../src/pipeline/core/events.ts';
import { createJsonReporter } from '../../../src/report/json.ts';
import { createPlainReporter, type PlainOptions } from '../../../src/report/plain.ts';
import { isUtf8Locale, wantsColour } from '../../../src/report/style.ts';
import { planOf, stageOf } from '../../support/plans.ts';

const begun: RunEventBody = {
  type: 'run-started',
  runId: 'r',
  command: 'up',
  project: 'p',
  practice: false,
  plan: planOf(stageOf('compile', { cause: 'peer/ changed' })),
};
const started: RunEventBody = { type: 'stage-started', stage: 'compile' };
const ended: RunEventBody = { type: 'run-finished', outcome: 'failed', exitCode: 1, seconds: 1 };

function plain(
  events: readonly (readonly [at: number, event: RunEventBody])[],
  options: Partial<PlainOptions> = {},
) {
  let output = '';
  const write = (text: string) => {
    output += text;
  };
  const reporter = createPlainReporter({ colour: false, verbose: false, unicode: true, ...options, write });
  for (const [at, event] of events) reporter.onEvent({ ...event, at } as RunEvent);
  return output;
}

function progress(done: number, item?: string): RunEventBody {
  return { type: 'stage-progress', stage: 'compile', done, total: 4_000_000, unit: 'bytes', item };
}

describe('the plain reporter', () => {
  test.each([
    ['no network runs', { key: 'cause.no-network' }, true],
    ['all nodes have the programs already', { key: 'cause.all-run' }, false],
  ] as const)('a rebuild says whether nothing was restarted: %s', (_, cause, said) => {
    const plan = planOf(stageOf('start', { action: 'cached', cause }));
    const output = plain([
      [0, { ...begun, command: 'rebuild', plan } as RunEventBody],
      [0, { ...ended, outcome: 'done', exitCode: 0 } as RunEventBody],
    ]);
    expect(output.includes('No node was restarted, because no network is running.')).toBe(said);
    expect(output.includes('fabric-wizard up --yes')).toBe(said);
  });

  test('progress: at most a line in 5 seconds, and only when something changed', () => {
    const output = plain([
      [0, begun],
      [0, started],
      [100, progress(1)],
      [5000, progress(1_000_000)],
      [9999, progress(2_000_000)],
      [10_000, progress(1_000_000)],
      [15_001, progress(3_000_000, 'layer')],
    ]);
    expect(output.split('\n').filter((line) => line.includes(' MB'))).toEqual([
      ' 0:05 · compile 1.0 MB of 4.0 MB (25 %) · about 0:15 left',
      ' 0:15 · compile 3.0 MB of 4.0 MB (75 %): layer · about 0:06 left',
    ]);
  });

  test('progress: says that the time left is unknown if a stage is much later than expected', () => {
    const output = plain([
      [0, begun],
      [0, started],
      [600_000, { type: 'stage-progress', stage: 'compile', done: 5, total: 0, unit: 'bytes' }],
    ]);
    expect(output).toContain('10:00 · compile 5 B · time left unknown\n');
  });

  test('what others wrote moves no cursor and paints nothing', () => {
    const nasty = '10%\r20%\u001b[2K\u001b[31mred\u001b[0m\u0007\u001b]0;title\u0007\b!';
    const output = plain(
      [
        [0, begun],
        [0, started],
        [1, { type: 'stage-log', stage: 'compile', line: nasty }],
        [2, { type: 'stage-warning', stage: 'compile', code: 'c', message: nasty }],
        [3, progress(1, nasty)],
        [
          4,
          {
            type: 'stage-failed',
            stage: 'compile',
            seconds: 1,
            failure: { kind: 'usage', message: nasty, next: [nasty] },
          },
        ],
        [5, ended],
      ],
      { verbose: true },
    );
    expect(output).toContain('  compile | 20%red!\n');
    expect(output).not.toMatch(/[^\P{Cc}\n]/u);
  });

  test('log lines only with verbose', () => {
    const log: RunEventBody = { type: 'stage-log', stage: 'compile', line: 'core/peer' };
    const events = [begun, started, log].map((event) => [0, event] as const);
    expect(plain(events)).not.toContain('core/peer');
    expect(plain(events, { verbose: true })).toContain('compile | core/peer\n');
  });

  test("a command's output that is not in the log yet is printed too", () => {
    const failure = {
      kind: 'command',
      command: 'x',
      where: 'cli',
      exitCode: 1,
      tail: ['own words'],
    } as const;
    const failed: RunEventBody = { type: 'stage-failed', stage: 'compile', seconds: 1, failure };
    const log: RunEventBody = { type: 'stage-log', stage: 'compile', line: 'own words' };
    const times = (text: string) => text.split('own words').length - 1;
    expect(times(plain([begun, started, failed, ended].map((event) => [0, event])))).toBe(1);
    expect(times(plain([begun, started, log, failed, ended].map((event) => [0, event])))).toBe(1);
  });

  test('a run that fails before it begins only shows the reason', () => {
    const failure = { kind: 'engine', problem: 'denied', endpoint: 'unix:///s', detail: '' } as const;
    const output = plain([
      [0, { type: 'run-finished', outcome: 'failed', exitCode: 3, seconds: 0, failure }],
    ]);
    expect(output.split('\n')[0]).toBe(
      '✗ Permission denied for this user at the Docker Engine socket unix:///s.',
    );
    expect(output.trimEnd().split('\n').at(-1)).toBe('✗ failed after 0.0 s, exit code 3');
  });

  test('colours are there when asked for, symbols are ASCII when they must be', () => {
    const events = [begun, started, ended].map((event) => [0, event] as const);
    expect(plain(events, { colour: true })).toContain('\u001b[31m✗ failed');
    expect(plain(events, { unicode: false })).toMatch(/^[\x20-\x7e\n]*$/);
  });

  test('the commands after a run act on its folder', () => {
    const done: RunEventBody = { type: 'run-finished', outcome: 'done', exitCode: 0, seconds: 1 };
    const output = plain(
      [
        [0, begun],
        [1, done],
      ],
      { given: ["--dir '/a b'"] },
    );
    const commands = output.split('\n').filter((line) => line.includes('fabric-wizard '));
    expect(commands.length).toBeGreaterThan(2);
    expect(commands.slice(1).filter((line) => !line.includes("--dir '/a b'"))).toEqual([]);
  });

  test('nothing comes after close', async () => {
    let output = '';
    const reporter = createPlainReporter({
      colour: false,
      verbose: false,
      write: (text) => {
        output += text;
      },
    });
    await reporter.close();
    reporter.onEvent({ ...ended, at: 0 } as RunEvent);
    expect(output).toBe('');
  });
});

describe('the JSON reporter', () => {
  const notice: RunEventBody = { type: 'notice', message: 'cloning' };
  const warning: RunEventBody = { type: 'preflight-warning', check: 'memory', detail: 'little memory' };

  function reporterTo(written: string[]) {
    const reporter = createJsonReporter({ write: (text) => written.push(text) });
    const report = (events: readonly RunEventBody[]) => {
      for (const event of events) reporter.onEvent({ ...event, at: 7 } as RunEvent);
    };
    return { reporter, report };
  }

  function lines(events: readonly RunEventBody[]): unknown[] {
    const written: string[] = [];
    reporterTo(written).report(events);
    expect(written.every((text) => /^[^\n]*\n$/.test(text))).toBe(true);
    return written.map((text) => JSON.parse(text));
  }

  function typesOf(written: readonly unknown[]): string[] {
    return written.map((event) => (event as RunEvent).type);
  }

  test('the progress and the end of a stage carry the expected time left, null if it is not known', () => {
    const plan = planOf(
      stageOf('compile', { weight: 60 }),
      stageOf('image.peer', { weight: 30, guessed: true, needs: ['compile'] }),
    );
    const built = { type: 'stage-finished', stage: 'compile', outcome: 'built', seconds: 60 } as const;
    const compile = { type: 'stage-progress', stage: 'compile', total: 4, unit: 'steps' } as const;
    const left = (...events: readonly RunEventBody[]) =>
      lines([{ ...begun, plan } as RunEventBody, ...events]).map(
        (event) => (event as { secondsLeft?: number | null }).secondsLeft,
      );
    expect(left(started, built)).toEqual([undefined, undefined, 30]);
    expect(left(started, { ...compile, done: 0 })).toEqual([undefined, undefined, 90]);
    expect(left(ended).at(-1)).toBeUndefined();
    const guessed = plan.stages.map((stage) => ({ ...stage, guessed: true }));
    const unknown = { ...begun, plan: { ...plan, stages: guessed } } as RunEventBody;
    expect(lines([unknown, started, { ...compile, done: 0 }])[2]).toMatchObject({ secondsLeft: null });
  });

  test('a failure carries its words', () => {
    const failure = { kind: 'compose-missing', detail: 'd' } as const;
    expect(lines([{ type: 'stage-failed', stage: 's', seconds: 1, failure }])[0]).toMatchObject({
      type: 'stage-failed',
      at: 7,
      failure,
      described: { exitCode: 3, detail: ['d'] },
    });
  });

  test('run-finished is the last line of its run; another run may follow', () => {
    const late: RunEventBody = { type: 'stage-log', stage: 'compile', line: 'dying words' };
    expect(typesOf(lines([begun, ended, late, begun]))).toEqual([
      'run-started',
      'run-finished',
      'run-started',
    ]);
  });

  test('notices from before a run follow its first line', () => {
    expect(lines([notice, warning])).toEqual([]);
    expect(typesOf(lines([notice, warning, begun, started]))).toEqual([
      'run-started',
      'notice',
      'preflight-warning',
      'stage-started',
    ]);
    expect(typesOf(lines([begun, ended, notice, begun]))).toEqual([
      'run-started',
      'run-finished',
      'run-started',
      'notice',
    ]);
  });

  test('notices from before a run are not lost if the run never starts', async () => {
    expect(typesOf(lines([notice, ended]))).toEqual(['notice', 'run-finished']);
    const written: string[] = [];
    const { reporter, report } = reporterTo(written);
    report([notice, warning]);
    await reporter.close();
    report([notice, begun]);
    await reporter.close();
    expect(typesOf(written.map((text) => JSON.parse(text)))).toEqual(['notice', 'preflight-warning']);
  });
});

describe('style', () => {
  test('NO_COLOR and --no-color win, then FORCE_COLOR, then the terminal', () => {
    expect(wantsColour({ isTty: true, env: {} })).toBe(true);
    expect(wantsColour({ isTty: false, env: {} })).toBe(false);
    expect(wantsColour({ isTty: true, env: { TERM: 'dumb' } })).toBe(false);
    expect(wantsColour({ isTty: false, env: { FORCE_COLOR: '1' } })).toBe(true);
    expect(wantsColour({ isTty: true, env: { NO_COLOR: '1', FORCE_COLOR: '1' } })).toBe(false);
    expect(wantsColour({ flag: false, isTty: true, env: {} })).toBe(false);
  });

  test('LC_ALL decides before LC_CTYPE before LANG', () => {
    expect(isUtf8Locale({ LANG: 'C.UTF-8' })).toBe(true);
    expect(isUtf8Locale({ LC_ALL: 'C', LANG: 'C.UTF-8' })).toBe(false);
    expect(isUtf8Locale({ LC_ALL: '', LC_CTYPE: 'en_US.utf8' })).toBe(true);
    expect(isUtf8Locale({})).toBe(false);
  });
});
