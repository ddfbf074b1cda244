/** PURE: how much of a terminal a frame leaves to what stands in it. */
import type { Size } from './theme.tsx';

/** From this height on a blank line stands under the head and over the footer. */
const ROOMY_ROWS = 20;
export const FOOTER_ROWS = 2;

export function gapRows({ rows }: Pick<Size, 'rows'>): number {
  return rows >= ROOMY_ROWS ? 1 : 0;
}

/** One row stays free under the frame: Ink can't redraw a frame as tall as the terminal. */
export function bodyRows(size: Size, footerRows: number): number {
  return Math.max(1, size.rows - 1 - 1 - footerRows - 2 * gapRows(size));
}

/** Whatever the footer takes. */
export function leastBodyRows(size: Size): number {
  return bodyRows(size, FOOTER_ROWS);
}
