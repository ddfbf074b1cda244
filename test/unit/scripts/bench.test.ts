/** What the bench decides without measuring anything. */
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parseArguments, UsageError } from '../../../scripts/bench/arguments.mjs';
import { dockerfile } from '../../../scripts/bench/by-hand.mjs';
import { editedLog } from '../../../scripts/bench/edits.mjs';
import { builtStages, partsOf, secondsTo } from '../../../scripts/bench/events.mjs';
import {
  figureOf,
  markdownText,
  median,
  partsText,
  secondsText,
  tableText,
} from '../../../scripts/bench/figures.mjs';
import { loadProduct } from '../../../scripts/bench/product.mjs';

const ROW = { name: 'edit-loop', what: 'ours', against: 'theirs', atMost: 1.3 };
const NAMES = ['cold-build', 'noop-build', 'first-frame'];

describe('the arguments', () => {
  it('mean all rows, three runs and a table when there are none', () => {
    expect(parseArguments([], NAMES)).toEqual({
      only: NAMES,
      runs: 3,
      json: undefined,
      markdown: undefined,
      help: false,
    });
  });

  it('choose rows, in the order in which they are measured', () => {
    const { only } = parseArguments(['--only', 'first-frame,cold-build', '--only', 'first-frame'], NAMES);
    expect(only).toEqual(['cold-build', 'first-frame']);
  });

  it('let --json stand alone, wherever it stands', () => {
    expect(parseArguments(['--json'], NAMES)).toMatchObject({ json: '-' });
    expect(parseArguments(['--json', '--runs', '7'], NAMES)).toMatchObject({ json: '-', runs: 7 });
    expect(parseArguments(['--json', 'out.json', '--runs', '7'], NAMES)).toMatchObject({ json: 'out.json' });
  });

  it.each([[['--only', 'warm-build']], [['--runs', '0']], [['--runs', '1.5']], [['--fast']], [['word']]])(
    'refuse %j',
    (argv) => {
      expect(() => parseArguments(argv, NAMES)).toThrow(UsageError);
    },
  );
});

describe('figures', () => {
  it('are medians', () => {
    expect(median([5])).toBe(5);
    expect(median([9, 1, 2])).toBe(2);
    expect(median([4, 1, 2, 10])).toBe(3);
  });

  it('are ratios of medians, with a mark that is met at exactly its value', () => {
    const figure = figureOf(ROW, { ours: [1.3, 9, 1.2], theirs: [1, 1, 50] });
    expect(figure).toMatchObject({ ratio: 1.3, ok: true, seconds: { ours: 1.3, theirs: 1 } });
    expect(figureOf(ROW, { ours: [1.31], theirs: [1] })).toMatchObject({ ok: false });
  });

  it.each([
    [0.0421, '0.042 s'],
    [9.44, '9.4 s'],
    [9.96, '10 s'],
    [74.4, '74 s'],
  ])('%d seconds are written as %s', (seconds, text) => {
    expect(secondsText(seconds)).toBe(text);
  });

  it('name the largest parts first and leave out the crumbs', () => {
    const parts = [
      { what: 'verify', seconds: 0.01 },
      { what: 'swap', seconds: 2 },
      { what: 'compile', seconds: 6 },
    ];
    expect(partsText(parts)).toBe('compile 6.0 s, swap 2.0 s');
  });
});

describe('the report', () => {
  const met = figureOf(
    { ...ROW, name: 'noop-build', atMost: 5 },
    { ours: [0.3], theirs: [0.1], ourParts: [{ what: 'looking', seconds: 0.3 }] },
  );
  const over = figureOf(ROW, {
    ours: [12],
    theirs: [6],
    extras: [{ what: 'until the end', seconds: 20 }],
    ourParts: [{ what: 'compile', seconds: 8 }],
    theirParts: [{ what: 'go install', seconds: 5 }],
  });
  const failed = { ...ROW, name: 'cold-build', error: 'no engine' };

  it('says where the time goes, for what is over its mark only', () => {
    expect(tableText([met, over, failed])).toBe(
      [
        'row            ours  against  ratio  at most',
        'noop-build  0.300 s  0.100 s   3.00     5.00    ok',
        'edit-loop      12 s    6.0 s   2.00     1.30  OVER',
        '    until the end: 20 s',
        '    where ours goes: compile 8.0 s',
        '    where the other goes: go install 5.0 s',
        'cold-build   failed                     1.30',
        '    no engine',
      ].join('\n'),
    );
  });

  it('is a page with date, source and machine, too', () => {
    const page = markdownText({
      date: '2026-01-02T03:04:05Z',
      source: 'Fabric 1.4.12 (d8a6f12)',
      machine: {
        cpu: 'some processor',
        cores: 2,
        memoryGb: 8,
        kernel: '6.1',
        engine: '20.10',
        node: '20.1',
        go: 'go1.19',
      },
      runs: 3,
      figures: [met, over],
    });
    expect(page).toContain('on Fabric 1.4.12 (d8a6f12), 2026-01-02.');
    expect(page).toContain('| edit-loop | 12 s | 6.0 s | 2.00 | 1.30 | OVER |');
    expect(page).toContain(
      'Machine: some processor, 2 cores, 8 GB, Linux 6.1, Docker Engine 20.10, Node 20.1, go1.19',
    );
    expect(page).toContain('- **edit-loop**: ours, against theirs.\n  - until the end: 20 s');
    expect(page).not.toContain('looking');
  });
});

describe('events of a run', () => {
  const events = [
    { type: 'run-started', arrived: 0.5 },
    { type: 'stage-finished', stage: 'compile', outcome: 'cached', seconds: 0, arrived: 0.6 },
    { type: 'stage-finished', stage: 'swap', outcome: 'built', seconds: 2, arrived: 2.6 },
    { type: 'run-finished', arrived: 2.7 },
  ];

  it('tell when something happened', () => {
    expect(secondsTo(events, 'the swap', ({ stage }: { stage?: string }) => stage === 'swap')).toBe(2.6);
    expect(() => secondsTo(events, 'a proof', () => false)).toThrow('says nothing of a proof');
  });

  it('tell what took its time', () => {
    expect(builtStages(events)).toEqual(['swap']);
    expect(partsOf({ seconds: 3, events }).map(({ what }) => what)).toEqual([
      'looking and planning',
      'swap',
      'ending',
    ]);
  });
});

describe('what is done by hand', () => {
  it('knows names and flags from the product itself, which still has them', async () => {
    const product = await loadProduct(fileURLToPath(new URL('../../..', import.meta.url)));
    expect(Object.values(product).filter((value) => value === undefined)).toEqual([]);
    expect(product).toMatchObject({ adminEnv: expect.any(Function), CLI_HOME: expect.any(String) });
  });

  it('edits the first log message, where there is one', () => {
    const text =
      'package peer\n\nfunc f() {\n\tpeerLogger.Infof("created %s", id)\n\tpeerLogger.Debug("x")\n}\n';
    expect(editedLog(text, 'e1')).toBe(text.replace('"created', '"e1 created'));
    expect(editedLog('package peer\n// peerLogger.Infof("no call")\n', 'e1')).toBeUndefined();
  });

  it('fills a Dockerfile.in and leaves out what ours leaves out', () => {
    const template = [
      'FROM _BASE_NS_/fabric-baseimage:_BASE_TAG_',
      'RUN npm install -g npm@latest-6',
      'COPY payload/chaintool payload/protoc-gen-go /usr/local/bin/',
      'RUN mkdir -p /chaincode/input',
      '',
    ].join('\n');
    const bases = { builder: 'own/builder:1', runtime: 'own/runtime:1' };
    expect(dockerfile('ccenv', template, bases, [])).toBe(
      'FROM own/builder:1\nCOPY payload/protoc-gen-go /usr/local/bin/\nRUN mkdir -p /chaincode/input\n',
    );
    expect(dockerfile('tools', 'RUN make', bases, ['peer', 'discover'])).toMatch(
      /^FROM own\/builder:1\n.*\nCOPY payload\/peer payload\/discover \/usr\/local\/bin\/\n/,
    );
    expect(dockerfile('peer', 'FROM _BASE_NS_/fabric-baseos:_BASE_TAG_\n', bases, [])).toBe(
      'FROM own/runtime:1\n',
    );
  });
});
