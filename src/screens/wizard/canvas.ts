/** PURE: what lines are drawn on, and how several blocks of them share its rows. */
import { cutToWidth, textWidth, wrapToWidth } from '../../report/terminal-text.ts';
import type { Size, Theme } from '../../ui/theme.tsx';

export interface Canvas extends Size {
  readonly theme: Theme;
}

/** A sentence over as many rows as there are; what does not fit is cut. */
export function sentence(text: string, { columns, theme }: Canvas, rows: number, indent = ''): string[] {
  const lines = wrapToWidth(text, columns - indent.length, '').map((line) => indent + line);
  if (lines.length <= rows) return lines.map((line) => fitted(line, columns, theme));
  const { ellipsis } = theme.style.symbol;
  const last = fitted(`${lines[rows - 1]} ${ellipsis}`, columns, theme);
  return [...lines.slice(0, rows - 1).map((line) => fitted(line, columns, theme)), last].slice(0, rows);
}

export function fitted(text: string, columns: number, { style }: Theme): string {
  return cutToWidth(text, columns, style.symbol.ellipsis);
}

/** Its end, which tells most of a path or a reference. */
export function fittedEnd(text: string, columns: number, { style }: Theme): string {
  const { ellipsis } = style.symbol;
  const letters = [...text];
  let from = 0;
  const shown = () => (from === 0 ? text : ellipsis + letters.slice(from).join(''));
  while (from < letters.length && textWidth(shown()) > columns) from += 1;
  return shown();
}

/** All of a text that has no blanks to break at, over several rows. */
export function broken(text: string, columns: number, indent: string): string[] {
  const room = Math.max(3, columns - indent.length);
  const letters = [...text];
  const rest =
    letters
      .slice(room)
      .join('')
      .match(new RegExp(`.{1,${room - 2}}`, 'gu')) ?? [];
  const first = letters.slice(0, room).join('');
  return [...(first === '' ? [] : [indent + first]), ...rest.map((row) => `${indent}  ${row}`)];
}

/** Rows of which the last one gives way to how many more there are, where there are more. */
export function withMore(shown: readonly string[], below: number, { style, t }: Theme): readonly string[] {
  if (below <= 0 || shown.length === 0) return shown;
  return [...shown.slice(0, -1), style.dim(t('list.more', { count: String(below + 1) }))];
}
