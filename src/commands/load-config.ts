/** Loads the choices of a command: flags, file, flags of the last run in this folder, defaults. */
import { defaultProject, type EffectiveConfig, loadConfig } from '../pipeline/config/config.ts';
import { readState } from '../pipeline/journal/journal.ts';
import { STATE_KEYS } from '../pipeline/journal/state-keys.ts';
import { readFact } from '../pipeline/journal/wizard-state.ts';

/** @throws WizardFailure `config`, `state-newer` */
export async function loadEffectiveConfig(
  dir: string,
  flags: Readonly<Record<string, unknown>>,
): Promise<EffectiveConfig> {
  const lastRun = readFact(await readState(dir), STATE_KEYS.choices);
  return loadConfig({ dir, flags, lastRun });
}

/** `--project`, else the file's, else the last run's, else the folder's own. */
export async function projectOf(dir: string, flag: string | undefined): Promise<string> {
  const { values } = await loadEffectiveConfig(dir, { project: flag });
  return values.project ?? defaultProject(dir);
}
