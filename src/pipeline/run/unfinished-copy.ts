/**
 * The copy of a network that a command makes, and what becomes of it if that command was killed. A record in the state
 * file says which copy it is, before anything of it exists.
 */
import { rm } from 'node:fs/promises';
import type { Phrase } from '../core/phrase.ts';
import type { DockerPort } from '../engine/docker-port.ts';
import { LABEL } from '../engine/labels.ts';
import { snapshotDir } from '../host/state-folder.ts';
import type { Journal } from '../journal/journal.ts';
import { STATE_KEYS } from '../journal/state-keys.ts';
import {
  keptNetworks,
  networkInPlace,
  networksIn,
  replaceNetwork,
  setAllNetworkFacts,
} from '../network/kept-networks.ts';
import { resume } from '../network/paused-nodes.ts';

type CopyEngine = Pick<
  DockerPort,
  | 'listVolumes'
  | 'removeVolume'
  | 'listContainers'
  | 'removeContainer'
  | 'inspectContainer'
  | 'unpauseContainer'
  | 'settled'
>;

export interface CopyContext {
  readonly docker: CopyEngine;
  readonly journal: Journal;
  readonly stateDir: string;
}

function isLedgerOf(volume: string, project: string, instance: string): boolean {
  return volume.startsWith(`${project}-${instance}-`);
}

/** Removes the container of a killed command that still copies. */
async function stopCopying(
  docker: Pick<DockerPort, 'listContainers' | 'removeContainer'>,
  project: string,
  instance: string,
): Promise<void> {
  const work = await docker.listContainers({ label: [`${LABEL.project}=${project}`, `${LABEL.role}=work`] });
  const copying = work.filter(({ volumes }) =>
    volumes.some((volume) => isLedgerOf(volume, project, instance)),
  );
  await Promise.all(copying.map(({ id }) => docker.removeContainer(id)));
}

/** Removes the ledgers of a network. */
export async function removeLedgers(
  docker: Pick<DockerPort, 'listVolumes' | 'removeVolume'>,
  project: string,
  instance: string,
): Promise<void> {
  const volumes = await docker.listVolumes([`${LABEL.project}=${project}`]);
  const ofNetwork = volumes.filter(({ name }) => isLedgerOf(name, project, instance));
  await Promise.all(ofNetwork.map(({ name }) => docker.removeVolume(name)));
}

/**
 * Ends what a killed command has begun. Its nodes resume. A complete copy that was being put in place is put there; any
 * other one is removed. Does nothing if no command was killed.
 * @returns what was done, for the user
 */
export async function endUnfinishedCopy({
  docker,
  journal,
  stateDir,
}: CopyContext): Promise<Phrase | undefined> {
  const copying = journal.getFact(STATE_KEYS.copying);
  if (!copying) return undefined;
  const { project, instance, isNew, paused } = copying;
  await resume(docker, paused);
  const isCopy = ({ crypto }: { readonly crypto: { readonly instance: string } }) =>
    crypto.instance === instance;
  const present = await networkInPlace(stateDir, journal);
  const kept = (await keptNetworks(stateDir)).find(isCopy);
  const isSnapshot = (await networksIn(snapshotDir(stateDir))).some(isCopy);
  const isPlaced = (present && isCopy(present)) || (!present && kept !== undefined);
  if (present && isCopy(present)) await setAllNetworkFacts(journal, present);
  else if (!present && kept) {
    await replaceNetwork({ stateDir, journal }, kept.folder);
    await setAllNetworkFacts(journal, kept);
  } else if (isNew && !isSnapshot) {
    await stopCopying(docker, project, instance);
    await removeLedgers(docker, project, instance);
    if (kept) await rm(kept.folder, { recursive: true, force: true });
  }
  await journal.setFact(STATE_KEYS.copying, undefined);
  return isPlaced ? { key: 'step.copy-placed', instance } : { key: 'step.copy-ended' };
}

/** Runs what makes or uses a copy. If it fails or is cancelled, what it has begun is ended as above. */
export async function whileCopying<T>(
  context: CopyContext,
  copying: { readonly project: string; readonly instance: string; readonly isNew: boolean },
  paused: readonly string[],
  act: () => Promise<T>,
): Promise<T> {
  await context.journal.setFact(STATE_KEYS.copying, { ...copying, paused: [...paused] });
  try {
    return await act();
  } finally {
    await context.docker.settled();
    await endUnfinishedCopy(context);
  }
}
