/** Is this machine ready. Every row is a judgement over observed facts; nothing is changed. */

import type { CheckId } from '../core/check-id.ts';
import type { Text } from '../core/phrase.ts';
import type { Answer, DoctorFacts, FactName } from './doctor-facts.ts';
import { ENGINE_CHECKS } from './engine-checks.ts';
import type { Check, Finding } from './finding.ts';
import { FactGatherer, type GatheringInput } from './gather-facts.ts';
import { MACHINE_CHECKS } from './machine-checks.ts';
import { PLAN_CHECKS } from './plan-checks.ts';

/** In the order in which they are read. */
export const CHECKS: readonly Check[] = [...ENGINE_CHECKS, ...PLAN_CHECKS, ...MACHINE_CHECKS];

export interface DoctorCheck {
  readonly id: CheckId;
  readonly status: 'ok' | 'warn' | 'fail';
  readonly detail: Text;
  /** A command or a flag. */
  readonly fix?: Text;
}

export interface DoctorReport {
  /** No check failed. */
  readonly ok: boolean;
  readonly checks: readonly DoctorCheck[];
}

type Answers = Partial<Record<FactName, Answer<DoctorFacts[FactName]>>>;

/**
 * The row of a check, by how asking for its facts ended.
 * @returns undefined where it has nothing to say
 */
export function judge(check: Check, answers: Answers): Finding | undefined {
  const facts: Partial<Record<FactName, unknown>> = {};
  for (const name of check.of) {
    const answer = answers[name] ?? { kind: 'not-applicable' };
    if (answer.kind === 'not-applicable') return undefined;
    if (answer.kind === 'timed-out') return { status: 'warn', detail: { key: 'row.timed-out' } };
    if (answer.kind === 'failed') return { status: 'warn', detail: answer.reason };
    facts[name] = answer.value;
  }
  return check.judge(facts as unknown as DoctorFacts);
}

export interface Judged {
  readonly id: CheckId;
  readonly finding: Finding;
}

/**
 * Asks for what these checks need, and judges.
 * @param limitMs for all questions together
 * @param onJudged told of each row as soon as its facts are there, in whatever order
 * @returns in the order of the checks
 */
export async function runChecks(
  checks: readonly Check[],
  input: GatheringInput,
  limitMs: number,
  cancelled?: AbortSignal,
  onJudged?: (row: Judged) => void,
): Promise<Judged[]> {
  const late = AbortSignal.timeout(limitMs);
  const signal = cancelled ? AbortSignal.any([late, cancelled]) : late;
  const gatherer = new FactGatherer(input, limitMs, signal);
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

/**
 * All checks at once.
 * @param limitMs after which the report is there, whatever hangs
 */
export async function runDoctor(input: GatheringInput, limitMs: number): Promise<DoctorReport> {
  const checks = (await runChecks(CHECKS, input, limitMs)).map(rowOf);
  return { ok: checks.every(({ status }) => status !== 'fail'), checks };
}
