/** What was deployed is recorded, so that a deployment without changes needs one question only. */

import {
  type ChaincodeChoice,
  type FolderChaincode,
  isOurService,
  type WantedChaincode,
} from '../config/chaincode-list.ts';
import type { Journal } from '../journal/journal.ts';
import { STATE_KEYS } from '../journal/state-keys.ts';
import type { RecordedState } from '../journal/wizard-state.ts';
import { allPeers, type NetworkSpec } from '../network/network-spec.ts';
import type { CommittedChaincode } from './deployed-chaincodes.ts';

function peersOf(spec: Pick<NetworkSpec, 'orgs'>): string {
  return allPeers(spec)
    .map(({ name }) => name)
    .join(' ');
}

/** Returns the id of the network that the folder has now; empty if it has none. */
export function instanceOf(state: Pick<RecordedState, 'getFact'>): string {
  return state.getFact(STATE_KEYS.crypto)?.instance ?? '';
}

/** Whether a run that deployed this version on all peers of this network has ended well. */
export function isRecordedDeployment(
  state: Pick<RecordedState, 'getFact'>,
  spec: Pick<NetworkSpec, 'orgs'>,
  name: string,
  version: string,
): boolean {
  const known = state.getFact(STATE_KEYS.deployed)?.[name];
  return known?.version === version && known.peers === peersOf(spec) && known.instance === instanceOf(state);
}

/** The containers of the peers, by name of the peer. A peer with another container may have lost its disk. */
export type PeerContainers = ReadonlyMap<string, { readonly id: string }>;

function containersOf(spec: Pick<NetworkSpec, 'orgs'>, containers: PeerContainers): string {
  return allPeers(spec)
    .map(({ name }) => containers.get(name)?.id ?? '')
    .join(' ');
}

/** Whether the peers still are those that a recorded deployment has left, so that they need not be asked. */
export function hasSamePeers(
  state: Pick<RecordedState, 'getFact'>,
  spec: Pick<NetworkSpec, 'orgs'>,
  name: string,
  containers: PeerContainers,
): boolean {
  return state.getFact(STATE_KEYS.deployed)?.[name]?.containers === containersOf(spec, containers);
}

/** What was deployed last on the network, and from where. */
export interface RecordedDeployment {
  readonly version: string;
  /** Absent if an earlier version of this program deployed it. */
  readonly choice?: ChaincodeChoice;
  /** The channels that have this version; an earlier version of this program did not record them. */
  readonly channels?: readonly string[];
  /** Present if the user has removed the service. */
  readonly removed?: true;
}

/** Returns the deployments of the network that the folder has now, by name. */
export function recordedDeployments(
  state: Pick<RecordedState, 'getFact'>,
): ReadonlyMap<string, RecordedDeployment> {
  const all = Object.entries(state.getFact(STATE_KEYS.deployed) ?? {});
  return new Map(all.filter(([, { instance }]) => instance === instanceOf(state)));
}

/** Returns what was deployed last on a channel of the network that the folder has now. The sequences are not recorded. */
export function recordedOn(state: Pick<RecordedState, 'getFact'>, channel: string): CommittedChaincode[] {
  return [...recordedDeployments(state)].flatMap(([name, { version, channels }]) =>
    channels?.includes(channel) ? [{ name, version, sequence: 0 }] : [],
  );
}

/**
 * Returns the chaincodes that can be deployed again: those of the configuration, and what was deployed from elsewhere.
 */
export function knownChoices(
  configured: readonly ChaincodeChoice[],
  recorded: ReadonlyMap<string, RecordedDeployment>,
): readonly ChaincodeChoice[] {
  const others = [...recorded.values()].flatMap(({ choice }) => choice ?? []);
  return [...configured, ...others.filter(({ name }) => !configured.some((each) => each.name === name))];
}

/**
 * Returns the chaincodes as they were deployed last. After the removal of a service, its definition stays on the channels, but
 * it is none.
 */
export function deployedChoices(state: Pick<RecordedState, 'getFact'>): readonly ChaincodeChoice[] {
  return [...recordedDeployments(state).values()].flatMap(
    ({ choice, removed }): readonly ChaincodeChoice[] => {
      if (choice === undefined) return [];
      return removed && isOurService(choice) ? [{ ...choice, service: undefined }] : [choice];
    },
  );
}

export interface KeptService extends WantedChaincode {
  readonly choice: FolderChaincode;
}

/**
 * Returns the services whose process this program keeps running, each with the channels that have its version: a channel
 * that was added later, or that the user has left on another version, gets it only if the user deploys it there.
 * @param deployments those of one network
 */
export function keptServices(deployments: Iterable<RecordedDeployment>): readonly KeptService[] {
  return [...deployments].flatMap(({ choice, channels, removed }) =>
    choice && isOurService(choice) && !removed ? [{ choice, channels: channels ?? choice.channels }] : [],
  );
}

/** Records that the user has removed a service, so that nothing but a deployment starts it. */
export async function recordRemoval(journal: Journal, name: string): Promise<void> {
  const before = journal.getFact(STATE_KEYS.deployed);
  const deployment = before?.[name];
  if (!deployment || !keptServices([deployment]).some(({ choice }) => choice.name === name)) return;
  await journal.setFact(STATE_KEYS.deployed, { ...before, [name]: { ...deployment, removed: true } });
}

export interface FinishedDeployment {
  readonly choice: ChaincodeChoice;
  readonly version: string;
  /** The channels that the deployment covered. Those that have had the same version before stay recorded. */
  readonly channels: readonly string[];
  readonly containers: PeerContainers;
}

export async function recordDeployment(
  journal: Journal,
  spec: Pick<NetworkSpec, 'orgs'>,
  { choice, version, channels, containers }: FinishedDeployment,
): Promise<void> {
  const before = recordedDeployments(journal).get(choice.name);
  const isSame = before?.version === version && !before.removed;
  const others = isSame ? (before.channels ?? []) : [];
  const deployment = {
    ...{ version, choice, channels: [...new Set([...others, ...channels])] },
    ...{ peers: peersOf(spec), containers: containersOf(spec, containers), instance: instanceOf(journal) },
  };
  const all = journal.getFact(STATE_KEYS.deployed);
  await journal.setFact(STATE_KEYS.deployed, { ...all, [choice.name]: deployment });
}
