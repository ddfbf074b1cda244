/** The command line of `npm run engines`. */
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseValues, UsageError } from '../command-line.mjs';
import { ENGINES } from './table.mjs';

const NAMES = ENGINES.map(({ name }) => name);

export const USAGE = `npm run engines -- --fabric GITDIR [options]

  --fabric GITDIR          git repository of Fabric with its release tags, bare or not; it is not changed
  --only ENGINE[,ENGINE]   engines, of ${NAMES.join(', ')}
  --releases TAG[,TAG]     only these releases of an engine's rows; sample is the practice source
  --work DIR               folder for engines, checkouts, projects and results (default fabric-wizard-engines in the
                           folder for temporary files); an interrupted run continues from there
  --again                  also do the rows that have a result
  --markdown FILE          write the results as a Markdown page
  --help                   show this help

Needs root, Linux namespaces, apt-get and a mirror of Debian packages. Each engine runs in namespaces of its own, one at a
time. This machine's engine is only asked for base images and Go build caches. The first run unpacks up to 1.2 GB of packages.
`;

function listOf(values) {
  return (values ?? []).flatMap((list) => list.split(',')).filter((name) => name !== '');
}

/**
 * Parses the command line.
 * @param argv arguments after the name of the program
 * @returns `fabric` and `work`: absolute paths; `rows`: `{engine, tag}` in the order of the table; `again`; `markdown`: a path
 *   or undefined; or `help` alone
 * @throws UsageError
 */
export function parseArguments(argv) {
  const values = parseValues(argv, {
    fabric: { type: 'string' },
    only: { type: 'string', multiple: true },
    releases: { type: 'string', multiple: true },
    work: { type: 'string' },
    again: { type: 'boolean' },
    markdown: { type: 'string' },
    help: { type: 'boolean' },
  });
  if (values.help) return { help: true };
  if (!values.fabric) throw new UsageError('--fabric is missing: the path of a git repository of Fabric');
  const only = listOf(values.only);
  const unknown = only.filter((name) => !NAMES.includes(name));
  if (unknown.length > 0)
    throw new UsageError(`unknown engine ${unknown.join(', ')}; the engines are ${NAMES.join(', ')}`);
  const releases = listOf(values.releases);
  const rows = ENGINES.filter(({ name }) => only.length === 0 || only.includes(name)).flatMap((engine) =>
    engine.releases
      .filter((tag) => releases.length === 0 || releases.includes(tag))
      .map((tag) => ({ engine, tag })),
  );
  if (rows.length === 0) throw new UsageError('no engine of the table has one of these releases');
  return {
    fabric: resolve(values.fabric),
    work: resolve(values.work ?? join(tmpdir(), 'fabric-wizard-engines')),
    rows,
    again: values.again ?? false,
    markdown: values.markdown,
  };
}
