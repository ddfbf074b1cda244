/** The output of `go test -json`, as two versions of Go printed it for one module. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { junitReport } from '../../../../src/pipeline/tests/junit.ts';
import { type FinishedPackage, TestOutput } from '../../../../src/pipeline/tests/test-output.ts';

const MODULE = 'example.com/m';
const ROOT = '/m';

function recorded(name: string): readonly string[] {
  const text = readFileSync(new URL(`../../../recordings/go-test/${name}`, import.meta.url), 'utf8');
  return text.trimEnd().split('\n');
}

interface Read {
  readonly packages: ReadonlyMap<string, FinishedPackage>;
  readonly tests: readonly string[];
}

function read(stdout: readonly string[], stderr: readonly string[] = [], module = MODULE, root = ROOT): Read {
  const finished: FinishedPackage[] = [];
  const tests: string[] = [];
  const output = new TestOutput(module, root, {
    onTest: (path, test) => tests.push(`${path} ${test}`),
    onPackage: (each) => finished.push(each),
    onLine: () => undefined,
  });
  for (const line of stdout) output.onLine(line, 'stdout');
  // The streams of a container have no common order.
  for (const line of stderr) output.onLine(line, 'stderr');
  return {
    packages: new Map([...finished, ...output.finish()].map((each) => [each.result.package, each])),
    tests,
  };
}

function resultOf({ packages }: Read, name: string) {
  const found = packages.get(name);
  if (!found) throw new Error(`no result of ${name}`);
  return found.result;
}

/** Events of one package, as Go 1.24 and later print them. */
function events(...bodies: readonly object[]): readonly string[] {
  return bodies.map((body) => JSON.stringify(body));
}

function linesOf(test: string, ...lines: readonly string[]): readonly string[] {
  const name = 'example.com/m/core/x';
  return events(
    { Action: 'run', Package: name, Test: test },
    ...lines.map((line) => ({ Action: 'output', Package: name, Test: test, Output: `${line}\n` })),
    { Action: 'fail', Package: name, Test: test, Elapsed: 0.5 },
    { Action: 'output', Package: name, Output: 'FAIL\n' },
    { Action: 'fail', Package: name, Elapsed: 0.6 },
  );
}

describe.each(['go1.19.8', 'go1.23.5'])('%s', (version) => {
  const run = read(recorded(`${version}.ndjson`), recorded(`${version}.err.txt`));

  it('every package has a result', () => {
    expect([...run.packages.keys()].sort()).toEqual([
      'bad',
      'broken',
      'empty',
      'exits',
      'good',
      'hangs',
      'panics',
      'races',
      'setup',
      'vetted',
    ]);
    expect(run.tests).toContain('good TestAdd/small');
  });

  it('counts subtests in place of their parents, and keeps the reason of a skip', () => {
    expect(resultOf(run, 'good')).toMatchObject({
      outcome: 'passed',
      cached: false,
      passed: 2,
      failed: [],
      skipped: [{ test: 'TestSkipped', reason: 'needs SoftHSM' }],
    });
    expect(resultOf(run, 'empty')).toMatchObject({ outcome: 'no-tests', passed: 0 });
  });

  it('a failed test has its place and its own lines; the parent of a failed subtest is not one more', () => {
    const { outcome, passed, failed } = resultOf(run, 'bad');
    expect({ outcome, passed }).toEqual({ outcome: 'failed', passed: 2 });
    expect(failed).toEqual([
      {
        package: 'bad',
        test: 'TestValue/first',
        problem: 'failed',
        place: { file: 'bad/bad_test.go', line: 10 },
        output: ['bad_test.go:10: got 1, want 2'],
      },
      {
        package: 'bad',
        test: 'TestOther',
        problem: 'failed',
        place: { file: 'bad/bad_test.go', line: 16 },
        output: ['bad_test.go:15: before', 'bad_test.go:16: line one', '    line two'],
      },
    ]);
  });

  it('a panic has the place in the source, and no lines of Go itself', () => {
    const [panic] = resultOf(run, 'panics').failed;
    expect(panic).toMatchObject({
      test: 'TestPanics',
      problem: 'panic',
      place: { file: 'panics/panics_test.go', line: 9 },
    });
    expect(panic?.output.join('\n')).toContain('assignment to entry in nil map');
    expect(panic?.output.join('\n')).not.toContain('testing.go');
  });

  it('a test that hangs is one that did not end, with the line where it waits', () => {
    expect(resultOf(run, 'hangs').failed).toMatchObject([
      { test: 'TestHangs', problem: 'timeout', place: { file: 'hangs/hangs_test.go', line: 8 } },
    ]);
  });

  it('a package that does not compile, or that vet refuses, fails with the position', () => {
    expect(resultOf(run, 'broken').failed).toMatchObject([
      { test: '', problem: 'build', place: { file: 'broken/broken_test.go', line: 6 } },
    ]);
    expect(resultOf(run, 'vetted').failed).toMatchObject([
      { problem: 'build', place: { file: 'vetted/vetted_test.go', line: 8 } },
    ]);
    expect(resultOf(run, 'setup').failed).toMatchObject([
      { problem: 'build', place: { file: 'setup/setup_test.go', line: 4 } },
    ]);
  });

  it('a program that ends outside of a test fails with what it said', () => {
    expect(resultOf(run, 'exits').failed).toMatchObject([
      { test: '', problem: 'exit', output: ['cannot prepare'] },
    ]);
  });
});

it('a data race has the line that reads', () => {
  expect(resultOf(read(recorded('race.ndjson')), 'races').failed).toMatchObject([
    { test: 'TestRace', problem: 'race', place: { file: 'races/races_test.go', line: 9 } },
  ]);
});

it('the output of the compiler can also come as events', () => {
  const name = 'example.com/m/core/x';
  const run = read(
    events(
      { ImportPath: `${name} [${name}.test]`, Action: 'build-output', Output: `# ${name} [${name}.test]\n` },
      {
        ImportPath: `${name} [${name}.test]`,
        Action: 'build-output',
        Output: 'core/x/x_test.go:7:2: undefined: y\n',
      },
      { ImportPath: `${name} [${name}.test]`, Action: 'build-fail' },
      { Action: 'start', Package: name },
      { Action: 'output', Package: name, Output: `FAIL\t${name} [build failed]\n` },
      { Action: 'fail', Package: name, Elapsed: 0, FailedBuild: `${name} [${name}.test]` },
    ),
  );
  expect(resultOf(run, 'core/x').failed).toMatchObject([
    { problem: 'build', place: { file: 'core/x/x_test.go', line: 7 } },
  ]);
});

it('a package that fails because of another one names that one', () => {
  const run = read(
    [`FAIL\t${MODULE}/core/x [build failed]`, `FAIL\t${MODULE}/core/y [build failed]`],
    [`# ${MODULE}/common/util`, 'common/util/util.go:3:1: syntax error: non-declaration statement'],
  );
  for (const name of ['core/x', 'core/y'])
    expect(resultOf(run, name).failed).toMatchObject([
      { package: 'common/util', problem: 'build', place: { file: 'common/util/util.go', line: 3 } },
    ]);
});

it('a failed assertion has its own place, also in a helper of another package, and no line of the log', () => {
  const [failed] = resultOf(
    read(
      linesOf(
        'TestDockerBuild',
        '=== RUN   TestDockerBuild',
        '\u001b[34m2026-11-30 09:40:36.733 UTC [ledgermgmt] CreateLedger -> INFO 086\u001b[0m Creating ledger',
        '    helper.go:65: ',
        '        \tError Trace:\t/m/core/helper/helper.go:65',
        '        \t            \t/m/core/x/x_test.go:12',
        '        \tError:      \tReceived unexpected error:',
        '        \t            \tdial unix /var/run/docker.sock: connect: no such file or directory',
        '--- FAIL: TestDockerBuild (0.00s)',
      ),
    ),
    'core/x',
  ).failed;
  expect(failed).toMatchObject({ place: { file: 'core/helper/helper.go', line: 65 }, needs: 'docker' });
  expect(failed?.output.join('\n')).toContain('no such file or directory');
  expect(failed?.output.join('\n')).not.toMatch(/ledgermgmt|--- FAIL/);
});

it('each failed spec of a Ginkgo suite is a failure with its place', () => {
  const { failed } = resultOf(
    read(
      linesOf(
        'TestX',
        'Running Suite: X Suite',
        '------------------------------',
        '• Failure [0.001 seconds]',
        'Thing',
        '/m/core/x/x_test.go:12',
        '  counts [It]',
        '  /m/core/x/x_test.go:20',
        '',
        '  Expected',
        '      <int>: 1',
        '  to equal',
        '      <int>: 2',
        '',
        '  /m/core/x/x_test.go:21',
        '------------------------------',
        '',
        'Summarizing 1 Failure:',
        '',
        '[Fail] Thing [It] counts ',
        '/m/core/x/x_test.go:21',
        '',
        'Ran 2 of 2 Specs in 0.002 seconds',
        '--- FAIL: TestX (0.00s)',
      ),
    ),
    'core/x',
  );
  expect(failed).toMatchObject([{ test: 'Thing counts', place: { file: 'core/x/x_test.go', line: 21 } }]);
  expect(failed[0]?.output.join('\n')).toContain('<int>: 2');
});

it('a test without end keeps its last lines, and a line that only looks like an event is output', () => {
  const name = 'example.com/m/core/x';
  const many = Array.from({ length: 10_000 }, (_, index) => `    x_test.go:9: line ${index}`);
  const run = read([
    ...linesOf('TestMany', ...many),
    '{"Action"',
    '{}',
    `{"Action":"output","Package":"${name}"}`,
  ]);
  expect(resultOf(run, 'core/x').failed[0]?.output.at(-1)).toBe('x_test.go:9: line 9999');
});

it("JUnit's report has each test once, with what failed and what was skipped, and valid text", () => {
  const { packages } = read(recorded('go1.23.5.ndjson'), recorded('go1.23.5.err.txt'));
  const report = junitReport([...packages.values()]);
  expect(report.match(/<testsuite name="bad"[^>]*>/)?.[0]).toBe(
    '<testsuite name="bad" tests="4" failures="2" errors="0" skipped="0" time="0.004">',
  );
  expect(report).toContain('<testcase classname="good" name="TestAdd/large_one" time="0.000"/>');
  expect(report).toContain('<skipped message="needs SoftHSM"/>');
  expect(report).toContain(
    '<failure type="failed" message="bad/bad_test.go:10">bad_test.go:10: got 1, want 2</failure>',
  );
  expect(report).toMatch(/<testcase classname="broken" name="build" time="0.000">\n {6}<error type="build"/);
  const [odd] = [...packages.values()];
  const hostile = odd && {
    ...odd,
    cases: [{ name: 'a"<&\u0001\u001b[1m', outcome: 'passed' as const, seconds: 1 }],
  };
  expect(junitReport(hostile ? [hostile] : [])).toContain('name="a&quot;&lt;&amp;[1m"');
});
