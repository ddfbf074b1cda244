/** Diagnoses a failed stage: collects evidence and finds a symptom, or else adds the last log lines. */

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
 * PURE. Returns the failure with the last lines of the nodes that it names (all nodes if it names none) and of every
 * chaincode.
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
  const tails = [...nodes, ...chaincode];
  return tails.length > 0 ? { ...failure, nodes: tails } : failure;
}

/** Diagnoses within two seconds, or less if the signal fires. Never rejects. */
export async function diagnoseFailure(
  context: RunContext,
  failure: StageFailure,
  options: CollectOptions,
): Promise<DiagnosedFailure> {
  const evidence = await collectEvidence(context, options);
  const diagnosis = diagnose(failure, evidence);
  return diagnosis ? { failure, diagnosis } : { failure: withLastWords(failure, evidence) };
}
