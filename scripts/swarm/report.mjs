/** Formats the rows. Pure. */
import { secondsText } from '../bench/figures.mjs';
import { alignedLines, markdownRow } from '../table.mjs';

const HEAD = ['step', 'verdict', 'seconds'];

function verdictOf({ problems }) {
  return problems.length === 0 ? 'right' : 'wrong';
}

function figureText({ what, seconds }) {
  return `${what}: ${secondsText(seconds)}`;
}

/** Returns the table for a terminal, with the figures, facts and problems of each step. */
export function tableText(rows) {
  const [head, ...lines] = alignedLines(
    [HEAD, ...rows.map((row) => [row.step, verdictOf(row), secondsText(row.seconds)])],
    2,
  );
  const notes = ({ figures, facts, problems }) => [
    ...figures.map(figureText),
    ...facts,
    ...problems.map((text) => `WRONG: ${text}`),
  ];
  return [
    head,
    ...rows.flatMap((row, index) => [
      lines[index],
      ...notes(row).map((text) => `    ${text.replaceAll('\n', '\n    ')}`),
    ]),
  ].join('\n');
}

/** Returns the table as Markdown. */
export function markdownText(rows) {
  return `${markdownRow(['step', 'verdict', 'what took how long', 'what was seen'])}
|---|---|---|---|
${rows
  .map((row) =>
    markdownRow([
      `\`${row.step}\``,
      verdictOf(row),
      row.figures.map(figureText).join('<br>'),
      [...row.facts, ...row.problems].join('<br>').replaceAll('\n', ' '),
    ]),
  )
  .join('\n')}
`;
}
