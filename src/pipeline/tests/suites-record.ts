/** What a run of integration tests has to put back, in a file until it has done so: the run can be killed. */
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod/mini';
import { writeAtomically } from '../host/files.ts';

const schema = z.object({
  /** Id of the run. */
  run: z.string(),
  project: z.string(),
  /** The engine that the suites use, as in `docker info`, and its address. Older versions of this program did not record it. */
  engine: z.optional(
    z.object({
      id: z.string(),
      rootDir: z.string(),
      endpoint: z.string(),
      certificates: z.optional(z.string()),
    }),
  ),
  names: z.array(z.object({ ref: z.string(), id: z.string(), before: z.optional(z.string()) })),
  /** Ids of the networks that the suites have made so far. */
  networks: z.array(z.string()),
  /** Ids of the containers that the engine had before. */
  containers: z.array(z.string()),
  /** Ids of the images that the peers of the suites compile chaincode in. */
  builders: z.array(z.string()),
  /** Images that suites start programs from under names of their own: CouchDB. */
  programs: z.array(z.string()),
});

export type SuitesRecord = z.infer<typeof schema>;

function fileIn(stateDir: string): string {
  return join(stateDir, 'suites.json');
}

export async function writeSuitesRecord(stateDir: string, record: SuitesRecord): Promise<void> {
  await writeAtomically(fileIn(stateDir), `${JSON.stringify(record)}\n`);
}

/** @returns undefined if nothing is to be put back */
export async function readSuitesRecord(stateDir: string): Promise<SuitesRecord | undefined> {
  const text = await readFile(fileIn(stateDir), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    return schema.parse(JSON.parse(text));
  } catch {
    // Half a file cannot be: it is written atomically. One of another version says nothing here.
    return undefined;
  }
}

export async function removeSuitesRecord(stateDir: string): Promise<void> {
  await rm(fileIn(stateDir), { force: true });
}
