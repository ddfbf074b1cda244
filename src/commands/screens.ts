/** `up` at a terminal: the screens, from the first lines to a terminal as it was before. */
import { spawn } from 'node:child_process';
import { LABELS } from '../report/language/label-texts.ts';
import { languageOf } from '../report/language/language.ts';
import { isUtf8Locale, wantsColour } from '../report/style.ts';
import { styleFor, type Terminal } from './terminal.ts';

const ESCAPE = String.fromCharCode(27);
const SHOW_CURSOR = `${ESCAPE}[?25h`;
const HIDE_CURSOR = `${ESCAPE}[?25l`;
/** To where `paintFirst` began, which is wiped. */
const UNPAINT = `${ESCAPE}[2A${ESCAPE}[0J`;

/** Whether this terminal gets screens: a person sits there, and it can draw. */
export function getsScreens(
  { json, plain, yes, dryRun }: Terminal,
  env: Readonly<Record<string, string | undefined>>,
  isTty: boolean,
): boolean {
  if (json || plain || yes || dryRun || !isTty) return false;
  return env.TERM !== 'dumb' && !env.CI && env.INK_SCREEN_READER !== 'true';
}

/** Two lines, at once: what draws the screens takes longer to load than a person waits for a first sign. */
export function paintFirst(terminal: Terminal, version: string): void {
  const { strong, dim } = styleFor(terminal, process.stdout);
  const { 'app.loading': loading } = LABELS[languageOf(process.env)];
  process.stdout.write(`${HIDE_CURSOR}${strong(`fabric-wizard ${version}`)}\n${dim(loading)}\n`);
}

/** Whatever happened: input and cursor as a shell wants them. */
function restoreTerminal(): void {
  if (process.stdin.isTTY) process.stdin.setRawMode(false);
  process.stdout.write(SHOW_CURSOR);
}

/** The first of these that is installed shows the file; resolves when the person has seen it. */
async function showInPager(path: string): Promise<void> {
  for (const command of [process.env.PAGER ?? '', 'less -R', 'more'].filter(Boolean)) {
    const [program = '', ...args] = command.split(/\s+/);
    const shown = await new Promise<boolean>((resolve) => {
      const child = spawn(program, [...args, path], { stdio: 'inherit' });
      child.once('error', () => resolve(false));
      child.once('exit', () => resolve(true));
    });
    if (shown) return;
  }
}

export async function screens(
  terminal: Terminal,
  flags: Readonly<Record<string, unknown>>,
  version: string,
): Promise<number> {
  process.once('exit', restoreTerminal);
  const [{ ScreenDesk }, { showScreens }, { createFace }] = await Promise.all([
    import('./desk.ts'),
    import('../app.tsx'),
    import('../ui/face.tsx'),
  ]);
  const desk = new ScreenDesk({ terminal, flags, version, first: { id: 'run' } });
  const face = createFace({
    colour: wantsColour({ flag: terminal.colour, isTty: true, env: process.env }),
    unicode: isUtf8Locale(process.env),
    language: languageOf(process.env),
  });
  desk.prepare({ command: 'up' });
  const onTerminate = () => desk.leave();
  const signals = ['SIGTERM', 'SIGHUP'] as const;
  for (const name of signals) process.on(name, onTerminate);
  process.on('SIGINT', desk.interrupt);
  try {
    process.stdout.write(UNPAINT);
    for (;;) {
      await showScreens(desk, face);
      const { turn } = desk;
      if (turn === 'end') break;
      await showInPager(turn.pager);
      desk.back();
    }
    return desk.exitCode;
  } finally {
    for (const name of signals) process.off(name, onTerminate);
    process.off('SIGINT', desk.interrupt);
    restoreTerminal();
    process.off('exit', restoreTerminal);
  }
}
