/** Results of Go tests, as data. Packages and files are paths relative to the checkout: `core/peer`. */

/** What a test needs and a container of unit tests does not have. */
export type TestNeed = 'docker' | 'couchdb' | 'pkcs11' | 'network';

export interface FailedTest {
  readonly package: string;
  /** Empty if the package does not compile, or if its program ended outside of a test. */
  readonly test: string;
  readonly problem: 'failed' | 'build' | 'panic' | 'timeout' | 'race' | 'exit';
  /** Absent if the output names no line of the checkout. */
  readonly place?: { readonly file: string; readonly line: number };
  /** The last lines that explain the failure, without the log of the code under test. */
  readonly output: readonly string[];
  /** What its output says is missing. */
  readonly needs?: TestNeed;
}

export interface SkippedTest {
  readonly test: string;
  /** As the test gives it; empty if it gives none. */
  readonly reason: string;
}

/** The tests of one package. A test with subtests is not counted, its subtests are. */
export interface PackageResult {
  readonly package: string;
  readonly outcome: 'passed' | 'failed' | 'no-tests';
  readonly seconds: number;
  /** Whether go had the result of an earlier run for exactly these files. */
  readonly cached: boolean;
  readonly passed: number;
  readonly failed: readonly FailedTest[];
  readonly skipped: readonly SkippedTest[];
}

/** What is said about a run of which tests failed. */
export interface FailedTests {
  /** The first ones. */
  readonly failed: readonly FailedTest[];
  /** Number of failed tests; a package that does not compile counts as one. */
  readonly count: number;
  /** Paths of the packages that have them. */
  readonly packages: readonly string[];
  /** Number of packages that were tested. */
  readonly tested: number;
  /** The command of fabric-wizard that runs them again. */
  readonly again: string;
}
