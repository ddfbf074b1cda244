/** The machines of the network of a folder. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Machines } from '../pipeline/core/engine-origin.ts';
import { STATE_FOLDER } from '../pipeline/host/state-folder.ts';

/** Few networks have machines, and what reads the state takes as long to load as a small command takes for the rest. */
async function engineFact(dir: string) {
  const text = await readFile(join(dir, STATE_FOLDER, 'state.json'), 'utf8').catch(() => '');
  if (!/"(?:machines|left)"/.test(text)) return undefined;
  const [{ readState }, { STATE_KEYS }, { readFact }] = await Promise.all([
    import('../pipeline/journal/journal.ts'),
    import('../pipeline/journal/state-keys.ts'),
    import('../pipeline/journal/wizard-state.ts'),
  ]);
  // A command that needs the state says what is wrong with it.
  const state = await readState(dir).catch(() => undefined);
  return state && readFact(state, STATE_KEYS.engine);
}

/** Few networks have machines: what knows engines is not loaded for the others. */
async function select(machines: Machines): Promise<void> {
  const { selectMachines } = await import('../pipeline/engine/engine-address.ts');
  selectMachines(machines);
}

/** Lets the engine of this process have the engines of the machines on which the network of a folder was started. */
export async function selectMachinesOf(dir: string): Promise<void> {
  const fact = await engineFact(dir);
  if (fact?.machines) await select(fact.machines);
}

/** Also selects the machines that earlier networks of the folder have left, for commands that remove what is there. */
export async function selectLeftMachines(dir: string): Promise<void> {
  const { machines, left = [] } = (await engineFact(dir)) ?? {};
  if (left.length === 0) return;
  await select({ selected: machines?.selected ?? '', others: [...(machines?.others ?? []), ...left] });
}
