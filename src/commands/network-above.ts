/** The network of a folder above: what a command in a subfolder was probably meant for. */
import { dirname } from 'node:path';
import type { StageFailure } from '../pipeline/core/failure.ts';
import { readState } from '../pipeline/journal/journal.ts';
import { readFact } from '../pipeline/journal/wizard-state.ts';
import { SAVED_NETWORK } from '../pipeline/network/saved-network.ts';
import { commandIn } from './same-command.ts';
import { styleFor, type Terminal, writeToStderr } from './terminal.ts';

/** Messages that a folder without a network leads to. */
const WITHOUT_NETWORK: readonly string[] = [
  'usage.no-network',
  'usage.nothing-runs',
  'usage.no-ledgers',
  'usage.unknown-snapshot',
];

interface NetworkAbove {
  readonly project: string;
  readonly folder: string;
}

async function projectIn(folder: string): Promise<string | undefined> {
  // A state that cannot be read tells nothing about this folder.
  const state = await readState(folder).catch(() => undefined);
  return state && readFact(state, SAVED_NETWORK)?.spec.project;
}

/** Returns the network of the nearest folder above; undefined if there is none, or if the folder has its own. */
async function networkAbove(dir: string): Promise<NetworkAbove | undefined> {
  if ((await projectIn(dir)) !== undefined) return undefined;
  for (let folder = dirname(dir); ; folder = dirname(folder)) {
    const project = await projectIn(folder);
    if (project !== undefined) return { project, folder };
    if (folder === dirname(folder)) return undefined;
  }
}

function isWithoutNetwork(failure: StageFailure): boolean {
  return (
    failure.kind === 'usage' &&
    typeof failure.message !== 'string' &&
    WITHOUT_NETWORK.includes(failure.message.key)
  );
}

/** Adds the network of a folder above to a failure that a folder without a network leads to. */
export async function withNetworkAbove(
  { dir, project }: Pick<Terminal, 'dir' | 'project'>,
  failure: StageFailure,
  words: readonly string[],
): Promise<StageFailure> {
  if (failure.kind !== 'usage' || !isWithoutNetwork(failure) || project !== undefined) return failure;
  const above = await networkAbove(dir);
  if (!above) return failure;
  return {
    ...failure,
    message: { key: 'usage.network-above', message: failure.message, ...above },
    next: [commandIn(above.folder, words), ...failure.next],
  };
}

/** Names the network of a folder above on stderr, after a command that has found nothing in its own folder. */
export async function tellNetworkAbove(
  terminal: Terminal,
  words: readonly string[] = process.argv.slice(2),
): Promise<void> {
  if (terminal.json || terminal.project !== undefined) return;
  const above = await networkAbove(terminal.dir);
  if (!above) return;
  const { t } = styleFor(terminal, process.stderr);
  writeToStderr(t('status.above', { ...above }));
  writeToStderr(`  ${commandIn(above.folder, words)}`);
}
