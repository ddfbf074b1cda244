/** Whether a command copies the network of a folder, or was killed while it did: then its nodes can be paused. */
import type { CopyState } from '../core/copy-state.ts';
import { folderUser, readState } from './journal.ts';
import { STATE_KEYS } from './state-keys.ts';
import { readFact } from './wizard-state.ts';

/** @returns undefined if no copy was begun and not ended */
export async function copyState(dir: string): Promise<CopyState | undefined> {
  const copying = readFact(await readState(dir), STATE_KEYS.copying);
  if (!copying) return undefined;
  return (await folderUser(dir)) === undefined ? 'interrupted' : 'running';
}
