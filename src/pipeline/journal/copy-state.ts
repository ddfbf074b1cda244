/** Whether a command copies the network of a folder, or was killed while it did: then its nodes can be paused. */
import { folderUser, readState } from './journal.ts';
import { STATE_KEYS } from './state-keys.ts';
import { readFact } from './wizard-state.ts';

/** `running`: the command goes on; `interrupted`: it was killed, and the next run in the folder ends what it began. */
export type CopyState = 'running' | 'interrupted';

/** @returns undefined if no copy was begun and not ended */
export async function copyState(dir: string): Promise<CopyState | undefined> {
  const copying = readFact(await readState(dir), STATE_KEYS.copying);
  if (!copying) return undefined;
  return (await folderUser(dir)) === undefined ? 'interrupted' : 'running';
}
