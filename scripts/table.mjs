/** Rows of cells as text: for a terminal, and for a page. Pure. */

/**
 * @param rows cells as text, as many in each row; the first row is the head
 * @param left how many columns, from the first, stand at the left of their place; the others at the right
 * @returns a line a row
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
