/**
 * What a run says while it works. Events carry data and their own time; only the faces in `report/`
 * (and later the screens) turn them into sentences. The journal, `--plain` and `--json` are folds over
 * this one stream.
 */

import type { Plan } from '../run/plan.ts';
import type { Diagnosis, StageFailure } from './failure.ts';
import type { Text } from './phrase.ts';

/** How a stage that did not fail ended: it did work, found it already done, or had no reason to exist. */
export type StageOutcome = 'built' | 'cached' | 'skipped';

export type RunOutcome = 'done' | 'failed' | 'cancelled';

interface At {
  /** Milliseconds since the epoch, taken when it happened and never when it is drawn. */
  readonly at: number;
}

export interface RunStarted extends At {
  readonly type: 'run-started';
  readonly runId: string;
  readonly command: string;
  readonly project: string;
  /** True where the source is the bundled practice tree and not Hyperledger Fabric. */
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
  readonly unit: 'packages' | 'programs' | 'steps' | 'bytes' | 'nodes' | 'files';
  readonly item?: string;
}

export interface StageLog extends At {
  readonly type: 'stage-log';
  readonly stage: string;
  readonly line: string;
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
  /** One short phrase of result, e.g. an image id or "4 peers". */
  readonly detail?: Text;
}

export interface StageFailed extends At {
  readonly type: 'stage-failed';
  readonly stage: string;
  readonly seconds: number;
  readonly failure: StageFailure;
  /** Where the failure shows a known symptom. */
  readonly diagnosis?: Diagnosis;
}

export interface StageCancelled extends At {
  readonly type: 'stage-cancelled';
  readonly stage: string;
}

export interface NodeHealth extends At {
  readonly type: 'node-health';
  readonly node: string;
  readonly role: 'orderer' | 'peer' | 'couchdb' | 'cli';
  readonly state: 'starting' | 'ready' | 'gone';
}

/** What one peer's chaincode was really built from and answered. */
export interface PeerProof {
  readonly peer: string;
  readonly container: string;
  readonly image: string;
  /** False where the image was tagged from another peer's. */
  readonly built: boolean;
  /** `ref` is what the peer asks for; `id` is the image id that the engine used. */
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
}

export interface RunFinished extends At {
  readonly type: 'run-finished';
  readonly outcome: RunOutcome;
  readonly exitCode: number;
  readonly seconds: number;
  /** Present where the run ended before or outside any stage. */
  readonly failure?: StageFailure;
}

export type RunEvent =
  | RunStarted
  | StageStarted
  | StageProgress
  | StageLog
  | StageWarning
  | StageFinished
  | StageFailed
  | StageCancelled
  | NodeHealth
  | SmokeResult
  | RunFinished;

type WithoutTime<E> = E extends RunEvent ? Omit<E, 'at'> : never;

/** An event before the emitter stamps it. */
export type RunEventBody = WithoutTime<RunEvent>;

export type Emit = (event: RunEventBody) => void;
