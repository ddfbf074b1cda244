/** What the journal remembers between runs: one key and one shape each. All of it is a hint; the engine is asked. */
import * as z from 'zod';

export const STATE_KEYS = {
  /** Flags of the last run, by the keys of fabric-wizard.yaml. */
  choices: { key: 'choices', schema: z.record(z.string(), z.unknown()) },
  /** Ids of the images that passed `verify`. */
  verified: { key: 'verified', schema: z.array(z.string()) },
  /** The last images of each name, newest first: a reverted edit finds its image again. */
  built: {
    key: 'built',
    schema: z.record(z.string(), z.array(z.object({ fingerprint: z.string(), id: z.string() }))),
  },
  /** Programs that were copied into running nodes: sha256 by name (empty while one is being copied), by container id. */
  swapped: { key: 'swapped', schema: z.record(z.string(), z.record(z.string(), z.string())) },
  /** The ccenv images, newest first, and since when each was this project's, in milliseconds since the epoch. */
  ccenv: { key: 'ccenv', schema: z.array(z.object({ id: z.string(), since: z.number() })) },
  /** What `go version` said, by the id of the builder image. */
  goVersions: { key: 'goVersions', schema: z.record(z.string(), z.string()) },
  /** `instance` names the crypto material: six hex digits that ledger volumes carry in their names. */
  crypto: {
    key: 'crypto',
    schema: z.object({
      fingerprint: z.string(),
      instance: z.string(),
      /** Of its ledgers: the state is kept by CouchDBs. */
      couchdb: z.boolean().optional(),
    }),
  },
  artifacts: { key: 'artifacts', schema: z.object({ fingerprint: z.string(), instance: z.string() }) },
  /** The artifacts whose anchor updates were accepted. */
  anchors: { key: 'anchors', schema: z.object({ fingerprint: z.string() }) },
  /** The standalone compose: `programFile` of it, and what it said of its version. */
  compose: { key: 'compose', schema: z.object({ file: z.string(), version: z.string() }) },
} as const;

const MOST_BUILDERS = 8;

/** The fact `goVersions` with one more builder, the oldest ones forgotten. */
export function goVersionsWith(
  journal: { readonly getFact: <T>(key: string, schema: z.ZodType<T>) => T | undefined },
  imageId: string,
  version: string,
): Record<string, string> {
  const { [imageId]: _, ...others } =
    journal.getFact(STATE_KEYS.goVersions.key, STATE_KEYS.goVersions.schema) ?? {};
  return Object.fromEntries([...Object.entries(others), [imageId, version]].slice(-MOST_BUILDERS));
}
