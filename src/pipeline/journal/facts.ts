/** What the journal remembers between runs: one key and one shape each. All of it is a hint; the engine is asked. */
import { z } from 'zod';
import type { NetworkSpec } from '../network/network-spec.ts';

export const FACTS = {
  /** Flags of the last run, by the keys of fabric-wizard.yaml. */
  choices: { key: 'choices', schema: z.record(z.string(), z.unknown()) },
  /** Ids of the images that passed `verify`. */
  verified: { key: 'verified', schema: z.array(z.string()) },
  /** `instance` names the crypto material: six hex digits that ledger volumes carry in their names. */
  crypto: { key: 'crypto', schema: z.object({ fingerprint: z.string(), instance: z.string() }) },
  artifacts: { key: 'artifacts', schema: z.object({ fingerprint: z.string(), instance: z.string() }) },
  /** The artifacts whose anchor updates were accepted. */
  anchors: { key: 'anchors', schema: z.object({ fingerprint: z.string() }) },
  /** What `status`, `logs` and `env` need to know without reading the source again. */
  network: {
    key: 'network',
    schema: z.object({
      spec: z.custom<NetworkSpec>((value) => typeof value === 'object' && value !== null),
      version: z.string(),
    }),
  },
} as const;
