/** Formats the results. Pure. */
import { secondsText } from '../bench/figures.mjs';
import { alignedLines, markdownRow } from '../table.mjs';
import { STEP_NAMES } from './steps.mjs';

const HEAD = ['release', 'outcome', ...STEP_NAMES];

/** A branch has a version that its name does not say. */
function nameOf({ tag, version }) {
  return version === undefined ? tag : `${tag} (${version})`;
}

function cellsOf(row) {
  const { outcome, failed, steps } = row;
  return [
    nameOf(row),
    outcome === 'green' ? 'green' : `failed: ${failed}`,
    ...STEP_NAMES.map((name) => (steps[name] === undefined ? '–' : secondsText(steps[name].seconds))),
  ];
}

/** Returns one line for each fact. */
export function reasonLines({ reason }) {
  if (reason === undefined) return [];
  const { stage, title, proof, why } = reason;
  return [
    `${stage === undefined ? '' : `${stage}: `}${title}`,
    ...(proof ? [`${proof.from === '' ? '' : `${proof.from}: `}${proof.line}`] : []),
    ...(why ? [why] : []),
  ];
}

function leftOut({ absent }) {
  return absent.length === 0 ? [] : [`missing in the repository: ${absent.join(', ')}`];
}

/** Returns the table for a terminal, with the reason of each failure. */
export function tableText(rows) {
  const [head, ...lines] = alignedLines([HEAD, ...rows.map(cellsOf)], 2);
  const notes = (row) => reasonLines(row).flatMap((text) => text.split('\n').map((line) => `    ${line}`));
  return [head, ...rows.flatMap((row, index) => [lines[index], ...notes(row)])].join('\n');
}

/** Describes the machine in one line, without its name. */
export function machineText({ cpu, cores, memoryGb, kernel, engine, compose, node }) {
  return `${cpu}, ${cores} cores, ${memoryGb} GB, Linux ${kernel}, Docker Engine ${engine}, compose ${compose}, Node ${node}`;
}

/** @param rows with `date`. @returns the first and the last day */
export function datesText(rows) {
  const dates = rows.map(({ date }) => date.slice(0, 10)).sort();
  const [first, last] = [dates[0], dates.at(-1)];
  return first === last ? first : `${first} to ${last}`;
}

/** Returns the three longest stages of a build. */
function longestText({ stages }) {
  return [...stages]
    .sort((a, b) => b.seconds - a.seconds)
    .slice(0, 3)
    .map(({ stage, seconds }) => `${stage} ${secondsText(seconds)}`)
    .join(', ');
}

/**
 * Returns `docs/matrix.md`.
 * @param rows at least one
 */
export function markdownText({ machine, rows }) {
  const failed = rows.filter(({ outcome }) => outcome !== 'green');
  const notes = rows.flatMap((row) =>
    [...reasonLines(row), ...leftOut(row)].map((text) => ({ tag: row.tag, text })),
  );
  return `# Releases: built, run and proved

\`npm run matrix\`, ${datesText(rows)}: ${rows.length - failed.length} of ${rows.length} releases green. Each release is checked out and built from
source by \`build\`, started by \`up --yes\` with two organisations of one peer, and proved by \`smoke\`. The peers reach the
engine through the gateway. Then one line of the Go source of the peer is edited, \`rebuild --smoke\` updates the network, and
\`clean --images\` removes everything. After \`rebuild\`, the running peers and their image must contain the edit. The releases run
one after another on one machine.

${markdownRow(HEAD)}
|---|---|${STEP_NAMES.map(() => '--:|').join('')}
${rows.map((row) => markdownRow(cellsOf(row))).join('\n')}

Machine: ${machineText(machine)}. Existing base images and Go build caches were used.

## Images that the peers used

${markdownRow(['release', 'commit', 'builder', 'runtime', 'longest stages of build'])}
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
