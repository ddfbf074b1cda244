/** What the controller has done by the pipeline: sessions, waiting for changes, and where a stage's log lies. */

import { join } from 'node:path';
import type { EffectiveConfig } from '../pipeline/config/config.ts';
import type { RunEvent } from '../pipeline/core/events.ts';
import type { SourceTree } from '../pipeline/fabric/source-tree.ts';
import { type TreeChange, treeChange } from '../pipeline/fabric/tree-watch.ts';
import { STATE_FOLDER } from '../pipeline/host/state-folder.ts';
import { isBuilt } from '../pipeline/images/fingerprint.ts';
import { folderFreed } from '../pipeline/journal/journal.ts';
import { stageLog } from '../pipeline/journal/run-record.ts';
import { openSession, type Session } from '../pipeline/run/session.ts';
import type { RunCommand } from '../screens/app-state.ts';
import type { Terminal } from './terminal.ts';

export interface OpenRunOptions {
  readonly terminal: Terminal;
  readonly config: EffectiveConfig;
  /** False: run even where this machine is not ready. */
  readonly preflight: boolean;
  readonly request: RunCommand;
  readonly signal: AbortSignal;
  readonly onEvent: (event: RunEvent) => void;
}

/** @throws WizardFailure, CancelledError */
export async function openRun(options: OpenRunOptions): Promise<Session> {
  const { terminal, config, preflight, request, signal, onEvent } = options;
  const { command, force = false, smoke = false } = request;
  return openSession({
    dir: terminal.dir,
    config,
    command,
    packageDir: terminal.packageDir,
    goal: { until: command, force, binaries: false, smoke },
    oneByOne: false,
    // The chaincode that stays is that of the network's start; later proofs clean up after themselves.
    keepChaincode: command === 'up',
    allowInstall: false,
    preflight,
    signal,
    onEvent,
  });
}

/** Resolves when what is built is another than in `known`. @throws CancelledError */
export function sourceChange(known: SourceTree, signal: AbortSignal): Promise<TreeChange> {
  return treeChange(known, { keep: isBuilt, signal });
}

/** Resolves when nobody is at work in the folder any more. @throws CancelledError */
export function othersDone(dir: string, signal: AbortSignal): Promise<void> {
  return folderFreed(dir, signal);
}

/** The file with all that a stage has said. */
export function logFile(dir: string, runId: string, stage: string): string {
  return stageLog(join(dir, STATE_FOLDER), runId, stage);
}
