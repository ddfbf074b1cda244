/** PURE: the height of a frame's body. */
import type { Size } from './theme.tsx';

/** Terminals of at least this height have a blank row below the head line and above the footer. */
const ROOMY_ROWS = 20;
export const FOOTER_ROWS = 2;

export function gapRows({ rows }: Pick<Size, 'rows'>): number {
  return rows >= ROOMY_ROWS ? 1 : 0;
}

/** Leaves one row of the terminal free: Ink cannot redraw a frame as tall as the terminal. */
export function bodyRows(size: Size, footerRows: number): number {
  return Math.max(1, size.rows - 1 - 1 - footerRows - 2 * gapRows(size));
}

/** Height of the body with the tallest footer. */
export function minBodyRows(size: Size): number {
  return bodyRows(size, FOOTER_ROWS);
}
