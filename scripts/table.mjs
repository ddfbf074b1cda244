/** Formats rows of cells for a terminal and for Markdown. Pure. */

/**
 * Aligns the columns of a table.
 * @param rows of cells, all of the same length; the first row is the header
 * @param left number of columns that are aligned to the left; the others are aligned to the right
 * @returns one line for each row
 */
export function alignedLines(rows, left = 1) {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((cells) => cells[column].length)));
  const placed = (cell, column) =>
    column < left ? cell.padEnd(widths[column]) : cell.padStart(widths[column]);
  return rows.map((cells) => cells.map(placed).join('  ').trimEnd());
}

export function markdownRow(cells) {
  return `| ${cells.join(' | ')} |`;
}
