/**
 * Expected failures as data. The report turns them into text, and `failure-help.ts` gives the next commands. An error
 * that is not a `WizardFailure` is a bug, and is shown as `unexpected`.
 */
import type { CompileError } from './compile-error.ts';
import type { DiagnosisFacts, LogSource, SymptomId } from './diagnosis-types.ts';
import type { DoctorCheck } from './doctor-report.ts';
import type { EngineOrigin } from './engine-origin.ts';
import { isFileError } from './error-code.ts';
import type { HookFailure } from './hook.ts';
import type { Phrase, Text } from './phrase.ts';
import type { FailedTests } from './test-result.ts';

export const EXIT = { done: 0, stageFailed: 1, usage: 2, preflight: 3, cancelled: 130 } as const;

/** An invalid value that the user gave: what it is, where, and how to correct it. */
export interface ConfigIssue {
  /** Key in fabric-wizard.yaml, e.g. `docker-ns`. */
  readonly path: string;
  readonly message: Text;
  /** Where the value is: `--docker-ns`, `fabric-wizard.yaml:3:12`. */
  readonly where: Text;
  readonly fix?: Text;
}

/** The last lines of a node's or container's log. */
export interface LogTail {
  readonly name: string;
  readonly lines: readonly string[];
}

/** Why a stage failed: a symptom and the log line that proves it. */
export interface Diagnosis {
  readonly symptom: SymptomId;
  readonly proof: {
    readonly source: LogSource;
    /** Name of the container; empty if the line is from the failure itself. */
    readonly name: string;
    readonly line: string;
  };
  /** Names of images, ports and files from the log line and the engine. */
  readonly facts: DiagnosisFacts;
  /** The warning of a check before the run that foresaw it. */
  readonly warning?: DoctorCheck;
}

/** Returns the node that a diagnosis is about. */
export function diagnosedNode({ facts, proof }: Diagnosis): string | undefined {
  return facts.node ?? (proof.source === 'node' ? proof.name : undefined);
}

/** Values of the configuration are invalid. */
export interface ConfigFailure {
  readonly kind: 'config';
  readonly issues: readonly ConfigIssue[];
  /** Commands with valid values instead. */
  readonly next?: readonly string[];
}

/** The command cannot be executed as it was entered. */
export interface UsageFailure {
  readonly kind: 'usage';
  readonly message: Text;
  /** Commands that the user can run instead. */
  readonly next: readonly string[];
  /** Set if a machine does not answer: the command is right, and fails as one whose engine is lost. */
  readonly lost?: true;
}

/** There is no usable Fabric source. */
export interface SourceFailure {
  readonly kind: 'source';
  /** The folder, or the tag to clone. */
  readonly path: string;
  readonly problem:
    | 'absent'
    | 'not-fabric'
    | 'incomplete'
    | 'unknown-release'
    | 'leads-out'
    | 'unknown-tag'
    | 'clone-failed';
  readonly detail: Text;
  /** Paths that were looked for, relative to `path`, and whether each was found. */
  readonly looked: readonly { readonly path: string; readonly found: boolean }[];
}

/** The Docker Engine cannot be used. */
export interface EngineFailure {
  readonly kind: 'engine';
  readonly problem:
    | 'unreachable'
    /** It accepts connections and does not answer. */
    | 'silent'
    | 'denied'
    | 'too-old'
    | 'install-failed'
    /** The selected context is missing or broken. */
    | 'context'
    /** `DOCKER_HOST` or the context has a value that is not the address of an engine. */
    | 'address'
    /** The connection ended before the answer did. */
    | 'gone'
    /** The engine or this program does not accept the certificate of the other, or one of them does not use TLS. */
    | 'tls'
    /** `ssh` is not installed. */
    | 'no-ssh'
    /** `ssh` does not know the key of the host. */
    | 'host-key'
    /** The host has another key than the one that `ssh` knows. */
    | 'host-key-changed'
    /** The host lets nobody in with the keys that `ssh` has. */
    | 'login';
  readonly endpoint: string;
  readonly detail: Text;
  /** What names the address; absent if that does not matter. */
  readonly origin?: EngineOrigin;
}

/** The engine answered a request with an error, which is an HTTP status. */
export interface EngineRefused {
  readonly kind: 'engine-refused';
  /** Method and path: `POST /containers/create`. */
  readonly request: string;
  readonly status: number;
  /** The engine's own message. */
  readonly detail: string;
}

/** Neither `docker compose` nor `docker-compose` can be used. */
export interface ComposeMissing {
  readonly kind: 'compose-missing';
  readonly detail: string;
  /** A program that has compose's name and is another one, with what it says about itself. */
  readonly unknown?: { readonly program: string; readonly says: string };
}

/** Ports of the network are in use. */
export interface PortTaken {
  readonly kind: 'port-taken';
  readonly taken: readonly { port: number; wantedBy: string; owner: Text }[];
}

/** Checks of this machine failed that the plan depends on. */
export interface PreflightFailure {
  readonly kind: 'preflight';
  readonly checks: readonly { readonly id: string; readonly detail: Text; readonly fix?: Text }[];
  /** The command that was to be run: `up`. */
  readonly command: string;
}

/** Another process of this program is working in the folder. */
export interface Locked {
  readonly kind: 'locked';
  readonly dir: string;
  readonly pid: number;
  readonly command: string;
}

/** A newer version of this program wrote the state file. */
export interface StateNewer {
  readonly kind: 'state-newer';
  readonly path: string;
  readonly found: number;
  readonly known: number;
}

/** An image could not be pulled. */
export interface PullFailure {
  readonly kind: 'pull';
  readonly ref: string;
  readonly problem: 'missing' | 'denied' | 'stalled' | 'unreachable' | 'other';
  readonly detail: Text;
  /** True if only the checkout's own Dockerfiles need the image. */
  readonly upstream?: boolean;
}

/** A base image is missing or unsuitable. */
export interface BaseImageFailure {
  readonly kind: 'base-image';
  readonly ref: string;
  /** Items that the image lacks; empty if the image itself is missing. */
  readonly lacks: readonly Text[];
  readonly detail: Text;
}

/** No CouchDB image is available. */
export interface CouchdbImageFailure {
  readonly kind: 'couchdb-image';
  /** References that were tried; the preferred one first. */
  readonly looked: readonly string[];
  /** Why the first one could not be pulled; empty if pulling was not tried. */
  readonly detail: Text;
}

/** The engine could not build an image. */
export interface ImageBuildFailure {
  readonly kind: 'image-build';
  readonly image: string;
  readonly detail: string;
  /** Last lines of the stage's log. The runner adds them. */
  readonly tail: readonly string[];
}

/** Files of this host could not be copied to volumes of an engine elsewhere. */
export interface CopyFailure {
  readonly kind: 'copy';
  readonly volumes: readonly string[];
  /** The image whose shell worked on the volumes. */
  readonly image: string;
  readonly exitCode: number;
  /** Last lines of what the shell printed. */
  readonly tail: readonly string[];
}

/** A command ended with an error. */
export interface CommandFailure {
  readonly kind: 'command';
  /** The command as a user would enter it. */
  readonly command: string;
  readonly where: Text;
  readonly exitCode: number;
  /** Last lines of the command's output, or of the stage's log. */
  readonly tail: readonly string[];
  readonly nodes?: readonly LogTail[];
  /** Errors of the Go compiler, if it was a compile. */
  readonly compileErrors?: readonly CompileError[];
  /** The command of fabric-wizard to run again, if the user's source may be the cause. */
  readonly again?: string;
  /** The user's chaincode that the command is about. */
  readonly chaincode?: {
    readonly name: string;
    /** Folder of its source, if it is being deployed. */
    readonly dir?: string;
    /** `FILE:LINE: MESSAGE` of what ended its process during the call. */
    readonly crash?: string;
    /** The channels that have its new definition although the command failed. */
    readonly defined?: readonly string[];
    /** The version that it replaces on one of them. */
    readonly replaced?: string;
    /** What it answered to a call that it refused. */
    readonly refusal?: string;
    /** Validation code of a transaction that is in a block and changes nothing. */
    readonly invalid?: string;
  };
}

/** A result is not the expected one. */
export interface CheckFailure {
  readonly kind: 'check';
  readonly what: Text;
  readonly expected: Text;
  readonly got: Text;
  readonly nodes?: readonly LogTail[];
}

/** Tests of the source failed, or could not be compiled. */
export interface TestsFailure extends FailedTests {
  readonly kind: 'tests';
}

/** The orderers have fewer blocks of a channel than a peer: their ledger was removed, or replaced by an older one. */
export interface OrdererBehind {
  readonly kind: 'orderer-behind';
  readonly channel: string;
  /** The most blocks that an orderer has; 0 if no orderer has the channel. */
  readonly blocks: number;
  /** The peer with the most blocks. */
  readonly peer: string;
  readonly peerBlocks: number;
}

/** Peers could not build the user's chaincode as it is, or its process has ended. */
export interface ChaincodeFailure {
  readonly kind: 'chaincode';
  /** Whether the network has it nevertheless. */
  readonly installed?: true;
  /** Whether the last version of the program of a service runs again. */
  readonly previous?: true;
  /** Whether the process of a service that was to be restarted still answers. */
  readonly answering?: true;
  /** Whether this machine is the cause, and not the chaincode. */
  readonly ofMachine?: true;
  readonly problem: Phrase;
  /** File, line and text that prove it; empty if there are none. */
  readonly place: Text;
  /** Commands that the user can run. */
  readonly next: readonly string[];
}

/** A condition was not met in time. */
export interface Timeout {
  readonly kind: 'timeout';
  readonly what: Text;
  readonly seconds: number;
  /** The last state that was observed. */
  readonly last: Text;
  readonly nodes?: readonly LogTail[];
}

/** A program is not installed. */
export interface ToolMissing {
  readonly kind: 'tool-missing';
  readonly tool: Text;
  readonly neededFor: Text;
  /** Command that installs it. */
  readonly install: string;
}

/** The system refused to read or write a file: read-only, busy, removed meanwhile. */
export interface FileFailure {
  readonly kind: 'file';
  /** Empty if the system does not name it. */
  readonly path: string;
  /** Node's message, e.g. `EBUSY: resource busy or locked, rename 'a' -> 'b'`. */
  readonly detail: string;
}

/** A bug. */
export interface Unexpected {
  readonly kind: 'unexpected';
  readonly message: string;
  readonly stack: string;
}

type AnyFailure =
  | ConfigFailure
  | UsageFailure
  | SourceFailure
  | EngineFailure
  | EngineRefused
  | ComposeMissing
  | PortTaken
  | PreflightFailure
  | Locked
  | StateNewer
  | PullFailure
  | BaseImageFailure
  | CouchdbImageFailure
  | ImageBuildFailure
  | CopyFailure
  | CommandFailure
  | CheckFailure
  | TestsFailure
  | HookFailure
  | OrdererBehind
  | ChaincodeFailure
  | Timeout
  | ToolMissing
  | FileFailure
  | Unexpected;

/** Flags that a refused command was given, each with its value: the next commands repeat them. */
export interface Given {
  readonly given?: readonly string[];
  /** The command that continues, if the run was another one than `up`. */
  readonly repeat?: string;
  /** The command to run again, if no other one continues. */
  readonly again?: string;
}

export type StageFailure = AnyFailure & Given;

/** A `StageFailure` as an exception. */
export class WizardFailure extends Error {
  readonly failure: StageFailure;

  constructor(failure: StageFailure) {
    super(failure.kind);
    this.name = 'WizardFailure';
    this.failure = failure;
  }
}

/** Thrown when the signal of a run fires. */
export class CancelledError extends Error {
  constructor() {
    super('cancelled');
    this.name = 'CancelledError';
  }
}

/** Returns a failure that names the file. @param error of the system, or one that says what is wrong with the file */
export function fileFailure(path: string, error: unknown): WizardFailure {
  return new WizardFailure({
    kind: 'file',
    path,
    detail: error instanceof Error ? error.message : String(error),
  });
}

export function toFailure(error: unknown): StageFailure {
  if (error instanceof WizardFailure) return error.failure;
  if (isFileError(error))
    return { kind: 'file', path: 'path' in error ? String(error.path) : '', detail: error.message };
  const known = error instanceof Error ? error : new Error(JSON.stringify(error) ?? String(error));
  return { kind: 'unexpected', message: known.message, stack: known.stack ?? '' };
}
