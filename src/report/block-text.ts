/** PURE: blocks as lines: one for each transaction, and one block in full. */
import type { BlockSummary, BlockTransaction, DecodedBlock } from '../pipeline/network/block-summary.ts';
import { localSecond } from './local-time.ts';
import type { Style } from './style.ts';
import { cleanLine, cutToWidth, padToWidth, textWidth, wrapToWidth } from './terminal-text.ts';

const GAP = '  ';

/** Columns of the cells before the validation code, which takes the rest. */
interface Widths {
  readonly number: number;
  readonly time: number;
  readonly type: number;
  readonly chaincode: number;
  readonly function: number;
}

/** Width of the day and of the time of day. */
const FULL_TIME = 19;
const TIME = 8;
/** Width of `ApproveChaincodeDefinitionForMyOrg`, which every network of 2.0 or later calls. */
const LONGEST_FUNCTION = 34;

function widthsFor(columns: number): Widths {
  if (columns < 60) return { number: 5, time: 0, type: 6, chaincode: 0, function: 10 };
  if (columns < 118) {
    const name = Math.min(LONGEST_FUNCTION, Math.max(12, columns - 66));
    return { number: 5, time: TIME, type: 6, chaincode: 16, function: name };
  }
  if (columns < 140) return { number: 6, time: TIME, type: 8, chaincode: 24, function: LONGEST_FUNCTION };
  return { number: 6, time: FULL_TIME, type: 8, chaincode: 36, function: 40 };
}

/** Local time: `2026-11-29 14:00:29`, or only the time of day. */
export function blockTime(iso: string, columns: number): string {
  const at = localSecond(iso);
  if (at === undefined) return '';
  return columns < FULL_TIME ? at.time : `${at.day} ${at.time}`;
}

function typeText(type: string, { t }: Style): string {
  if (type === 'ENDORSER_TRANSACTION') return t('block.call');
  return type === 'CONFIG' ? t('block.config') : cleanLine(type.toLowerCase());
}

function codeText(validation: string, { good, bad, dim, symbol, t }: Style): string {
  if (validation === '') return dim(t('block.no-code'));
  if (validation === 'VALID') return good(`${symbol.good} ${t('block.valid')}`);
  return bad(`${symbol.bad} ${cleanLine(validation)}`);
}

type Cells = Readonly<Record<keyof Widths, string>>;

function line(cells: Cells, code: string, columns: number, { symbol }: Style): string {
  const widths = widthsFor(columns);
  const cell = (name: keyof Widths) => {
    const width = widths[name];
    const text = cutToWidth(cells[name], width, symbol.ellipsis);
    return name === 'number'
      ? ' '.repeat(Math.max(0, width - textWidth(text))) + text
      : padToWidth(text, width);
  };
  const names = (Object.keys(widths) as (keyof Widths)[]).filter((name) => widths[name] > 0);
  return cutToWidth([...names.map(cell), code].join(GAP), columns, symbol.ellipsis);
}

export function blockHeader(columns: number, style: Style): string {
  const { t } = style;
  const cells = {
    number: t('block.number'),
    time: t('block.time'),
    type: t('block.type'),
    chaincode: t('block.chaincode'),
    function: t('block.function'),
  };
  return style.dim(line(cells, t('block.code'), columns, style));
}

/** One line for each transaction of a block. The first one has the block's number. */
export function blockLines({ number, transactions }: BlockSummary, columns: number, style: Style): string[] {
  const widths = widthsFor(columns);
  return transactions.map((transaction, index) => {
    const cells = {
      number: index === 0 ? String(number) : '',
      time: blockTime(transaction.time, widths.time),
      type: typeText(transaction.type, style),
      chaincode: cleanLine(transaction.chaincode ?? ''),
      function: cleanLine(transaction.function ?? ''),
    };
    return line(cells, codeText(transaction.validation, style), columns, style);
  });
}

/** What stands for an argument that is no text. */
const NO_TEXT = /^\(\d+ bytes\)$/;

function callText({ chaincode, function: name, args = [] }: BlockTransaction): string {
  if (chaincode === undefined) return '';
  const list = args.map((arg) => (NO_TEXT.test(arg) ? arg : JSON.stringify(arg))).join(', ');
  return `${chaincode}: ${name ?? ''}(${list})`;
}

function transactionLines(transaction: BlockTransaction, columns: number, style: Style): string[] {
  const { id, time, type, creator, validation } = transaction;
  const call = callText(transaction);
  const parts = [blockTime(time, FULL_TIME), cleanLine(type), cleanLine(creator)].filter(Boolean);
  return [
    `${codeText(validation, style)}${GAP}${parts.join(` ${style.symbol.dot} `)}`,
    ...(id === '' ? [] : wrapToWidth(`  ${style.t('block.id')} ${cleanLine(id)}`, columns, '  ')),
    ...(call === '' ? [] : wrapToWidth(`  ${cleanLine(call)}`, columns, '    ')),
  ];
}

/** Certificates and signatures are longer; they are shown by their first characters. */
const LONGEST_TEXT = 160;
const SHOWN_TEXT = 24;

/** JSON with long values shortened. */
function readable(json: unknown, { t, symbol }: Style): string[] {
  const shorten = (_: string, value: unknown) =>
    typeof value === 'string' && value.length > LONGEST_TEXT
      ? `${value.slice(0, SHOWN_TEXT)}${symbol.ellipsis} ${t('block.characters', { count: value.length })}`
      : value;
  return JSON.stringify(json, shorten, 2).split('\n').map(cleanLine);
}

/** A block in full: its transactions, then its JSON. */
export function blockDetail(block: DecodedBlock, columns: number, style: Style): string[] {
  return [
    ...block.transactions.flatMap((transaction) => transactionLines(transaction, columns, style)),
    '',
    ...readable(block.json, style),
  ];
}
