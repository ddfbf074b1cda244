/** The command line of `npm run bench`. */
import { parseValues, UsageError } from '../command-line.mjs';

export const USAGE = `npm run bench -- [options]

  --only NAME[,NAME]  measure these rows only
  --runs N            number of runs of each row (default 3); five times as many for quick rows
  --json [FILE]       write the figures as JSON to FILE, or to stdout instead of the table
  --markdown FILE     write the figures as a Markdown page
  --check             run each row once, as short as possible: the figures are worthless, but each row is seen to work
  --help              show this help

FABRIC_SRC is the path of a Fabric checkout (the first of a list separated by ":"). The default is the bundled sample.
All work is done on a copy. The figures are reliable only if no other programs are running.
`;

const MAX_RUNS = 50;

/** Adds the value `-` (stdout) to `--json` without a value: `parseArgs` has no options with an optional value. */
function withJsonTarget(argv) {
  return argv.flatMap((word, index) => {
    const next = argv[index + 1];
    return word === '--json' && (next === undefined || next.startsWith('--')) ? ['--json', '-'] : [word];
  });
}

/**
 * Parses the command line.
 * @param argv arguments after the name of the program
 * @param names of all rows
 * @returns `only`: names in the order of `names`; `runs`; `json`: a path, `-` or undefined; `markdown`; `check`; `help`
 * @throws UsageError
 */
export function parseArguments(argv, names) {
  const values = parseValues(withJsonTarget(argv), {
    only: { type: 'string', multiple: true },
    runs: { type: 'string' },
    json: { type: 'string' },
    markdown: { type: 'string' },
    check: { type: 'boolean' },
    help: { type: 'boolean' },
  });
  const only = (values.only ?? []).flatMap((list) => list.split(',')).filter((name) => name !== '');
  const unknown = only.filter((name) => !names.includes(name));
  if (unknown.length > 0)
    throw new UsageError(`unknown row ${unknown.join(', ')}; the rows are ${names.join(', ')}`);
  const runs = values.runs ?? (values.check ? '1' : '3');
  if (!/^\d+$/.test(runs) || Number(runs) < 1 || Number(runs) > MAX_RUNS) {
    throw new UsageError(`--runs must be a number from 1 to ${MAX_RUNS}, not ${runs}`);
  }
  return {
    only: only.length > 0 ? names.filter((name) => only.includes(name)) : names,
    runs: Number(runs),
    json: values.json,
    markdown: values.markdown,
    check: values.check ?? false,
    help: values.help ?? false,
  };
}
