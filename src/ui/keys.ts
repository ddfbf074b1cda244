/** PURE: parses terminal input into key presses, and finds the binding of a press. */

export interface Press {
  /** `enter`, `escape`, `tab`, `up`, `ctrl+c`, …; a single character is its own name; `text` for several characters. */
  readonly name: string;
  /** Text that the key produces; empty for control keys. */
  readonly text: string;
}

/** A row of a screen's key table: handles the key and describes it in the footer. */
export interface Binding {
  /** Names of presses; the footer shows the first one. */
  readonly keys: readonly string[];
  /** Text in the footer; keys without a label work but are not shown. */
  readonly label?: string;
  /** Dropped first from a footer that is too small. */
  readonly minor?: boolean;
  /** Text in the list of keys for a key that the footer does not show. */
  readonly listed?: string;
  /** False: the key has no such meaning now, and nothing shows it. */
  readonly when?: boolean;
  /** Why the key is disabled. The palette and the list of keys show such a key with the reason. */
  readonly unavailable?: string | undefined;
  /** The listener's `onText` handles this character as a key, so it is shown beside a text field too. */
  readonly inText?: boolean;
  readonly act: (press: Press) => void;
}

function keyPress(name: string): Press {
  return { name, text: '' };
}

const ESCAPE = '\u001b';
/** CSI and SS3 sequences: number, optional modifier, final byte. */
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
/** xterm modifiers that include Ctrl: 1 plus a bit each for Shift, Alt and Ctrl. */
const CTRL_MODIFIERS = new Set(['5', '6', '7', '8']);

/** Several Esc presses in one read. */
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
    // Backspace sends DEL or BS, depending on the terminal.
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
/** Everything from the first line break of a pasted text on; typed input has no text after a line break. */
const SECOND_LINE = /[\r\n]+(?=[^\r\n]).*$/su;

/**
 * The key presses in one chunk of input, in order: one escape sequence, or characters that were typed while the
 * program was busy, or pasted text, of which only the first line is used.
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

/** Splits text into single key presses, for screens without a text field. */
export function singlePresses(press: Press): readonly Press[] {
  return press.name === 'text' ? [...press.text].map((text) => ({ name: text, text })) : [press];
}

/** Whether the key does something now. */
export function isEnabled({ when, unavailable }: Binding): boolean {
  return when !== false && unavailable === undefined;
}

export function bindingFor(bindings: readonly Binding[], { name }: Press): Binding | undefined {
  return bindings.find((binding) => isEnabled(binding) && binding.keys.includes(name));
}
