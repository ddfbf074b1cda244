/** Computes ratios and formats them as a table and as a page. Pure. */
import { alignedLines, markdownRow } from '../table.mjs';

/** @param values at least one number */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/**
 * Returns the figure of a row.
 * @param row `name`, `what`, `against`, `atMost`; `unit`: `MB` if it measures no time
 * @param times `measured` and `reference`: seconds of each run; `extras` [{what, seconds | ratio}]: further
 *   figures; `measuredParts` and `referenceParts` [{what, seconds}]: where the time went
 */
export function figureOf(row, times) {
  const { name, what, against, atMost, unit } = row;
  const { measured, reference, extras = [], measuredParts = [], referenceParts = [] } = times;
  const ratio = median(measured) / median(reference);
  return {
    name,
    what,
    against,
    ...(unit === undefined ? {} : { unit }),
    seconds: { measured: median(measured), reference: median(reference) },
    ratio,
    atMost,
    ok: ratio <= atMost,
    runs: { measured, reference },
    extras,
    parts: { measured: measuredParts, reference: referenceParts },
  };
}

/** Returns `0.042 s`, `9.4 s`, `74 s`. */
export function secondsText(seconds) {
  if (seconds < 1) return `${seconds.toFixed(3)} s`;
  return `${seconds < 9.95 ? seconds.toFixed(1) : Math.round(seconds)} s`;
}

/** Returns a measured value with its unit. */
function valueText(value, unit) {
  return unit === undefined ? secondsText(value) : `${value.toFixed(1)} ${unit}`;
}

export function ratioText(ratio) {
  return ratio.toFixed(2);
}

const HEAD = ['row', 'measured', 'reference', 'ratio', 'at most', ''];

function cellsOf(figure) {
  if (figure.error !== undefined) return [figure.name, 'failed', '', '', ratioText(figure.atMost), ''];
  const { name, seconds, ratio, atMost, ok, unit } = figure;
  return [
    name,
    valueText(seconds.measured, unit),
    valueText(seconds.reference, unit),
    ratioText(ratio),
    ratioText(atMost),
    ok ? 'ok' : 'OVER',
  ];
}

function extraText({ what, seconds, ratio }) {
  return `${what}: ${ratio === undefined ? secondsText(seconds) : ratioText(ratio)}`;
}

/** Lists the parts in descending order, without those below 1 %. */
export function partsText(parts) {
  const whole = parts.reduce((sum, { seconds }) => sum + seconds, 0);
  return [...parts]
    .filter(({ seconds }) => seconds >= whole / 100)
    .sort((a, b) => b.seconds - a.seconds)
    .map(({ what, seconds }) => `${what} ${secondsText(seconds)}`)
    .join(', ');
}

function notesOf(figure) {
  if (figure.error !== undefined) return [figure.error];
  const { extras, ok, parts } = figure;
  return [
    ...extras.map(extraText),
    ...(ok || parts.measured.length === 0 ? [] : [`measured: ${partsText(parts.measured)}`]),
    ...(ok || parts.reference.length === 0 ? [] : [`reference: ${partsText(parts.reference)}`]),
  ];
}

/** Returns the table for a terminal, with the notes of each row below it. */
export function tableText(figures) {
  const [head, ...lines] = alignedLines([HEAD, ...figures.map(cellsOf)]);
  const notes = (figure) => notesOf(figure).map((note) => `    ${note}`);
  return [head, ...figures.flatMap((figure, row) => [lines[row], ...notes(figure)])].join('\n');
}

/** Describes the machine in one line. */
export function machineText({ cpu, cores, memoryGb, kernel, engine, node, go }) {
  return `${cpu}, ${cores} cores, ${memoryGb} GB, Linux ${kernel}, Docker Engine ${engine}, Node ${node}, ${go} in the builder`;
}

/** Returns `docs/benchmarks.md`: the table, the machine, and what each row compares. */
export function markdownText({ date, source, machine, runs, figures }) {
  return `# Benchmarks

\`npm run bench\` on ${source}, ${date.slice(0, 10)}. Each figure is the ratio of two times that were measured in the same run on the same
machine, so it also applies to other machines. The times are medians of at least ${runs} runs; a cold build runs once.

${markdownRow([...HEAD.slice(0, 5), 'result'])}
|---|--:|--:|--:|--:|---|
${figures.map((figure) => markdownRow(cellsOf(figure))).join('\n')}

Machine: ${machineText(machine)}.

## What is compared

${figures
  .map((figure) =>
    [
      `- **${figure.name}**: ${figure.what}, against ${figure.against}.`,
      ...notesOf(figure).map((note) => `  - ${note}`),
    ].join('\n'),
  )
  .join('\n')}
`;
}
