/** PURE: log lines as rows of the screen, wrapped or moved sideways, and scrolling through them by rows. */
import type { LogEntry } from '../pipeline/network/log-line.ts';
import { columnIndex, foldToWidth, padToWidth, textWidth } from '../report/terminal-text.ts';
import type { Theme } from '../ui/theme.tsx';
import { paintPart, shortLine } from './log-line.ts';
import { shortNode } from './node-label.ts';

export interface LogViewOptions {
  readonly theme: Theme;
  /** All nodes; the index selects a node's colour. */
  readonly nodes: readonly string[];
  readonly columns: number;
  /** Long lines are continued on the next row. */
  readonly wraps: boolean;
  /** Columns by which lines are moved to the left. */
  readonly shift: number;
  readonly found: RegExp | undefined;
}

/** Part of a log that is in view. Its last rows are those of the newest entries. */
export interface LogPosition {
  /** Number of newer entries that are below the view. */
  readonly below: number;
  /** Number of rows of the last entry that are below the view. */
  readonly hidden: number;
}

export const AT_END: LogPosition = { below: 0, hidden: 0 };

const SEPARATOR = ' | ';

function nameWidth({ nodes }: LogViewOptions): number {
  return Math.max(0, ...nodes.map((node) => textWidth(shortNode(node))));
}

/** Columns for the text of a line. */
function textColumns(options: LogViewOptions): number {
  return Math.max(8, options.columns - nameWidth(options) - SEPARATOR.length);
}

/** The characters of each row of a line. */
function rowSpans(text: string, options: LogViewOptions): readonly (readonly [number, number])[] {
  if (!options.wraps) return [[options.shift === 0 ? 0 : columnIndex(text, options.shift), text.length]];
  let end = 0;
  return foldToWidth(text, textColumns(options)).map((row) => {
    end += row.length;
    return [end - row.length, end] as const;
  });
}

export function rowCount({ line }: LogEntry, options: LogViewOptions): number {
  return options.wraps ? rowSpans(shortLine(line, options.columns).text, options).length : 1;
}

function entryRows({ node, line, level }: LogEntry, options: LogViewOptions): readonly string[] {
  const { theme, nodes, columns, shift, wraps, found } = options;
  const { style } = theme;
  const short = shortLine(line, columns);
  const name = padToWidth(shortNode(node), nameWidth(options));
  return rowSpans(short.text, options).map((span, row) => {
    const owner = row === 0 ? style.tint(Math.max(0, nodes.indexOf(node)))(name) : ' '.repeat(name.length);
    const left = !wraps && shift > 0 ? style.dim(style.symbol.ellipsis) : '';
    return `${owner}${style.dim(SEPARATOR)}${left}${paintPart(short, span, { theme, level, found })}`;
  });
}

/** At most `rows` rows. @param entries oldest first */
export function logRows(
  entries: readonly LogEntry[],
  { below, hidden }: LogPosition,
  rows: number,
  options: LogViewOptions,
): readonly string[] {
  let shown: string[] = [];
  for (let index = entries.length - 1 - below; index >= 0 && shown.length < rows; index -= 1) {
    const entry = entries[index];
    const drawn = entry ? entryRows(entry, options) : [];
    shown = [...(shown.length === 0 ? drawn.slice(0, drawn.length - hidden) : drawn), ...shown];
  }
  return shown.slice(-rows);
}

/** The position at which the oldest row is the first one in view. */
function topPosition(rowsOf: (index: number) => number, count: number, page: number): LogPosition {
  let rows = 0;
  for (let index = 0; index < count; index += 1) {
    rows += rowsOf(index);
    if (rows >= page) return { below: count - 1 - index, hidden: rows - page };
  }
  return AT_END;
}

/**
 * The position after scrolling by a number of rows, up if it is positive; never beyond the first and last row.
 * @param page rows in view
 */
export function scrolledLog(
  entries: readonly LogEntry[],
  position: LogPosition,
  { by, page }: { readonly by: number; readonly page: number },
  options: LogViewOptions,
): LogPosition {
  const count = entries.length;
  const rowsOf = (index: number) => {
    const entry = entries[index];
    return entry ? rowCount(entry, options) : 0;
  };
  const top = topPosition(rowsOf, count, page);
  let { below, hidden } = position;
  hidden += by;
  while (hidden < 0 && below > 0) {
    below -= 1;
    hidden += rowsOf(count - 1 - below);
  }
  if (hidden < 0) return AT_END;
  while (below < top.below && hidden >= rowsOf(count - 1 - below)) {
    hidden -= rowsOf(count - 1 - below);
    below += 1;
  }
  const isBeyond = below > top.below || (below === top.below && hidden > top.hidden);
  return isBeyond ? top : { below, hidden };
}

/** The largest shift that still shows the ends of the lines in view. */
export function maxShift(entries: readonly LogEntry[], options: LogViewOptions): number {
  const widths = entries.map(({ line }) => textWidth(shortLine(line, options.columns).text));
  return Math.max(0, Math.max(0, ...widths) - textColumns(options) + 1);
}
