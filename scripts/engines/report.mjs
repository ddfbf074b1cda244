/** Formats the results. Pure. */
import { secondsText } from '../bench/figures.mjs';
import { datesText, machineText, reasonLines } from '../matrix/report.mjs';
import { alignedLines, markdownRow } from '../table.mjs';
import { STEPS } from './row.mjs';

const HEAD = ['engine', 'release', 'outcome', ...STEPS];

function cellsOf({ engine, tag, outcome, failed, steps }) {
  return [
    engine,
    tag,
    outcome === 'green' ? 'green' : `failed: ${failed}`,
    ...STEPS.map((name) => (steps[name] === undefined ? '–' : secondsText(steps[name].seconds))),
  ];
}

/** Returns one line for each fact about a failure, and one for what the row left on the engine. */
function noteLines(row) {
  return [...reasonLines(row), ...(row.left.length === 0 ? [] : [`left: ${row.left.join(', ')}`])];
}

/** Returns the table for a terminal, with the reason of each failure. */
export function tableText(rows) {
  const [head, ...lines] = alignedLines([HEAD, ...rows.map(cellsOf)], 3);
  const notes = (row) => noteLines(row).map((text) => `    ${text.replaceAll('\n', '\n    ')}`);
  return [head, ...rows.flatMap((row, index) => [lines[index], ...notes(row)])].join('\n');
}

/**
 * Returns `docs/engines.md`.
 * @param engines of the table, with `name` and `title`
 * @param rows at least one
 */
export function markdownText({ machine, engines, rows }) {
  const failed = rows.filter(({ outcome }) => outcome !== 'green');
  const notes = failed.map((row) => `- ${row.engine}, ${row.tag}: ${noteLines(row).join('\n  ')}`);
  const shown = engines.filter(({ name }) => rows.some(({ engine }) => engine === name));
  return `# Engines: what was proved on each

\`npm run engines\`, ${datesText(rows)}: ${rows.length - failed.length} of ${rows.length} rows green. Each engine runs in namespaces of its own. In each row,
\`up --yes\` builds the release from source and starts two organisations of one peer, to the proof; the peers reach the engine
through the gateway. Then one line of the Go source of the peer is edited, \`rebuild --smoke\` updates the network, and
\`clean --all\` removes everything. After \`rebuild\`, the running peers and their image must contain the edit. After \`clean\`, the
engine must have no container, volume, network or image that it did not have before, not even an untagged one. The peers of
\`sample\`, the practice source, name a version of the API in one request, as those of Fabric 2.2.6 to 2.5.14 do.

${markdownRow(HEAD)}
|---|---|---|${STEPS.map(() => '--:|').join('')}
${rows.map((row) => markdownRow(cellsOf(row))).join('\n')}

${markdownRow(['engine', 'what it is', 'version'])}
|---|---|---|
${shown
  .map(({ name, title }) =>
    markdownRow([name, title, rows.find(({ engine }) => engine === name).engineVersion]),
  )
  .join('\n')}

Machine: ${machineText(machine)}. Base images and Go build caches were copied from this machine's engine.
Other programs used the machine as well, so the seconds are not a benchmark.
${notes.length === 0 ? '' : `\n## Notes\n\n${notes.join('\n')}\n`}`;
}
