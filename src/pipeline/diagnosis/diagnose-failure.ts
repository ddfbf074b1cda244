/** Diagnoses a failed stage: collects evidence and finds a symptom, or else adds the last log lines. */

import { join } from 'node:path';
import type { RunContext } from '../context/run-context.ts';
import { type Diagnosis, diagnosedNode, type LogTail, type StageFailure } from '../core/failure.ts';
import { SHOWN_LINES } from '../core/last-words.ts';
import { exists } from '../host/files.ts';
import { type CollectOptions, collectEvidence } from './collect.ts';
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
  if (!hasNodes(failure)) return failure;
  const { logs, lastLines } = evidence;
  const nodes = failure.nodes?.length
    ? failure.nodes
    : lastLines.map(({ node, lines }) => logOf(node, lines, evidence));
  const chaincode = logs
    .filter(({ source }) => source === 'chaincode')
    .map(({ name, lines }) => logOf(name, lines.slice(-SHOWN_LINES), evidence));
  const tails = [...nodes, ...chaincode];
  return tails.length > 0 ? { ...failure, nodes: tails } : failure;
}

/** PURE. Returns the failure with the last lines of the node that the diagnosis is about, if it is about one. */
export function withWordsOfNode(
  failure: StageFailure,
  diagnosis: Diagnosis,
  evidence: Evidence,
): StageFailure {
  const last = evidence.lastLines.find(({ node }) => node === diagnosedNode(diagnosis));
  if (!last || !hasNodes(failure)) return failure;
  return { ...failure, nodes: [logOf(last.node, last.lines, evidence)] };
}

function hasNodes(failure: StageFailure): failure is Extract<StageFailure, { nodes?: unknown }> {
  return failure.kind === 'command' || failure.kind === 'check' || failure.kind === 'timeout';
}

function logOf(name: string, lines: readonly string[], { containers }: Evidence): LogTail {
  const status = containers.find((each) => each.node === name || each.name === name)?.status;
  return { name: `${name} (${status ?? 'removed'})`, lines };
}

/** Names the user's own file instead of the peer's copy of it, if the diagnosis is about a file of a chaincode. */
async function withUsersFile(failure: StageFailure, diagnosis: Diagnosis): Promise<Diagnosis> {
  const dir = failure.kind === 'command' ? failure.chaincode?.dir : undefined;
  const { file } = diagnosis.facts;
  if (dir === undefined || file === undefined) return diagnosis;
  const parts = file.split('/');
  for (let skipped = 0; skipped < parts.length; skipped += 1) {
    const path = join(dir, ...parts.slice(skipped));
    if (await exists(path)) return { ...diagnosis, facts: { ...diagnosis.facts, file: path } };
  }
  return diagnosis;
}

/** Diagnoses within two seconds, or less if the signal fires. Never rejects. */
export async function diagnoseFailure(
  context: RunContext,
  failure: StageFailure,
  options: CollectOptions,
): Promise<DiagnosedFailure> {
  const evidence = await collectEvidence(context, options);
  const diagnosis = diagnose(failure, evidence);
  return diagnosis
    ? {
        failure: withWordsOfNode(failure, diagnosis, evidence),
        diagnosis: await withUsersFile(failure, diagnosis),
      }
    : { failure: withLastWords(failure, evidence) };
}
