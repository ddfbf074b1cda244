import { describe, expect, it } from 'vitest';
import { textWidth } from '../../../src/report/terminal-text.ts';
import { edited, type FieldState, fieldOf, fieldWindow, typed } from '../../../src/ui/field-state.ts';

/** `|` is the cursor. */
function shown({ text, cursor }: FieldState): string {
  const parts = [...new Intl.Segmenter().segment(text)].map(({ segment }) => segment);
  return parts.toSpliced(cursor, 0, '|').join('');
}

function afterKeys(text: string, ...keys: readonly string[]): string {
  const end = keys.reduce((field, name) => edited(field, { name, text: '' }) ?? field, fieldOf(text));
  return shown(end);
}

describe('a field', () => {
  it('begins behind its text and takes text where the cursor is', () => {
    expect(shown(typed(fieldOf('acme'), '/x'))).toBe('acme/x|');
    expect(shown(typed({ text: 'acme', cursor: 1 }, 'b'))).toBe('ab|cme');
  });

  it.each([
    ['left', 'left', 'ab|cd'],
    ['left', 'backspace', 'ab|d'],
    ['home', 'backspace', '|abcd'],
    ['home', 'delete', '|bcd'],
    ['left', 'ctrl+k', 'abc|'],
    ['left', 'ctrl+u', '|d'],
    ['home', 'end', 'abcd|'],
    ['end', 'right', 'abcd|'],
  ])('%s, %s: %s', (first, second, expected) => expect(afterKeys('abcd', first, second)).toBe(expected));

  it('erases a word at a time', () => {
    expect(afterKeys('/src/fabric one', 'ctrl+w')).toBe('/src/fabric |');
    expect(afterKeys('/src/fabric one', 'ctrl+w', 'ctrl+w')).toBe('/src/|');
    expect(afterKeys('/src/', 'ctrl+w')).toBe('/src|');
    expect(afterKeys('', 'ctrl+w')).toBe('|');
  });

  it('counts characters as people do', () => {
    expect(afterKeys('a中👨‍👩‍👧', 'backspace')).toBe('a中|');
    expect(afterKeys('e\u0301x', 'left', 'backspace')).toBe('|x');
  });

  it('has no use for other keys', () => {
    expect(edited(fieldOf('x'), { name: 'enter', text: '' })).toBeUndefined();
  });
});

describe('the part that is seen', () => {
  it.each([
    [fieldOf('short'), 20],
    [fieldOf('/a/very/long/path/to/a/checkout'), 12],
    [{ text: '/a/very/long/path/to/a/checkout', cursor: 0 }, 12],
    [{ text: '中文字符中文字符中文字符', cursor: 5 }, 9],
    [fieldOf(''), 1],
  ])('%j fits into %d columns, the cursor in it', (field, columns) => {
    const { before, at, after } = fieldWindow(field, columns);
    expect(textWidth(before + at + after)).toBeLessThanOrEqual(columns);
    expect(`${field.text} `).toContain(before + at);
  });
});
