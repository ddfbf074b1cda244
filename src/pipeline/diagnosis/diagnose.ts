/** PURE: finds the known symptom of a failure and the line that proves it. */
import type { DiagnosisFacts, LogSource } from '../core/diagnosis-types.ts';
import type { Diagnosis, StageFailure } from '../core/failure.ts';
import type { Text } from '../core/phrase.ts';
import { unreachable } from '../core/unreachable.ts';
import type { Evidence, LogExcerpt } from './symptom.ts';
import { symptoms } from './symptoms.ts';

/** Returns the text if it comes from another program. Phrases are this program's own texts and prove nothing. */
function isString(text: Text): text is string {
  return typeof text === 'string' && text !== '';
}

/** Returns the lines of what another program printed. A phrase is of this program. */
function textLines(text: Text): readonly string[] {
  return [text].filter(isString).flatMap((each) => each.split('\n'));
}

/** Returns output of other programs in the failure. Kinds that already name their cause have none. */
function linesOf(failure: StageFailure): readonly string[] {
  switch (failure.kind) {
    case 'command':
      // A compile error is already the diagnosis.
      return failure.compileErrors?.length ? [] : failure.tail;
    case 'copy':
      return failure.tail;
    case 'image-build':
      return [...failure.detail.split('\n'), ...failure.tail];
    case 'check':
      return [[failure.what, failure.got].filter(isString).join(': ')];
    case 'timeout':
      return [failure.last].filter(isString);
    case 'pull':
      return failure.problem === 'other' && !failure.upstream ? textLines(failure.detail) : [];
    case 'base-image':
      return textLines(failure.detail);
    case 'engine-refused':
      return failure.detail.split('\n');
    case 'file':
      return [failure.detail];
    case 'unexpected':
      return failure.message.split('\n');
    case 'config':
    case 'usage':
    case 'chaincode':
    case 'source':
    case 'engine':
    case 'compose-missing':
    case 'couchdb-image':
    case 'port-taken':
    case 'preflight':
    case 'locked':
    case 'state-newer':
    case 'orderer-behind':
    case 'tests':
    // What a command of the user's prints says nothing of the network.
    case 'hook':
    case 'tool-missing':
      return [];
    default:
      return unreachable(failure);
  }
}

function factsOf(match: RegExpExecArray): DiagnosisFacts {
  const groups = Object.entries(match.groups ?? {}) as [string, string | undefined][];
  return Object.fromEntries(groups.filter((group): group is [string, string] => group[1] !== undefined));
}

const MAX_LINE = 500;

/** Shortens a long line (errors that wrap errors) to the match and the text after it. */
function shortened(line: string, { index }: RegExpExecArray): string {
  const trimmed = line.trim();
  if (trimmed.length <= MAX_LINE) return trimmed;
  const from = Math.min(index, line.length - MAX_LINE);
  return `${from > 0 ? '…' : ''}${line.slice(from, from + MAX_LINE)}${from + MAX_LINE < line.length ? '…' : ''}`;
}

interface Candidate {
  readonly diagnosis: Diagnosis;
  readonly weight: number;
}

/** Breaks ties between sources: the failure itself first, then the chaincode's log, then the nodes' logs. */
const SOURCE_WEIGHT: Record<LogSource, number> = { failure: 0.2, chaincode: 0.1, node: 0 };

/** More than a tie between sources, less than the next weight. */
const FORESEEN_WEIGHT = 0.5;

function candidatesIn({ source, name, lines }: LogExcerpt, evidence: Evidence): Candidate[] {
  // In a command's output the first line matters (usage text follows), in a log the newest.
  const ordered = source === 'failure' ? lines : lines.toReversed();
  return symptoms.flatMap(({ id, sources, patterns, weight, confirm, checks = [] }): Candidate[] => {
    if (!sources.includes(source)) return [];
    for (const line of ordered) {
      for (const pattern of patterns) {
        const match = pattern.exec(line);
        if (!match) continue;
        const named = factsOf(match);
        const facts = confirm ? confirm({ name, facts: named, lines }, evidence) : named;
        if (!facts) continue;
        const proof = { source, name, line: shortened(line, match) };
        const warning = evidence.warnings.find((each) => checks.includes(each.id));
        const diagnosis = { symptom: id, proof, facts, ...(warning ? { warning } : {}) };
        const more = SOURCE_WEIGHT[source] + (warning ? FORESEEN_WEIGHT : 0);
        return [{ diagnosis, weight: weight + more }];
      }
    }
    return [];
  });
}

/**
 * Returns the symptom of the greatest weight: causes before consequences, specific before general.
 * @returns undefined if no symptom matches
 */
export function diagnose(failure: StageFailure, evidence: Evidence): Diagnosis | undefined {
  const own: LogExcerpt = { source: 'failure', name: '', lines: linesOf(failure) };
  if (own.lines.length === 0) return undefined;
  const candidates = [own, ...evidence.logs].flatMap((excerpt) => candidatesIn(excerpt, evidence));
  const best = Math.max(...candidates.map(({ weight }) => weight));
  return candidates.find(({ weight }) => weight === best)?.diagnosis;
}
