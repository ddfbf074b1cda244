/** The terminal as every command sees it: flags, styles and signals. */

import { CancelledError, EXIT, WizardFailure } from '../pipeline/core/failure.ts';
import type { Phrase } from '../pipeline/core/phrase.ts';
import { shellWord } from '../pipeline/core/shell-text.ts';
import { folderFlag } from '../pipeline/host/folder-flag.ts';
import { isLanguage, LANGUAGES, type Language } from '../report/language/language.ts';
import { jsonText } from '../report/language/translator.ts';
import { createStyle, isUtf8Locale, type Style, wantsColour } from '../report/style.ts';
import { cleanLines, shownText } from '../report/terminal-text.ts';
import { takeSignals } from './early-signals.ts';

export interface Terminal {
  readonly json: boolean;
  readonly plain: boolean;
  readonly yes: boolean;
  readonly dryRun: boolean;
  readonly verbose: boolean;
  /** False after `--no-color`. */
  readonly colour: boolean;
  /** Language of texts for people; JSON is always English. */
  readonly language: Language;
  readonly dir: string;
  /** Value of `--project`. */
  readonly project?: string | undefined;
  readonly packageDir: string;
}

/** Returns the flags that select the network, which every next command repeats. */
export function givenTo({ dir, project }: Pick<Terminal, 'dir' | 'project'>): string[] {
  return [...folderFlag(dir), ...(project === undefined ? [] : [`--project ${shellWord(project)}`])];
}

export function styleFor(
  terminal: Pick<Terminal, 'colour' | 'language' | 'dir' | 'project'>,
  stream: NodeJS.WriteStream,
): Style {
  return createStyle({
    given: givenTo(terminal),
    colour: wantsColour({ flag: terminal.colour, isTty: stream.isTTY === true, env: process.env }),
    unicode: isUtf8Locale(process.env),
    language: terminal.language,
  });
}

/** @throws WizardFailure `usage` if the language is not supported */
export function knownLanguage(flag: string | undefined): void {
  if (flag === undefined || isLanguage(flag)) return;
  const languages = LANGUAGES.join(', ');
  const message: Phrase = { key: 'usage.unknown-language', lang: flag, languages };
  const next = LANGUAGES.map((known) => `fabric-wizard explain --lang ${known}`);
  throw new WizardFailure({ kind: 'usage', message, next });
}

/** Writes a message outside a run; stdout is reserved for data. */
export function writeToStderr(line: string): void {
  process.stderr.write(`${shownText(line)}\n`);
}

/** Writes a report to stdout, as a terminal may get it. */
export function writeToStdout(text: string): void {
  process.stdout.write(shownText(text));
}

/** Writes data of the network: on a terminal without control codes, to a file or a program as it is. */
export function writeData(text: string): void {
  process.stdout.write(process.stdout.isTTY ? `${cleanLines(text.replace(/\n$/, '')).join('\n')}\n` : text);
}

export function printJson(value: unknown): void {
  process.stdout.write(`${jsonText(value)}\n`);
}

/** Returns the columns of a terminal; undefined for other streams, and for a terminal that reports none. */
export function columnsOf({
  isTTY,
  columns,
}: Pick<NodeJS.WriteStream, 'isTTY' | 'columns'>): number | undefined {
  return isTTY && columns > 0 ? columns : undefined;
}

/** Prints the first line before slow modules are loaded. */
export function printBanner(terminal: Terminal, version: string): void {
  if (terminal.json) return;
  const { dim, symbol, t } = styleFor(terminal, process.stderr);
  writeToStderr(dim(`fabric-wizard ${version} ${symbol.dot} ${t('app.loading')}`));
}

/** Signals closer together count as one: the terminal, npm and `timeout` each forward the same Ctrl-C. */
const SAME_SIGNAL_MS = 500;

/**
 * An abort signal for a whole command: the first SIGINT, SIGTERM, SIGHUP or closed output cancels, a second one exits.
 * @throws CancelledError if a signal came before
 */
export function cancelOnSignals(): { signal: AbortSignal; dispose: () => void } {
  const controller = new AbortController();
  let firstAt = 0;
  const onSignal = () => {
    if (!controller.signal.aborted) {
      firstAt = performance.now();
      controller.abort();
    } else if (performance.now() - firstAt > SAME_SIGNAL_MS) {
      process.exit(EXIT.cancelled);
    }
  };
  const names = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const name of names) process.on(name, onSignal);
  const dispose = () => {
    for (const name of names) process.off(name, onSignal);
  };
  if (takeSignals()) {
    dispose();
    throw new CancelledError();
  }
  // The reader has gone, as in `fabric-wizard logs | head`.
  const onClosed = () => controller.abort();
  const streams = [process.stdout, process.stderr];
  for (const stream of streams) stream.on('error', onClosed);
  return {
    signal: controller.signal,
    dispose: () => {
      dispose();
      for (const stream of streams) stream.off('error', onClosed);
    },
  };
}

/** Runs a part of a command with a signal that fires at Ctrl-C. */
export async function cancellable<T>(act: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const cancel = cancelOnSignals();
  try {
    return await act(cancel.signal);
  } finally {
    cancel.dispose();
  }
}
