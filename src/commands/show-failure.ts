/** How the end of a command without a run is shown: a failure, or a cancelled command. */
import { NOTHING } from '../pipeline/core/budget.ts';
import type { RunEvent } from '../pipeline/core/events.ts';
import { EXIT, type StageFailure } from '../pipeline/core/failure.ts';
import { helpFor } from '../pipeline/diagnosis/failure-help.ts';
import { renderFailure } from '../report/failure-block.ts';
import { describeFailure } from '../report/failure-text.ts';
import { translatorFor } from '../report/language/translator.ts';
import { columnsOf, givenTo, printJson, styleFor, type Terminal, writeToStderr } from './terminal.ts';

/** Prints a `run-started` without stages: every event stream starts with one, even if no plan could be made. */
function printEmptyRun(): void {
  const disk = { engineBytes: 0, stateBytes: 0 };
  const event: RunEvent = {
    type: 'run-started',
    at: Date.now(),
    runId: '',
    command: '',
    project: '',
    practice: false,
    plan: { stages: [], criticalPath: [], seconds: 0, guessed: false, budget: NOTHING, disk },
  };
  printJson(event);
}

/** Shows a failure outside a run. @returns its exit code */
export function showFailure(
  terminal: Terminal,
  { given = givenTo(terminal), ...bare }: StageFailure,
): number {
  const failure: StageFailure = { ...bare, ...(given.length > 0 ? { given } : {}) };
  const { exitCode } = helpFor(failure);
  if (terminal.json) {
    printEmptyRun();
    printJson({
      type: 'run-finished',
      at: Date.now(),
      outcome: 'failed',
      exitCode,
      seconds: 0,
      failure,
      described: describeFailure(failure, translatorFor('en')),
    });
  } else {
    const style = styleFor(terminal, process.stderr);
    writeToStderr(renderFailure(failure, { style, columns: columnsOf(process.stderr) }).join('\n'));
  }
  return exitCode;
}

/** Says that a command was cancelled. @returns its exit code */
export function showCancelled(terminal: Terminal): number {
  if (terminal.json) {
    printEmptyRun();
    printJson({
      type: 'run-finished',
      at: Date.now(),
      outcome: 'cancelled',
      exitCode: EXIT.cancelled,
      seconds: 0,
    });
  } else writeToStderr(styleFor(terminal, process.stderr).t('notice.cancelled'));
  return EXIT.cancelled;
}
