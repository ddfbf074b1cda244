/** Formats the results. Pure. */
import { markdownRow } from '../table.mjs';

/** Returns the line that is printed for a fault. */
export function rowText({ name, outcome, broken, again, problems, seconds }) {
  const endings = [broken, again].filter(Boolean).join(', then ');
  return [`${outcome}: ${name} (${seconds} s; ${endings})`, ...problems.map((text) => `    ${text}`)].join(
    '\n',
  );
}

/** Counts the rows that survived. */
export function countText(rows) {
  const survived = rows.filter(({ outcome }) => outcome === 'survived').length;
  return `${survived} of ${rows.length} faults survived`;
}

function groupsOf(rows) {
  const groups = new Map();
  for (const row of rows) groups.set(row.kind, [...(groups.get(row.kind) ?? []), row]);
  return [...groups];
}

/** Returns how many runs ended in the same way: "3 proven, 1 cancelled". */
function endingsText(rows) {
  const counts = new Map();
  for (const { broken = 'not run' } of rows) {
    const ending = /^(proven|cancelled)$/.test(broken)
      ? broken
      : broken.startsWith('ended by')
        ? 'killed'
        : 'failed';
    counts.set(ending, (counts.get(ending) ?? 0) + 1);
  }
  return [...counts].map(([ending, count]) => `${count} ${ending}`).join(', ');
}

function datesText(rows) {
  const dates = rows.map(({ date }) => date.slice(0, 10)).sort();
  const [first, last] = [dates[0], dates.at(-1)];
  return first === last ? first : `${first} to ${last}`;
}

/** The first line of a problem, without paths of the machine. */
const problemText = (text) =>
  text.split('\n')[0].replaceAll(/(?:file:\/\/)?\/\S*\/(?=\.fabric-wizard\b|dist\/)/g, '');

const cell = (text) => text.replaceAll('|', '\\|').replaceAll('\n', ' ');

/**
 * Returns `docs/faults.md`.
 * @param rows at least one, in the order of the list
 */
export function markdownText(rows) {
  const failed = rows.filter(({ outcome }) => outcome !== 'survived');
  const lines = groupsOf(rows).map(([kind, group]) => {
    const survived = group.filter(({ outcome }) => outcome === 'survived').length;
    const places = group.map(({ where }) => where).join(', ');
    return markdownRow([kind, cell(places), `${survived} of ${group.length}`, endingsText(group)]);
  });
  return `# Faults: what a run survives

\`npm run faults\`, ${datesText(rows)}: ${countText(rows)}. Each fault happens to a network of the practice source with two
organisations of one peer, on an engine of its own. A fault is survived if:

- the run with the fault ends with a proof, or with an exit code and a message that says why not; a signal cancels it;
- the next \`up --yes\` ends with a proof and all nodes running. After the loss of a key or certificate it may end with an error
  instead; then the first command that it suggests must lead to a proof;
- no container of a stage is left behind, and the state folder is complete and unlocked;
- objects of other users are unchanged: a \`dev-peer…\` container, an image, a volume, a network, and a container that was made
  from our image.

If a fault happens before the run and is not repaired, the run itself must end with a proof. \`at rest\` means that no run is in
progress when the fault happens. A run that \`failed\` ended with an error message.

${markdownRow(['fault', 'where', 'survived', 'the run with the fault'])}
|---|---|---|---|
${lines.join('\n')}
${failed.length === 0 ? '' : `\n## Not survived\n\n${failed.map(({ name, problems }) => `- ${name}: ${problems.map(problemText).join('; ')}`).join('\n')}\n`}`;
}
