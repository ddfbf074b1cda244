/** PURE: what `--fix` can do about a problem. */
import { formatImageRef, parseImageRef } from '../fabric/image-ref.ts';
import type { Problem, Repair, Subject } from './resolve-report.ts';

/** The name that a `docker tag` can give; none for a reference by digest. */
function tagFor(ref: string): string | undefined {
  const parsed = parseImageRef(ref);
  if (!parsed || parsed.digest !== undefined) return undefined;
  return formatImageRef({ ...parsed, tag: parsed.tag ?? 'latest' });
}

/** The likeliest first; none where only a person can help. */
export function repairsOf(problem: Problem, subject: Subject): readonly Repair[] {
  if (!('candidates' in problem)) return [];
  const { role, ref, candidates, madeHere } = problem;
  const nearest = candidates.find(({ likely }) => likely);
  const to = tagFor(ref);
  const repairs: Repair[] = [];
  if (madeHere) repairs.push({ kind: 'build' });
  if (nearest && to !== undefined) repairs.push({ kind: 'tag', from: nearest.ref, to });
  // Somebody else's network is theirs to change.
  if (nearest && subject.kind === 'container' && subject.ours)
    repairs.push({ kind: 'override', role, ref: nearest.ref });
  // Last: the image that was meant may have had more in it.
  if (!madeHere && role === 'runtime' && to !== undefined) repairs.push({ kind: 'build', runtime: to });
  return repairs;
}
