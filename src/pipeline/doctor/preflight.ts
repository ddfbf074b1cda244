/** Before a run: the checks of what its plan really does. Only those can stop it. */
import { orCancelled } from '../core/cancellation.ts';
import { WizardFailure } from '../core/failure.ts';
import type { Plan } from '../run/plan.ts';
import { CHECKS, type DoctorCheck, type Judged, rowOf, runChecks } from './doctor.ts';
import type { Check } from './finding.ts';
import type { GatheringInput } from './gather-facts.ts';

/** The checks that concern one of these stages. */
export function checksFor(stages: ReadonlySet<string>): readonly Check[] {
  const runs = (pattern: string) =>
    pattern.endsWith('*')
      ? [...stages].some((stage) => stage.startsWith(pattern.slice(0, -1)))
      : stages.has(pattern);
  return CHECKS.filter((check) => check.stages.some(runs));
}

/**
 * What stops a run. One reason that has a failure of its own is that failure.
 * @param command as the user typed it: `up`
 */
export function stopping(judged: readonly Judged[], command: string): WizardFailure | undefined {
  const failed = judged.filter(({ finding }) => finding.status === 'fail');
  const [first] = failed;
  if (!first) return undefined;
  if (failed.length === 1 && first.finding.failure) return new WizardFailure(first.finding.failure);
  const checks = failed.map((each) => {
    const { id, detail, fix } = rowOf(each);
    return { id, detail, ...(fix === undefined ? {} : { fix }) };
  });
  return new WizardFailure({ kind: 'preflight', checks, command });
}

/** An answer that came late would be a mistake that went through. */
const LIMIT_MS = 10_000;

/**
 * @returns what to warn of
 * @throws WizardFailure `preflight`, or the one failure that a check stands for; CancelledError
 */
export async function preflight(
  plan: Plan,
  command: string,
  input: GatheringInput,
  signal: AbortSignal,
): Promise<readonly DoctorCheck[]> {
  const stages = new Set(plan.stages.filter(({ action }) => action === 'run').map(({ id }) => id));
  const known = { ...input.known, stages };
  const judged = await orCancelled(
    runChecks(checksFor(stages), { ...input, known }, LIMIT_MS, signal),
    signal,
  );
  const reason = stopping(judged, command);
  if (reason) throw reason;
  return judged.filter(({ finding }) => finding.status === 'warn').map(rowOf);
}
