/** Colours and symbols by meaning. Only this file writes escape codes. */
import { withGiven } from '../pipeline/diagnosis/failure-help.ts';
import type { Language } from './language/language.ts';
import { type Translator, translatorFor } from './language/translator.ts';

type Paint = (text: string) => string;

/** Colours, symbols and language of the output. */
export interface Style extends Translator {
  readonly good: Paint;
  readonly bad: Paint;
  readonly warn: Paint;
  readonly dim: Paint;
  readonly strong: Paint;
  /** Reverse video, for the cursor. Also without colours, because nothing else marks the cursor. */
  readonly invert: Paint;
  /** The n-th of a set of colours without a meaning, to tell items of one kind apart. */
  readonly tint: (n: number) => Paint;
  /** Returns a command with the flags that select the folder in use. */
  readonly command: (line: string) => string;
  readonly symbol: {
    readonly good: string;
    readonly bad: string;
    readonly warn: string;
    readonly dot: string;
    readonly ellipsis: string;
    readonly rule: string;
    /** Marks the selected item. */
    readonly pointer: string;
  };
}

const ESCAPE = String.fromCharCode(27);

function paint(on: number, off: number): Paint {
  return (text) => `${ESCAPE}[${on}m${text}${ESCAPE}[${off}m`;
}

/** Colours without a meaning; red, green and yellow have one. */
const TINTS = [36, 35, 34, 96, 95, 94];

const asIs: Paint = (text) => text;

/** Returns whether the effective locale, in POSIX order, is UTF-8, e.g. `C.UTF-8`. */
export function isUtf8Locale(env: Readonly<Record<string, string | undefined>>): boolean {
  return /utf-?8/i.test(env.LC_ALL || env.LC_CTYPE || env.LANG || '');
}

/** NO_COLOR (https://no-color.org) and `--no-color` take precedence, then FORCE_COLOR, then the terminal. */
export function wantsColour(options: {
  readonly flag?: boolean;
  readonly isTty: boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
}): boolean {
  const { flag, isTty, env } = options;
  if (flag === false || env.NO_COLOR) return false;
  if (env.FORCE_COLOR && env.FORCE_COLOR !== '0') return true;
  return isTty && env.TERM !== 'dumb';
}

export function createStyle(options: {
  readonly colour: boolean;
  readonly unicode: boolean;
  readonly language?: Language;
  /** Flags that every command of ours gets; see `withGiven`. */
  readonly given?: readonly string[];
}): Style {
  const command = (line: string) => withGiven(line, options.given);
  const translator = translatorFor(options.language ?? 'en');
  const symbol = options.unicode
    ? { good: '✓', bad: '✗', warn: '!', dot: '·', ellipsis: '…', rule: '─', pointer: '›' }
    : { good: '+', bad: 'x', warn: '!', dot: '-', ellipsis: '~', rule: '-', pointer: '>' };
  const invert = paint(7, 27);
  if (!options.colour)
    return {
      ...translator,
      good: asIs,
      bad: asIs,
      warn: asIs,
      dim: asIs,
      strong: asIs,
      invert,
      tint: () => asIs,
      command,
      symbol,
    };
  return {
    ...translator,
    invert,
    tint: (n) => paint(TINTS[n % TINTS.length] ?? 39, 39),
    good: paint(32, 39),
    bad: paint(31, 39),
    warn: paint(33, 39),
    dim: paint(2, 22),
    strong: paint(1, 22),
    command,
    symbol,
  };
}
