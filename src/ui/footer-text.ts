/** PURE: the footer with the keys of a screen. */
import { cutToWidth, textWidth } from '../report/terminal-text.ts';
import { type Binding, isEnabled } from './keys.ts';

/** Display names of special keys. */
const NAMES_UNICODE: Readonly<Record<string, string>> = {
  enter: 'Enter',
  escape: 'Esc',
  tab: 'Tab',
  'shift+tab': 'Shift-Tab',
  up: '↑',
  down: '↓',
  left: '←',
  right: '→',
  pageup: 'PgUp',
  pagedown: 'PgDn',
  home: 'Home',
  end: 'End',
  ' ': 'Space',
};
const NAMES_ASCII: Readonly<Record<string, string>> = {
  ...NAMES_UNICODE,
  up: 'Up',
  down: 'Down',
  left: 'Left',
  right: 'Right',
};

/** The name of a key as the footer shows it. */
export function keyName(key: string, unicode: boolean): string {
  return nameOf(key, unicode ? NAMES_UNICODE : NAMES_ASCII);
}

export interface FooterKey {
  readonly key: string;
  readonly label: string;
  readonly minor: boolean;
}

/**
 * The screen's bindings followed by the global ones. A screen's override of a global key keeps the global position; a
 * global key that is one of several keys of the screen's is left out.
 */
export function allBindings(own: readonly Binding[], globals: readonly Binding[]): readonly Binding[] {
  const isGlobal = ({ keys: [key] }: Binding) => globals.some(({ keys }) => keys[0] === key);
  const override = (binding: Binding) =>
    own.find((each) => isEnabled(each) && each.keys[0] === binding.keys[0]) ?? binding;
  const isTaken = ({ keys: [key = ''] }: Binding) =>
    own.some((each) => isEnabled(each) && each.keys.slice(1).includes(key));
  return [
    ...own.filter((binding) => !isGlobal(binding)),
    ...globals.filter((binding) => !isTaken(binding)).map(override),
  ];
}

/** Whether a key works while a text field takes the other characters. */
export function isNoText({ keys: [key = ''], inText = false }: Binding): boolean {
  return inText || [...key].length > 1;
}

const GAP = '  ';

/** `Ctrl-F` for `ctrl+f`. */
function nameOf(key: string, names: Readonly<Record<string, string>>): string {
  const [, letter] = /^ctrl\+([a-z])$/.exec(key) ?? [];
  return letter === undefined ? (names[key] ?? key) : `Ctrl-${letter.toUpperCase()}`;
}

/** Enabled bindings with a label, in the table's order. The first binding of a key handles it, so only that is shown. */
export function footerKeys(bindings: readonly Binding[], unicode: boolean): readonly FooterKey[] {
  const enabled = bindings.filter(isEnabled);
  return enabled.flatMap(({ keys: [key = ''], label, minor = false }, index) => {
    const isTaken = enabled.slice(0, index).some(({ keys }) => keys.includes(key));
    return label === undefined || isTaken ? [] : [{ key: keyName(key, unicode), label, minor }];
  });
}

function widthOf({ key, label }: FooterKey): number {
  return textWidth(`${key} ${label}`);
}

function packed(keys: readonly FooterKey[], columns: number): readonly (readonly FooterKey[])[] {
  const lines: FooterKey[][] = [];
  let width = 0;
  for (const each of keys) {
    const last = lines.at(-1);
    if (last && width + GAP.length + widthOf(each) <= columns) {
      last.push(each);
      width += GAP.length + widthOf(each);
    } else {
      lines.push([each]);
      width = widthOf(each);
    }
  }
  return lines;
}

/**
 * At most `rows` lines of at most `columns` columns. Minor keys are dropped first, then later ones; the last two
 * keys (help, quit) always stay.
 * @param paint styles a key; must not change its width
 */
export function footerLines(
  keys: readonly FooterKey[],
  { columns, rows, paint }: { columns: number; rows: number; paint: (key: string) => string },
): readonly string[] {
  let kept = keys;
  while (packed(kept, columns).length > rows && kept.length > 1) {
    const minor = kept.findLastIndex((key) => key.minor);
    kept = kept.toSpliced(minor >= 0 ? minor : Math.max(0, kept.length - 3), 1);
  }
  return packed(kept, columns)
    .slice(0, rows)
    .map((line) => cutToWidth(line.map(({ key, label }) => `${paint(key)} ${label}`).join(GAP), columns));
}
