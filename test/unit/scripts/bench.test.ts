/** The parts of `npm run bench` that need no engine. */
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { parseArguments } from '../../../scripts/bench/arguments.mjs';
import { dockerfile } from '../../../scripts/bench/by-hand.mjs';
import { handCli } from '../../../scripts/bench/cli.mjs';
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
import { networkOnFreePorts } from '../../../scripts/bench/network.mjs';
import { loadProduct } from '../../../scripts/bench/product.mjs';
import { removeOwn } from '../../../scripts/bench/removal.mjs';
import { ROWS } from '../../../scripts/bench/rows.mjs';
import { bundleFlood } from '../../../scripts/bench/screen/flood.mjs';
import { hideImages, showImages } from '../../../scripts/bench/shared-images.mjs';
import { UsageError } from '../../../scripts/command-line.mjs';
import { choicesText } from '../../../scripts/wizard.mjs';
import { releaseOf } from '../../../src/pipeline/fabric/release.ts';
import { tempDir } from '../../support/temp-dir.ts';

const ROW = { name: 'edit-loop', what: 'measured', against: 'reference', atMost: 1.3 };
const NAMES = ['cold-build', 'noop-build', 'first-frame'];

describe('the list of rows', () => {
  const root = fileURLToPath(new URL('../../..', import.meta.url));

  it('has every row of every module, with a name of its own', async () => {
    const folder = join(root, 'scripts/bench/rows');
    const modules = await Promise.all((await readdir(folder)).map((name) => import(join(folder, name))));
    expect(new Set(ROWS)).toEqual(new Set(modules.flatMap((module) => Object.values(module))));
    expect(new Set(ROWS.map(({ name }) => name)).size).toBe(ROWS.length);
  });

  it('says of each row what is measured, and how', () => {
    for (const row of ROWS)
      expect(row).toMatchObject({
        name: expect.stringMatching(/^[a-z]+(-[a-z]+)*$/),
        what: expect.stringMatching(/./),
        against: expect.stringMatching(/./),
        atMost: expect.toSatisfy((ratio: number) => ratio > 0),
        measure: expect.any(Function),
      });
  });

  it('is explained in docs/benchmarks.md, with the same limits', async () => {
    const page = await readFile(join(root, 'docs/benchmarks.md'), 'utf8');
    const [table = ''] = page.split('## Last measurement');
    const explained = [...table.matchAll(/^\| ([a-z-]+) \|.*\| ([\d.]+) \|$/gm)];
    expect(Object.fromEntries(explained.map(([, name, atMost]) => [name, Number(atMost)]))).toEqual(
      Object.fromEntries(ROWS.map(({ name, atMost }) => [name, atMost])),
    );
  });
});

describe('arguments', () => {
  it('default to all rows, three runs and a table', () => {
    expect(parseArguments([], NAMES)).toEqual({
      only: NAMES,
      runs: 3,
      json: undefined,
      markdown: undefined,
      check: false,
      help: false,
    });
  });

  it('select rows, in the order of the measurement', () => {
    const { only } = parseArguments(['--only', 'first-frame,cold-build', '--only', 'first-frame'], NAMES);
    expect(only).toEqual(['cold-build', 'first-frame']);
  });

  it('run each row once for a check', () => {
    expect(parseArguments(['--check'], NAMES)).toMatchObject({ only: NAMES, runs: 1, check: true });
  });

  it('accept --json without a value', () => {
    expect(parseArguments(['--json'], NAMES)).toMatchObject({ json: '-' });
    expect(parseArguments(['--json', '--runs', '7'], NAMES)).toMatchObject({ json: '-', runs: 7 });
    expect(parseArguments(['--json', 'out.json', '--runs', '7'], NAMES)).toMatchObject({ json: 'out.json' });
  });

  it.each([[['--only', 'warm-build']], [['--runs', '0']], [['--runs', '1.5']], [['--fast']], [['word']]])(
    'reject %j',
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

  it('are ratios of medians, and ok at exactly the maximum', () => {
    const figure = figureOf(ROW, { measured: [1.3, 9, 1.2], reference: [1, 1, 50] });
    expect(figure).toMatchObject({ ratio: 1.3, ok: true, seconds: { measured: 1.3, reference: 1 } });
    expect(figureOf(ROW, { measured: [1.31], reference: [1] })).toMatchObject({ ok: false });
  });

  it('have the unit of their row', () => {
    const figure = figureOf({ ...ROW, atMost: 1, unit: 'MB' }, { measured: [16.04], reference: [20] });
    expect(tableText([figure])).toMatch(/edit-loop +16\.0 MB +20\.0 MB +0\.80 +1\.00 +ok/);
  });

  it.each([
    [0.0421, '0.042 s'],
    [9.44, '9.4 s'],
    [9.96, '10 s'],
    [74.4, '74 s'],
  ])('%d seconds are written as %s', (seconds, text) => {
    expect(secondsText(seconds)).toBe(text);
  });

  it('list the largest parts first, without the smallest', () => {
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
    { measured: [0.3], reference: [0.1], measuredParts: [{ what: 'planning', seconds: 0.3 }] },
  );
  const over = figureOf(ROW, {
    measured: [12],
    reference: [6],
    extras: [{ what: 'until the end', seconds: 20 }],
    measuredParts: [{ what: 'compile', seconds: 8 }],
    referenceParts: [{ what: 'go install', seconds: 5 }],
  });
  const failed = { ...ROW, name: 'cold-build', error: 'no engine' };

  it('shows where the time goes for rows above their maximum only', () => {
    expect(tableText([met, over, failed])).toBe(
      [
        'row         measured  reference  ratio  at most',
        'noop-build   0.300 s    0.100 s   3.00     5.00    ok',
        'edit-loop       12 s      6.0 s   2.00     1.30  OVER',
        '    until the end: 20 s',
        '    measured: compile 8.0 s',
        '    reference: go install 5.0 s',
        'cold-build    failed                       1.30',
        '    no engine',
      ].join('\n'),
    );
  });

  it('is also a page with date, source and machine', () => {
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
    expect(page).toContain('- **edit-loop**: measured, against reference.\n  - until the end: 20 s');
    expect(page).not.toContain('planning');
  });
});

describe('events of a run', () => {
  const events = [
    { type: 'run-started', arrived: 0.5 },
    { type: 'stage-finished', stage: 'compile', outcome: 'cached', seconds: 0, arrived: 0.6 },
    { type: 'stage-finished', stage: 'swap', outcome: 'built', seconds: 2, arrived: 2.6 },
    { type: 'run-finished', arrived: 2.7 },
  ];

  it('have the time of an event', () => {
    expect(secondsTo(events, 'the swap', ({ stage }: { stage?: string }) => stage === 'swap')).toBe(2.6);
    expect(() => secondsTo(events, 'a proof', () => false)).toThrow('has no event of a proof');
  });

  it('have the time of each stage', () => {
    expect(builtStages(events)).toEqual(['swap']);
    expect(partsOf({ seconds: 3, events }).map(({ what }) => what)).toEqual(['planning', 'swap', 'ending']);
  });
});

describe('functions of the product', () => {
  const root = fileURLToPath(new URL('../../..', import.meta.url));
  let product: Awaited<ReturnType<typeof loadProduct>>;

  beforeAll(async () => {
    product = await loadProduct(root);
  });

  it('exist', () => {
    expect(Object.values(product).filter((value) => value === undefined)).toEqual([]);
    expect(product).toMatchObject({ adminEnv: expect.any(Function), CLI_HOME: expect.any(String) });
  });

  it('give a network with all that the commands by hand need', async () => {
    const folder = await tempDir();
    await writeFile(join(folder, 'fabric-wizard.yaml'), choicesText({ project: 'fw-bench', couchdb: true }));
    const { spec, args } = await networkOnFreePorts(product, {
      folder,
      flags: { orgs: '2', peers: '2' },
      release: releaseOf('1.4.12'),
      project: 'fw-bench',
    });
    expect(args.join(' ')).toMatch(/^--orgs 2 --peers 2 --port-base 33\d50$/);
    expect(spec).toMatchObject({ channel: 'mychannel', tls: true, consensus: 'solo' });
    const cli = handCli({ product, run: undefined, root }, { spec });
    expect(cli.peers).toHaveLength(4);
    expect(cli.peers[3]).toMatchObject({ couchdb: expect.anything() });
    expect(cli.orderer.slice(0, 3)).toEqual(['-o', `orderer.example.com:${args.at(-1)}`, '--tls']);
    expect(cli.instantiateArgs('cc').join(' ')).toContain(
      "-P OR('Org1MSP.member','Org2MSP.member') -o orderer",
    );
  });
});

/** Names of images with their ids, and a runner of the commands that list and rename them. */
function engineWith(names: Readonly<Record<string, string>>) {
  const ids = new Map(Object.entries(names));
  const run = async (_docker: string, [command, ...args]: readonly string[]) => {
    const [from = '', to = ''] = args;
    if (command === 'tag') ids.set(to, ids.get(from) ?? '');
    if (command === 'rmi') ids.delete(from);
    const isAsked = args.includes('fabric-wizard/*');
    return { stdout: isAsked ? [...ids].map((image) => image.join(' ')).join('\n') : '' };
  };
  return {
    run,
    images: () => Object.fromEntries(ids),
    set: (name: string, id: string) => void ids.set(name, id),
  };
}

describe('images that all projects share', () => {
  const GATEWAY = 'fabric-wizard/gateway:0123456789ab';
  const BEFORE = { [GATEWAY]: 'sha256:1', 'fabric-wizard/debian-bookworm-builder:aaaaaaaaaaaa': 'sha256:2' };

  it('lose their names, and get them back', async () => {
    const { run, images } = engineWith({ ...BEFORE, 'fabric-wizard/lent:ba9876543210': 'sha256:3' });
    await hideImages(run);
    expect(Object.keys(images()).filter((name) => name in BEFORE)).toEqual([]);
    expect(Object.values(images()).sort()).toEqual(['sha256:1', 'sha256:2', 'sha256:3']);
    await showImages(run);
    expect(images()).toEqual({ ...BEFORE, 'fabric-wizard/lent:ba9876543210': 'sha256:3' });
  });

  it('get their names back after a benchmark that was killed', async () => {
    const { run, images } = engineWith(BEFORE);
    await hideImages(run);
    expect(await removeOwn({ run, bin: 'bin.js', dir: 'dir' })).toEqual([]);
    expect(images()).toEqual(BEFORE);
  });

  it('that were made meanwhile get a name of the benchmark, which removes them', async () => {
    const { run, images, set } = engineWith(BEFORE);
    await hideImages(run);
    set(GATEWAY, 'sha256:9');
    await showImages(run);
    expect(images()).toEqual({ ...BEFORE, 'fw-bench-first-run/made-gateway:0123456789ab': 'sha256:9' });
  });
});

it('the program with the screens can be bundled', async () => {
  const program = await bundleFlood(fileURLToPath(new URL('../../..', import.meta.url)), await tempDir());
  expect((await stat(program)).size).toBeGreaterThan(100_000);
});

describe('the build by hand', () => {
  it('edits the first log message, if there is one', () => {
    const text =
      'package peer\n\nfunc f() {\n\tpeerLogger.Infof("created %s", id)\n\tpeerLogger.Debug("x")\n}\n';
    expect(editedLog(text, 'e1')).toBe(text.replace('"created', '"e1 created'));
    expect(editedLog('package peer\n// peerLogger.Infof("no call")\n', 'e1')).toBeUndefined();
  });

  it('replaces the variables of a Dockerfile.in, without chaintool and npm', () => {
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
