/** PURE: the failure that ended the last run, and where it is in the source. */
import type { CompileError } from '../pipeline/core/compile-error.ts';
import type { Diagnosis, StageFailure } from '../pipeline/core/failure.ts';
import { failedStages } from '../pipeline/core/run-state.ts';
import { helpFor } from '../pipeline/diagnosis/failure-help.ts';
import { renderFailure } from '../report/failure-block.ts';
import { foldToWidth } from '../report/terminal-text.ts';
import type { Theme } from '../ui/theme.tsx';
import type { AppState } from './app-state.ts';
import { failureLines, isTitle, ruleLine } from './run-view.ts';

type Outcome = Pick<AppState, 'work' | 'run'>;

interface LastFailure {
  readonly failure: StageFailure;
  readonly diagnosis?: Diagnosis | undefined;
}

/** The failures that a new run has not replaced yet, the first one first; empty if there are none. */
export function lastFailures({ work, run }: Outcome): readonly LastFailure[] {
  switch (work.kind) {
    case 'refused':
      return [{ failure: work.failure }];
    case 'running':
    case 'preparing':
    case 'planned':
      return [];
    case 'idle':
    case 'repairing':
    case 'stopping':
    case 'ended': {
      if (run.outcome !== 'failed') return [];
      const ofStages = failedStages(run).flatMap(({ failure, diagnosis }) =>
        failure ? [{ failure, diagnosis }] : [],
      );
      return [...ofStages, ...(run.failure ? [{ failure: run.failure }] : [])];
    }
  }
}

/** A position in the source, or in the folder of a chaincode. */
export type FailurePlace = Pick<CompileError, 'file' | 'line'> & {
  /** Folder of the chaincode. The file's path may begin with the chaincode's import path. */
  readonly dir?: string;
};

function placesIn({ failure, diagnosis }: LastFailure): readonly FailurePlace[] {
  if (failure.kind === 'tests') return failure.failed.flatMap(({ place }) => place ?? []);
  if (failure.kind !== 'command') return [];
  const { dir } = failure.chaincode ?? {};
  const { file, line } = diagnosis?.facts ?? {};
  const ofChaincode = dir !== undefined && file !== undefined && line !== undefined;
  return [...(failure.compileErrors ?? []), ...(ofChaincode ? [{ file, line: Number(line), dir }] : [])];
}

/** The first position that a failure names. */
export function failurePlace(outcome: Outcome): FailurePlace | undefined {
  return lastFailures(outcome).flatMap(placesIn).at(0);
}

/** The first port that the help of the last failure proposes; undefined if no port in use has caused the failure. */
export function portBaseInstead(outcome: Outcome): string | undefined {
  return lastFailures(outcome)
    .flatMap(({ failure, diagnosis }) => helpFor({ ...failure, given: [] }, diagnosis).next)
    .map((command) => (typeof command === 'string' ? /--port-base (\d+)/.exec(command)?.[1] : undefined))
    .find((port) => port !== undefined);
}

/** The whole report of the last failure. */
export function lastFailureLines(outcome: Outcome, theme: Theme, columns: number): readonly string[] {
  const { work, run } = outcome;
  return work.kind === 'refused'
    ? renderFailure(work.failure, { style: theme.style, columns, wrapsCommands: true })
    : failureLines(run, theme, columns);
}

/** A rule with the command that failed, and the beginning of its report without the log: at most `rows` lines. */
export function failureSummary(
  outcome: Outcome,
  { theme, columns, rows }: { readonly theme: Theme; readonly columns: number; readonly rows: number },
): readonly string[] {
  if (lastFailures(outcome).length === 0 || rows < 2) return [];
  const { work, run } = outcome;
  const command = 'request' in work ? work.request.command : run.command;
  const name = theme.t(work.kind === 'refused' ? 'failure.not-started' : 'work.failed', { command });
  const report = lastFailureLines(outcome, theme, columns);
  const title = report.findIndex((line) => isTitle(line, theme));
  const body = report.slice(Math.max(0, title)).flatMap((line) => foldToWidth(line, columns));
  return [ruleLine(name, columns, theme), ...body.slice(0, rows - 1)];
}
