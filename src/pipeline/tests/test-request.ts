/** What `fabric-wizard test` is asked for, and what it tests. */
import type { Text } from '../core/phrase.ts';

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
  /** As typed; empty: what the working tree changes. */
  readonly packages: readonly string[];
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

/** Without options of its own: what the screens run. */
export const CHANGED_ONLY: TestRequest = { packages: [], race: false };
