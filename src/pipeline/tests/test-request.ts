/** What `fabric-wizard test` is asked for, and what it tests. */
import type { Text } from '../core/phrase.ts';
import { shellWord } from '../core/shell-text.ts';

/** Options that are passed on to `go test`, and the file for the results. */
export interface TestOptions {
  readonly race: boolean;
  /** Regular expression for the names of tests, as go reads it. */
  readonly run?: string | undefined;
  readonly count?: number | undefined;
  /** Longest time for one package, as Go writes it: `90s`, `5m`. */
  readonly timeout?: string | undefined;
  /** Absolute path of the file for JUnit's report. */
  readonly junit?: string | undefined;
}

export interface TestRequest extends TestOptions {
  /** As typed; empty: what the working tree changes. With `integration`, names of suites. */
  readonly packages: readonly string[];
  /** Run suites of integration tests. */
  readonly integration?: boolean;
}

/** The words after `fabric-wizard test` that ask for the same. */
export function testWords(request: TestRequest): readonly string[] {
  const { packages, integration, race, run, count, timeout, junit } = request;
  const valued = (name: string, value: string | number | undefined) =>
    value === undefined ? [] : [`--${name} ${shellWord(String(value))}`];
  return [
    ...(integration ? ['--integration'] : []),
    ...packages.map(shellWord),
    ...(race ? ['--race'] : []),
    ...valued('run', run),
    ...valued('count', count),
    ...valued('timeout', timeout),
    ...valued('junit', junit),
  ];
}

/** The packages that a run tests. */
export interface ChosenTests extends TestOptions {
  /** Paths relative to the checkout; empty if nothing has changed. */
  readonly packages: readonly string[];
  /** Why these. */
  readonly why: Text;
  /** Those of them that have test files for the tag `pkcs11`, which is not set. */
  readonly withoutPkcs11: readonly string[];
}

/** Specs that are left out, because the engine lacks an image, or no proxy has Go modules. */
export interface LeftOut {
  /** Undefined: Go modules. */
  readonly image: string | undefined;
  readonly suite: string;
  /** Names of the specs. */
  readonly specs: readonly string[];
}

/** The suites of integration tests that a run runs. */
export interface ChosenSuites extends Pick<TestOptions, 'run' | 'timeout' | 'junit'> {
  /** Names of folders in `integration/`. */
  readonly suites: readonly string[];
  /** Major version of Ginkgo, which decides its flags. */
  readonly ginkgo: 1 | 2;
  readonly leftOut: readonly LeftOut[];
  /** Regular expression for the specs that are left out; empty: none. */
  readonly skip: string;
  /** Images that the test library requires before it runs any spec, and that are not there. */
  readonly absent: readonly string[];
  /** Images of programs that the suites start under names of their own: CouchDB. */
  readonly programs: readonly string[];
  /** Names of images that the suites ask for, and the images of the project that they are to have. */
  readonly names: readonly { readonly ref: string; readonly image: string }[];
}

/** Without options of its own: what the screens run. */
export const CHANGED_ONLY: TestRequest = { packages: [], race: false };
