/**
 * Everything that happens in a run, as data with the time at which it happened. Reporters and screens turn events into
 * text; the journal, `--plain`, `--json` and the screens all read this one stream.
 */

import type { CheckId } from './check-id.ts';
import type { Diagnosis, StageFailure } from './failure.ts';
import type { Text } from './phrase.ts';
import type { Plan } from './plan.ts';
import type { PackageResult } from './test-result.ts';

/** Outcome of a stage that succeeded: it did its work, or the work was already done. */
export type StageOutcome = 'built' | 'cached';

export type RunOutcome = 'done' | 'failed' | 'cancelled';

interface At {
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** Something that the user should know before or between stages: a package is installed, a source is cloned. */
export interface Notice extends At {
  readonly type: 'notice';
  readonly message: Text;
}

/** A check of `doctor` that warns, for a stage that will run. */
export interface PreflightWarning extends At {
  readonly type: 'preflight-warning';
  /** Id of the check. */
  readonly check: CheckId;
  readonly detail: Text;
  /** A command or a flag. */
  readonly fix?: Text;
}

export interface RunStarted extends At {
  readonly type: 'run-started';
  readonly runId: string;
  readonly command: string;
  readonly project: string;
  /** True if the source is the bundled practice tree and not Hyperledger Fabric. */
  readonly practice: boolean;
  readonly plan: Plan;
}

export interface StageStarted extends At {
  readonly type: 'stage-started';
  readonly stage: string;
}

export interface StageProgress extends At {
  readonly type: 'stage-progress';
  readonly stage: string;
  readonly done: number;
  /** 0 while the total is not known. */
  readonly total: number;
  readonly unit: 'packages' | 'specs' | 'programs' | 'steps' | 'bytes' | 'nodes' | 'files';
  /** What was done last: a name, a line of another program, or a phrase. */
  readonly item?: Text;
}

export interface StageLog extends At {
  readonly type: 'stage-log';
  readonly stage: string;
  readonly line: string;
}

/** A command line for a POSIX shell that does the same as a step of the stage. */
export interface StageCommand extends At {
  readonly type: 'stage-command';
  readonly stage: string;
  readonly command: string;
}

export interface StageWarning extends At {
  readonly type: 'stage-warning';
  readonly stage: string;
  readonly code: string;
  readonly message: Text;
}

export interface StageFinished extends At {
  readonly type: 'stage-finished';
  readonly stage: string;
  readonly outcome: StageOutcome;
  readonly seconds: number;
  /** One short phrase: an image id, "4 peers". */
  readonly detail?: Text;
}

export interface StageFailed extends At {
  readonly type: 'stage-failed';
  readonly stage: string;
  readonly seconds: number;
  readonly failure: StageFailure;
  /** Set if the failure shows a known symptom. */
  readonly diagnosis?: Diagnosis;
}

export interface StageCancelled extends At {
  readonly type: 'stage-cancelled';
  readonly stage: string;
}

export interface NodeHealth extends At {
  readonly type: 'node-health';
  readonly node: string;
  readonly role: 'orderer' | 'peer' | 'couchdb' | 'ca' | 'gateway' | 'metrics' | 'cli';
  readonly state: 'starting' | 'ready';
  /** Id of a container that was there before this run and is restarted by it. */
  readonly restarted?: string;
}

/** A compile of an earlier run whose program the gateway has kept. */
export interface EarlierBuild {
  /** When it ended, in RFC 3339. */
  readonly at: string;
  /** Begins the names of its files in the gateway's volume. */
  readonly record: string;
}

/** The images that one peer's chaincode was built with, and its answers. */
export interface PeerProof {
  readonly peer: string;
  /** Absent if the network has only one engine. */
  readonly machine?: string;
  readonly container: string;
  readonly image: string;
  /** False if the peer was given a program that its own builder has not compiled now. */
  readonly built: boolean;
  /** The other peer whose builder compiled the program. */
  readonly from?: string;
  /** The build of an earlier run that the program is from. The builder image had the same id then. */
  readonly earlier?: EarlierBuild;
  /** `ref` is the reference that the peer asks for; `id` is the image id that the engine used. */
  readonly builder: { readonly ref: string; readonly id: string };
  readonly runtime: { readonly ref: string; readonly id: string };
  readonly before: string;
  readonly after: string;
  readonly ok: boolean;
}

export interface SmokeResult extends At {
  readonly type: 'smoke-result';
  readonly chaincode: string;
  readonly version: string;
  readonly channel: string;
  readonly ok: boolean;
  readonly peers: readonly PeerProof[];
  /** Channels with the peers that are not on them and are proved not to know them; absent if every peer is on all. */
  readonly outside?: readonly { readonly channel: string; readonly peers: readonly string[] }[];
}

/** A user's chaincode is on the network as the configuration has it. */
export interface ChaincodeDeployed extends At {
  readonly type: 'chaincode-deployed';
  readonly chaincode: string;
  readonly version: string;
  readonly channels: readonly string[];
  /** False if the network had it already. */
  readonly changed: boolean;
  /** The peers, each with the container in which it runs the chaincode. */
  readonly peers: readonly { readonly peer: string; readonly container?: string }[];
  /**
   * Absent if peers run the chaincode. `address` is that of its process as peers reach it or, with `registers`, where the process
   * registers as `packageId`.
   */
  readonly service?: {
    readonly packageId: string;
    readonly address: string;
    readonly answers: boolean;
    readonly registers?: true;
  };
}

/** The tests of a package have ended. */
export interface PackageTested extends At, PackageResult {
  readonly type: 'package-tested';
}

export interface RunFinished extends At {
  readonly type: 'run-finished';
  readonly outcome: RunOutcome;
  readonly exitCode: number;
  readonly seconds: number;
  /** Set if the run ended before or outside any stage. */
  readonly failure?: StageFailure;
}

export type RunEvent =
  | Notice
  | PreflightWarning
  | RunStarted
  | StageStarted
  | StageProgress
  | StageLog
  | StageCommand
  | StageWarning
  | StageFinished
  | StageFailed
  | StageCancelled
  | NodeHealth
  | SmokeResult
  | ChaincodeDeployed
  | PackageTested
  | RunFinished;

type WithoutTime<E> = E extends RunEvent ? Omit<E, 'at'> : never;

/** An event before the emitter adds its time. */
export type RunEventBody = WithoutTime<RunEvent>;

export type Emit = (event: RunEventBody) => void;
