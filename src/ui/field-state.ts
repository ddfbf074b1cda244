/** PURE: editing of a single-line text field. The cursor counts grapheme clusters. */
import { clusters, textWidth } from '../report/terminal-text.ts';
import type { Press } from './keys.ts';

export interface FieldState {
  readonly text: string;
  /** Characters before the cursor. */
  readonly cursor: number;
}

function graphemes(text: string): readonly string[] {
  return [...clusters(text)].map(({ segment }) => segment);
}

/** A field with the cursor at the end of its text. */
export function fieldOf(text: string): FieldState {
  return { text, cursor: graphemes(text).length };
}

/** The text before the cursor. */
export function beforeCursor({ text, cursor }: FieldState): string {
  return graphemes(text).slice(0, cursor).join('');
}

export function typed(field: FieldState, text: string): FieldState {
  const all = graphemes(field.text);
  const before = all.slice(0, field.cursor).join('') + text;
  return { text: before + all.slice(field.cursor).join(''), cursor: graphemes(before).length };
}

function cut(all: readonly string[], from: number, to: number): FieldState {
  return { text: all.toSpliced(from, to - from).join(''), cursor: from };
}

/** Start of the word before the cursor. */
function wordStart(all: readonly string[], cursor: number): number {
  const before = all.slice(0, cursor).join('').trimEnd();
  const head = before.slice(0, before.search(/[^\s/:.,]*$/u)) || '';
  return Math.min(graphemes(head).length, Math.max(0, cursor - 1));
}

/** The field after an editing key; undefined if the key does not edit. */
export function edited(field: FieldState, { name }: Press): FieldState | undefined {
  const all = graphemes(field.text);
  const { text, cursor } = field;
  switch (name) {
    case 'left':
      return { text, cursor: Math.max(0, cursor - 1) };
    case 'right':
      return { text, cursor: Math.min(all.length, cursor + 1) };
    case 'home':
    case 'ctrl+a':
      return { text, cursor: 0 };
    case 'end':
    case 'ctrl+e':
      return { text, cursor: all.length };
    case 'backspace':
      return cursor === 0 ? field : cut(all, cursor - 1, cursor);
    case 'delete':
    case 'ctrl+d':
      return cut(all, cursor, cursor + 1);
    case 'ctrl+k':
      return cut(all, cursor, all.length);
    case 'ctrl+u':
      return cut(all, 0, cursor);
    case 'ctrl+w':
      return cut(all, wordStart(all, cursor), cursor);
    default:
      return undefined;
  }
}

/** Keys that `edited` handles, for a key table. */
export const EDITING_KEYS = [
  'left',
  'right',
  'home',
  'end',
  'backspace',
  'delete',
  'ctrl+a',
  'ctrl+d',
  'ctrl+e',
  'ctrl+k',
  'ctrl+u',
  'ctrl+w',
] as const;

/** The part of the text around the cursor that fits: before, at (a space at the end of the text) and after the cursor. */
export function fieldWindow(
  { text, cursor }: FieldState,
  columns: number,
): { readonly before: string; readonly at: string; readonly after: string } {
  const all = graphemes(text);
  const at = all[cursor] ?? ' ';
  let room = columns - textWidth(at);
  let from = cursor;
  let to = Math.min(all.length, cursor + 1);
  // Prefer the text before the cursor, which was typed last.
  while (from > 0 && textWidth(all[from - 1] ?? '') <= room) {
    from -= 1;
    room -= textWidth(all[from] ?? '');
  }
  while (to < all.length && textWidth(all[to] ?? '') <= room) {
    room -= textWidth(all[to] ?? '');
    to += 1;
  }
  return { before: all.slice(from, cursor).join(''), at, after: all.slice(cursor + 1, to).join('') };
}
