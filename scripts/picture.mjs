/**
 * `node scripts/picture.mjs EVENTS.ndjson > docs/up.svg`: a recorded run (`.fabric-wizard/runs/<id>/events.ndjson`)
 * through the real plain face, drawn as a terminal.
 * `tmux capture-pane -ep | node scripts/picture.mjs --screen > docs/dashboard.svg`: a screen as it stands in a
 * terminal.
 */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';
import { build } from 'esbuild';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const COLUMNS = 110;
const PROMPT = '$ npx fabric-wizard up --yes --source ../fabric';
/** Pixels. A glyph of the fonts below is 0.6 of its size wide. */
const FONT = 13;
const GLYPH = FONT * 0.6;
const LINE = 18;
const EDGE = 16;

const PAPER = '#16181d';
const INK = '#d5d9e0';
/** By SGR code. */
const LOOKS = {
  1: 'font-weight="bold"',
  2: 'opacity="0.6"',
  31: 'fill="#ff7b72"',
  32: 'fill="#7ee787"',
  33: 'fill="#e3b341"',
  34: 'fill="#79c0ff"',
  35: 'fill="#d2a8ff"',
  36: 'fill="#76e3ea"',
  94: 'fill="#a5d6ff"',
  95: 'fill="#e2c5ff"',
  96: 'fill="#b3f0ff"',
};
/** The colour of the paper: a terminal names it, we have one. */
const IGNORED = [49];

async function plainFace() {
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: ['src/report/plain.ts'],
    bundle: true,
    format: 'esm',
    platform: 'node',
    write: false,
  });
  return import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString('base64')}`);
}

/** @returns the run's lines, with colours, no wider than COLUMNS */
async function linesOf(eventsFile) {
  const { createPlainReporter } = await plainFace();
  let text = '';
  const reporter = createPlainReporter({
    write: (chunk) => {
      text += chunk;
    },
    colour: true,
    unicode: true,
    verbose: false,
    columns: COLUMNS,
  });
  for (const line of readFileSync(eventsFile, 'utf8').trim().split('\n')) reporter.onEvent(JSON.parse(line));
  await reporter.close();
  // Where the folder lay says nothing.
  return text
    .replace(/\/\S*\/(?=\.fabric-wizard\/)/g, '')
    .trimEnd()
    .split('\n');
}

function escaped(text) {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** One line as tspans, a span per stretch of equal looks. */
function spans(line) {
  let looks = [];
  let x = EDGE;
  let drawn = '';
  // biome-ignore lint/suspicious/noControlCharactersInRegex: escape codes are what is read here
  for (const part of line.split(/(\u001b\[[\d;]*m)/)) {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: as above
    const code = /^\u001b\[([\d;]*)m$/.exec(part)?.[1];
    if (code !== undefined) {
      for (const number of code.split(';').map(Number)) {
        if (number === 0) looks = [];
        else if (LOOKS[number]) looks = [...looks.filter((look) => number < 30 || look < 30), number];
        else if (number === 22) looks = looks.filter((look) => look > 2);
        else if (number === 39) looks = looks.filter((look) => look < 30);
        else if (!IGNORED.includes(number)) throw new Error(`no look for the escape code ${code}`);
      }
    } else if (part !== '') {
      const style = looks.map((look) => ` ${LOOKS[look]}`).join('');
      // Every stretch says where it starts, so that columns stand whatever font the viewer has.
      drawn += `<tspan x="${x.toFixed(1)}"${style}>${escaped(part)}</tspan>`;
      x += GLYPH * [...part].length;
    }
  }
  return drawn;
}

function svg(lines, title, columns = COLUMNS) {
  const width = Math.ceil(columns * GLYPH + 2 * EDGE);
  const height = lines.length * LINE + 2 * EDGE;
  const rows = lines.map((line, i) => `<text y="${EDGE + (i + 0.75) * LINE}">${spans(line)}</text>`);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">`,
    `<title>${escaped(title)}</title>`,
    `<rect width="100%" height="100%" rx="8" fill="${PAPER}"/>`,
    `<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="${FONT}" fill="${INK}" xml:space="preserve">`,
    ...rows,
    '</g>',
    '</svg>',
    '',
  ].join('\n');
}

/** Columns that a line takes; what is drawn here has no wide characters. */
function widthOf(line) {
  return [...stripVTControlCharacters(line)].length;
}

const [what] = process.argv.slice(2);
if (what === '--screen') {
  const lines = readFileSync(0, 'utf8').trimEnd().split('\n');
  const columns = Math.max(...lines.map(widthOf));
  process.stdout.write(svg(lines, 'fabric-wizard: a screen in a terminal', columns));
} else if (what) {
  const title = 'fabric-wizard up: from a Fabric checkout to a chaincode whose images are proved';
  process.stdout.write(svg([PROMPT, ...(await linesOf(what))], title));
} else {
  console.error('node scripts/picture.mjs EVENTS.ndjson > docs/up.svg');
  process.exit(2);
}
