/** The command line of the bench. */
import { parseArgs } from 'node:util';

export const USAGE = `npm run bench -- [options]

  --only NAME[,NAME]  these rows only
  --runs N            repetitions of what is repeated (default 3); the quick rows are repeated five times as often
  --json [FILE]       the figures as JSON, into FILE or instead of the table
  --markdown FILE     the figures as a page
  --help              this

FABRIC_SRC names the Fabric checkout (the first path of a list separated by ":"); without it the bundled sample is
measured. Everything is done on a copy. The figures mean something on a quiet machine only.
`;

export class UsageError extends Error {}

const MOST_RUNS = 50;

/** `--json` alone means stdout; `parseArgs` knows no option whose value may be absent. */
function withJsonTarget(argv) {
  return argv.flatMap((word, index) => {
    const next = argv[index + 1];
    return word === '--json' && (next === undefined || next.startsWith('--')) ? ['--json', '-'] : [word];
  });
}

/**
 * @param argv words after the program's name
 * @param names the rows that there are
 * @returns `only`: names in the order of `names`; `runs`; `json`: a path, `-` or undefined; `markdown`; `help`
 * @throws UsageError
 */
export function parseArguments(argv, names) {
  let values;
  try {
    ({ values } = parseArgs({
      args: withJsonTarget(argv),
      options: {
        only: { type: 'string', multiple: true },
        runs: { type: 'string' },
        json: { type: 'string' },
        markdown: { type: 'string' },
        help: { type: 'boolean' },
      },
    }));
  } catch (error) {
    throw new UsageError(error.message);
  }
  const wanted = (values.only ?? []).flatMap((list) => list.split(',')).filter((name) => name !== '');
  const wrong = wanted.filter((name) => !names.includes(name));
  if (wrong.length > 0)
    throw new UsageError(`there is no row ${wrong.join(', ')}; there are ${names.join(', ')}`);
  const runs = values.runs ?? '3';
  if (!/^\d+$/.test(runs) || Number(runs) < 1 || Number(runs) > MOST_RUNS) {
    throw new UsageError(`--runs takes a number from 1 to ${MOST_RUNS}, not ${runs}`);
  }
  return {
    only: wanted.length > 0 ? names.filter((name) => wanted.includes(name)) : names,
    runs: Number(runs),
    json: values.json,
    markdown: values.markdown,
    help: values.help ?? false,
  };
}
