/**
 * Everything that can go wrong on purpose, as data; the faces word it, and `failure-help.ts` says what helps.
 * Anything thrown that is not a `WizardFailure` is a bug and is shown as `unexpected`.
 */
import type { CompileError } from './compile-error.ts';
import type { DiagnosisFacts, LogSource, SymptomId } from './diagnosis-types.ts';
import type { Text } from './phrase.ts';

export const EXIT = { done: 0, stageFailed: 1, usage: 2, preflight: 3, cancelled: 130 } as const;

/** A value that the user gave and that can't be used: what, where, and how to mend it. */
export interface ConfigIssue {
  /** Key in fabric-wizard.yaml, e.g. `docker-ns`. */
  readonly path: string;
  readonly message: Text;
  /** Where it was written: `--docker-ns`, `fabric-wizard.yaml:3:12`, … */
  readonly where: Text;
  readonly fix?: Text;
}

/** The last lines of a node's or container's log. */
export interface LogTail {
  readonly name: string;
  readonly lines: readonly string[];
}

/** Why a stage failed, as far as it is known: a symptom and what proves it. The faces word it. */
export interface Diagnosis {
  readonly symptom: SymptomId;
  readonly proof: {
    readonly source: LogSource;
    /** The container that said it, or empty for the failure itself. */
    readonly name: string;
    readonly line: string;
  };
  /** Names of images, ports, files, as far as text and engine give them. */
  readonly facts: DiagnosisFacts;
}

export type StageFailure =
  | { readonly kind: 'config'; readonly issues: readonly ConfigIssue[] }
  | { readonly kind: 'usage'; readonly message: Text; readonly next: readonly string[] }
  | {
      readonly kind: 'source';
      readonly path: string;
      readonly problem:
        | 'absent'
        | 'not-fabric'
        | 'incomplete'
        | 'unknown-release'
        | 'unknown-tag'
        | 'clone-failed';
      readonly detail: Text;
      /** Paths that were looked for, relative to `path`, and whether each was found. */
      readonly looked: readonly { readonly path: string; readonly found: boolean }[];
    }
  | {
      readonly kind: 'engine';
      readonly problem: 'unreachable' | 'denied' | 'too-old' | 'install-failed';
      readonly endpoint: string;
      readonly detail: string;
    }
  | { readonly kind: 'compose-missing'; readonly detail: string }
  | {
      readonly kind: 'port-taken';
      readonly taken: readonly { port: number; wantedBy: string; owner: Text }[];
    }
  | {
      readonly kind: 'preflight';
      /** Rows of `doctor` that failed and that the plan needs. */
      readonly checks: readonly { readonly id: string; readonly detail: Text; readonly fix?: Text }[];
      /** What was to be run: `up`. */
      readonly command: string;
    }
  | { readonly kind: 'locked'; readonly dir: string; readonly pid: number; readonly command: string }
  | { readonly kind: 'state-newer'; readonly path: string; readonly found: number; readonly known: number }
  | {
      readonly kind: 'pull';
      readonly ref: string;
      readonly problem: 'missing' | 'denied' | 'stalled' | 'unreachable' | 'other';
      readonly detail: string;
      /** The checkout's own Dockerfiles start from it; ours do without. */
      readonly upstream?: boolean;
    }
  | {
      readonly kind: 'base-image';
      readonly ref: string;
      readonly lacks: readonly Text[];
      readonly detail: Text;
    }
  /** No image of CouchDB could be had. */
  | {
      readonly kind: 'couchdb-image';
      /** References, the nearest first. */
      readonly looked: readonly string[];
      /** Why the first could not be pulled; empty where that was not tried. */
      readonly detail: string;
    }
  | {
      readonly kind: 'image-build';
      readonly image: string;
      readonly detail: string;
      readonly tail: readonly string[];
    }
  | {
      readonly kind: 'command';
      /** The command as a person would type it. */
      readonly command: string;
      readonly where: Text;
      readonly exitCode: number;
      readonly tail: readonly string[];
      readonly nodes?: readonly LogTail[];
      /** Where the source does not compile, for a compile that failed. */
      readonly compileErrors?: readonly CompileError[];
    }
  | {
      readonly kind: 'check';
      readonly what: Text;
      readonly expected: Text;
      readonly got: Text;
      readonly nodes?: readonly LogTail[];
    }
  | {
      readonly kind: 'timeout';
      readonly what: Text;
      readonly seconds: number;
      readonly last: Text;
      readonly nodes?: readonly LogTail[];
    }
  | {
      readonly kind: 'tool-missing';
      readonly tool: Text;
      readonly neededFor: Text;
      readonly install: string;
    }
  | { readonly kind: 'unexpected'; readonly message: string; readonly stack: string };

/** The exception form of a `StageFailure`: the only kind of error the pipeline throws on purpose. */
export class WizardFailure extends Error {
  readonly failure: StageFailure;

  constructor(failure: StageFailure) {
    super(failure.kind);
    this.name = 'WizardFailure';
    this.failure = failure;
  }
}

/** Thrown out of any wait when the run's signal fires. */
export class CancelledError extends Error {
  constructor() {
    super('cancelled');
    this.name = 'CancelledError';
  }
}

export function toFailure(error: unknown): StageFailure {
  if (error instanceof WizardFailure) return error.failure;
  const known = error instanceof Error ? error : new Error(JSON.stringify(error) ?? String(error));
  return { kind: 'unexpected', message: known.message, stack: known.stack ?? '' };
}
