/** PURE: which known symptom a failure shows, and which line proves it. */
import type { Diagnosis, StageFailure } from '../core/failure.ts';
import type { Text } from '../core/phrase.ts';
import { unreachable } from '../core/unreachable.ts';
import type { Evidence, Facts, LogExcerpt, LogSource } from './symptom.ts';
import { symptoms } from './symptoms.ts';

/** Sentences of ours prove nothing. */
function isString(text: Text): text is string {
  return typeof text === 'string' && text !== '';
}

/** What the failure itself says, in words of others. Kinds that say all there is to say have no lines. */
function linesOf(failure: StageFailure): readonly string[] {
  switch (failure.kind) {
    case 'command':
      // A place in the source is the diagnosis already.
      return failure.compileErrors?.length ? [] : failure.tail;
    case 'image-build':
      return [...failure.detail.split('\n'), ...failure.tail];
    case 'check':
      return [[failure.what, failure.got].filter(isString).join(': ')];
    case 'timeout':
      return [failure.last].filter(isString);
    case 'pull':
      return failure.problem === 'other' && !failure.upstream ? failure.detail.split('\n') : [];
    case 'base-image':
      return [failure.detail].filter(isString).flatMap((text) => text.split('\n'));
    case 'unexpected':
      return failure.message.split('\n');
    case 'config':
    case 'usage':
    case 'source':
    case 'engine':
    case 'compose-missing':
    case 'couchdb-image':
    case 'port-taken':
    case 'preflight':
    case 'locked':
    case 'state-newer':
    case 'tool-missing':
      return [];
    default:
      return unreachable(failure);
  }
}

function factsOf(match: RegExpExecArray): Facts {
  const groups = Object.entries(match.groups ?? {}) as [string, string | undefined][];
  return Object.fromEntries(groups.filter((group): group is [string, string] => group[1] !== undefined));
}

const MOST = 500;

/** A long line (errors that wrap errors) as far as it is worth reading: what was found and what follows it. */
function excerpt(line: string, { index }: RegExpExecArray): string {
  const trimmed = line.trim();
  if (trimmed.length <= MOST) return trimmed;
  const from = Math.min(index, line.length - MOST);
  return `${from > 0 ? '…' : ''}${line.slice(from, from + MOST)}${from + MOST < line.length ? '…' : ''}`;
}

interface Candidate {
  readonly diagnosis: Diagnosis;
  readonly weight: number;
}

/** Whoever was asked says it best; a chaincode knows itself; nodes mention much in passing. */
const CREDIT: Record<LogSource, number> = { failure: 0.2, chaincode: 0.1, node: 0 };

function candidatesIn(said: LogExcerpt, evidence: Evidence): Candidate[] {
  const { source, name, lines } = said;
  // Of a command's output the first line counts (usage follows), of a log the newest.
  const ordered = source === 'failure' ? lines : lines.toReversed();
  return symptoms.flatMap(({ id, sources: witnesses, signs, weight, confirm }): Candidate[] => {
    if (!witnesses.includes(source)) return [];
    for (const line of ordered) {
      for (const sign of signs) {
        const match = sign.exec(line);
        if (!match) continue;
        const found = { facts: factsOf(match), lines };
        const facts = confirm ? confirm(found, evidence) : found.facts;
        if (!facts) continue;
        const proof = { source, name, line: excerpt(line, match) };
        return [{ diagnosis: { symptom: id, proof, facts }, weight: weight + CREDIT[source] }];
      }
    }
    return [];
  });
}

/**
 * The heaviest symptom wins: a cause before its consequences, what names the thing before what names its kind.
 * @returns undefined where nothing known is seen
 */
export function diagnose(failure: StageFailure, evidence: Evidence): Diagnosis | undefined {
  const own: LogExcerpt = { source: 'failure', name: '', lines: linesOf(failure) };
  if (own.lines.length === 0) return undefined;
  const candidates = [own, ...evidence.logs].flatMap((said) => candidatesIn(said, evidence));
  const best = Math.max(...candidates.map(({ weight }) => weight));
  return candidates.find(({ weight }) => weight === best)?.diagnosis;
}
