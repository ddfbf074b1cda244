/** `up` on an interactive terminal: shows the screens and restores the terminal at the end. */
import { setTimeout as delay } from 'node:timers/promises';
import { CHOICE_FIELDS, CHOICES } from '../pipeline/config/config-choices.ts';
import { EXIT, toFailure } from '../pipeline/core/failure.ts';
import { folderFlag } from '../pipeline/host/folder-flag.ts';
import { renderConnection } from '../report/connect-text.ts';
import { hasNetwork, renderResult } from '../report/result-text.ts';
import { renderSmoke } from '../report/smoke-text.ts';
import { isUtf8Locale, wantsColour } from '../report/style.ts';
import { wrapToWidth } from '../report/terminal-text.ts';
import { push } from '../screens/navigation.ts';
import type { Theme } from '../ui/theme.tsx';
import type { AppController } from './app-controller.ts';
import { takeSignals } from './early-signals.ts';
import { Foreground } from './foreground.ts';
import { ERASE_FIRST_LINES, namesRun } from './interaction.ts';
import { showFailure } from './show-failure.ts';
import { type Terminal, writeToStdout } from './terminal.ts';
import type { WizardController } from './wizard-controller.ts';

const ESCAPE = String.fromCharCode(27);
const SHOW_CURSOR = `${ESCAPE}[?25h`;

/** Whether the flags change the proof: it is wanted even if nothing else is to be done. */
function namesProof(flags: Readonly<Record<string, unknown>>): boolean {
  return CHOICE_FIELDS.some((field) => CHOICES[field].group === 'proof' && flags[field] !== undefined);
}

/** Restores line input and cursor. */
function restoreTerminal(): void {
  if (process.stdin.isTTY) process.stdin.setRawMode(false);
  process.stdout.write(SHOW_CURSOR);
}

/** Time limit for cleaning up after a crash. */
const CRASH_MS = 3000;

interface ProcessListeners {
  /** SIGINT: `kill -INT`. Ctrl-C arrives as a key while the screens are mounted. */
  readonly onInterrupt: () => void;
  readonly onTerminate: () => void;
  readonly onCrash: (error: unknown) => void;
}

/** Registers the listeners until the signal fires. */
function listen(signal: AbortSignal, { onInterrupt, onTerminate, onCrash }: ProcessListeners): void {
  const listeners = [
    ['SIGINT', onInterrupt],
    ['SIGTERM', onTerminate],
    ['SIGHUP', onTerminate],
    ['uncaughtException', onCrash],
  ] as const;
  for (const [name, listener] of listeners) process.on(name, listener);
  signal.addEventListener('abort', () => {
    for (const [name, listener] of listeners) process.off(name, listener);
  });
}

/** Returns the equivalent command and file if the user has requested them, so that they can be copied. */
async function equivalentText(wizard: WizardController, theme: Theme): Promise<string[]> {
  const equivalent = await wizard.equivalent();
  if (!equivalent) return [];
  const { equivalentLines } = await import('../screens/wizard/review-lines.ts');
  const { columns, rows } = process.stdout;
  return [...equivalentLines(equivalent, { columns, rows, theme }), ''];
}

/** Prints the last run's result, and how to stop the containers that still run. */
async function printSummary(
  { store, runningContainers, wizard }: AppController,
  theme: Theme,
): Promise<void> {
  const { style, t } = theme;
  const { run, proof, connection, notice } = store.now();
  const known = runningContainers > 0 ? connection : undefined;
  const columns = process.stdout.columns;
  const lines = await equivalentText(wizard, theme);
  if (run.outcome !== undefined) {
    if (run.smoke && proof) lines.push(...renderSmoke(proof.result, style, columns));
    lines.push(...renderResult(run, { style, columns, connection: known }));
  }
  if (runningContainers > 0) {
    if (known && !hasNetwork(run)) lines.push('', ...renderConnection(known, style), '');
    const command = style.strong(style.command('fabric-wizard down'));
    lines.push(
      ...wrapToWidth(t('leave.running', { count: String(runningContainers), command }), columns, '  '),
    );
  }
  if (notice !== undefined) lines.push(...wrapToWidth(notice, columns, ''));
  if (lines.length > 0) writeToStdout(`${lines.join('\n')}\n`);
}

/** After a crash: restores the terminal, shows the error, and cleans up as when the user quits. */
async function endAfterCrash(controller: AppController, terminal: Terminal, error: unknown): Promise<number> {
  restoreTerminal();
  const exitCode = showFailure(terminal, toFailure(error));
  controller.terminate();
  await delay(CRASH_MS, undefined, { signal: controller.ended }).catch(() => undefined);
  return exitCode;
}

export async function screens(
  terminal: Terminal,
  flags: Readonly<Record<string, unknown>>,
  version: string,
): Promise<number> {
  process.once('exit', restoreTerminal);
  const [{ WizardController }, { AppController }, { showScreens }, { createTheme }] = await Promise.all([
    import('./wizard-controller.ts'),
    import('./app-controller.ts'),
    import('../app.tsx'),
    import('../ui/theme.tsx'),
  ]);
  const theme = createTheme({
    colour: wantsColour({ flag: terminal.colour, isTty: true, env: process.env }),
    unicode: isUtf8Locale(process.env),
    language: terminal.language,
    given: folderFlag(terminal.dir),
  });
  const controller = new AppController({
    terminal,
    flags,
    version,
    theme,
    first: { id: 'welcome' },
    wizard: new WizardController({ terminal, flags }),
  });
  if (namesRun(flags)) {
    // The screens of the wizard scan when they begin with the first one.
    controller.wizard.perform('scan');
    controller.store.updateNow((state) => ({
      ...state,
      navigation: push(state.navigation, { id: 'review', unlessCurrent: !namesProof(flags) }),
    }));
  }
  const crashed = new AbortController();
  const signals = new AbortController();
  const foreground = new Foreground();
  listen(signals.signal, {
    onInterrupt: () => {
      if (!foreground.ownsInterrupt) controller.interrupt();
    },
    onTerminate: () => controller.terminate(),
    onCrash: (error) => {
      // A second crash: cleaning up has failed, too.
      if (crashed.signal.aborted) process.exit(EXIT.stageFailed);
      crashed.abort(error);
    },
  });
  if (takeSignals()) {
    signals.abort();
    return EXIT.cancelled;
  }
  // A closed terminal reports errors on its streams.
  for (const stream of [process.stdin, process.stdout, process.stderr])
    stream.on('error', () => controller.terminate());
  try {
    process.stdout.write(ERASE_FIRST_LINES);
    while (!crashed.signal.aborted) {
      await showScreens(controller, theme, crashed.signal).catch((error: unknown) => crashed.abort(error));
      const { foregroundRequest: request } = controller;
      if (crashed.signal.aborted || request === undefined) break;
      const ended = AbortSignal.any([controller.ended, crashed.signal]);
      const refusal = await request.refusal?.();
      const found = refusal !== undefined || (await foreground.run(request.candidates, ended));
      if (!controller.remount(refusal ?? (found ? undefined : request.missing))) break;
    }
    const exitCode = crashed.signal.aborted
      ? await endAfterCrash(controller, terminal, crashed.signal.reason)
      : controller.exitCode;
    await printSummary(controller, theme);
    // The screen that showed it is gone.
    const { loadFailure } = controller.wizard.store.now();
    return loadFailure === undefined ? exitCode : showFailure(terminal, loadFailure);
  } finally {
    signals.abort();
    restoreTerminal();
    process.off('exit', restoreTerminal);
  }
}
