/** Lines about unit tests: each package while they run, and what failed at the end. */
import { describe, expect, it } from 'vitest';
import type { PackageTested } from '../../../src/pipeline/core/events.ts';
import type { StageFailure } from '../../../src/pipeline/core/failure.ts';
import { describeFailure } from '../../../src/report/failure-text.ts';
import { createStyle } from '../../../src/report/style.ts';
import { packageLine } from '../../../src/report/test-text.ts';
import { chinese, inEnglish } from '../../support/english.ts';

type FailedTest = PackageTested['failed'][number];

const FAILED: FailedTest = {
  package: 'core/peer',
  test: 'TestA/b c',
  problem: 'failed',
  place: { file: 'core/peer/peer_test.go', line: 12 },
  output: ['Error: Not equal'],
  needs: 'docker',
};
const PASSED: PackageTested = {
  type: 'package-tested',
  at: 0,
  package: 'core/peer',
  outcome: 'passed',
  seconds: 1.25,
  cached: false,
  passed: 3,
  failed: [],
  skipped: [],
};

function failure(
  failed: readonly FailedTest[],
  count = failed.length,
): Extract<StageFailure, { kind: 'tests' }> {
  return {
    kind: 'tests',
    failed,
    count,
    packages: ['core/peer'],
    tested: 2,
    again: 'fabric-wizard test core/... --yes',
  };
}

describe('a package', () => {
  const style = createStyle({ colour: false, unicode: true });
  const skip = (test: string, reason = '') => ({ test, reason });
  it.each<[Partial<PackageTested>, string]>([
    [{}, '✓ core/peer: 3 tests passed, 1.3 s'],
    [{ cached: true, passed: 1 }, '✓ core/peer: 1 test passed, cached'],
    [{ outcome: 'no-tests', passed: 0 }, '· core/peer: no tests'],
    [{ outcome: 'failed', failed: [FAILED] }, '✗ core/peer: 1 failed, 3 passed, 1.3 s'],
    [{ outcome: 'failed', failed: [{ ...FAILED, problem: 'build' }] }, '✗ core/peer: does not compile'],
    [
      { skipped: [skip('TestB', 'needs X')] },
      '✓ core/peer: 3 tests passed, 1 skipped: TestB (needs X), 1.3 s',
    ],
    [
      { skipped: ['A', 'B', 'C', 'D'].map((name) => skip(name)) },
      '✓ core/peer: 3 tests passed, 4 skipped: A, B, C, …, 1.3 s',
    ],
  ])('%j', (differs, line) => {
    expect(packageLine({ ...PASSED, ...differs }, style)).toBe(line);
  });
});

describe('failed tests', () => {
  it('are named with file and line, what is missing, and their own output', () => {
    const { title, detail, next, exitCode } = inEnglish(failure([FAILED]));
    expect(title).toBe('1 test failed in 1 of 2 packages');
    expect(detail).toEqual([
      'core/peer/peer_test.go:12: TestA/b c in core/peer failed',
      'It needs a Docker Engine. Unit tests have none here.',
      '  Error: Not equal',
    ]);
    // The name has a blank, so go did not give it.
    expect(next).toEqual(['fabric-wizard test core/... --yes']);
    expect(exitCode).toBe(1);
  });

  it('can be run again alone', () => {
    const { next } = inEnglish(failure([{ ...FAILED, test: 'TestA/b_(c)' }]));
    expect(next).toEqual([
      "fabric-wizard test core/peer --run '^TestA$/^b_\\(c\\)$'",
      'fabric-wizard test core/... --yes',
    ]);
  });

  it.each(['build', 'panic', 'timeout', 'race', 'exit'] as const)('say what happened: %s', (problem) => {
    const one = failure([{ package: 'core/peer', test: '', problem, output: [] }]);
    expect(inEnglish(one).detail).toHaveLength(1);
    expect(inEnglish(one).detail[0]).toContain('core/peer');
    expect(describeFailure(one, chinese).detail[0]).not.toBe(inEnglish(one).detail[0]);
  });

  it('are ten at most, with the number of the others', () => {
    const many = Array.from({ length: 15 }, (_, index) => ({ ...FAILED, test: `Test${index}`, output: [] }));
    const { detail } = inEnglish(failure(many, 40));
    expect(detail.filter((line) => line.includes('peer_test.go'))).toHaveLength(10);
    expect(detail.at(-1)).toMatch(/^30 more;/);
  });
});
