/** PURE: the repairs that `resolve --fix` offers for a problem. */
import { withTag } from '../fabric/image-ref.ts';
import type { Problem, Repair, Subject } from './resolve-report.ts';

/** Returns the repairs, most likely first; empty if the user has to fix the problem by hand. */
export function repairsOf(problem: Problem, subject: Subject): readonly Repair[] {
  if (!('candidates' in problem)) return [];
  const { role, ref, candidates, madeHere } = problem;
  const nearest = candidates.find(({ likely }) => likely);
  const to = withTag(ref);
  const repairs: Repair[] = [];
  if (madeHere) repairs.push({ kind: 'build' });
  if (nearest && to !== undefined) repairs.push({ kind: 'tag', from: nearest.ref, to });
  // Other networks are not ours to change.
  if (nearest && subject.kind === 'container' && subject.ours)
    repairs.push({ kind: 'override', role, ref: nearest.ref });
  // Last, because the intended image may contain more than a plain runtime.
  if (!madeHere && role === 'runtime' && to !== undefined) repairs.push({ kind: 'build', runtime: to });
  return repairs;
}
