/** Text on a terminal: removal of control codes, width, cutting and wrapping. */

const ESCAPE = '\\u001b';
/** Escape sequences: CSI (colours, cursor), OSC (titles, links), and the two-character ones. */
const SEQUENCES = new RegExp(
  `${ESCAPE}(?:\\[[0-?]*[ -/]*[@-~]|\\][^\\u0007\\u001b]*(?:\\u0007|${ESCAPE}\\\\)?|[@-Z\\\\^_])`,
  'g',
);
const SGR = new RegExp(`${ESCAPE}\\[[0-9;]*m`, 'g');
/** Splits a text and keeps the sequences as parts. */
const SGR_PARTS = new RegExp(`(${ESCAPE}\\[[0-9;]*m)`);
const CONTROLS = /\p{Cc}/gu;
/** Colours and weights, as `style.ts` writes them: they cannot hide text, move the cursor or ask the terminal. */
const OWN_STYLES = new RegExp(`(${ESCAPE}\\[(?:[0127]|2[27]|3[0-79]|9[0-7])m)`);
/** Control characters that text does not need. */
const UNPRINTABLE = /[^\P{Cc}\n\t]/gu;

/**
 * Returns text as a terminal may get it: all that is printed or drawn passes through here. Colours stay. Other escape
 * sequences are removed, because texts of chaincode, of nodes and of files are part of what is shown.
 */
export function shownText(text: string): string {
  if (text.search(UNPRINTABLE) < 0) return text;
  return text
    .split(OWN_STYLES)
    .map((part, index) => (index % 2 === 1 ? part : part.replace(SEQUENCES, '').replace(UNPRINTABLE, '')))
    .join('');
}

/** Returns one line without escape sequences and control characters: its last state if it was redrawn with `\r`. */
export function cleanLine(text: string): string {
  const redrawn = text.split('\r').filter((part) => part.trim() !== '');
  return (redrawn.at(-1) ?? '')
    .replace(SEQUENCES, '')
    .replace(/[\t\n]/g, '  ')
    .replace(CONTROLS, '');
}

export function cleanLines(text: string): string[] {
  return text.replace(/\r\n/g, '\n').split('\n').map(cleanLine);
}

/** First and last code points of the East Asian wide and full-width blocks (UAX 11), coarsely. */
const WIDE: readonly (readonly [number, number])[] = [
  [0x1100, 0x115f],
  [0x2e80, 0x303e],
  [0x3041, 0x33ff],
  [0x3400, 0x4dbf],
  [0x4e00, 0x9fff],
  [0xa000, 0xa4cf],
  [0xa960, 0xa97f],
  [0xac00, 0xd7a3],
  [0xf900, 0xfaff],
  [0xfe30, 0xfe6f],
  [0xff00, 0xff60],
  [0xffe0, 0xffe6],
  [0x1f1e6, 0x1f1ff],
  [0x20000, 0x3fffd],
];

let segmenter: Intl.Segmenter | undefined;

/** Grapheme clusters: a letter with its accents, an emoji of several code points. */
export function clusters(text: string): Iterable<Intl.SegmentData> {
  // Created on first use, because it loads large tables.
  segmenter ??= new Intl.Segmenter();
  return segmenter.segment(text);
}

function clusterWidth(cluster: string): number {
  // U+FE0F selects the emoji form of a narrow character.
  if (/\p{Emoji_Presentation}|\uFE0F/u.test(cluster)) return 2;
  if (/^[\p{M}\p{Cc}\p{Cf}]+$/u.test(cluster)) return 0;
  const point = cluster.codePointAt(0) ?? 0;
  return WIDE.some(([first, last]) => point >= first && point <= last) ? 2 : 1;
}

/** Characters that join a cluster, or whose width does not follow from the code point. */
const NEEDS_CLUSTERS = /[\p{M}\p{Cc}\p{Cf}\p{Emoji_Presentation}]|\uFE0F/u;
/** The first code point that may be wide. */
const FIRST_WIDE = 0x1100;

/** Returns the width of a text in which each code point is a cluster. */
function plainWidth(text: string): number {
  let width = 0;
  for (const character of text) {
    const point = character.codePointAt(0) ?? 0;
    const isWide = point >= FIRST_WIDE && WIDE.some(([first, last]) => point >= first && point <= last);
    width += isWide ? 2 : 1;
  }
  return width;
}

/** Returns the text without colours. */
export function stripStyle(text: string): string {
  return text.replace(SGR, '');
}

/** Returns the number of terminal columns. Colours count 0, wide characters 2. */
export function textWidth(text: string): number {
  const plain = stripStyle(text);
  if (/^[\x20-\x7e]*$/.test(plain)) return plain.length;
  if (!NEEDS_CLUSTERS.test(plain)) return plainWidth(plain);
  let width = 0;
  for (const { segment } of clusters(plain)) width += clusterWidth(segment);
  return width;
}

/** Returns `text` cut to `columns`, with `ellipsis` at the cut. Colours are kept, including their end. */
export function cutToWidth(text: string, columns: number, ellipsis = '…'): string {
  if (textWidth(text) <= columns) return text;
  const room = columns - textWidth(ellipsis);
  if (room < 0) return '';
  let kept = '';
  let width = 0;
  let cut = false;
  for (const part of text.split(SGR_PARTS)) {
    if (part.startsWith('\u001b')) {
      kept += part;
      continue;
    }
    for (const { segment } of cut ? [] : clusters(part)) {
      width += clusterWidth(segment);
      cut = width > room;
      kept += cut ? ellipsis : segment;
      if (cut) break;
    }
  }
  return kept;
}

/** Returns the index of the first character at or after a column of a text without colours. */
export function columnIndex(text: string, column: number): number {
  let width = 0;
  for (const { segment, index } of clusters(text)) {
    if (width >= column) return index;
    width += clusterWidth(segment);
  }
  return text.length;
}

export function padToWidth(text: string, columns: number): string {
  return text + ' '.repeat(Math.max(0, columns - textWidth(text)));
}

/** Punctuation that must not start a line (NOT_FIRST) or end one (NOT_LAST). */
const NOT_FIRST = /^[，。、：；！？）》」』】”…,.;:!?)]/u;
const NOT_LAST = /[（《「『【“(]$/u;

/** Splits a word into the parts between which a line may break: before and after wide characters. */
function breakable(word: string): string[] {
  if (textWidth(word) === [...word].length) return [word];
  const parts: string[] = [];
  let wideBefore = false;
  for (const { segment } of clusters(word)) {
    const wide = clusterWidth(segment) === 2;
    const last = parts.at(-1);
    const mayBreak = (wide || wideBefore) && !NOT_FIRST.test(segment) && !NOT_LAST.test(last ?? '');
    if (last === undefined || mayBreak) parts.push(segment);
    else parts[parts.length - 1] = last + segment;
    wideBefore = wide;
  }
  return parts;
}

/** A space that ends a word: not the one between a number and its unit. */
const SPACE = / (?!(?<=\d )(?:s|min|h|[kMGT]?B)(?![A-Za-z]))/;

/**
 * Returns lines of at most `columns`, broken at spaces and between wide characters. A longer word gets a line
 * of its own. All lines but the first are indented.
 */
export function wrapToWidth(text: string, columns: number, indent: string): string[] {
  if (textWidth(text) <= columns) return [text];
  const lines: string[] = [];
  let width = 0;
  for (const word of text.split(SPACE)) {
    for (const [index, part] of breakable(word).entries()) {
      const last = lines.at(-1);
      const blank = index === 0 ? ' ' : '';
      const longer = width + blank.length + textWidth(part);
      if (last !== undefined && longer <= columns) {
        lines[lines.length - 1] = last + blank + part;
        width = longer;
      } else {
        lines.push(last === undefined ? part : indent + part);
        width = textWidth(lines.at(-1) ?? '');
      }
    }
  }
  return lines;
}

/** A word of a shell command, including its quotes. */
const SHELL_WORD = /(?:[^\s'"]|'[^']*'|"[^"]*")+/g;
/** Only in double quotes does a backslash continue the line; in single quotes it is literal. */
const DOUBLE_QUOTED = /^"[^"]*"$/;
/** An option at the end of the current line. */
const OPTION = /(^|[ "])-{1,2}[A-Za-z][\w-]*$/;

/** Splits a command into words, an option with its value. A double-quoted word longer than a line is split, too. */
function commandParts(command: string, room: number): string[] {
  const words = (command.match(SHELL_WORD) ?? []).flatMap((word) =>
    DOUBLE_QUOTED.test(word) && textWidth(word) > room ? word.split(' ') : [word],
  );
  const parts: string[] = [];
  for (const word of words) {
    const last = parts.at(-1);
    const isValue = last !== undefined && OPTION.test(last) && !/^[-|>&;]/.test(word);
    if (isValue) parts[parts.length - 1] = `${last} ${word}`;
    else parts.push(word);
  }
  return parts;
}

/**
 * Returns a shell command in lines of at most `columns` that a shell accepts as they are: all but the last end
 * with a backslash. A text in double quotes is broken at spaces if it is longer than a line; a text in single
 * quotes never is.
 */
export function wrapCommand(command: string, columns: number, indent: string): string[] {
  const room = columns - 2;
  const lines: string[] = [];
  for (const part of commandParts(command, room - textWidth(indent))) {
    const last = lines.at(-1);
    if (last !== undefined && textWidth(`${last} ${part}`) <= room)
      lines[lines.length - 1] = `${last} ${part}`;
    else lines.push(last === undefined ? part : indent + part);
  }
  return lines.map((line, index) => (index < lines.length - 1 ? `${line} \\` : line));
}

/** Returns where to break a full row: after its last space if that is in the last third, else at its end. */
function breakIndex(row: string): number {
  const space = row.lastIndexOf(' ') + 1;
  return space > (2 * row.length) / 3 ? space : row.length;
}

/**
 * Returns a line as lines of at most `columns`, broken at spaces, and within words that are long. No character is
 * lost. A broken line loses its colours.
 */
export function foldToWidth(text: string, columns: number): string[] {
  if (textWidth(text) <= columns) return [text];
  const lines: string[] = [];
  let line = '';
  let width = 0;
  for (const { segment } of clusters(stripStyle(text))) {
    const wide = clusterWidth(segment);
    if (width + wide > columns && line !== '') {
      const index = segment === ' ' ? line.length : breakIndex(line);
      lines.push(line.slice(0, index));
      line = line.slice(index);
      width = textWidth(line);
    }
    line += segment;
    width += wide;
  }
  return [...lines, line];
}
