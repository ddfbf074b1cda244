/** PURE: from what a terminal sends to keys, and from keys to what a screen does. */

/** `enter`, `escape`, `tab`, `up`, `ctrl+c`, …; a character is its own name; `text` is several of them at once. */
export interface Press {
  readonly name: string;
  /** What it would write into a field; empty for keys that write nothing. */
  readonly text: string;
}

/** One row of a screen's key table: it handles the key and it is drawn in the footer. */
export interface Binding {
  /** Names of presses; the first one is drawn. */
  readonly keys: readonly string[];
  /** In the footer; without one the key works and is not drawn. */
  readonly label?: string;
  /** The first to give way in a footer that is too small. */
  readonly minor?: boolean;
  /** False: neither works nor is drawn. */
  readonly when?: boolean;
  readonly act: (press: Press) => void;
}

function keyPress(name: string): Press {
  return { name, text: '' };
}

const ESCAPE = '\u001b';
/** CSI and SS3: parameters, of which the last may be a modifier, and the final byte. */
const SEQUENCE = new RegExp(`^${ESCAPE}+[[O](\\d*)(?:;(\\d+))?([A-Za-z~^$])$`, 'u');

const BY_FINAL: Readonly<Record<string, string>> = {
  A: 'up',
  B: 'down',
  C: 'right',
  D: 'left',
  H: 'home',
  F: 'end',
  Z: 'shift+tab',
};
const BY_NUMBER: Readonly<Record<string, string>> = {
  1: 'home',
  3: 'delete',
  4: 'end',
  5: 'pageup',
  6: 'pagedown',
  7: 'home',
  8: 'end',
};
/** As xterm counts them: 1 and a bit for each of Shift, Alt, Ctrl. */
const CTRL_MODIFIERS = new Set(['5', '6', '7', '8']);

/** Pressed faster than it was read. */
const ONLY_ESCAPES = new RegExp(`^${ESCAPE}+$`, 'u');

function sequenceName(sequence: string): string | undefined {
  const [, number = '', modifier = '', final = ''] = SEQUENCE.exec(sequence) ?? [];
  const name = BY_FINAL[final] ?? (final === '~' ? BY_NUMBER[number] : undefined);
  return name !== undefined && CTRL_MODIFIERS.has(modifier) ? `ctrl+${name}` : name;
}

function controlName(character: string): string | undefined {
  switch (character) {
    case '\r':
    case '\n':
      return 'enter';
    case '\t':
      return 'tab';
    // What Backspace sends, and what it sends on other terminals.
    case '\u007f':
    case '\b':
      return 'backspace';
    default: {
      const code = character.charCodeAt(0);
      return code >= 1 && code <= 26 ? `ctrl+${String.fromCharCode(96 + code)}` : undefined;
    }
  }
}

const CONTROL = /^\p{Cc}$/u;
/** Line breaks with something after them: nobody types that within one read, it was pasted. */
const SECOND_LINE = /[\r\n]+(?=[^\r\n]).*$/su;

/**
 * The keys of one piece of input, in order: an escape sequence, or whatever else came in one read. That can be
 * letters and Enter typed while the program was busy, or a pasted text, of which the first line counts.
 */
export function pressesOf(input: string): readonly Press[] {
  if (ONLY_ESCAPES.test(input)) return Array.from(input, () => keyPress('escape'));
  if (input.startsWith(ESCAPE)) {
    const name = sequenceName(input);
    return name === undefined ? [] : [keyPress(name)];
  }
  const presses: Press[] = [];
  for (const part of input.replace(SECOND_LINE, '').split(/(\p{Cc})/u)) {
    if (part === '') continue;
    if (CONTROL.test(part)) {
      const name = controlName(part);
      if (name !== undefined) presses.push(keyPress(name));
    } else presses.push({ name: [...part].length === 1 ? part : 'text', text: part });
  }
  return presses;
}

/** A text that no field takes is so many keys. */
export function singlePresses(press: Press): readonly Press[] {
  return press.name === 'text' ? [...press.text].map((text) => ({ name: text, text })) : [press];
}

export function bindingFor(bindings: readonly Binding[], { name }: Press): Binding | undefined {
  return bindings.find(({ keys, when }) => when !== false && keys.includes(name));
}
