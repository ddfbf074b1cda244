/** Decides whether the terminal gets screens, prompts or neither. It loads little, so that the first lines appear at once. */
import { CHOICE_FIELDS } from '../pipeline/config/config-choices.ts';
import { WizardFailure } from '../pipeline/core/failure.ts';
import { styleFor, type Terminal } from './terminal.ts';

const ESCAPE = String.fromCharCode(27);
const HIDE_CURSOR = `${ESCAPE}[?25l`;
/** Erases the lines of `paintFirst`. */
export const ERASE_FIRST_LINES = `${ESCAPE}[2A${ESCAPE}[0J`;

type Environment = Readonly<Record<string, string | undefined>>;

function isOn(value: string | undefined): boolean {
  return value !== undefined && value !== '0' && value !== 'false';
}

/** Ink's own test: it draws nothing in CI. */
function isCi(env: Environment): boolean {
  return isOn(env.CI) || isOn(env.CONTINUOUS_INTEGRATION);
}

/** Screen readers need plain lines, not a screen that is redrawn. */
function hasScreenReader({ INK_SCREEN_READER: value }: Environment): boolean {
  return value !== '' && isOn(value);
}

/** Whether to show screens: the terminal is interactive and can draw them. */
export function getsScreens(
  { json, plain, yes, dryRun }: Terminal,
  env: Environment,
  isTty: boolean,
  columns: number,
): boolean {
  // Nothing can be drawn in a terminal without a size.
  if (json || plain || yes || dryRun || !isTty || columns === 0) return false;
  return env.TERM !== 'dumb' && !isCi(env) && !hasScreenReader(env);
}

/** Whether to ask with plain prompts: somebody is there, but screens cannot be drawn or read. */
export function getsPrompts(terminal: Terminal, env: Environment, isTty: boolean, columns: number): boolean {
  const { json, yes, dryRun } = terminal;
  if (json || yes || dryRun || !isTty || isCi(env)) return false;
  return !getsScreens(terminal, env, isTty, columns);
}

/**
 * Refuses a call without a command if nobody can be asked before a run starts.
 * @throws WizardFailure `usage`
 */
export function requireCommand({ json, yes, dryRun }: Terminal, isTty: boolean): void {
  if (yes || dryRun || (isTty && !json)) return;
  throw new WizardFailure({
    kind: 'usage',
    message: { key: 'usage.no-command' },
    next: ['fabric-wizard up --yes', 'fabric-wizard up --dry-run', 'fabric-wizard --help'],
  });
}

/** Whether the flags say what to run, so that the screens begin with its plan. */
export function namesRun(flags: Readonly<Record<string, unknown>>): boolean {
  const names = [...CHOICE_FIELDS, 'preset', 'replaceNetwork'];
  return flags.preflight === false || names.some((name) => flags[name] !== undefined);
}

/** Prints two lines while the screens load, which takes noticeable time. */
export function paintFirst(terminal: Terminal, version: string): void {
  const { strong, dim, t } = styleFor(terminal, process.stdout);
  process.stdout.write(`${HIDE_CURSOR}${strong(`fabric-wizard ${version}`)}\n${dim(t('app.loading'))}\n`);
}
