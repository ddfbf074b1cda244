/** The command line of the matrix. */
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { UsageError } from '../bench/arguments.mjs';
import { STEP_NAMES } from './steps.mjs';

/** The last release of each line, of 1.4 also one that is linked statically. */
const TAGS = [
  ...['1.0.6', '1.1.1', '1.2.1', '1.3.0', '1.4.3', '1.4.12'],
  ...['2.0.1', '2.2.15', '2.3.3', '2.4.9', '2.5.12', '3.0.0', '3.1.1'],
];

export const USAGE = `npm run matrix -- --fabric GITDIR [options]

  --fabric GITDIR     a git repository of Fabric with its release tags, bare or not; it is only read
  --tags TAG[,TAG]    these releases (default ${TAGS.join(', ')})
  --work DIR          where checkouts, projects and results are kept (default fabric-wizard-matrix in the
                      folder for temporary files); a run that was interrupted goes on from what is there
  --only STEP[,STEP]  of ${STEP_NAMES.join(', ')}; without clean, the network is left
  --again             the tags that have a result, too
  --port-base N       the first port of the first tag (default 37050); each further tag takes the next twenty
  --markdown FILE     the results as a page
  --help              this

One tag after another, each in a folder, a project and an image namespace of its own. The checkouts need a gigabyte for
five tags; base images and build caches stay on the engine, as they do for everybody.
`;

const PORT_BASE = '37050';
const HIGHEST_PORT_BASE = 60_000;

function listOf(values) {
  return (values ?? []).flatMap((list) => list.split(',')).filter((name) => name !== '');
}

/**
 * @param argv words after the program's name
 * @returns `fabric` and `work`: absolute paths; `tags` without a leading v; `only`: names of steps in their order;
 *   `again`; `portBase`; `markdown`: a path or undefined; or `help` alone
 * @throws UsageError
 */
export function parseArguments(argv) {
  let values;
  try {
    ({ values } = parseArgs({
      args: argv,
      options: {
        fabric: { type: 'string' },
        tags: { type: 'string', multiple: true },
        work: { type: 'string' },
        only: { type: 'string', multiple: true },
        again: { type: 'boolean' },
        'port-base': { type: 'string' },
        markdown: { type: 'string' },
        help: { type: 'boolean' },
      },
    }));
  } catch (error) {
    throw new UsageError(error.message);
  }
  if (values.help) return { help: true };
  if (!values.fabric) throw new UsageError('--fabric is missing: a git repository of Fabric');
  const wanted = listOf(values.only);
  const wrong = wanted.filter((name) => !STEP_NAMES.includes(name));
  if (wrong.length > 0)
    throw new UsageError(`there is no step ${wrong.join(', ')}; there are ${STEP_NAMES.join(', ')}`);
  const tags = listOf(values.tags).map((tag) => tag.replace(/^v(?=\d)/, ''));
  const odd = tags.filter((tag) => !/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(tag));
  if (odd.length > 0) throw new UsageError(`no tag has such a name: ${odd.join(', ')}`);
  const portBase = values['port-base'] ?? PORT_BASE;
  if (!/^\d+$/.test(portBase) || Number(portBase) < 1024 || Number(portBase) > HIGHEST_PORT_BASE)
    throw new UsageError(`--port-base takes a number from 1024 to ${HIGHEST_PORT_BASE}, not ${portBase}`);
  return {
    fabric: resolve(values.fabric),
    work: resolve(values.work ?? join(tmpdir(), 'fabric-wizard-matrix')),
    tags: tags.length > 0 ? [...new Set(tags)] : TAGS,
    only: wanted.length > 0 ? STEP_NAMES.filter((name) => wanted.includes(name)) : STEP_NAMES,
    again: values.again ?? false,
    portBase: Number(portBase),
    markdown: values.markdown,
  };
}
