/** Reads the output of `go test -json`: lines of test2json on stdout, what does not compile on stderr. Pure. */
import type { FailedTest, PackageResult, SkippedTest } from '../core/test-result.ts';
import { compileErrors } from '../images/compile-errors.ts';
import { failuresIn, needOf } from './failure-lines.ts';

/** One test of a package, for reports that list all of them. */
export interface TestCase {
  readonly name: string;
  readonly outcome: 'passed' | 'failed' | 'skipped';
  readonly seconds: number;
}

export interface FinishedPackage {
  readonly result: PackageResult;
  readonly cases: readonly TestCase[];
  /** What a failed package printed, as `go test` prints it; empty for others. */
  readonly printed: readonly string[];
}

/** A line of test2json. */
interface TestEvent {
  readonly Action?: string;
  readonly Package?: string;
  readonly ImportPath?: string;
  readonly Test?: string;
  readonly Output?: string;
  /** Seconds. */
  readonly Elapsed?: number;
}

interface RunningTest {
  lines: string[];
  outcome: TestCase['outcome'] | undefined;
  seconds: number;
}

interface RunningPackage {
  readonly tests: Map<string, RunningTest>;
  /** What it printed outside of tests. */
  readonly lines: string[];
  /** What it printed at all, in order. */
  readonly printed: string[];
  cached: boolean;
}

export interface OutputListener {
  /** A test began. */
  readonly onTest: (package_: string, test: string) => void;
  /** A package ended that was compiled. Those that were not follow from `finish`. */
  readonly onPackage: (finished: FinishedPackage) => void;
  /** A line that a package or one of its tests printed. */
  readonly onOutput?: (package_: string, line: string) => void;
  /** A line that belongs to no test. */
  readonly onLine: (line: string) => void;
}

/** A test can print without end; its last lines say why it failed. */
const MAX_LINES = 2000;
const NOT_COMPILED = /^FAIL\t(\S+) \[(?:build|setup) failed\]$/;

function keep(lines: string[], line: string): void {
  lines.push(line);
  if (lines.length > MAX_LINES) lines.splice(0, MAX_LINES / 2);
}

function parsed(line: string): TestEvent | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    return JSON.parse(line) as TestEvent;
  } catch {
    // A program under test can print anything.
    return undefined;
  }
}

/** The package that is tested: `a/b [a/b.test]` and `a/b_test [a/b.test]` are `a/b`. */
function testedBy(importPath: string): string {
  return /\[(\S+)\.test\]$/.exec(importPath)?.[1] ?? importPath.replace(/ .*$/, '');
}

export class TestOutput {
  readonly #listener: OutputListener;
  readonly #modulePath: string;
  readonly #root: string;
  readonly #running = new Map<string, RunningPackage>();
  /** What the compiler said, by package. */
  readonly #compiler = new Map<string, string[]>();
  readonly #notCompiled = new Set<string>();
  #compiling = '';

  /** @param root folder of the checkout in the container */
  constructor(modulePath: string, root: string, listener: OutputListener) {
    this.#modulePath = modulePath;
    this.#root = root;
    this.#listener = listener;
  }

  readonly onLine = (line: string, stream: 'stdout' | 'stderr'): void => {
    const event = stream === 'stdout' ? parsed(line) : undefined;
    if (event) this.#event(event);
    else if (stream === 'stdout') this.#plain(line);
    else this.#compilerLine(line);
  };

  /** Call once go has ended. @returns the packages that were not compiled */
  finish(): readonly FinishedPackage[] {
    return [...this.#notCompiled].sort().map((name) => this.#notCompiledResult(name));
  }

  #relative(importPath: string): string {
    return importPath === this.#modulePath ? '.' : importPath.replace(`${this.#modulePath}/`, '');
  }

  #plain(line: string): void {
    const name = NOT_COMPILED.exec(line)?.[1];
    if (name !== undefined) this.#notCompiled.add(name);
    this.#listener.onLine(line);
  }

  #compilerLine(line: string): void {
    this.#listener.onLine(line);
    const title = /^# \[?([^\s\]]+)\]?(?: \[(\S+)\.test\])?$/.exec(line);
    if (title) this.#compiling = title[2] ?? title[1] ?? '';
    else if (this.#compiling !== '') this.#saidOf(this.#compiling).push(line);
  }

  #saidOf(name: string): string[] {
    const said = this.#compiler.get(name) ?? [];
    this.#compiler.set(name, said);
    return said;
  }

  #event(event: TestEvent): void {
    const { Action: action = '', Package: name = '', Test: test, Output: output = '' } = event;
    const line = output.replace(/\n$/, '');
    if (action === 'build-output') {
      this.#listener.onLine(line);
      if (!line.startsWith('# ')) this.#saidOf(testedBy(event.ImportPath ?? '')).push(line);
      return;
    }
    if (name === '') return;
    const running = this.#packageOf(name);
    if (action === 'output') this.#output(name, running, test, line);
    else if (action === 'run' && test !== undefined) {
      this.#testOf(running, test);
      this.#listener.onTest(this.#relative(name), test);
    } else if (test !== undefined) this.#testEnded(running, test, event);
    else if (['pass', 'fail', 'skip'].includes(action)) this.#packageEnded(name, running, event);
  }

  #packageOf(name: string): RunningPackage {
    const known = this.#running.get(name);
    if (known) return known;
    const running = { tests: new Map(), lines: [], printed: [], cached: false };
    this.#running.set(name, running);
    return running;
  }

  #testOf(running: RunningPackage, name: string): RunningTest {
    const known = running.tests.get(name);
    // With `-count`, the same test runs again.
    if (known && known.outcome !== 'passed') return known;
    const test: RunningTest = { lines: [], outcome: undefined, seconds: 0 };
    running.tests.set(name, test);
    return test;
  }

  #output(name: string, running: RunningPackage, test: string | undefined, line: string): void {
    if (NOT_COMPILED.test(line)) this.#notCompiled.add(name);
    if (!/^=== /.test(line)) keep(running.printed, line);
    this.#listener.onOutput?.(this.#relative(name), line);
    if (test === undefined) {
      if (line.endsWith('\t(cached)')) running.cached = true;
      keep(running.lines, line);
    } else keep(this.#unfinished(running, test).lines, line);
  }

  /** A test whose lines come after its end keeps its outcome. */
  #unfinished(running: RunningPackage, name: string): RunningTest {
    return running.tests.get(name) ?? this.#testOf(running, name);
  }

  #testEnded(
    running: RunningPackage,
    name: string,
    { Action: action, Elapsed: seconds = 0 }: TestEvent,
  ): void {
    const test = this.#unfinished(running, name);
    const outcome = { pass: 'passed', fail: 'failed', skip: 'skipped' } as const;
    if (action !== 'pass' && action !== 'fail' && action !== 'skip') return;
    // One failure of several runs counts.
    if (test.outcome !== 'failed') test.outcome = outcome[action];
    test.seconds += seconds;
    // The lines of a passed test explain nothing.
    if (action === 'pass') test.lines = [];
  }

  #packageEnded(
    name: string,
    running: RunningPackage,
    { Action: action, Elapsed: seconds = 0 }: TestEvent,
  ): void {
    this.#running.delete(name);
    if (this.#notCompiled.has(name)) return;
    const path = this.#relative(name);
    const { tests, lines, cached } = running;
    const hasSubtests = (test: string) => [...tests.keys()].some((each) => each.startsWith(`${test}/`));
    const ended = [...tests].map(([test, state]) => ({
      test,
      ...state,
      // The program ended during the test.
      outcome: state.outcome ?? (action === 'fail' ? ('failed' as const) : ('passed' as const)),
    }));
    const leaves = ended.filter(({ test }) => !hasSubtests(test));
    const failed = this.#failedTests(ended, lines, path, action === 'fail');
    const skipped = leaves
      .filter(({ outcome }) => outcome === 'skipped')
      .map(({ test, lines: said }): SkippedTest => ({ test, reason: reasonOf(said) }));
    const isEmpty =
      action === 'skip' || (tests.size === 0 && lines.some((line) => /\[no tests to run\]/.test(line)));
    this.#listener.onPackage({
      result: {
        package: path,
        outcome: action === 'fail' ? 'failed' : isEmpty ? 'no-tests' : 'passed',
        seconds,
        cached,
        passed: leaves.filter(({ outcome }) => outcome === 'passed').length,
        failed,
        skipped,
      },
      cases: leaves.map(({ test, outcome, seconds: took }) => ({ name: test, outcome, seconds: took })),
      printed: action === 'fail' ? running.printed : [],
    });
  }

  #failedTests(
    tests: readonly { readonly test: string; readonly outcome: string; readonly lines: readonly string[] }[],
    lines: readonly string[],
    path: string,
    isFailed: boolean,
  ): readonly FailedTest[] {
    const where = { root: this.#root, package: path };
    const failed = tests.filter(({ outcome }) => outcome === 'failed');
    const isParent = (test: string) => failed.some((other) => other.test.startsWith(`${test}/`));
    const found = failed.flatMap(({ test, lines: said }) => {
      const all = failuresIn(test, said, where);
      // The failure of a subtest is the only reason why most of its parents fail.
      return isParent(test) ? all.filter(({ problem, place }) => problem !== 'failed' || place) : all;
    });
    if (found.length > 0 || !isFailed) return found;
    const said = lines.filter((line) => !/^(?:FAIL|PASS)\b/.test(line));
    const [only] = failuresIn('', said, where);
    return only ? [{ ...only, problem: only.problem === 'failed' ? 'exit' : only.problem }] : [];
  }

  #notCompiledResult(name: string): FinishedPackage {
    const path = this.#relative(name);
    // Another package can be the cause, and is then said to be.
    const own = this.#compiler.get(name);
    const [cause, said = []] = own ? [name, own] : ([...this.#compiler][0] ?? [name]);
    const [first] = compileErrors(said);
    const needs = needOf(said);
    const failure: FailedTest = {
      package: this.#relative(cause),
      test: '',
      problem: 'build',
      ...(first ? { place: { file: first.file, line: first.line } } : {}),
      output: said.slice(0, MAX_COMPILER_LINES),
      ...(needs ? { needs } : {}),
    };
    return {
      result: {
        package: path,
        outcome: 'failed',
        seconds: 0,
        cached: false,
        passed: 0,
        failed: [failure],
        skipped: [],
      },
      cases: [],
      printed: said,
    };
  }
}

const MAX_COMPILER_LINES = 15;

/** What a skipped test printed last before it ended. */
function reasonOf(lines: readonly string[]): string {
  const said = lines.filter((line) => /^\s+\S+\.go:\d+: /.test(line)).at(-1) ?? '';
  return said.replace(/^\s+\S+\.go:\d+: /, '').trim();
}
