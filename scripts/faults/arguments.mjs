/** The command line of `npm run faults`. */
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseValues, UsageError } from '../command-line.mjs';

export const USAGE = `npm run faults -- [options]

  --list           list the faults and end
  --only TEXT      only the faults whose name contains this text; can be given several times
  --failed         only the faults that did not survive
  --again          also the faults that have a result
  --jobs N         number of faults at a time, each on its own engine (default 1)
  --work DIR       folder for engines, projects and results (default fabric-wizard-faults in the folder for temporary
                   files); an interrupted campaign continues from there
  --report FILE    write the results as a Markdown page
  --help           show this help

Needs root, Linux namespaces, dockerd and the base images of the practice source. The engine of this machine is only asked
for the base images.
`;

/**
 * Parses the command line.
 * @param argv arguments after the name of the program
 * @returns `list`, `only`: texts; `failed`, `again`, `jobs`, `work`: an absolute path; `report`: a path or undefined; or `help`
 *   alone
 * @throws UsageError
 */
export function parseArguments(argv) {
  const values = parseValues(argv, {
    list: { type: 'boolean', default: false },
    only: { type: 'string', multiple: true, default: [] },
    failed: { type: 'boolean', default: false },
    again: { type: 'boolean', default: false },
    jobs: { type: 'string', default: '1' },
    work: { type: 'string', default: join(tmpdir(), 'fabric-wizard-faults') },
    report: { type: 'string' },
    help: { type: 'boolean', default: false },
  });
  if (values.help) return { help: true };
  if (!/^[1-9]\d?$/.test(values.jobs))
    throw new UsageError(`--jobs must be a number from 1 to 99, not ${values.jobs}`);
  return { ...values, work: resolve(values.work), jobs: Number(values.jobs) };
}
