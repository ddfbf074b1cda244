/** PURE: the chaincodes of the network, the text field, and the answers to calls, as lines. */
import { renderFailure } from '../report/failure-block.ts';
import { describeFailure } from '../report/failure-text.ts';
import {
  cleanLine,
  cleanLines,
  cutToWidth,
  foldToWidth,
  stripStyle,
  wrapToWidth,
} from '../report/terminal-text.ts';
import { listWindow } from '../ui/list-window.ts';
import type { Size, Theme } from '../ui/theme.tsx';
import type { ChaincodeEntry } from './chaincode-entries.ts';
import type { AnsweredCall, CallResult, ChaincodesState, EnteredCall } from './chaincode-state.ts';
import { fittingTable } from './fitting-table.ts';
import { promptLines, type ShownField } from './prompt-lines.ts';
import { ruleLine } from './run-view.ts';

/** Cells that the table has on every terminal: the cursor, the name and the files. */
const MIN_CELLS = 3;
/** Share of the columns for a name, which leaves room for the channel on a small terminal. */
const NAME_SHARE = 0.28;
/** Share of the rows for the list, if there are answers below it. */
const LIST_SHARE = 0.5;
const MIN_LIST_ROWS = 3;

export interface ChaincodeViewOptions extends Size {
  readonly theme: Theme;
  readonly entries: readonly ChaincodeEntry[];
  /** Index of the entry under the cursor. */
  readonly chosen: number;
  /** Number of peers of the network. */
  readonly peers: number;
  /** The field that is open. */
  readonly field: ShownField | undefined;
  /** The lines of all answers; see `answerLines`. */
  readonly answers: readonly string[];
  /** Number of those lines above the visible ones. */
  readonly above: number;
}

function filesCell({ files }: ChaincodeEntry, { t, style }: Theme): string {
  switch (files) {
    case 'current':
      return t('chaincode.current');
    case 'changed':
      return style.warn(t('chaincode.changed'));
    case 'not-deployed':
      return style.warn(t('chaincodes.not-deployed'));
    case 'unknown':
      return '';
  }
}

function entryCells(entry: ChaincodeEntry, isChosen: boolean, options: ChaincodeViewOptions): string[] {
  const { theme, columns, peers } = options;
  const { style } = theme;
  const { row } = entry;
  const name = cutToWidth(entry.name, Math.max(8, Math.floor(columns * NAME_SHARE)), style.symbol.ellipsis);
  const share = (some: readonly string[] | undefined) => (some ? `${some.length}/${peers}` : '');
  const version = row?.sequence === undefined ? (row?.version ?? '') : `${row.version} #${row.sequence}`;
  const cells = [
    name,
    filesCell(entry, theme),
    entry.channel,
    share(row?.running),
    share(row?.installed),
    version,
  ];
  const pointer = isChosen ? style.strong(style.symbol.pointer) : ' ';
  if (entry.isSmoke) return [pointer, ...cells.map((cell) => style.dim(stripStyle(cell)))];
  return [pointer, ...(isChosen ? [style.strong(name), ...cells.slice(1)] : cells)];
}

const COLUMNS = ['name', 'state', 'channel', 'running', 'installed', 'version'] as const;

function listLines(rows: number, options: ChaincodeViewOptions): readonly string[] {
  const { theme, entries, chosen } = options;
  const { from, to } = listWindow(entries.length, chosen, rows - 1);
  const header = ['', ...COLUMNS.map((key) => theme.t(`chaincode.column-${key}`))].map(theme.style.dim);
  const cells = entries
    .slice(from, to)
    .map((entry, index) => entryCells(entry, from + index === chosen, options));
  return fittingTable([header, ...cells], MIN_CELLS, options);
}

function callLine(
  { kind, name, channel, line }: EnteredCall,
  { t, style }: Theme,
  columns: number,
): string[] {
  const text = `${style.strong(`${t(`key.${kind}`)} ${name}`)} ${cleanLine(line)} ${style.dim(channel)}`;
  return wrapToWidth(text, columns, '  ');
}

function resultLines(
  result: CallResult,
  call: EnteredCall,
  theme: Theme,
  columns: number,
): readonly string[] {
  const { t, style } = theme;
  const { good, bad, warn, dim, symbol } = style;
  const told = (text: string) => wrapToWidth(text, columns - 2, '').map((line) => `  ${line}`);
  const answer = (text: string) =>
    cleanLines(text).flatMap((line) => foldToWidth(line, columns - 2).map((part) => `  ${part}`));
  switch (result.kind) {
    case 'answered':
      return result.answer === '' ? told(t('calls.empty')).map(dim) : answer(result.answer);
    case 'sent': {
      const { transaction, status = '' } = result;
      const outcome =
        transaction === undefined ? t('calls.sent') : t('chaincode.committed', { transaction, status });
      return [
        ...(result.answer === '' ? [] : answer(result.answer)),
        ...told(`${symbol.good} ${outcome}`).map(good),
      ];
    }
    case 'cancelled':
      return told(
        `${symbol.warn} ${t(call.kind === 'invoke' ? 'calls.cancelled-invoke' : 'calls.cancelled')}`,
      ).map(warn);
    case 'failed': {
      const { failure } = result;
      const isOwn = failure.kind === 'command' && failure.chaincode !== undefined;
      // The chaincode itself has answered; there is nothing to say about the network.
      if (isOwn) return told(`${symbol.bad} ${cleanLine(describeFailure(failure, style).title)}`).map(bad);
      return renderFailure(failure, { style, columns: columns - 2, wrapsCommands: true }).flatMap((line) =>
        foldToWidth(line, columns - 2).map((part) => `  ${part}`),
      );
    }
  }
}

/** Returns the lines of all answers, the newest one first. */
export function answerLines(
  answers: readonly AnsweredCall[],
  theme: Theme,
  columns: number,
): readonly string[] {
  return answers
    .toReversed()
    .flatMap((call) => [
      ...callLine(call, theme, columns),
      ...resultLines(call.result, call, theme, columns),
    ]);
}

/** Lines that say why there is no list, or that it may be old. */
function stateLines(
  { known, problem }: Pick<ChaincodesState, 'known' | 'problem'>,
  { entries, theme, columns }: ChaincodeViewOptions,
): readonly string[] {
  const { t, style } = theme;
  if (problem !== undefined)
    return wrapToWidth(`${style.symbol.bad} ${problem}`, columns, '  ').map(style.bad);
  if (entries.length > 0) return [];
  return wrapToWidth(t(known ? 'chaincodes.none' : 'chaincodes.reading'), columns, '').map(style.dim);
}

/** Returns the number of rows for answers. */
export function answerRows(lines: readonly string[], rows: number): number {
  return Math.max(0, rows - lines.length - 1);
}

/** The lines above the answers. */
export function chaincodeHead(
  state: Pick<ChaincodesState, 'known' | 'problem' | 'calling'>,
  options: ChaincodeViewOptions,
): readonly string[] {
  const { entries, theme, columns, rows, field, answers } = options;
  const calling = state.calling
    ? [
        ...callLine(state.calling, theme, columns),
        `  ${theme.style.dim(`${theme.style.symbol.dot} ${theme.t('calls.waiting')}`)}`,
      ]
    : [];
  const below = [
    ...stateLines(state, options),
    ...(field ? promptLines(field, columns, theme) : []),
    ...calling,
  ];
  const shared = answers.length > 0 ? Math.floor(rows * LIST_SHARE) : rows;
  const room = Math.max(MIN_LIST_ROWS, Math.min(shared, rows - below.length));
  const list = entries.length === 0 ? [] : listLines(Math.min(entries.length + 1, room), options);
  return [...list, ...below];
}

/** At most `rows` lines. */
export function chaincodeView(
  state: Pick<ChaincodesState, 'known' | 'problem' | 'calling'>,
  options: ChaincodeViewOptions,
): readonly string[] {
  const { theme, columns, rows, answers, above } = options;
  const head = chaincodeHead(state, options);
  const room = answerRows(head, rows);
  if (answers.length === 0 || room === 0) return head.slice(0, rows);
  const from = Math.max(0, Math.min(above, answers.length - room));
  const title = ruleLine(theme.t('chaincodes.answers'), columns, theme);
  return [...head, title, ...answers.slice(from, from + room)];
}
