/** A closer look at a stage that failed: evidence, diagnosis, and where nothing is known, what everybody said last. */
import type { LogTail, StageFailure } from '../run/failure.ts';
import type { Examined } from '../run/runner.ts';
import type { Workbench } from '../run/workbench.ts';
import { type CollectOptions, collectEvidence } from './collect.ts';
import { diagnose } from './diagnose.ts';
import type { Evidence } from './symptom.ts';

/** As many lines of each log as can be read beside others. */
const SHOWN = 15;

/**
 * PURE. The failure with the last lines of everybody involved: those that it names itself and every chaincode;
 * all nodes where it names none.
 */
export function withLastWords(failure: StageFailure, { said, containers }: Evidence): StageFailure {
  if (failure.kind !== 'command' && failure.kind !== 'check' && failure.kind !== 'timeout') return failure;
  const own = failure.nodes ?? [];
  const heard = said
    .filter(({ by }) => by === 'chaincode' || own.length === 0)
    .map(({ name, lines }): LogTail => {
      const container = containers.find((each) => each.node === name || each.name === name);
      return { name: `${name} (${container?.status ?? 'removed'})`, lines: lines.slice(-SHOWN) };
    });
  return heard.length > 0 ? { ...failure, nodes: [...own, ...heard] } : failure;
}

/** Never rejects; within two seconds, and at once when the signal fires. */
export async function examine(
  bench: Workbench,
  failure: StageFailure,
  options: CollectOptions,
): Promise<Examined> {
  const evidence = await collectEvidence(bench, options);
  return { failure: withLastWords(failure, evidence), diagnosis: diagnose(failure, evidence) };
}
