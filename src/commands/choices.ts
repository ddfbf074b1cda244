/** The choices that a command works with: flags, file, what the last run in this folder was told, defaults. */
import { defaultProject, type EffectiveConfig, loadConfig } from '../pipeline/choices/config.ts';
import { FACTS } from '../pipeline/journal/facts.ts';
import { readState } from '../pipeline/journal/journal.ts';
import { readFact } from '../pipeline/journal/wizard-state.ts';

/** @throws WizardFailure `config`, `state-newer` */
export async function loadChoices(
  dir: string,
  flags: Readonly<Record<string, unknown>>,
): Promise<EffectiveConfig> {
  const lastRun = readFact(await readState(dir), FACTS.choices.key, FACTS.choices.schema);
  return loadConfig({ dir, flags, lastRun });
}

/** `--project`, else the file's, else the last run's, else the folder's own. */
export async function projectOf(dir: string, flag: string | undefined): Promise<string> {
  const { values } = await loadChoices(dir, { project: flag });
  return values.project ?? defaultProject(dir);
}
