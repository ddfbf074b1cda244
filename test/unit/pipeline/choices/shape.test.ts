import { expect, it } from 'vitest';
import { dockerfileIssues, shapeIssues } from '../../../../src/pipeline/config/choice-checks.ts';
import { releaseOf } from '../../../../src/pipeline/fabric/release.ts';
import { english } from '../../../support/english.ts';

type Shape = Partial<Parameters<typeof shapeIssues>[0]>;

function found(version: string, shape: Shape) {
  const line = releaseOf(version);
  if (!line) throw new Error(version);
  return shapeIssues(
    { consensus: undefined, orderers: 1, tls: true, ...shape },
    line,
    (field) => `from ${field}`,
  );
}

function issues(version: string, shape: Shape): string[] {
  return found(version, shape).map(({ path, message }) => `${path}: ${english.translate(message)}`);
}

it.each([
  ['1.0.0', {}],
  ['1.4.12', { consensus: 'etcdraft', orderers: 3 }],
  ['2.5.12', { orderers: 5 }],
  ['2.5.12', { tls: false }],
  ['3.1.1', { consensus: 'BFT', orderers: 4 }],
] as const)('%s with %j is a network', (version, shape) => {
  expect(issues(version, shape)).toEqual([]);
});

it.each([
  [
    '1.4.0',
    { consensus: 'etcdraft' },
    'consensus: Fabric 1.4.0 does not have etcdraft, which needs Fabric 1.4.1 or later; it has solo',
  ],
  [
    '3.0.0',
    { consensus: 'solo' },
    'consensus: Fabric 3.0 does not have solo, which exists up to Fabric 2.5; it has etcdraft, BFT',
  ],
  ['1.4.12', { orderers: 3 }, 'orderers: a solo channel allows one orderer, not 3'],
  ['1.4.12', { consensus: 'etcdraft', tls: false }, 'consensus: etcdraft needs TLS'],
  ['3.1.1', { tls: false }, 'tls: every consensus type of Fabric 3.1 needs TLS'],
  [
    '3.1.1',
    { consensus: 'BFT', orderers: 3 },
    'orderers: BFT needs at least 4 orderers to tolerate one faulty orderer',
  ],
] as const)('%s with %j is none', (version, shape, message) => {
  expect(issues(version, shape)).toEqual([message]);
});

it.each([
  ['2.0.1', { dockerfiles: 'upstream' }, []],
  ['1.4.12', { dockerfiles: 'own', link: 'static' }, []],
  [
    '1.4.12',
    { dockerfiles: 'upstream' },
    [
      "dockerfiles: Fabric 1.4.8-1.4.12 always uses the checkout's own templates and base images; only 2.0 and later have this choice",
    ],
  ],
  [
    '2.5.12',
    { dockerfiles: 'upstream', link: 'static' },
    ["link: the checkout's own Dockerfiles always link dynamically"],
  ],
] as const)('%s with %j has these Dockerfiles or says why not', (version, choices, expected) => {
  const line = releaseOf(version);
  if (!line) throw new Error(version);
  const found = dockerfileIssues({ link: undefined, ...choices }, line, () => 'flag');
  expect(found.map(({ path, message }) => `${path}: ${english.translate(message)}`)).toEqual(expected);
});

it.each([
  ['1.4.0', { orderers: 3 }, 'use 1 orderer'],
  ['1.4.12', { orderers: 3 }, 'use 1 orderer, or another consensus: etcdraft'],
  ['2.5.12', { orderers: 3, tls: false }, 'use 1 orderer, or TLS and another consensus: etcdraft'],
  ['3.1.1', { consensus: 'BFT', orderers: 3 }, 'use 4 to 9 orderers'],
] as const)('%s with %j is mended by a number that it can have', (version, shape, fix) => {
  const [issue] = found(version, shape);
  expect(english.translate(issue?.fix ?? '')).toBe(fix);
  expect(issue?.where).toBe('from orderers');
});
