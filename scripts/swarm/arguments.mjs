/** The command line of `npm run swarm`. */
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseValues, UsageError } from '../command-line.mjs';
import { STEP_NAMES } from './campaign.mjs';

export const USAGE = `npm run swarm -- [options]

  --source DIR          source of Fabric (default FABRIC_SRC, or else sample, the practice source); it is not changed
  --only STEP[,STEP]    only these steps, after up: ${STEP_NAMES.join(', ')}
  --images NAMESPACE    namespace of images on this machine's engine that were built from the source; they are copied, so that
                        only what the steps edit is compiled
  --shared              all machines have these images and the base images at once, so that up copies none
  --work DIR            folder for the machines, the project and the source (default fabric-wizard-swarm in the folder for
                        temporary files)
  --json                print the rows as JSON instead of a table
  --markdown FILE       write the table as Markdown
  --help                show this help

Needs root, Linux namespaces and dockerd. Three machines are started in namespaces of their own, as one Swarm. This machine's
engine is only asked for base images, images and Go build caches.
`;

/**
 * Parses the command line.
 * @param argv arguments after the name of the program
 * @param env with FABRIC_SRC
 * @returns `source`: an absolute path, or undefined for the practice source; `only`: names of steps, empty for all; `images`: a
 *   namespace or undefined; `shared`; `work`: an absolute path; `json`; `markdown`: a path or undefined; or `help` alone
 * @throws UsageError
 */
export function parseArguments(argv, env = process.env) {
  const values = parseValues(argv, {
    source: { type: 'string', default: env.FABRIC_SRC || 'sample' },
    only: { type: 'string', multiple: true, default: [] },
    images: { type: 'string' },
    work: { type: 'string', default: join(tmpdir(), 'fabric-wizard-swarm') },
    shared: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    markdown: { type: 'string' },
    help: { type: 'boolean' },
  });
  if (values.help) return { help: true };
  const only = values.only.flatMap((list) => list.split(',')).filter((name) => name !== '');
  const unknown = only.filter((name) => !STEP_NAMES.includes(name));
  if (unknown.length > 0)
    throw new UsageError(`unknown step ${unknown.join(', ')}; the steps are ${STEP_NAMES.join(', ')}`);
  const { images, shared, json, markdown } = values;
  return {
    source: values.source === 'sample' ? undefined : resolve(values.source),
    only,
    images,
    shared,
    work: resolve(values.work),
    json,
    markdown,
  };
}
