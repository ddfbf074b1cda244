/** PURE: a table without the last columns that do not fit. */
import { renderTable } from '../report/tables.ts';
import { cutToWidth, textWidth } from '../report/terminal-text.ts';
import type { Size, Theme } from '../ui/theme.tsx';

/** @param minCells number of cells that are shown in any case */
export function fittingTable(
  rows: readonly (readonly string[])[],
  minCells: number,
  options: Pick<Size, 'columns'> & { readonly theme: Theme },
): readonly string[] {
  const { columns, theme } = options;
  const { ellipsis } = theme.style.symbol;
  const lines = renderTable(rows).split('\n');
  const cells = rows[0]?.length ?? 0;
  if (cells > minCells && lines.some((line) => textWidth(line) > columns))
    return fittingTable(
      rows.map((row) => row.slice(0, -1)),
      minCells,
      options,
    );
  return lines.map((line) => cutToWidth(line, columns, ellipsis));
}
