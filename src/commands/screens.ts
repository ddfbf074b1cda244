/** `up` at a terminal: the screens, from the first lines to a terminal as it was before. */
import { spawn } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { EXIT, toFailure } from '../pipeline/core/failure.ts';
import { shellWord } from '../pipeline/host/shell-text.ts';
import { renderResult } from '../report/result-text.ts';
import { renderSmoke } from '../report/smoke-text.ts';
import { isUtf8Locale, wantsColour } from '../report/style.ts';
import { wrapToWidth } from '../report/terminal-text.ts';
import type { Theme } from '../ui/theme.tsx';
import type { AppController } from './app-controller.ts';
import { showFailure, styleFor, type Terminal } from './terminal.ts';
import type { WizardController } from './wizard-controller.ts';

const ESCAPE = String.fromCharCode(27);
const SHOW_CURSOR = `${ESCAPE}[?25h`;
const HIDE_CURSOR = `${ESCAPE}[?25l`;
/** To where `paintFirst` began, which is wiped. */
const UNPAINT = `${ESCAPE}[2A${ESCAPE}[0J`;

type Environment = Readonly<Record<string, string | undefined>>;

function isOn(value: string | undefined): boolean {
  return value !== undefined && value !== '0' && value !== 'false';
}

/** As Ink asks, which draws nothing there. */
function isCi(env: Environment): boolean {
  return isOn(env.CI) || isOn(env.CONTINUOUS_INTEGRATION);
}

/** Who listens to a terminal is told one line after the other; nothing is drawn over. */
function isReadAloud({ INK_SCREEN_READER: asked }: Environment): boolean {
  return asked !== '' && isOn(asked);
}

/** Whether this terminal gets screens: a person sits there, and it can draw. */
export function getsScreens(
  { json, plain, yes, dryRun }: Terminal,
  env: Environment,
  isTty: boolean,
): boolean {
  if (json || plain || yes || dryRun || !isTty) return false;
  return env.TERM !== 'dumb' && !isCi(env) && !isReadAloud(env);
}

/** Two lines, at once: what draws the screens takes longer to load than a person waits for a first sign. */
export function paintFirst(terminal: Terminal, version: string): void {
  const { strong, dim, t } = styleFor(terminal, process.stdout);
  process.stdout.write(`${HIDE_CURSOR}${strong(`fabric-wizard ${version}`)}\n${dim(t('app.loading'))}\n`);
}

/** Whatever happened: input and cursor as a shell wants them. */
function restoreTerminal(): void {
  if (process.stdin.isTTY) process.stdin.setRawMode(false);
  process.stdout.write(SHOW_CURSOR);
}

/** The first of these that is installed shows the file; resolves when the person has seen it, or the signal fires. */
async function showInPager(path: string, signal: AbortSignal): Promise<void> {
  for (const command of [process.env.PAGER ?? '', 'less -R', 'more'].filter(Boolean)) {
    const [program = '', ...args] = command.split(/\s+/);
    const shown = await new Promise<boolean>((resolve) => {
      const child = spawn(program, [...args, path], { stdio: 'inherit', signal });
      child.once('error', () => resolve(false));
      child.once('exit', () => resolve(true));
    });
    if (shown || signal.aborted) return;
  }
}

/** What is under way has so long to end once the program itself is broken. */
const BROKEN_MS = 3000;

interface Heard {
  /** Ctrl-C where nobody reads keys, or `kill -INT`. */
  readonly onInterrupt: () => void;
  readonly onTerminate: () => void;
  readonly onCrash: (error: unknown) => void;
}

/** Until the signal fires. */
function listen(signal: AbortSignal, { onInterrupt, onTerminate, onCrash }: Heard): void {
  const heard = [
    ['SIGINT', onInterrupt],
    ['SIGTERM', onTerminate],
    ['SIGHUP', onTerminate],
    ['uncaughtException', onCrash],
  ] as const;
  for (const [name, listener] of heard) process.on(name, listener);
  signal.addEventListener('abort', () => {
    for (const [name, listener] of heard) process.off(name, listener);
  });
}

/** The command and the file that somebody wanted to see, to be copied once the screens are gone. */
async function equivalentOf(questions: WizardController, theme: Theme): Promise<string[]> {
  const equivalent = await questions.equivalent();
  if (!equivalent) return [];
  const { equivalentLines } = await import('../screens/wizard/review-lines.ts');
  const { columns, rows } = process.stdout;
  return [...equivalentLines(equivalent, { columns, rows, theme }), ''];
}

/** In the scrollback, where the screens were: how the last run ended, what still runs and how it is stopped. */
async function sayWhatStays(
  { store, stillRunning, wizard }: AppController,
  terminal: Terminal,
  theme: Theme,
): Promise<void> {
  const { style, t } = theme;
  const { run, proof } = store.now();
  const columns = process.stdout.columns;
  const lines = await equivalentOf(wizard, theme);
  if (run.outcome !== undefined) {
    if (run.smoke && proof) lines.push(...renderSmoke(proof, style, columns));
    lines.push(...renderResult(run, { style, columns }));
  }
  if (stillRunning > 0) {
    const dir = terminal.dir === process.cwd() ? '' : ` --dir ${shellWord(terminal.dir)}`;
    const command = style.strong(`fabric-wizard down${dir}`);
    lines.push(...wrapToWidth(t('leave.running', { count: String(stillRunning), command }), columns, '  '));
  }
  if (lines.length > 0) process.stdout.write(`${lines.join('\n')}\n`);
}

/** The terminal first, then what went wrong; what is under way is ended as for anybody who leaves. */
async function broken(controller: AppController, terminal: Terminal, error: unknown): Promise<number> {
  restoreTerminal();
  const exitCode = showFailure(terminal, toFailure(error));
  controller.terminate();
  await delay(BROKEN_MS, undefined, { signal: controller.gone }).catch(() => undefined);
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
  });
  const questions = new WizardController({ terminal, flags });
  const controller = new AppController({
    terminal,
    flags,
    version,
    theme,
    first: { id: 'welcome' },
    questions,
  });
  const crashed = new AbortController();
  const signals = new AbortController();
  listen(signals.signal, {
    onInterrupt: controller.interrupt,
    onTerminate: () => controller.terminate(),
    onCrash: (error) => {
      // Nothing can be relied on any more.
      if (crashed.signal.aborted) process.exit(EXIT.stageFailed);
      crashed.abort(error);
    },
  });
  // A terminal that is gone takes no last words.
  for (const stream of [process.stdin, process.stdout, process.stderr])
    stream.on('error', () => controller.terminate());
  try {
    process.stdout.write(UNPAINT);
    while (!crashed.signal.aborted) {
      await showScreens(controller, theme, crashed.signal).catch((error: unknown) => crashed.abort(error));
      const { turn } = controller;
      if (crashed.signal.aborted || turn === 'end') break;
      await showInPager(turn.pager, AbortSignal.any([controller.gone, crashed.signal]));
      if (!controller.back()) break;
    }
    const exitCode = crashed.signal.aborted
      ? await broken(controller, terminal, crashed.signal.reason)
      : controller.exitCode;
    await sayWhatStays(controller, terminal, theme);
    return exitCode;
  } finally {
    signals.abort();
    restoreTerminal();
    process.off('exit', restoreTerminal);
  }
}
