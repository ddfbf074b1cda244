/** `doctor`: checks this machine, and repairs one problem with `--fix`. */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { commandFlags, defaultProject, type EffectiveConfig } from '../pipeline/config/config.ts';
import type { WizardConfig } from '../pipeline/config/wizard-config.ts';
import type { DoctorReport } from '../pipeline/core/doctor-report.ts';
import { EXIT, WizardFailure } from '../pipeline/core/failure.ts';
import type { Text } from '../pipeline/core/phrase.ts';
import { withGiven } from '../pipeline/diagnosis/failure-help.ts';
import { runDoctor } from '../pipeline/doctor/doctor.ts';
import type { GatheringInput, TimeLimits } from '../pipeline/doctor/fact-source.ts';
import { type RepairCode, repair, repairCodeOf, repairCodes } from '../pipeline/doctor/repairs.ts';
import { currentDocker } from '../pipeline/engine/current-docker.ts';
import { STATE_FOLDER } from '../pipeline/host/state-folder.ts';
import { openJournal } from '../pipeline/journal/journal.ts';
import { goVersionsWith, STATE_KEYS } from '../pipeline/journal/state-keys.ts';
import { readStateFile, recordedState } from '../pipeline/journal/wizard-state.ts';
import type { Style } from '../report/style.ts';
import { renderDoctor } from '../report/tables.ts';
import { loadEffectiveConfig } from './load-config.ts';
import {
  cancelOnSignals,
  columnsOf,
  printJson,
  styleFor,
  type Terminal,
  writeToStderr,
  writeToStdout,
} from './terminal.ts';
import { unknownName } from './usage-errors.ts';

/** An engine that does not answer is reported this long after the start of the process. */
const ENGINE_BY_MS = 1700;
const PROMPT_MS = 450;
/** Limit for all checks. They take less than a second unless something hangs or the machine is busy. */
const ALL_MS = 10_000;

/** A busy machine starts the process slowly too, so its engine gets more time. */
function limitsFrom(startMs: number): TimeLimits {
  const engineMs = startMs <= PROMPT_MS ? ENGINE_BY_MS - startMs : Math.min(5 * startMs, ALL_MS / 2);
  return { engineMs: Math.round(engineMs), allMs: ALL_MS };
}

function codeOf(text: string): RepairCode {
  const code = repairCodeOf(text);
  if (code !== undefined) return code;
  const command = (known: string) => `fabric-wizard doctor --fix ${known}`;
  throw new WizardFailure(
    unknownName(
      { key: 'usage.unknown-repair', name: text, repairs: repairCodes.join(', ') },
      text,
      repairCodes,
      { command, others: repairCodes.map(command) },
    ),
  );
}

async function repairFirst(code: RepairCode, input: GatheringInput, { translate }: Style): Promise<void> {
  const cancel = cancelOnSignals();
  try {
    const onNotice = (text: Text) => writeToStderr(translate(text));
    await repair(code, { allowInstall: true, onNotice, signal: cancel.signal }, input);
  } finally {
    cancel.dispose();
  }
}

/** Records the Go version for the next run, if this user has a state folder here and no run holds its lock. */
async function remember(dir: string, versions: ReadonlyMap<string, string>): Promise<void> {
  const stateDir = join(dir, STATE_FOLDER);
  const { uid } = (await stat(stateDir).catch(() => undefined)) ?? {};
  // With sudo, a plain user's folder would get files of root.
  if (uid !== process.geteuid?.() || (await readStateFile(stateDir)).broken) return;
  try {
    const journal = await openJournal(dir, { command: 'fabric-wizard doctor' });
    for (const [id, version] of versions)
      await journal.setFact(STATE_KEYS.goVersions, goVersionsWith(journal, id, version));
    await journal.close();
  } catch (error) {
    if (!(error instanceof WizardFailure)) throw error;
  }
}

/**
 * What the checks look at.
 * @param onGoVersion receives the Go version of a builder image, to be recorded; see `GatheringInput`
 * @throws WizardFailure `state-newer`
 */
export async function doctorInput(
  terminal: Terminal,
  config: WizardConfig,
  onGoVersion?: GatheringInput['onGoVersion'],
): Promise<GatheringInput> {
  const { dir, packageDir } = terminal;
  const { state } = await readStateFile(join(dir, STATE_FOLDER));
  return {
    docker: await currentDocker(),
    dir,
    project: config.project ?? defaultProject(dir),
    config,
    packageDir,
    state: recordedState(state),
    onGoVersion,
  };
}

/** The fixes repeat the flags that the checks were given, because no run has recorded them. */
function withChoices(report: DoctorReport, config: EffectiveConfig, dir: string): DoctorReport {
  const given = commandFlags(config, dir);
  const checks = report.checks.map((check) =>
    check.fix === undefined ? check : { ...check, fix: withGiven(check.fix, given) },
  );
  return { ...report, checks };
}

export async function doctor(
  terminal: Terminal,
  flags: Readonly<Record<string, unknown>>,
  fix: string | undefined,
): Promise<number> {
  const startMs = performance.now();
  const { dir } = terminal;
  const code = fix === undefined ? undefined : codeOf(fix);
  const config = await loadEffectiveConfig(dir, flags);
  const { values } = config;
  const learnt = new Map<string, string>();
  const input = await doctorInput(terminal, values, (id, version) => void learnt.set(id, version));
  if (code !== undefined) await repairFirst(code, input, styleFor(terminal, process.stderr));
  const report = withChoices(await runDoctor(input, limitsFrom(startMs)), config, dir);
  if (terminal.json) printJson(report);
  else {
    const columns = columnsOf(process.stdout);
    writeToStdout(`${renderDoctor(report, styleFor(terminal, process.stdout), columns)}\n`);
  }
  if (learnt.size > 0) await remember(dir, learnt);
  return report.ok ? EXIT.done : EXIT.preflight;
}
