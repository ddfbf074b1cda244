/**
 * Networks that another one has replaced. Their files are kept under `networks/<instance>/` and their ledgers in volumes,
 * so that each can be used again. A record beside the files says what they are, so that no state is needed to find them.
 */
import { mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod/mini';
import type { ListedVolume } from '../engine/engine-types.ts';
import { LABEL } from '../engine/labels.ts';
import { exists, writeAtomically } from '../host/files.ts';
import { keptNetworkDir, networkDir } from '../host/state-folder.ts';
import type { Journal } from '../journal/journal.ts';
import {
  anchorsSchema,
  artifactsSchema,
  type CryptoFact,
  cryptoSchema,
  deployedSchema,
  engineSchema,
  STATE_KEYS,
} from '../journal/state-keys.ts';
import type { RecordedState } from '../journal/wizard-state.ts';
import { CERTIFICATES, findDamage } from './certificate-files.ts';
import { channelRecord, fitsNetwork, networkShape, specOf, type WantedNetwork } from './network-plan.ts';
import { SAVED_NETWORK } from './saved-network.ts';

const RECORD = 'network.json';

/** What a snapshot says about itself. */
const snapshotSchema = z.object({
  /** Time at which it was saved, in milliseconds since the epoch. */
  at: z.number(),
  /** Size of its volumes. */
  bytes: z.number(),
  /** Names of the nodes whose volumes it has. */
  nodes: z.array(z.string()),
  /** Number of blocks by channel; empty if no peer could be asked. */
  heights: z.record(z.string(), z.number()),
  /** Images of the nodes by reference; `origin` is the label of that name. */
  images: z.record(z.string(), z.object({ id: z.string(), origin: z.optional(z.string()) })),
  engine: engineSchema,
});

export type SnapshotFacts = Readonly<z.infer<typeof snapshotSchema>>;

const recordSchema = z.object({
  crypto: cryptoSchema,
  artifacts: z.optional(artifactsSchema),
  anchors: z.optional(anchorsSchema),
  /** What else the state file knows of the network; absent if an older version of this program kept it. */
  state: z.optional(
    z.object({
      network: SAVED_NETWORK.schema,
      deployed: deployedSchema,
      keptChaincode: z.optional(z.string()),
      choices: z.optional(z.record(z.string(), z.unknown())),
    }),
  ),
  snapshot: z.optional(snapshotSchema),
});

export type NetworkRecord = Readonly<z.infer<typeof recordSchema>>;

export interface KeptNetwork extends NetworkRecord {
  /** Folder of its files. */
  readonly folder: string;
}

export async function hasCertificates(folder: string): Promise<boolean> {
  return exists(join(folder, CERTIFICATES));
}

/** Returns the network whose files are in a folder; undefined if there is none, or no record of it. */
export async function readNetwork(folder: string): Promise<KeptNetwork | undefined> {
  const text = await readFile(join(folder, RECORD), 'utf8').catch(() => undefined);
  if (text === undefined || !(await hasCertificates(folder))) return undefined;
  try {
    return { ...recordSchema.parse(JSON.parse(text)), folder };
  } catch {
    // A broken record names no network. Its files stay.
    return undefined;
  }
}

/** Writes the record of a network into the folder of its files. */
export async function writeRecord(folder: string, record: NetworkRecord): Promise<void> {
  await writeAtomically(join(folder, RECORD), `${JSON.stringify(recordSchema.parse(record), null, 2)}\n`);
}

function recordOf(journal: RecordedState): NetworkRecord | undefined {
  const crypto = journal.getFact(STATE_KEYS.crypto);
  // An older version of this program recorded the shape and the channels only with the compose file.
  const saved = journal.getFact(SAVED_NETWORK);
  const deployed = Object.entries(journal.getFact(STATE_KEYS.deployed) ?? {});
  return (
    crypto && {
      crypto: {
        shape: saved && networkShape(saved.spec, saved.version),
        channels: saved && channelRecord(saved.spec),
        ...crypto,
      },
      artifacts: journal.getFact(STATE_KEYS.artifacts),
      anchors: journal.getFact(STATE_KEYS.anchors),
      state: saved && {
        network: saved,
        deployed: Object.fromEntries(deployed.filter(([, { instance }]) => instance === crypto.instance)),
        keptChaincode: journal.getFact(STATE_KEYS.keptChaincode),
        choices: journal.getFact(STATE_KEYS.choices),
      },
    }
  );
}

/**
 * Returns the network whose files are in place. If the journal has lost it (state.json was unreadable, or a run was
 * killed while it replaced a network) or knows another one (somebody moved the folders), its record has the facts.
 */
export async function networkInPlace(
  stateDir: string,
  journal: RecordedState,
): Promise<KeptNetwork | undefined> {
  const folder = networkDir(stateDir);
  if (!(await hasCertificates(folder))) return undefined;
  const known = recordOf(journal);
  const recorded = await readNetwork(folder);
  const isOther = recorded !== undefined && recorded.crypto.instance !== known?.crypto.instance;
  return known && !isOther ? { ...known, folder } : recorded;
}

/** Returns the networks in the folders inside a folder, in the order of their names. */
export async function networksIn(folder: string): Promise<KeptNetwork[]> {
  const names = await readdir(folder).catch((): string[] => []);
  const found = await Promise.all(names.sort().map((name) => readNetwork(join(folder, name))));
  return found.filter((network) => network !== undefined);
}

/** Returns the replaced networks. */
export function keptNetworks(stateDir: string): Promise<KeptNetwork[]> {
  return networksIn(keptNetworkDir(stateDir));
}

/** Returns the first of these networks that has the wanted configuration and every file that it needs. */
export async function usableNetwork(
  candidates: readonly KeptNetwork[],
  wanted: WantedNetwork,
): Promise<KeptNetwork | undefined> {
  for (const network of candidates) {
    if (!fitsNetwork(network.crypto, wanted)) continue;
    const { lost } = await findDamage(network.folder, specOf(network.crypto, wanted));
    if (lost.length === 0) return network;
  }
  return undefined;
}

/**
 * Returns the network that `up` uses: the one in place or a replaced one, whichever has the wanted configuration and
 * every file. If there is none, `up` makes a new network.
 */
export async function networkToUse(
  { stateDir, journal }: { readonly stateDir: string; readonly journal: RecordedState },
  wanted: WantedNetwork,
): Promise<KeptNetwork | undefined> {
  const present = await networkInPlace(stateDir, journal);
  return usableNetwork([...(present ? [present] : []), ...(await keptNetworks(stateDir))], wanted);
}

/** Returns a name that no kept network has. */
async function freeName(stateDir: string, wanted: string): Promise<string> {
  for (let count = 1; ; count += 1) {
    const name = count === 1 ? wanted : `${wanted}-${count}`;
    if (!(await exists(keptNetworkDir(stateDir, name)))) return name;
  }
}

/**
 * Moves the network in place to the kept ones, and another folder to its place. The journal forgets the old facts before
 * the first move, so that a run that is killed between two steps does not mistake one network for the other.
 * @param next folder of the next network's files
 * @returns the folder in which the old network is kept; undefined if there was none
 */
export async function replaceNetwork(
  { stateDir, journal }: { readonly stateDir: string; readonly journal: Journal },
  next: string,
): Promise<string | undefined> {
  const target = networkDir(stateDir);
  const before = await networkInPlace(stateDir, journal);
  if (before) await writeRecord(target, before);
  // First the id: from then on the record in the folder counts.
  for (const { key } of [STATE_KEYS.crypto, ...NETWORK_FACTS])
    await journal.setFact({ key, schema: z.unknown() }, undefined);
  if (next === target) return undefined;
  let kept: string | undefined;
  if (await hasCertificates(target)) {
    // Certificates of an unknown instance are kept too: nobody knows which ledgers need them.
    kept = keptNetworkDir(stateDir, await freeName(stateDir, before?.crypto.instance ?? 'unknown'));
    await mkdir(keptNetworkDir(stateDir), { recursive: true });
    await rename(target, kept);
  } else await rm(target, { recursive: true, force: true });
  await rename(next, target);
  return kept;
}

/** Facts about one network, besides its certificates. */
const NETWORK_FACTS = [
  STATE_KEYS.anchors,
  STATE_KEYS.artifacts,
  STATE_KEYS.deployed,
  STATE_KEYS.keptChaincode,
] as const;

/** Records the network whose files are now in place, and its chaincodes. */
export async function setNetworkFacts(
  journal: Journal,
  { artifacts, anchors, crypto, state }: NetworkRecord,
): Promise<void> {
  await journal.setFact(STATE_KEYS.artifacts, artifacts);
  await journal.setFact(STATE_KEYS.anchors, anchors);
  await journal.setFact(STATE_KEYS.deployed, state?.deployed);
  await journal.setFact(STATE_KEYS.keptChaincode, state?.keptChaincode);
  await journal.setFact(STATE_KEYS.crypto, crypto);
}

/** Records the network whose files are now in place, with the configuration with which it was started. */
export async function setAllNetworkFacts(journal: Journal, record: NetworkRecord): Promise<void> {
  const { state } = record;
  if (state) {
    await journal.setFact(SAVED_NETWORK, state.network);
    await journal.setFact(STATE_KEYS.choices, state.choices);
  }
  await setNetworkFacts(journal, record);
}

/** Records who takes part in the network in place: beside its files, and in the state. */
export async function setMembers(
  { stateDir, journal }: { readonly stateDir: string; readonly journal: Journal },
  crypto: CryptoFact,
): Promise<void> {
  const folder = networkDir(stateDir);
  await writeRecord(folder, { ...(await readNetwork(folder)), crypto });
  await journal.setFact(STATE_KEYS.crypto, crypto);
}

/** Records that the network in place gets its first channel: from then on its nodes keep these ports. */
export async function keepPorts(
  place: { readonly stateDir: string; readonly journal: Journal },
  ports: CryptoFact['ports'],
): Promise<void> {
  const crypto = place.journal.getFact(STATE_KEYS.crypto);
  if (!crypto?.unused) return;
  const { unused: _, ...used } = crypto;
  await setMembers(place, { ...used, ...(ports ? { ports } : {}) });
}

/** Records what the channels of the network have of their own; that of existing ones stays. */
export async function recordChannels(
  place: { readonly stateDir: string; readonly journal: Journal },
  channels: NonNullable<CryptoFact['channels']>,
): Promise<void> {
  const crypto = place.journal.getFact(STATE_KEYS.crypto);
  if (!crypto?.channels) return;
  const recorded = { ...channels, ...crypto.channels };
  if (Object.keys(recorded).length === Object.keys(crypto.channels).length) return;
  await setMembers(place, { ...crypto, channels: recorded });
}

/** Returns the words of the addition that is not proved yet. */
export function unfinishedAddition(state: Pick<RecordedState, 'getFact'>): string | undefined {
  return state.getFact(STATE_KEYS.crypto)?.members?.unfinished;
}

/** Records that the last addition is proved. */
export async function finishAddition(place: {
  readonly stateDir: string;
  readonly journal: Journal;
}): Promise<void> {
  const crypto = place.journal.getFact(STATE_KEYS.crypto);
  if (crypto?.members?.unfinished === undefined) return;
  const { unfinished: _, ...members } = crypto.members;
  await setMembers(place, { ...crypto, members });
}

/** Counts the ledgers of a network among these volumes, of whatever project. */
export function ledgersOf(
  { instance }: Pick<CryptoFact, 'instance'>,
  volumes: readonly ListedVolume[],
): number {
  return volumes.filter(
    ({ name, labels }) => name.includes(`-${instance}-`) && labels[LABEL.role] !== 'files',
  ).length;
}
