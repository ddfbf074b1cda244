/** A closer look at a stage that failed: evidence, diagnosis, and where nothing is known, what everybody said last. */

import type { RunContext } from '../context/run-context.ts';
import type { Diagnosis, LogTail, StageFailure } from '../core/failure.ts';
import { type CollectOptions, collectEvidence, SHOWN } from './collect.ts';
import { diagnose } from './diagnose.ts';
import type { Evidence } from './symptom.ts';

/** A failure, and its diagnosis if it shows a known symptom. */
export interface DiagnosedFailure {
  readonly failure: StageFailure;
  readonly diagnosis?: Diagnosis;
}

/**
 * PURE. The failure with the last lines of everybody involved: those that it names itself and every chaincode;
 * all nodes where it names none.
 */
export function withLastWords(failure: StageFailure, evidence: Evidence): StageFailure {
  if (failure.kind !== 'command' && failure.kind !== 'check' && failure.kind !== 'timeout') return failure;
  const { logs, lastLines, containers } = evidence;
  const statusOf = (name: string) =>
    containers.find((each) => each.node === name || each.name === name)?.status ?? 'removed';
  const logOf = (name: string, lines: readonly string[]): LogTail => ({
    name: `${name} (${statusOf(name)})`,
    lines: lines.slice(-SHOWN),
  });
  const nodes = failure.nodes?.length
    ? failure.nodes
    : lastLines.map(({ node, lines }) => logOf(node, lines));
  const chaincode = logs
    .filter(({ source }) => source === 'chaincode')
    .map(({ name, lines }) => logOf(name, lines));
  const heard = [...nodes, ...chaincode];
  return heard.length > 0 ? { ...failure, nodes: heard } : failure;
}

/** Never rejects; within two seconds, and at once when the signal fires. */
export async function diagnoseFailure(
  context: RunContext,
  failure: StageFailure,
  options: CollectOptions,
): Promise<DiagnosedFailure> {
  const evidence = await collectEvidence(context, options);
  const diagnosis = diagnose(failure, evidence);
  return diagnosis ? { failure, diagnosis } : { failure: withLastWords(failure, evidence) };
}
