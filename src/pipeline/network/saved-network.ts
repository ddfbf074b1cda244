/** The network in the state file: `status`, `logs` and `env` read it instead of the source. */
import * as z from 'zod';
import type { NetworkSpec } from './network-spec.ts';

export const SAVED_NETWORK = {
  key: 'network',
  schema: z.object({
    // A spec without `channelCreation` is of a version that knew one channel only.
    spec: z.custom<NetworkSpec>(
      (value) => typeof value === 'object' && value !== null && 'channelCreation' in value,
    ),
    version: z.string(),
  }),
} as const;
