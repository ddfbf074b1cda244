/** Opens sessions for the app. Everything heavy is behind this module, which is imported when work starts. */
import { join } from 'node:path';
import type { EffectiveConfig } from '../pipeline/config/config.ts';
import type { RunEvent } from '../pipeline/core/events.ts';
import type { Text } from '../pipeline/core/phrase.ts';
import type { Plan } from '../pipeline/core/plan.ts';
import type { SourceTree } from '../pipeline/fabric/source-tree.ts';
import { STATE_FOLDER } from '../pipeline/host/state-folder.ts';
import { stageLog } from '../pipeline/journal/run-record.ts';
import { type Confirmed, openSession } from '../pipeline/run/session.ts';
import { CHANGED_ONLY } from '../pipeline/tests/test-request.ts';
import type { PlanWarning, RunCommand } from '../screens/app-state.ts';
import { wordsFor } from './chaincode-choice.ts';
import type { Terminal } from './terminal.ts';

export interface OpenRunOptions {
  readonly terminal: Terminal;
  readonly config: EffectiveConfig;
  /** False: run even if the preflight checks would fail. */
  readonly preflight: boolean;
  /** False: leave out the hooks of the file. */
  readonly hooks: boolean;
  /** Compile chaincode even if the gateway has kept the program of an earlier run. */
  readonly fresh: boolean;
  /** Whether the command line agrees to start the network on another engine; see `RunRequest`. */
  readonly replaceNetwork: boolean;
  readonly request: RunCommand;
  readonly signal: AbortSignal;
  /** Called for notices while the session is opened. */
  readonly onNotice: (notice: Text) => void;
  /** Called for the events of the run. */
  readonly onEvent: (event: RunEvent) => void;
}

/** A session with a plan that is ready to run. */
export interface OpenRun {
  readonly plan: Plan;
  readonly source: SourceTree;
  readonly warnings: readonly PlanWarning[];
  /** Runs the plan. @returns the exit code */
  readonly run: (confirmed: Confirmed) => Promise<number>;
  /** Releases the folder. Idempotent. */
  readonly close: () => Promise<void>;
}

/** @throws WizardFailure, CancelledError */
export async function openRun(options: OpenRunOptions): Promise<OpenRun> {
  const { terminal, config, preflight, hooks, fresh, replaceNetwork, request } = options;
  const { signal, onNotice, onEvent } = options;
  const { command, force = false, smoke = false, chaincodes } = request;
  const warnings: PlanWarning[] = [];
  const session = await openSession({
    dir: terminal.dir,
    config,
    command: command === 'deploy' ? 'chaincode deploy' : command,
    ...(chaincodes ? { chaincodes, words: wordsFor(chaincodes, config.chaincodes) } : {}),
    packageDir: terminal.packageDir,
    ...(command === 'test' ? { tests: CHANGED_ONLY } : {}),
    goal: { until: command, force, binaries: false, smoke, hooks: hooks ? config.hooks : {} },
    fresh,
    oneByOne: false,
    // As on the command line: only the test of a rebuild, or a test alone, leaves nothing.
    keepChaincode: command === 'up' || command === 'deploy',
    allowInstall: false,
    replaceNetwork,
    preflight,
    signal,
    onEvent: (event) => {
      if (event.type === 'notice') onNotice(event.message);
      else if (event.type === 'preflight-warning')
        warnings.push({ id: event.check, detail: event.detail, fix: event.fix });
      else onEvent(event);
    },
  });
  return {
    plan: session.plan,
    source: session.source.tree,
    warnings,
    run: session.run,
    close: session.close,
  };
}

/** Path of the file with a stage's full output. */
export function logFile(dir: string, runId: string, stage: string): string {
  return stageLog(join(dir, STATE_FOLDER), runId, stage);
}
