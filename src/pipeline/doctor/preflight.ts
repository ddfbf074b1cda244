/** Checks the machine before a run. Only the checks that the plan's stages name can stop it. */

import { orCancelled } from '../core/cancellation.ts';
import type { CheckId } from '../core/check-id.ts';
import type { DoctorCheck } from '../core/doctor-report.ts';
import { WizardFailure } from '../core/failure.ts';
import { type Plan, stagesToRun } from '../core/plan.ts';
import { STAGES, type StageId } from '../stages/stage-list.ts';
import { CHECKS, type Judged, rowOf, runChecks } from './doctor.ts';
import type { GatheringInput } from './fact-source.ts';
import type { Check } from './finding.ts';
import { planFact } from './plan-probes.ts';

/** Returns the checks of these stages, in the order of `CHECKS`. */
export function checksFor(stages: ReadonlySet<StageId>): readonly Check[] {
  const wanted = new Set<CheckId>(STAGES.filter(({ id }) => stages.has(id)).flatMap(({ checks }) => checks));
  return CHECKS.filter(({ id }) => wanted.has(id));
}

/**
 * Returns the failure that stops a run: that of a single failed check if it has one, else `preflight` with all of them.
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

/** Milliseconds for all checks; more than in `doctor`, because a skipped check lets a run start that fails. */
const LIMITS = { engineMs: 8500, allMs: 10_000 };

/**
 * Runs the checks of the plan's stages.
 * @returns the checks that warn, or that have no result
 * @throws WizardFailure `preflight`, or the failure of a single check; CancelledError
 */
export async function preflight(
  plan: Plan<StageId>,
  command: string,
  input: GatheringInput,
  signal: AbortSignal,
): Promise<readonly DoctorCheck[]> {
  const known = { ...input.known, plan: planFact(plan) };
  const checks = checksFor(stagesToRun(plan));
  const judged = await orCancelled(runChecks(checks, { ...input, known }, LIMITS, signal), signal);
  const failure = stopping(judged, command);
  if (failure) throw failure;
  return judged.filter(({ finding }) => finding.status !== 'ok').map(rowOf);
}
