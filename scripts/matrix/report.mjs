/** The results as people read them. Pure. */
import { secondsText } from '../bench/figures.mjs';
import { alignedLines, markdownRow } from '../table.mjs';
import { STEP_NAMES } from './steps.mjs';

const HEAD = ['release', 'outcome', ...STEP_NAMES];

function cellsOf({ tag, outcome, failed, steps }) {
  return [
    tag,
    outcome === 'green' ? 'green' : `failed: ${failed}`,
    ...STEP_NAMES.map((name) => (steps[name] === undefined ? '–' : secondsText(steps[name].seconds))),
  ];
}

/** A line a fact. */
function reasonLines({ reason }) {
  if (reason === undefined) return [];
  const { stage, title, proof, why } = reason;
  return [
    `${stage === undefined ? '' : `${stage}: `}${title}`,
    ...(proof ? [`${proof.from === '' ? '' : `${proof.from}: `}${proof.line}`] : []),
    ...(why ? [why] : []),
  ];
}

function leftOut({ absent }) {
  return absent.length === 0 ? [] : [`not in the repository that was read: ${absent.join(', ')}`];
}

/** The table for a terminal; under a release that failed, why. */
export function tableText(rows) {
  const [head, ...lines] = alignedLines([HEAD, ...rows.map(cellsOf)], 2);
  const notes = (row) => reasonLines(row).flatMap((text) => text.split('\n').map((line) => `    ${line}`));
  return [head, ...rows.flatMap((row, index) => [lines[index], ...notes(row)])].join('\n');
}

/** One line, and no name of the machine. */
export function machineText({ cpu, cores, memoryGb, kernel, engine, compose, node }) {
  return `${cpu}, ${cores} cores, ${memoryGb} GB, Linux ${kernel}, Docker Engine ${engine}, compose ${compose}, Node ${node}`;
}

function datesText(rows) {
  const dates = rows.map(({ date }) => date.slice(0, 10)).sort();
  const [first, last] = [dates[0], dates.at(-1)];
  return first === last ? first : `${first} to ${last}`;
}

/** Its parts that took longest, of a build: the rest would be a table of its own. */
function longestText({ stages }) {
  return [...stages]
    .sort((a, b) => b.seconds - a.seconds)
    .slice(0, 3)
    .map(({ stage, seconds }) => `${stage} ${secondsText(seconds)}`)
    .join(', ');
}

/**
 * The page for docs/.
 * @param rows at least one
 */
export function markdownText({ machine, rows }) {
  const failed = rows.filter(({ outcome }) => outcome !== 'green');
  const notes = rows.flatMap((row) =>
    [...reasonLines(row), ...leftOut(row)].map((text) => ({ tag: row.tag, text })),
  );
  return `# Every line: built, run and proved

\`npm run matrix\`, ${datesText(rows)}: ${rows.length - failed.length} of ${rows.length} releases green. Each release is checked out, built from
source by \`build\`, started by \`up --yes\` with two organisations of one peer, proved by \`smoke\`, edited (one line of the peer's
Go) and brought up to the edit by \`rebuild --smoke\`, and removed by \`clean --images\`. The edit must be in the running peers and in
their image. One release after another, on one machine.

${markdownRow(HEAD)}
|---|---|${STEP_NAMES.map(() => '--:|').join('')}
${rows.map((row) => markdownRow(cellsOf(row))).join('\n')}

Machine: ${machineText(machine)}. Base images and Go build caches that were there already were used, as they are on every second run.

## What the peers asked for

${markdownRow(['release', 'commit', 'builder', 'runtime', 'what took longest in build'])}
|---|---|---|---|---|
${rows
  .map(({ tag, commit, images, steps }) =>
    markdownRow([
      tag,
      commit,
      images ? `\`${images.builder}\`` : '–',
      images ? `\`${images.runtime}\`` : '–',
      steps.build ? longestText(steps.build) : '–',
    ]),
  )
  .join('\n')}
${notes.length === 0 ? '' : `\n## Notes\n\n${notes.map(({ tag, text }) => `- ${tag}: ${text.replaceAll('\n', '\n  ')}`).join('\n')}\n`}`;
}
