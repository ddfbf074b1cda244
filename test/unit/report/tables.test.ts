import { describe, expect, test } from 'vitest';
import type { CheckId } from '../../../src/pipeline/core/check-id.ts';
import { shortId } from '../../../src/pipeline/engine/short-id.ts';
import { formatBytes, formatClock, formatSeconds } from '../../../src/report/quantities.ts';
import { createStyle } from '../../../src/report/style.ts';
import {
  renderConfig,
  renderDoctor,
  renderOutdated,
  renderStaleChaincode,
  renderStatus,
  renderTable,
  renderWarnings,
  titled,
} from '../../../src/report/tables.ts';
import { cutToWidth, textWidth } from '../../../src/report/terminal-text.ts';

const plain = createStyle({ colour: false, unicode: true });
const coloured = createStyle({ colour: true, unicode: true });

describe('text width', () => {
  test.each([
    ['peer0', 5],
    ['通道', 4],
    ['한글', 4],
    ['e\u0301', 1],
    ['👍🏽', 2],
    ['👩‍👩‍👧', 2],
    ['✓', 1],
    ['\u001b[32m✓\u001b[39m', 1],
    ['', 0],
  ])('%j is %i columns wide', (text, width) => {
    expect(textWidth(text)).toBe(width);
  });

  test.each(['peer0.org1', '通道通道通道', 'a👩‍👩‍👧b👍🏽cdefg', coloured.good('a long green text')])(
    '%j is cut to fit',
    (text) => {
      for (let columns = 0; columns < 20; columns += 1) {
        expect(textWidth(cutToWidth(text, columns))).toBeLessThanOrEqual(columns);
      }
    },
  );
});

describe('renderTable', () => {
  const rows = [
    ['peer0.org1', '通道', 'hyperledger/fabric-peer:amd64-1.4.12'],
    ['cli', coloured.bad('gone')],
    [],
  ];

  test('aligns by terminal columns', () => {
    expect(
      renderTable([
        ['通道', 'x'],
        ['channel', 'y'],
      ]),
    ).toBe('通道     x\nchannel  y');
  });

  test('is never wider than it may be', () => {
    for (let columns = 0; columns < 80; columns += 1) {
      for (const line of renderTable(rows, columns).split('\n'))
        expect(textWidth(line)).toBeLessThanOrEqual(columns);
    }
    expect(renderTable(rows, 40).split('\n')[0]).toMatch(/^peer0.org1 {2}通道.*…$/);
  });

  test('nothing is nothing', () => {
    expect(renderTable([])).toBe('');
  });
});

describe('titled', () => {
  const header = ['', 'NODE', 'IMAGE', 'PORTS'];
  const rows = [
    ['✓', 'peer0.org1.example.com', 'hyperledger/fabric-peer:2.5.12', '127.0.0.1:7051 127.0.0.1:9443'],
    ['✗', 'cli', 'hyperledger/fabric-tools:2.5.12', ''],
  ];

  test('is a table where its columns can be read', () => {
    const [first = '', ...others] = titled(plain, header, rows, 80).split('\n');
    expect(first.trim().split(/ +/)).toEqual(['NODE', 'IMAGE', 'PORTS']);
    expect(others).toHaveLength(2);
  });

  test('is a list of records where they cannot, and no value is cut', () => {
    expect(titled(plain, header, rows, 36).split('\n')).toEqual([
      'NODE   ✓ peer0.org1.example.com',
      'IMAGE  hyperledger/fabric-peer:2.5.1',
      '       2',
      'PORTS  127.0.0.1:7051 127.0.0.1:9443',
      '',
      'NODE   ✗ cli',
      'IMAGE  hyperledger/fabric-tools:2.5.',
      '       12',
    ]);
  });
});

describe('the lists', () => {
  test('doctor', () => {
    const checks = [
      { id: 'engine', status: 'ok', detail: '20.10.24, API 1.41' },
      {
        id: 'ports',
        status: 'fail',
        detail: '7050 is used by nginx',
        fix: 'fabric-wizard up --port-base 8050',
      },
      { id: 'memory', status: 'warn', detail: '2 GB' },
    ] as const;
    expect(renderDoctor({ ok: false, checks }, plain).split('\n')).toEqual([
      '✓  engine  20.10.24, API 1.41',
      '✗  ports   7050 is used by nginx',
      '           fix: fabric-wizard up --port-base 8050',
      '!  memory  2 GB',
      '',
      '1 of 3 checks failed',
    ]);
    expect(renderDoctor({ ok: true, checks: [checks[2]] }, plain)).toMatch(/ready, with 1 warning$/);
  });

  test('doctor breaks details at the width, and never a command', () => {
    const fix = 'docker tag hyperledger/fabric-baseos:amd64-0.4.22 acme/fabric-baseos:1';
    const report = {
      ok: true,
      checks: [
        { id: 'runtime', status: 'warn', detail: 'acme/fabric-baseos:1 is not on this engine', fix },
        { id: 'git', status: 'ok', detail: 'git 2.39.5', fix: 'git config --global x y' },
        { id: 'leftovers', status: 'ok', detail: 'two', fix: 'to remove them:\ndocker rm a b\ndocker rm c' },
      ],
    } as const;
    expect(renderDoctor(report, plain, 40).split('\n')).toEqual([
      '!  runtime    acme/fabric-baseos:1 is',
      '              not on this engine',
      `              fix: ${fix}`,
      '✓  git        git 2.39.5',
      '              optional: git config --global x y',
      '✓  leftovers  two',
      '              optional: to remove them:',
      '                docker rm a b',
      '                docker rm c',
      '',
      'ready, with 1 warning',
    ]);
  });

  test('doctor merges rows with the same result', () => {
    const late = (id: CheckId) => ({ id, status: 'unknown', detail: 'no answer in time' }) as const;
    const checks = [
      late('go'),
      { id: 'git', status: 'ok', detail: 'git 2' } as const,
      late('ports'),
      late('disk'),
    ];
    expect(renderDoctor({ ok: false, checks }, plain).split('\n')).toEqual([
      '?  3 checks  no answer in time: go, ports, disk',
      '✓  git       git 2',
      '',
      'readiness unknown: 3 of 4 checks got no answer; run fabric-wizard doctor again',
    ]);
    const two = renderDoctor({ ok: false, checks: checks.slice(0, 3) }, plain);
    expect(two).toContain('?  ports  no answer in time');
    const failed = { id: 'engine', status: 'fail', detail: 'none' } as const;
    expect(
      renderDoctor({ ok: false, checks: [failed, ...checks] }, plain)
        .split('\n')
        .slice(-2),
    ).toEqual([
      '1 of 5 checks failed',
      'readiness unknown: 3 of 5 checks got no answer; run fabric-wizard doctor again',
    ]);
  });

  test('warnings before a run are few and a line each', () => {
    const warning = (id: CheckId) =>
      ({ id, status: 'warn', detail: '1.0 GB available, 2.0 GB recommended' }) as const;
    expect(renderWarnings([], plain)).toEqual([]);
    expect(renderWarnings([warning('memory')], plain, 30)).toEqual([
      '! memory: 1.0 GB available, 2…',
      'run fabric-wizard doctor for the fixes',
    ]);
    const many = renderWarnings((['go', 'git', 'disk', 'ports', 'memory'] as const).map(warning), plain);
    expect(many).toHaveLength(4);
    expect(many[3]).toBe('and 2 more; run fabric-wizard doctor for the fixes');
  });

  test('status', () => {
    const row = {
      node: 'orderer',
      state: 'running',
      status: 'Up 3 minutes',
      image: 'o:1',
      current: true,
      ports: ['127.0.0.1:7050'],
    };
    expect(
      renderStatus(
        [row, { ...row, node: 'cli', state: 'exited', status: '', current: false, ports: [] }],
        plain,
      ).split('\n'),
    ).toEqual([
      '   NODE     STATE         IMAGE           PORTS',
      '✓  orderer  Up 3 minutes  o:1             127.0.0.1:7050',
      '✗  cli      exited        o:1 (outdated)',
    ]);
    expect(renderStatus([], plain)).toBe('No node of this project is running.');
  });

  test('why nodes are outdated: once for each image, with the command that helps', () => {
    const row = { node: 'a', state: 'running', status: 'Up', image: 'p:1', current: false, ports: [] };
    expect(
      renderOutdated(
        [
          { ...row, current: true },
          { ...row, current: undefined },
        ],
        plain,
      ),
    ).toEqual([]);
    expect(
      renderOutdated(
        [
          { ...row, builtBy: 'other' },
          { ...row, node: 'b', builtBy: 'other' },
          { ...row, image: 'o:1' },
        ],
        plain,
      ),
    ).toEqual([
      '',
      'p:1 is now an image that project other built.',
      'o:1 was built again after these nodes were created.',
      '`fabric-wizard up --yes` recreates outdated nodes with the current images.',
    ]);
  });

  test('stale chaincode, without the hash of its image', () => {
    expect(renderStaleChaincode([], plain)).toEqual([]);
    expect(
      renderStaleChaincode([`fw-peer0.org1.example.com-mycc-1.0-${'0af'.repeat(22).slice(0, 64)}`], plain),
    ).toEqual([
      '',
      '! Chaincode images older than the current ccenv image. Peers use them until they are removed:',
      '  fw-peer0.org1.example.com-mycc-1.0',
    ]);
  });

  test('config', () => {
    expect(
      renderConfig([{ key: 'docker-ns', value: 'acme', origin: '--docker-ns', isDefault: false }], plain),
    ).toBe('KEY        VALUE  ORIGIN\ndocker-ns  acme   --docker-ns');
  });
});

test('quantities', () => {
  expect([0.04, 9.94, 9.96, 59.6, 88, 3720].map(formatSeconds)).toEqual([
    '0.0 s',
    '9.9 s',
    '10 s',
    '1 min 0 s',
    '1 min 28 s',
    '1 h 2 min',
  ]);
  expect([0, 7900, 3_723_000, -5].map(formatClock)).toEqual(['0:00', '0:07', '1:02:03', '0:00']);
  expect([0, 999, 45_600_000].map(formatBytes)).toEqual(['0 B', '999 B', '45.6 MB']);
  expect(shortId('sha256:0123456789abcdef')).toBe('0123456789ab');
});
