/** PURE: fits text into the columns and rows of a screen's body. */
import { cutToWidth, textWidth, wrapToWidth } from '../../report/terminal-text.ts';
import type { Size, Theme } from '../../ui/theme.tsx';

export interface Canvas extends Size {
  readonly theme: Theme;
}

/** A sentence wrapped over at most `rows` rows; the rest is cut. */
export function sentence(text: string, { columns, theme }: Canvas, rows: number, indent = ''): string[] {
  const lines = wrapToWidth(text, columns - indent.length, '').map((line) => indent + line);
  if (lines.length <= rows) return lines.map((line) => fitted(line, columns, theme));
  const { ellipsis } = theme.style.symbol;
  const last = fitted(`${lines[rows - 1]} ${ellipsis}`, columns, theme);
  return [...lines.slice(0, rows - 1).map((line) => fitted(line, columns, theme)), last].slice(0, rows);
}

/** Cuts the end of a text that is too wide. */
export function fitted(text: string, columns: number, { style }: Theme): string {
  return cutToWidth(text, columns, style.symbol.ellipsis);
}

/** Cuts the start of a text that is too wide: the end of a path or an image reference says most. */
export function fittedEnd(text: string, columns: number, { style }: Theme): string {
  const { ellipsis } = style.symbol;
  const characters = [...text];
  let from = 0;
  const shown = () => (from === 0 ? text : ellipsis + characters.slice(from).join(''));
  while (from < characters.length && textWidth(shown()) > columns) from += 1;
  return shown();
}

/** Breaks a text without blanks over several rows; nothing is cut. */
export function broken(text: string, columns: number, indent: string): string[] {
  const room = Math.max(3, columns - indent.length);
  const characters = [...text];
  const rest =
    characters
      .slice(room)
      .join('')
      .match(new RegExp(`.{1,${room - 2}}`, 'gu')) ?? [];
  const first = characters.slice(0, room).join('');
  return [...(first === '' ? [] : [indent + first]), ...rest.map((row) => `${indent}  ${row}`)];
}

/** Replaces the last row by the number of hidden rows if there are rows below. */
export function withMore(shown: readonly string[], below: number, { style, t }: Theme): readonly string[] {
  if (below <= 0 || shown.length === 0) return shown;
  return [...shown.slice(0, -1), style.dim(t('list.more', { count: String(below + 1) }))];
}
