/** Facts that the journal keeps between runs: a key and a schema each. They are hints; the engine has the truth. */
import * as z from 'zod/mini';
import { RECORDED_CHAINCODE } from '../config/chaincode-list.ts';
import type { RecordedState } from './wizard-state.ts';

/** A channel, and what it has of its own, as in `ChannelChoice`. */
const channelSchema = z.object({
  name: z.string(),
  organisations: z.optional(z.readonly(z.array(z.string()))),
  peers: z.optional(z.readonly(z.array(z.string()))),
  policies: z.optional(z.readonly(z.record(z.string(), z.string()))),
  capability: z.optional(z.string()),
});

/** Certificates: which ones, and what they were made for. `instance` is part of the names of their ledger volumes. */
export const cryptoSchema = z.object({
  fingerprint: z.string(),
  /** Six hex digits. */
  instance: z.string(),
  /** Whether the state of their ledgers is in CouchDB. */
  couchdb: z.optional(z.boolean()),
  /**
   * How the ports of their nodes are counted, as in `PortScheme`. Absent if an older version of this program made
   * them.
   */
  ports: z.optional(z.object({ base: z.number(), compact: z.optional(z.literal(true)) })),
  /** Until its first channel is made, no ledger has the ports of the nodes. */
  unused: z.optional(z.literal(true)),
  /** Machines of the nodes of a network in a Swarm, which have its ledgers: names of machines by names of nodes. */
  placement: z.optional(z.record(z.string(), z.string())),
  /** The choice `placement` of such a network. */
  placedBy: z.optional(z.string()),
  /** The network that they were made for; absent if an older version of this program made them. */
  shape: z.optional(
    z.object({
      version: z.string(),
      orgs: z.number(),
      /** A text if organisations have different numbers of peers. */
      peers: z.union([z.number(), z.string()]),
      orderers: z.number(),
      consensus: z.string(),
      /** What its organisations are called, as the choice `organisations` says it. */
      names: z.optional(z.string()),
      /** Set if Fabric CA has made them, and not cryptogen. */
      identities: z.optional(z.literal('ca')),
    }),
  ),
  /** What its channels have of their own, by their names; a ledger cannot get other members or policies. */
  channels: z.optional(z.record(z.string(), channelSchema)),
  /** Who takes part in the network; absent if nothing was added since it was made. */
  members: z.optional(
    z.object({
      /** The choices that the network was made with. With these it keeps its members. */
      madeWith: z.object({ orgs: z.number(), peers: z.number(), organisations: z.optional(z.string()) }),
      orgs: z.array(
        z.object({
          name: z.string(),
          /** Absent: those that follow from the name. */
          domain: z.optional(z.string()),
          mspId: z.optional(z.string()),
          /** `ports` numbers the peer's ports; `added` peers joined the organisation later. */
          peers: z.array(z.object({ ports: z.number(), added: z.optional(z.boolean()) })),
          added: z.optional(z.boolean()),
        }),
      ),
      channels: z.array(channelSchema),
      /** The words after `add` of an addition that is not proved yet. */
      unfinished: z.optional(z.string()),
    }),
  ),
});

export type CryptoFact = Readonly<z.infer<typeof cryptoSchema>>;

export const artifactsSchema = z.object({
  fingerprint: z.string(),
  instance: z.string(),
  /** sha256 of each file; earlier versions of this program did not record it. */
  files: z.optional(z.record(z.string(), z.string())),
});

export const anchorsSchema = z.object({ fingerprint: z.string() });

/**
 * Deployed chaincodes by name: the version, the peers that have it, the instance of the certificates, and, not recorded
 * by earlier versions of this program, what it was deployed from and the channels that have it.
 */
export const deployedSchema = z.record(
  z.string(),
  z.object({
    version: z.string(),
    peers: z.string(),
    /** Ids of the peers' containers. */
    containers: z.optional(z.string()),
    instance: z.string(),
    choice: z.optional(RECORDED_CHAINCODE),
    channels: z.optional(z.array(z.string())),
    /** Present after `chaincode remove` of a service: nothing starts its process until it is deployed again. */
    removed: z.optional(z.literal(true)),
  }),
);

const machineSchema = z.object({
  name: z.string(),
  endpoint: z.string(),
  certificates: z.optional(z.string()),
  unverified: z.optional(z.boolean()),
});

/** The engine on which a network was started: `id` and `rootDir` as in `docker info`, and its address. */
export const engineSchema = z.object({
  id: z.string(),
  rootDir: z.string(),
  endpoint: z.string(),
  /** Its architecture as Go names it; earlier versions of this program did not record it. */
  arch: z.optional(z.string()),
  certificates: z.optional(z.string()),
  /** Of a network in a Swarm: see `Machines`. */
  machines: z.optional(
    z.object({
      selected: z.string(),
      others: z.array(machineSchema),
    }),
  ),
  /** Machines of earlier networks of the folder, which can have their ledgers. */
  left: z.optional(z.array(machineSchema)),
});

export const STATE_KEYS = {
  /** The engine on which the network was started. */
  engine: { key: 'engine', schema: engineSchema },
  /** Flags of the last run, by the keys of fabric-wizard.yaml. */
  choices: { key: 'choices', schema: z.record(z.string(), z.unknown()) },
  /** Ids of the images that passed `verify`. */
  verified: { key: 'verified', schema: z.array(z.string()) },
  /** The last images of each name, newest first, so that a reverted edit reuses its image. */
  built: {
    key: 'built',
    schema: z.record(z.string(), z.array(z.object({ fingerprint: z.string(), id: z.string() }))),
  },
  /** Programs copied into running nodes, by container id: sha256 by name, empty while a program is being copied. */
  swapped: { key: 'swapped', schema: z.record(z.string(), z.record(z.string(), z.string())) },
  /** The project's ccenv images, newest first; `since` is the time of the first use, in milliseconds since the epoch. */
  ccenv: { key: 'ccenv', schema: z.array(z.object({ id: z.string(), since: z.number() })) },
  /** Output of `go version`, by the id of the builder image. */
  goVersions: { key: 'goVersions', schema: z.record(z.string(), z.string()) },
  crypto: { key: 'crypto', schema: cryptoSchema },
  artifacts: { key: 'artifacts', schema: artifactsSchema },
  /** The channel artifacts whose anchor peer updates were accepted. */
  anchors: { key: 'anchors', schema: anchorsSchema },
  /** Name of the chaincode that `up` or `smoke --keep` left running. */
  keptChaincode: { key: 'keptChaincode', schema: z.string() },
  deployed: { key: 'deployed', schema: deployedSchema },
  /** True from when a run with hooks for the started nodes starts them until these hooks have ended well. */
  hooksDue: { key: 'hooksDue', schema: z.literal(true) },
  /** The copy of a network that is being made or put in place. Absent unless a command was killed meanwhile. */
  copying: {
    key: 'copying',
    schema: z.object({
      project: z.string(),
      /** Id of the copy. */
      instance: z.string(),
      /** Whether the copy is new. A replaced network that is used again is not ours to remove. */
      isNew: z.boolean(),
      /** Ids of the containers that are paused meanwhile. */
      paused: z.array(z.string()),
    }),
  },
  /** The standalone compose: its `programFile` and its version. */
  compose: { key: 'compose', schema: z.object({ file: z.string(), version: z.string() }) },
} as const;

const MAX_BUILDERS = 8;

/** Returns the fact `goVersions` with one more builder and without the oldest ones. */
export function goVersionsWith(
  journal: Pick<RecordedState, 'getFact'>,
  imageId: string,
  version: string,
): Record<string, string> {
  const { [imageId]: _, ...others } = journal.getFact(STATE_KEYS.goVersions) ?? {};
  return Object.fromEntries([...Object.entries(others), [imageId, version]].slice(-MAX_BUILDERS));
}
