/** What the chaincode commands and the chaincode screen share: the list, and what peers have made of a chaincode. */
import { join } from 'node:path';
import { contentOf } from '../pipeline/chaincode/chaincode-content.ts';
import { chaincodeDigest, type KnownHashes } from '../pipeline/chaincode/chaincode-digest.ts';
import { namesOnPeer } from '../pipeline/chaincode/chaincode-package.ts';
import { packageLabel, parseVersion, SMOKE_PREFIX } from '../pipeline/chaincode/chaincode-version.ts';
import {
  committedOn,
  marksOf,
  type ObservedNetwork,
  observeChaincodes,
} from '../pipeline/chaincode/deployed-chaincodes.ts';
import {
  keptServices,
  knownChoices,
  recordedDeployments,
  recordRemoval,
} from '../pipeline/chaincode/deployment-record.ts';
import { removeKeptProgram } from '../pipeline/chaincode/kept-program.ts';
import { type ChaincodeRemains, removableRemains, removeRemains } from '../pipeline/chaincode/remains.ts';
import { isLocalAddress } from '../pipeline/chaincode/service-address.ts';
import { listServices } from '../pipeline/chaincode/service-process.ts';
import { isOutdated } from '../pipeline/chaincode/service-state.ts';
import { type ChaincodeChoice, isListening, isOurService } from '../pipeline/config/chaincode-list.ts';
import { CancelledError, type WizardFailure } from '../pipeline/core/failure.ts';
import type { Release } from '../pipeline/fabric/release.ts';
import { exists } from '../pipeline/host/files.ts';
import { STATE_FOLDER } from '../pipeline/host/state-folder.ts';
import type { Journal } from '../pipeline/journal/journal.ts';
import { channelsOfPeers, peersOn } from '../pipeline/network/channel-members.ts';
import { SERVICE } from '../pipeline/network/network-events.ts';
import { allPeers, type PeerSpec } from '../pipeline/network/network-spec.ts';
import type { ChaincodeRow, UnreachableChannel } from '../report/chaincode-text.ts';
import { askedOn, type ChaincodeNetwork } from './chaincode-network.ts';
import { usage } from './usage-failure.ts';

/** Returns digests by name, without those of folders that cannot be read, and of addresses that only containers know. */
export async function digestsOf(
  choices: readonly ChaincodeChoice[],
  known?: KnownHashes,
): Promise<ReadonlyMap<string, string>> {
  const digests = await Promise.all(
    choices.map(async (choice) => {
      if (isListening(choice) && isLocalAddress(choice.service)) return [];
      const digest = await chaincodeDigest(choice, known).catch(() => undefined);
      return digest === undefined ? [] : [[choice.name, digest] as const];
    }),
  );
  return new Map(digests.flat());
}

/** Returns what can be deployed again on the network of the folder. */
export function choicesOn(
  { state }: Pick<ChaincodeNetwork, 'state'>,
  configured: readonly ChaincodeChoice[],
): readonly ChaincodeChoice[] {
  return knownChoices(configured, recordedDeployments(state));
}

/** Returns a choice as a service if it was deployed as one from the same folder, and the reverse: its package is another one. */
function asDeployed({ state }: Pick<ChaincodeNetwork, 'state'>, choice: ChaincodeChoice): ChaincodeChoice {
  const last = recordedDeployments(state).get(choice.name)?.choice;
  if (choice.path === undefined || last?.path !== choice.path) return choice;
  const { service: _, ...others } = choice;
  return isOurService(last) ? { ...others, service: true } : others;
}

/** What is known of a chaincode besides what its channel says. */
interface KnownChaincode {
  /** Digest of its files; absent if their folder does not exist. */
  readonly digest?: string;
  /** Whether the process of a service was made of other files. */
  readonly outdated: boolean;
  /** Where the process of the user listens. */
  readonly address?: string;
}

/** Returns what is known by name, without chaincodes whose folder cannot be read. */
async function knownChaincodes(
  network: ChaincodeNetwork,
  choices: readonly ChaincodeChoice[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, KnownChaincode>> {
  const { docker, spec, cliId } = network;
  const read = async (choice: ChaincodeChoice): Promise<readonly [string, KnownChaincode]> => {
    // The package of a service is the same without its folder.
    if (choice.path !== undefined && !(await exists(choice.path))) return [choice.name, { outdated: true }];
    const { choice: reached, digest } = await contentOf({ docker, signal }, cliId, choice, network.release);
    const label = packageLabel(choice.name, digest);
    const outdated = isOurService(reached) && (await isOutdated({ docker, spec }, reached, label));
    return [choice.name, { digest, outdated, ...(isListening(reached) ? { address: reached.service } : {}) }];
  };
  const found = await Promise.all(
    choices.map(async (choice) => {
      const known = await read(choice).catch((error: unknown) => {
        if (error instanceof CancelledError) throw error;
      });
      return known === undefined ? [] : [known];
    }),
  );
  return new Map(found.flat());
}

type Mark = { readonly label: string; readonly mark: string };

/** Whether a package or an installed chaincode is the version that a channel has. */
function isVersion({ lifecycle }: Release, { label, mark }: Mark, name: string, version: string): boolean {
  const digest = parseVersion(version)?.digest;
  // A label without a digest, as that of a smoke test, stands for one version only.
  if (lifecycle === 'package' && label === name) return true;
  return mark === version || (label !== name && digest !== undefined && label.endsWith(`_${digest}`));
}

/** Returns how the files of a chaincode differ from a version. */
function filesOf(
  found: KnownChaincode | undefined,
  version: string,
): Pick<ChaincodeRow, 'current' | 'missing'> {
  if (found === undefined) return {};
  if (found.digest === undefined) return { current: false, missing: true };
  return { current: parseVersion(version)?.digest === found.digest && !found.outdated };
}

/** Returns the chaincodes of all channels. */
async function rowsOf(
  network: ChaincodeNetwork,
  observed: ObservedNetwork,
  known: ReadonlyMap<string, KnownChaincode>,
): Promise<ChaincodeRow[]> {
  const { spec, release, docker } = network;
  const isRunning = ({ state }: { readonly state: string }) => state === 'running';
  const [running, services] = await Promise.all([
    docker.listContainers().then((all) => all.filter(isRunning)),
    listServices(docker, spec.project).then((all) => all.filter(isRunning)),
  ]);
  const containers = new Set(running.map(({ name }) => name));
  const served = new Set(services.filter(({ serves }) => serves).map(({ packageId }) => packageId));
  const runsOn = (peer: PeerSpec, mark: Mark) =>
    served.has(`${mark.label}:${mark.mark}`) ||
    containers.has(namesOnPeer({ spec, settings: { release } }, mark, peer).container);
  const isSmoke = (name: string) => Number(name.startsWith(SMOKE_PREFIX));
  // The user's chaincodes first: each proof leaves one more of its own.
  const inOrder = <T extends { readonly name: string }>(all: readonly T[]) =>
    all.toSorted((a, b) => isSmoke(a.name) - isSmoke(b.name) || a.name.localeCompare(b.name));
  return [...observed.committed].flatMap(([channel, all]) =>
    inOrder(all).map(({ name, version, sequence }): ChaincodeRow => {
      const members = peersOn(spec, [channel]);
      const has = members.map((peer) => ({
        peer,
        marks: marksOf(observed, peer, name).filter((mark) => isVersion(release, mark, name, version)),
      }));
      const runs = has.filter(({ peer, marks }) => marks.some((mark) => runsOn(peer, mark)));
      const found = known.get(name);
      return {
        ...{ channel, name, version },
        ...(release.lifecycle === 'package' ? { sequence } : {}),
        peers: members.length,
        installed: has.filter(({ marks }) => marks.length > 0).map(({ peer }) => peer.name),
        running: runs.map(({ peer }) => peer.name),
        ...filesOf(found, version),
        ...(found?.address === undefined ? {} : { address: found.address }),
      };
    }),
  );
}

/** What is known of the chaincodes of a network. */
export interface ChaincodeList {
  readonly rows: readonly ChaincodeRow[];
  /** The channels none of whose peers runs, so that their chaincodes are not known. */
  readonly unreachable: readonly UnreachableChannel[];
}

/**
 * Asks the peers that run for the chaincodes of all channels.
 * @param configured the chaincodes of fabric-wizard.yaml
 * @throws WizardFailure `command`
 */
export async function chaincodeRows(
  network: ChaincodeNetwork,
  configured: readonly ChaincodeChoice[],
  signal: AbortSignal,
): Promise<ChaincodeList> {
  const [observed, known] = await Promise.all([
    observeChaincodes(network, network.peers),
    knownChaincodes(
      network,
      choicesOn(network, configured).map((choice) => asDeployed(network, choice)),
      signal,
    ),
  ]);
  const { spec } = network;
  const unasked = spec.channels.filter((channel) => !observed.committed.has(channel));
  return {
    rows: await rowsOf(network, observed, known),
    unreachable: unasked.map((channel) => ({
      channel,
      peers: peersOn(spec, [channel]).map(({ name }) => name),
    })),
  };
}

/** A container of a chaincode, or an image that a peer has made of it. */
interface ChaincodeNames {
  readonly peer: string;
  readonly container: string;
  readonly image: string;
}

/** Returns the names of containers and images that the peers have made of a chaincode. */
export async function namesOf(network: ChaincodeNetwork, name: string): Promise<readonly ChaincodeNames[]> {
  const { spec, release, peers } = network;
  const observed = await observeChaincodes(network, peers);
  // A peer that does not run has what the others have.
  const marks = new Map(
    peers.flatMap((peer) => marksOf(observed, peer, name)).map((mark) => [JSON.stringify(mark), mark]),
  );
  const ofPeers = allPeers(spec).flatMap((peer) =>
    [...marks.values()].map((mark) => ({
      peer: peer.name,
      ...namesOnPeer({ spec, settings: { release } }, mark, peer),
    })),
  );
  const services = (await listServices(network.docker, spec.project))
    .filter(({ chaincode }) => chaincode === name)
    .map(({ name: container }) => ({ peer: SERVICE, container, image: '' }));
  return [...ofPeers, ...services];
}

/** The command that holds the folder's lock while a chaincode is removed. */
export const REMOVAL = 'fabric-wizard chaincode remove';

/** Whether the chaincode is a service whose process this program keeps running. */
export function isKeptService({ state }: Pick<ChaincodeNetwork, 'state'>, name: string): boolean {
  return keptServices(recordedDeployments(state).values()).some(({ choice }) => choice.name === name);
}

/** Whether a channel has the definition of a chaincode, or can have it because none of its peers runs. */
export async function isDefined(
  network: Pick<ChaincodeNetwork, 'cli' | 'spec' | 'release' | 'peers'>,
  name: string,
): Promise<boolean> {
  const { spec, peers } = network;
  const channels = channelsOfPeers(spec, peers);
  const all = await Promise.all(
    channels.map((channel) => committedOn(network, askedOn(network, channel), channel)),
  );
  return channels.length < spec.channels.length || all.flat().some((each) => each.name === name);
}

/** Returns what can be removed of a chaincode. @throws WizardFailure `usage` if nothing is left of it */
export async function remainsOf(network: ChaincodeNetwork, name: string): Promise<ChaincodeRemains> {
  const { docker, release } = network;
  const remains = await removableRemains(docker, release, await namesOf(network, name));
  if (remains.containers.length + remains.images.length > 0 || isKeptService(network, name)) return remains;
  throw notHere(network, name);
}

/** Returns the failure for a chaincode without containers: the user may run its process. */
export function notHere({ state }: Pick<ChaincodeNetwork, 'state'>, name: string): WizardFailure {
  const list = 'fabric-wizard chaincode list';
  const choice = recordedDeployments(state).get(name)?.choice;
  return choice && isListening(choice)
    ? usage({ key: 'usage.own-process', name, address: choice.service }, list)
    : usage({ key: 'usage.chaincode-not-here', name }, list);
}

/** Removes what is left of a chaincode. A service is not started again until it is deployed. */
export async function removeChaincode(
  dir: string,
  { docker }: Pick<ChaincodeNetwork, 'docker'>,
  journal: Journal,
  { name, remains }: { readonly name: string; readonly remains: ChaincodeRemains },
): Promise<void> {
  // First: a run that follows an interrupted removal must not start the process again.
  await recordRemoval(journal, name);
  await removeRemains(docker, remains);
  await removeKeptProgram(join(dir, STATE_FOLDER), name);
}
