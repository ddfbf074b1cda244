/**
 * Draws a picture of a terminal for docs/ from what `tmux capture-pane -e -p` prints in a window of at most 120 columns.
 * `node scripts/picture.mjs CAPTURE TITLE [COMMAND] > docs/NAME.svg`; COMMAND is shown above, after a prompt.
 */
import { readFileSync } from 'node:fs';

const COLUMNS = 120;
/** In pixels. The width of a glyph is 0.6 of the font size. */
const FONT = 13;
const GLYPH = FONT * 0.6;
const LINE = 18;
const EDGE = 16;

const BACKGROUND = '#16181d';
const FOREGROUND = '#d5d9e0';
/** Attributes by SGR code. */
const STYLES = {
  1: 'font-weight="bold"',
  2: 'opacity="0.6"',
  7: 'font-weight="bold" text-decoration="underline"',
  31: 'fill="#ff7b72"',
  32: 'fill="#7ee787"',
  33: 'fill="#e3b341"',
};

function escaped(text) {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function stylesAfter(styles, number) {
  if (number === 0) return [];
  if (STYLES[number]) return [...styles, number];
  if (number === 22) return styles.filter((style) => style > 2);
  if (number === 27) return styles.filter((style) => style !== 7);
  if (number === 39) return styles.filter((style) => style < 30);
  // The default background, which tmux sets in each line.
  if (number === 49) return styles;
  throw new Error(`unknown escape code ${number}`);
}

/** Returns a line as tspans, one for each part with the same styles. */
function spans(line) {
  let styles = [];
  let x = EDGE;
  let drawn = '';
  // biome-ignore lint/suspicious/noControlCharactersInRegex: this function reads escape codes
  for (const part of line.split(/(\u001b\[[\d;]*m)/)) {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: as above
    const code = /^\u001b\[([\d;]*)m$/.exec(part)?.[1];
    if (code !== undefined) {
      for (const number of code.split(';').map(Number)) styles = stylesAfter(styles, number);
    } else if (part !== '') {
      const attributes = styles.map((style) => ` ${STYLES[style]}`).join('');
      // Each part has its position, so that columns are aligned in any font.
      drawn += `<tspan x="${x.toFixed(1)}"${attributes}>${escaped(part)}</tspan>`;
      x += GLYPH * [...part].length;
    }
  }
  return drawn;
}

function svg(lines, title) {
  const width = Math.ceil(COLUMNS * GLYPH + 2 * EDGE);
  const height = lines.length * LINE + 2 * EDGE;
  const rows = lines.map((line, i) => `<text y="${EDGE + (i + 0.75) * LINE}">${spans(line)}</text>`);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">`,
    `<title>${title}</title>`,
    `<rect width="100%" height="100%" rx="8" fill="${BACKGROUND}"/>`,
    `<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="${FONT}" fill="${FOREGROUND}" xml:space="preserve">`,
    ...rows,
    '</g>',
    '</svg>',
    '',
  ].join('\n');
}

const [capture, title, command] = process.argv.slice(2);
if (title === undefined) {
  console.error('node scripts/picture.mjs CAPTURE TITLE [COMMAND] > docs/NAME.svg');
  process.exit(2);
}
const lines = readFileSync(capture, 'utf8').trimEnd().split('\n');
process.stdout.write(svg(command === undefined ? lines : [`$ ${command}`, ...lines], title));
