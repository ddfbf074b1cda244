/** What was deployed is recorded, so that a deployment without changes needs one question only. */

import type { Journal } from '../journal/journal.ts';
import { STATE_KEYS } from '../journal/state-keys.ts';
import type { RecordedState } from '../journal/wizard-state.ts';
import { allPeers, type NetworkSpec } from '../network/network-spec.ts';

function peersOf(spec: Pick<NetworkSpec, 'orgs'>): string {
  return allPeers(spec)
    .map(({ name }) => name)
    .join(' ');
}

function instanceOf(state: Pick<RecordedState, 'getFact'>): string {
  return state.getFact(STATE_KEYS.crypto)?.instance ?? '';
}

/** Whether this version is known to be on the disks of all peers. The ledgers of the network have the rest. */
export function isRecordedDeployment(
  state: Pick<RecordedState, 'getFact'>,
  spec: Pick<NetworkSpec, 'orgs'>,
  name: string,
  version: string,
): boolean {
  const known = state.getFact(STATE_KEYS.deployed)?.[name];
  return known?.version === version && known.peers === peersOf(spec) && known.instance === instanceOf(state);
}

export async function recordDeployment(
  journal: Journal,
  spec: Pick<NetworkSpec, 'orgs'>,
  name: string,
  version: string,
): Promise<void> {
  const deployment = { version, peers: peersOf(spec), instance: instanceOf(journal) };
  await journal.setFact(STATE_KEYS.deployed, { ...journal.getFact(STATE_KEYS.deployed), [name]: deployment });
}
