/** The machines of the network of a folder. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { selectMachines } from '../pipeline/engine/engine-address.ts';
import { STATE_FOLDER } from '../pipeline/host/state-folder.ts';

/** Lets the engine of this process have the engines of the machines on which the network of a folder was started. */
export async function selectMachinesOf(dir: string): Promise<void> {
  const text = await readFile(join(dir, STATE_FOLDER, 'state.json'), 'utf8').catch(() => '');
  // Few networks have machines, and what reads the state takes as long to load as a small command takes for the rest.
  if (!text.includes('"machines"')) return;
  const [{ readState }, { STATE_KEYS }, { readFact }] = await Promise.all([
    import('../pipeline/journal/journal.ts'),
    import('../pipeline/journal/state-keys.ts'),
    import('../pipeline/journal/wizard-state.ts'),
  ]);
  selectMachines(readFact(await readState(dir), STATE_KEYS.engine)?.machines);
}
