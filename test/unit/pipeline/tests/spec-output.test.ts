/** Suites of Ginkgo, as the versions of three releases of Fabric printed them with `go test -json`. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { junitReport } from '../../../../src/pipeline/tests/junit.ts';
import { SpecOutput, suiteResult } from '../../../../src/pipeline/tests/spec-output.ts';
import { type FinishedPackage, TestOutput } from '../../../../src/pipeline/tests/test-output.ts';

const MODULE = 'github.com/hyperledger/fabric';
const ROOT = `/opt/gopath/src/${MODULE}`;

interface Read {
  readonly suites: ReadonlyMap<string, FinishedPackage>;
  /** What was said, in order. */
  readonly said: readonly string[];
}

function read(name: string): Read {
  const file = new URL(`../../../recordings/go-test/${name}.ndjson`, import.meta.url);
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
  const said: string[] = [];
  const specs = new Map<string, SpecOutput>();
  const finished: FinishedPackage[] = [];
  const specsOf = (path: string) => {
    const known = specs.get(path);
    if (known) return known;
    const output = new SpecOutput(
      { root: ROOT, package: path },
      {
        onTotal: (count) => said.push(`${path}: ${count}`),
        onSpec: (spec) => said.push(spec),
        onEnded: ({ name: spec, outcome }) => said.push(`${outcome}: ${spec}`),
      },
    );
    specs.set(path, output);
    return output;
  };
  const output = new TestOutput(MODULE, ROOT, {
    onTest: () => undefined,
    onOutput: (path, line) => specsOf(path).onLine(line),
    onPackage: (each) => finished.push(suiteResult(each, specsOf(each.result.package))),
    onLine: () => undefined,
  });
  for (const line of lines) output.onLine(line, 'stdout');
  return { suites: new Map(finished.map((each) => [each.result.package, each])), said };
}

describe.each(['ginkgo-1.4.0', 'ginkgo-1.14.0', 'ginkgo-2.13.2'])('%s', (version) => {
  const { suites, said } = read(version);
  const resultOf = (name: string) => {
    const found = suites.get(`integration/${name}`);
    if (!found) throw new Error(`no result of ${name}`);
    return found.result;
  };

  it('counts the specs in place of the Go test', () => {
    expect(resultOf('demo')).toMatchObject({ outcome: 'failed', passed: 2, cached: false });
    expect(resultOf('demo').failed).toHaveLength(4);
    expect(suites.get('integration/demo')?.cases.map(({ name }) => name)).not.toContain(
      'Network with two peers is left out',
    );
  });

  it('says how many there are, which one runs, and how each ended', () => {
    expect(said).toContain('integration/demo: 7');
    for (const line of [
      'Network deploys',
      'passed: Network deploys',
      'failed: Network answers',
      'Network with two peers waits',
      'failed: Network with two peers waits',
      'failed: Network with two peers panics',
      'failed: Network when its setup fails cannot start',
      'passed: Network stops',
    ])
      expect(said).toContain(line);
    expect(said.indexOf('Network deploys')).toBeLessThan(said.indexOf('passed: Network deploys'));
  });

  it('a failed spec has its place and its message', () => {
    const failed = new Map(resultOf('demo').failed.map((each) => [each.test, each]));
    const file = 'integration/demo/demo_test.go';
    expect(failed.get('Network answers')).toMatchObject({ problem: 'failed', place: { file, line: 24 } });
    expect(failed.get('Network answers')?.output.join('\n')).toMatch(/no[\s\S]+to equal[\s\S]+yes/);
    expect(failed.get('Network with two peers waits')).toMatchObject({ place: { file, line: 53 } });
    expect(failed.get('Network with two peers waits')?.output.join('\n')).toContain('Timed out after 0.1');
    expect(failed.get('Network when its setup fails cannot start')).toMatchObject({
      problem: 'failed',
      place: { file, line: 44 },
    });
    expect(failed.get('Network with two peers panics')).toMatchObject({ problem: 'panic' });
    expect(failed.get('Network with two peers panics')?.output.join('\n')).toContain(
      'assignment to entry in nil map',
    );
  });

  it('a skipped spec has its reason, and one that is pending is skipped', () => {
    expect(resultOf('demo').skipped).toContainEqual({
      test: 'Network with two peers is skipped',
      reason: 'the platform has no such image',
    });
    expect(resultOf('demo').skipped.map(({ test }) => test)).toContain('Network with two peers is pending');
  });

  it('a suite whose setup fails is a failure of its own', () => {
    const { outcome, passed, failed } = resultOf('before');
    expect({ outcome, passed }).toEqual({ outcome: 'failed', passed: 0 });
    expect(failed).toHaveLength(1);
    expect(failed[0]?.test).toContain('BeforeSuite');
    expect(failed[0]?.place).toEqual({ file: 'integration/before/before_test.go', line: 16 });
  });

  it('a spec that hangs is named', () => {
    const { passed, failed } = resultOf('hangs');
    expect(passed).toBe(1);
    expect(failed).toMatchObject([{ test: 'Network hangs', problem: 'timeout' }]);
  });

  it("are cases of JUnit's report", () => {
    const report = junitReport([...suites.values()]);
    expect(report).toContain('<testcase classname="integration/demo" name="Network deploys"');
    expect(report).toMatch(/name="Network answers"[^>]*>\n\s+<failure type="failed"/);
    expect(report).toMatch(
      /name="Network with two peers is skipped"[^>]*>\n\s+<skipped message="the platform/,
    );
  });
});
