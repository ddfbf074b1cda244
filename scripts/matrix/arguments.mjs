/** The command line of `npm run matrix`. */
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseValues, UsageError } from '../command-line.mjs';
import { STEP_NAMES } from './steps.mjs';

/**
 * The last patch of each minor release, a release of 1.4 that is linked statically, the first releases that ask
 * engines for API 1.44, and Fabric's main branch.
 */
const TAGS = [
  ...['1.0.6', '1.1.1', '1.2.1', '1.3.0', '1.4.3', '1.4.12'],
  ...['2.0.1', '2.2.15', '2.3.3', '2.4.9', '2.5.12', '2.5.16', '3.0.0', '3.1.1', '3.1.5'],
  'main',
];

export const USAGE = `npm run matrix -- --fabric GITDIR [options]

  --fabric GITDIR     git repository of Fabric with its release tags, bare or not; it is not changed
  --tags TAG[,TAG]    test these tags or branches (default ${TAGS.join(', ')})
  --any N             test N tags at random instead, of all from 1.0 on; the seed is printed
  --seed N            with --any: choose the tags of this seed, to repeat or continue a run
  --work DIR          folder for checkouts, projects and results (default fabric-wizard-matrix in the folder for
                      temporary files); an interrupted run continues from there
  --only STEP[,STEP]  steps, of ${STEP_NAMES.join(', ')}; without clean, the network is kept
  --again             also test the tags that have a result
  --port-base N       first port of the first tag (default 37050); each further tag uses the next twenty ports
  --markdown FILE     write the results as a Markdown page
  --help              show this help

Each tag has its own folder, project and image namespace. The checkouts of five tags need a gigabyte. Base images and
build caches stay on the engine.
`;

const PORT_BASE = '37050';
const HIGHEST_PORT_BASE = 60_000;

function listOf(values) {
  return (values ?? []).flatMap((list) => list.split(',')).filter((name) => name !== '');
}

function wholeNumber(name, value, least) {
  if (value === undefined) return undefined;
  const number = Number(value);
  if (!/^\d+$/.test(value) || number < least || number >= 2 ** 32)
    throw new UsageError(`--${name} must be a whole number from ${least} on, not ${value}`);
  return number;
}

/**
 * Parses the command line.
 * @param argv arguments after the name of the program
 * @returns `fabric` and `work`: absolute paths; `tags` and branches, without a leading v; `any` and `seed`: numbers or
 *   undefined; `only`: names of steps in their order;
 *   `again`; `portBase`; `markdown`: a path or undefined; or `help` alone
 * @throws UsageError
 */
export function parseArguments(argv) {
  const values = parseValues(argv, {
    fabric: { type: 'string' },
    tags: { type: 'string', multiple: true },
    any: { type: 'string' },
    seed: { type: 'string' },
    work: { type: 'string' },
    only: { type: 'string', multiple: true },
    again: { type: 'boolean' },
    'port-base': { type: 'string' },
    markdown: { type: 'string' },
    help: { type: 'boolean' },
  });
  if (values.help) return { help: true };
  if (!values.fabric) throw new UsageError('--fabric is missing: the path of a git repository of Fabric');
  const only = listOf(values.only);
  const unknown = only.filter((name) => !STEP_NAMES.includes(name));
  if (unknown.length > 0)
    throw new UsageError(`unknown step ${unknown.join(', ')}; the steps are ${STEP_NAMES.join(', ')}`);
  const tags = listOf(values.tags).map((tag) => tag.replace(/^v(?=\d)/, ''));
  const invalid = tags.filter((tag) => !/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(tag));
  if (invalid.length > 0) throw new UsageError(`invalid tag: ${invalid.join(', ')}`);
  const any = wholeNumber('any', values.any, 1);
  const seed = wholeNumber('seed', values.seed, 0);
  if (any !== undefined && tags.length > 0)
    throw new UsageError('--any chooses the tags; use either --any or --tags');
  if (seed !== undefined && any === undefined) throw new UsageError('--seed needs --any');
  const portBase = values['port-base'] ?? PORT_BASE;
  if (!/^\d+$/.test(portBase) || Number(portBase) < 1024 || Number(portBase) > HIGHEST_PORT_BASE)
    throw new UsageError(`--port-base must be a number from 1024 to ${HIGHEST_PORT_BASE}, not ${portBase}`);
  return {
    fabric: resolve(values.fabric),
    work: resolve(values.work ?? join(tmpdir(), 'fabric-wizard-matrix')),
    tags: tags.length > 0 ? [...new Set(tags)] : TAGS,
    any,
    seed,
    only: only.length > 0 ? STEP_NAMES.filter((name) => only.includes(name)) : STEP_NAMES,
    again: values.again ?? false,
    portBase: Number(portBase),
    markdown: values.markdown,
  };
}
