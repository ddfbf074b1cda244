/**
 * Expected failures as data. Reporters word them, and `failure-help.ts` lists the commands that help.
 * Any thrown error that is not a `WizardFailure` is a bug and is shown as `unexpected`.
 */
import type { CompileError } from './compile-error.ts';
import type { DiagnosisFacts, LogSource, SymptomId } from './diagnosis-types.ts';
import type { Text } from './phrase.ts';

export const EXIT = { done: 0, stageFailed: 1, usage: 2, preflight: 3, cancelled: 130 } as const;

/** An invalid value of the user: which one, where it is set, and how to correct it. */
export interface ConfigIssue {
  /** Key in fabric-wizard.yaml, e.g. `docker-ns`. */
  readonly path: string;
  readonly message: Text;
  /** Where it is set: `--docker-ns`, `fabric-wizard.yaml:3:12`, … */
  readonly where: Text;
  readonly fix?: Text;
}

/** The last lines of a node's or container's log. */
export interface LogTail {
  readonly name: string;
  readonly lines: readonly string[];
}

/** The known cause of a failure: a symptom and the line that proves it. Reporters word it. */
export interface Diagnosis {
  readonly symptom: SymptomId;
  readonly proof: {
    readonly source: LogSource;
    /** Name of the container whose log has the line; empty for the failure itself. */
    readonly name: string;
    readonly line: string;
  };
  /** Names of images, ports and files that are found in the text or on the engine. */
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
      /** Required paths, relative to `path`, and whether each was found. */
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
      /** The checks of `doctor` that the plan needs and that failed. */
      readonly checks: readonly { readonly id: string; readonly detail: Text; readonly fix?: Text }[];
      /** Command of the run: `up`. */
      readonly command: string;
    }
  | { readonly kind: 'locked'; readonly dir: string; readonly pid: number; readonly command: string }
  | { readonly kind: 'state-newer'; readonly path: string; readonly found: number; readonly known: number }
  | {
      readonly kind: 'pull';
      readonly ref: string;
      readonly problem: 'missing' | 'denied' | 'stalled' | 'unreachable' | 'other';
      readonly detail: string;
      /** Whether the image is a base image of the checkout's own Dockerfiles. The bundled ones do not need it. */
      readonly upstream?: boolean;
    }
  | {
      readonly kind: 'base-image';
      readonly ref: string;
      readonly lacks: readonly Text[];
      readonly detail: Text;
    }
  /** There is no CouchDB image, and none could be pulled. */
  | {
      readonly kind: 'couchdb-image';
      /** References that were tried, the most suitable first. */
      readonly looked: readonly string[];
      /** Why the first could not be pulled; empty if no pull was tried. */
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
      /** The command as a user would type it. */
      readonly command: string;
      readonly where: Text;
      readonly exitCode: number;
      readonly tail: readonly string[];
      readonly nodes?: readonly LogTail[];
      /** Positions of the errors if a compile failed. */
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

/** Error that carries a `StageFailure`. Besides `CancelledError`, the pipeline throws no other error on purpose. */
export class WizardFailure extends Error {
  readonly failure: StageFailure;

  constructor(failure: StageFailure) {
    super(failure.kind);
    this.name = 'WizardFailure';
    this.failure = failure;
  }
}

/** Error that ends a wait when the run's signal fires. */
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
