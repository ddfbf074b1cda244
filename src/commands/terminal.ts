/** What every command knows of the terminal that it was typed in, and how a failure before any run is shown. */
import {
  CancelledError,
  EXIT,
  type StageFailure,
  toFailure,
  WizardFailure,
} from '../pipeline/core/failure.ts';
import type { Phrase } from '../pipeline/core/phrase.ts';
import { helpFor } from '../pipeline/diagnosis/failure-help.ts';
import { renderFailure } from '../report/failure-block.ts';
import { describeFailure } from '../report/failure-text.ts';
import { isLanguage, LANGUAGES, type Language } from '../report/language/language.ts';
import { jsonText, translatorFor } from '../report/language/translator.ts';
import { createStyle, isUtf8Locale, type Style, wantsColour } from '../report/style.ts';

export interface Terminal {
  readonly json: boolean;
  readonly plain: boolean;
  readonly yes: boolean;
  readonly dryRun: boolean;
  readonly verbose: boolean;
  /** False after `--no-color`. */
  readonly colour: boolean;
  /** What a person reads; what a program reads is English. */
  readonly language: Language;
  readonly dir: string;
  readonly packageDir: string;
}

export function styleFor(terminal: Pick<Terminal, 'colour' | 'language'>, stream: NodeJS.WriteStream): Style {
  return createStyle({
    colour: wantsColour({ flag: terminal.colour, isTty: stream.isTTY === true, env: process.env }),
    unicode: isUtf8Locale(process.env),
    language: terminal.language,
  });
}

/** @throws WizardFailure `usage` for a language that we do not have */
export function knownLanguage(flag: string | undefined): void {
  if (flag === undefined || isLanguage(flag)) return;
  const languages = LANGUAGES.join(', ');
  const message: Phrase = { key: 'usage.unknown-language', lang: flag, languages };
  const next = LANGUAGES.map((known) => `fabric-wizard explain --lang ${known}`);
  throw new WizardFailure({ kind: 'usage', message, next });
}

/** Lines for people that belong to no run: stdout is for data. */
export function writeToStderr(line: string): void {
  process.stderr.write(`${line}\n`);
}

export function printJson(value: unknown): void {
  process.stdout.write(`${jsonText(value)}\n`);
}

/** The first line, before anything that takes time is even loaded. */
export function printBanner(terminal: Terminal, version: string): void {
  if (terminal.json) return;
  const { dim, symbol, t } = styleFor(terminal, process.stderr);
  writeToStderr(dim(`fabric-wizard ${version} ${symbol.dot} ${t('app.loading')}`));
}

/** Whoever reads the stream finds its first and last event even where nothing could be planned. */
function printEmptyRun(): void {
  printJson({
    type: 'run-started',
    at: Date.now(),
    runId: '',
    command: '',
    project: '',
    practice: false,
    plan: { stages: [], criticalPath: [], seconds: 0, guessed: false },
  });
}

/** Shows a failure that belongs to no run, and gives its exit code. */
export function showFailure(terminal: Terminal, failure: StageFailure): number {
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
    process.stderr.write(
      `${renderFailure(failure, { style, columns: process.stderr.columns }).join('\n')}\n`,
    );
  }
  return exitCode;
}

const LEAVE_MS = 1000;

/** Runs a command; what it throws is shown in the theme that was asked for. */
export async function guarded(terminal: Terminal, act: () => Promise<number>): Promise<number> {
  try {
    return await act();
  } catch (error) {
    if (error instanceof CancelledError) {
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
    return showFailure(terminal, toFailure(error));
  } finally {
    // Nothing is left to do: a connection that somebody forgot must not keep the process alive.
    setTimeout(() => process.exit(), LEAVE_MS).unref();
  }
}

/** A key press or a group's kill arrives more than once: from the terminal, from npm, from `timeout`. */
const SAME_PRESS_MS = 500;

/** One signal for a whole command: the first Ctrl-C, SIGTERM, SIGHUP or closed output cancels, a second one leaves at once. */
export function cancelOnSignals(): { signal: AbortSignal; dispose: () => void } {
  const controller = new AbortController();
  let first = 0;
  const onSignal = () => {
    if (!controller.signal.aborted) {
      first = performance.now();
      controller.abort();
    } else if (performance.now() - first > SAME_PRESS_MS) {
      process.exit(EXIT.cancelled);
    }
  };
  const names = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const name of names) process.on(name, onSignal);
  // Nobody reads on: what was asked for is not wanted any more.
  const onClosed = () => controller.abort();
  const streams = [process.stdout, process.stderr];
  for (const stream of streams) stream.on('error', onClosed);
  return {
    signal: controller.signal,
    dispose: () => {
      for (const name of names) process.off(name, onSignal);
      for (const stream of streams) stream.off('error', onClosed);
    },
  };
}
