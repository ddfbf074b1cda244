/** PURE: a text field with a mark before it, and what is said about its text. */
import { textWidth, wrapToWidth } from '../report/terminal-text.ts';
import { type FieldState, fieldWindow } from '../ui/field-state.ts';
import type { Theme } from '../ui/theme.tsx';

export interface ShownField {
  /** What stands before the text. */
  readonly mark: string;
  readonly field: FieldState;
  /** Why its text cannot be accepted. */
  readonly problem?: string | undefined;
  /** Shown while the field is empty. */
  readonly hint?: string;
}

/** The field. What is said about its text is beside it, or in rows of its own if it does not fit there. */
export function promptLines(
  { mark, field, problem, hint = '' }: ShownField,
  columns: number,
  { style }: Theme,
): string[] {
  const said = problem ?? (field.text === '' ? hint : '');
  const paint = problem === undefined ? style.dim : style.bad;
  const beside = said === '' ? '' : `  ${said}`;
  const isBeside = textWidth(mark + field.text + beside) < columns;
  const room = Math.max(1, columns - textWidth(mark) - (isBeside ? textWidth(beside) : 0) - 1);
  const { before, at, after } = fieldWindow(field, room);
  const line = `${mark}${before}${style.invert(at)}${after}`;
  if (isBeside) return [line + paint(beside)];
  return [line, ...(said === '' ? [] : wrapToWidth(said, columns, '').map(paint))];
}
