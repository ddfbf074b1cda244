/** Checks whether this machine is ready. The checks only read: nothing is changed. */

import type { CheckId } from '../core/check-id.ts';
import type { DoctorCheck, DoctorReport } from '../core/doctor-report.ts';
import type { Answer, DoctorFacts, FactName } from './doctor-facts.ts';
import { ENGINE_CHECKS } from './engine-checks.ts';
import type { GatheringInput, TimeLimits } from './fact-source.ts';
import type { Check, Finding } from './finding.ts';
import { FactGatherer } from './gather-facts.ts';
import { MACHINE_CHECKS } from './machine-checks.ts';
import { PLAN_CHECKS } from './plan-checks.ts';

/** In the order in which they are shown. */
export const CHECKS: readonly Check[] = [...ENGINE_CHECKS, ...PLAN_CHECKS, ...MACHINE_CHECKS];

type Answers = Partial<Record<FactName, Answer<DoctorFacts[FactName]>>>;

/**
 * Returns the result of a check from its facts, or from the reason why there are none.
 * @returns undefined if it does not apply
 */
export function judge(check: Check, answers: Answers): Finding | undefined {
  const facts: Partial<Record<FactName, unknown>> = {};
  for (const name of check.of) {
    const answer = answers[name] ?? { kind: 'not-applicable' };
    if (answer.kind === 'not-applicable') return undefined;
    if (answer.kind === 'timed-out') return { status: 'unknown', detail: { key: 'row.timed-out' } };
    if (answer.kind === 'failed') return { status: 'unknown', detail: answer.reason };
    facts[name] = answer.value;
  }
  return check.judge(facts as unknown as DoctorFacts);
}

export interface Judged {
  readonly id: CheckId;
  readonly finding: Finding;
}

/**
 * Gathers the facts of these checks and judges them.
 * @param onJudged called for each check when its facts are known, in any order
 * @returns the results in the order of the checks
 */
export async function runChecks(
  checks: readonly Check[],
  input: GatheringInput,
  limits: TimeLimits,
  cancelled?: AbortSignal,
  onJudged?: (row: Judged) => void,
): Promise<Judged[]> {
  const late = AbortSignal.timeout(limits.allMs);
  const signal = cancelled ? AbortSignal.any([late, cancelled]) : late;
  const gatherer = new FactGatherer(input, limits, signal);
  const judged = await Promise.all(
    checks.map(async (one): Promise<Judged | undefined> => {
      const asked = one.of.map(async (name) => [name, await gatherer.ask(name)] as const);
      const finding = judge(one, Object.fromEntries(await Promise.all(asked)));
      const row = finding && { id: one.id, finding };
      if (row) onJudged?.(row);
      return row;
    }),
  );
  return judged.filter((row) => row !== undefined);
}

export function rowOf({ id, finding: { status, detail, fix } }: Judged): DoctorCheck {
  return fix === undefined ? { id, status, detail } : { id, status, detail, fix };
}

/** Runs all checks. Returns the report within `limits.allMs` in any case. */
export async function runDoctor(input: GatheringInput, limits: TimeLimits): Promise<DoctorReport> {
  const checks = (await runChecks(CHECKS, input, limits)).map(rowOf);
  return { ok: checks.every(({ status }) => status === 'ok' || status === 'warn'), checks };
}
