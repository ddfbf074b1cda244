/**
 * `node scripts/picture.mjs EVENTS.ndjson > docs/up.svg`: a recorded run (`.fabric-wizard/runs/<id>/events.ndjson`)
 * through the real plain face, drawn as a terminal. `node scripts/picture.mjs --screen CAPTURE > docs/dashboard.svg`:
 * a screen, as `tmux capture-pane -e -p` gives it.
 */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
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
  7: 'font-weight="bold" text-decoration="underline"',
  31: 'fill="#ff7b72"',
  32: 'fill="#7ee787"',
  33: 'fill="#e3b341"',
};

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

function changed(looks, number) {
  if (number === 0) return [];
  if (LOOKS[number]) return [...looks, number];
  if (number === 22) return looks.filter((look) => look > 2);
  if (number === 27) return looks.filter((look) => look !== 7);
  if (number === 39) return looks.filter((look) => look < 30);
  // The paper of the default: tmux says it at each line.
  if (number === 49) return looks;
  throw new Error(`no look for the escape code ${number}`);
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
      for (const number of code.split(';').map(Number)) looks = changed(looks, number);
    } else if (part !== '') {
      const style = looks.map((look) => ` ${LOOKS[look]}`).join('');
      // Every stretch says where it starts, so that columns stand whatever font the viewer has.
      drawn += `<tspan x="${x.toFixed(1)}"${style}>${escaped(part)}</tspan>`;
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
    `<rect width="100%" height="100%" rx="8" fill="${PAPER}"/>`,
    `<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="${FONT}" fill="${INK}" xml:space="preserve">`,
    ...rows,
    '</g>',
    '</svg>',
    '',
  ].join('\n');
}

const [first, capture] = process.argv.slice(2);
if (!first || (first === '--screen' && !capture)) {
  console.error('node scripts/picture.mjs EVENTS.ndjson > docs/up.svg');
  console.error('node scripts/picture.mjs --screen CAPTURE > docs/dashboard.svg');
  process.exit(2);
}
process.stdout.write(
  first === '--screen'
    ? svg(
        readFileSync(capture, 'utf8').trimEnd().split('\n'),
        'fabric-wizard: the dashboard of a running network',
      )
    : svg(
        [PROMPT, ...(await linesOf(first))],
        'fabric-wizard up: from a Fabric checkout to a chaincode whose images are proved',
      ),
);
